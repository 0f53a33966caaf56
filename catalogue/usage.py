"""Which filed requests are in use: higher floors know what they rest on and say so here."""
from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q, QuerySet

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
