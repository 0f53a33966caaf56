"""Whom an opening tells beside those its table names: the people of its bidders, its openers and its witness."""
from __future__ import annotations

from django.db.models import Q, QuerySet

from portal.accounts.models import Membership, User
from portal.accounts.roles import Role
from portal.notifications.events import TransitionEvent, event

from .models import Bid


@event("bids.opening", "move", "adjourn", "resume", "void", "open_bids")
class OpeningEvent(TransitionEvent):
    """Each reader gets a message of his own; none tells him who else did."""

    besides = frozenset({Role.SUPPLIER_OFFICER, Role.SUPPLIER_HEAD, Role.OPENER, Role.WITNESS})

    def recipients(self, row, subject, act) -> QuerySet[User]:
        bidders = Bid.objects.live().filter(tender=subject.tender_id).values("supplier")
        suppliers = Membership.objects.live().filter(
            organisation__in=bidders, role__in=[Role.SUPPLIER_OFFICER, Role.SUPPLIER_HEAD]
        )
        openers = subject.key.openers.filter(replaced_at=None).values("user")
        return User.objects.filter(
            Q(pk__in=suppliers.values("user")) | Q(pk__in=openers) | Q(pk=subject.key.witness_id)
        ).exclude(pk=act.actor.user_id or 0)
