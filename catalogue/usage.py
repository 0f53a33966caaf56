"""What higher floors rest on the catalogue: they know it and say so here."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from portal.accounts.actor import Actor

from .models import ImplementationEntry

_uses: list[Callable[[], QuerySet]] = []


def uses_requests(function: Callable[[], QuerySet]) -> Callable[[], QuerySet]:
    """Register `() -> keys of requests that something live rests on`."""
    _uses.append(function)
    return function


def in_use() -> Q:
    """Requests that something live rests on."""
    condition = Q(pk__in=[])
    for function in _uses:
        condition |= Q(pk__in=function())
    return condition


@dataclass(frozen=True, slots=True)
class Use:
    """One thing that rests on an entry of an implementation catalogue: what it is, how far it is, what it costs (yuan)."""

    entry: int
    title: str
    url: str
    state: Any
    amount: Any


_entry_uses: list[Callable[[list[int], Actor], Iterator[Use]]] = []


def uses_entries(function: Callable[[list[int], Actor], Iterator[Use]]) -> Callable[[list[int], Actor], Iterator[Use]]:
    """Register `(keys of entries, actor) -> what rests on them, as far as this actor may see it`."""
    _entry_uses.append(function)
    return function


def uses_of(entries: Iterable[ImplementationEntry], actor: Actor) -> dict[int, list[Use]]:
    """Key of entry → what became of it; a constant number of queries."""
    found: dict[int, list[Use]] = defaultdict(list)
    keys = [entry.pk for entry in entries]
    for function in _entry_uses:
        for use in function(keys, actor):
            found[use.entry].append(use)
    return found
