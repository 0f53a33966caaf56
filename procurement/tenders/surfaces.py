"""What higher floors show on the public page of a tender: to bid, the opening, the result."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_acts: list[tuple[int, Callable]] = []


@dataclass(frozen=True, slots=True)
class PublicAct:
    """A link under the facts of the public page."""

    label: Any
    url: str


def public_act(order: int) -> Callable:
    """Register `(tender, actor) -> PublicAct | None` for the public page of a tender."""

    def keep(function: Callable) -> Callable:
        _acts.append((order, function))
        _acts.sort(key=lambda item: item[0])
        return function

    return keep


def public_acts(tender, actor) -> list[PublicAct]:
    return [act for _order, function in _acts if (act := function(tender, actor)) is not None]
