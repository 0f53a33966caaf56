"""Which lines of the catalogue come nearest to a text; pure, by the pairs of characters they share."""
from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")
#: In every line of the catalogue, so they say nothing.
EMPTY = ("服务", "管理", "其他")


def pairs(text: str) -> set[str]:
    """The pairs of neighbouring characters, without the words that every line has."""
    for word in EMPTY:
        text = text.replace(word, " ")
    return {a + b for part in text.split() for a, b in pairwise(part) if a.isalnum() and b.isalnum()}


def nearest(text: str, named: Iterable[tuple[T, str]], count: int) -> list[T]:
    """The things whose names share most pairs with the text, best first; those that share none come last, in their order."""
    wanted = pairs(text)

    def likeness(name: str) -> float:
        own = pairs(name)
        return len(own & wanted) / (len(own) + 1)

    ranked = sorted(named, key=lambda pair: -likeness(pair[1]))
    return [thing for thing, _name in ranked[:count]]
