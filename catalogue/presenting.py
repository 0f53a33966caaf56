"""What pages show of the wording check: the text with its words marked, each word with the article and the way out."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.rules.register import Rule, rule

from .wording import Finding, Piece, marked


@dataclass(frozen=True, slots=True)
class MarkedText:
    """One field of the text, cut at the words found in it."""

    label: Any
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class WordShown:
    """One word found, the rule against it in its words, and how the thing may be written instead."""

    word: str
    rule: Rule
    advice: Any


@dataclass(frozen=True, slots=True)
class WordingShown:
    """Everything a page says of the words that were found; false when there are none."""

    texts: list[MarkedText]
    words: list[WordShown]

    def __bool__(self) -> bool:
        return bool(self.words)


def shown(texts: Mapping[str, str], labels: Mapping[str, Any], found: Iterable[Finding]) -> WordingShown:
    """The texts in which something was found, marked; the words once each, in the order they stand."""
    found = list(found)
    by_field = {field: [one for one in found if one.field == field] for field in texts}
    return WordingShown(
        [MarkedText(labels[field], marked(texts[field], ones)) for field, ones in by_field.items() if ones],
        [WordShown(one.word, rule(one.rule), one.advice) for one in {one.word: one for one in found}.values()],
    )


def labels_of(thing) -> dict[str, Any]:
    """How a thing's page calls the fields that the check reads."""
    return {name: thing._meta.get_field(name).verbose_name for name in thing.texts}
