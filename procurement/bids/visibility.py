"""Who sees bids once they are open, and where their record stands until then."""
from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db.models import Q

_grants: list[Callable] = []


def register(grant: Callable) -> Callable:
    """A higher floor names more readers of opened bids: `(actor) -> Q | None` over Bid (the panel of the tender)."""
    _grants.append(grant)
    return grant


def granted(actor) -> Iterator[Q]:
    for grant in _grants:
        condition = grant(actor)
        if condition is not None:
            yield condition


def sealed_chain(tender_pk: int) -> str:
    """Name of the chain that records what bidders do before the opening: how often, and who, is secret (R87-12)."""
    return f"sealed:{tender_pk}"
