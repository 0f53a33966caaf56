"""Who acts on an acceptance beyond a role: the very people who were named to sit on it."""
from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from portal.accounts.actor import Actor
from portal.workflow import Who

from .models import AcceptanceItem


@dataclass(frozen=True, slots=True)
class UnsignedMember(Who):
    """A member whose signature the acceptance waits for: every item is judged, and he has not signed (S-104)."""

    def of(self, actor: Actor) -> Q | None:
        if self.role not in actor.roles:
            return None
        unjudged = AcceptanceItem.objects.filter(passed=None).values("acceptance")
        return Who.of(self, actor) & Q(members__user=actor.user_id, members__signed_at=None) & ~Q(pk__in=unjudged)
