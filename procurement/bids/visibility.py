"""Who sees bids once they are open, and where their record stands until then."""
from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db.models import Q

from portal.audit.models import WITHHELD

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


def sealed_chain(bid_pk: int) -> str:
    """Name of the chain that records what one bidder does before the opening.

    One for each bid: a place in a common one would tell a bidder how much the others do (R87-12).
    """
    return f"{WITHHELD}{bid_pk}"
