"""Who acts on a panel: the very member, any seated member, the leader. A seat, not a role, gives the right."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from portal.accounts.actor import Actor
from portal.accounts.roles import OrganisationKind, Role
from portal.workflow import Who
from portal.workflow.table import follow

#: Organisations whose people can sit on a panel: the library, and the purchaser with its representatives (R87-26).
SENDING = (OrganisationKind.EXPERTS, OrganisationKind.AGENCY)


@dataclass(frozen=True, slots=True)
class Member(Who):
    """The very person of a seat; `member`: path to it, "" for the seat itself. A representative holds no expert's role."""

    role: str = Role.EXPERT
    member: str = ""

    def fits(self, actor: Actor, obj: Any) -> bool:
        seat = follow(obj, self.member) if self.member else obj
        return seat is not None and actor.kind in SENDING and actor.is_person(getattr(seat, "user_id", None))

    def of(self, actor: Actor) -> Q | None:
        if actor.kind not in SENDING or actor.user_id is None:
            return None
        return Q(**{f"{self.member}__user" if self.member else "user": actor.user_id})


@dataclass(frozen=True, slots=True)
class Voter(Member):
    """A member for as long as the panel has no leader: then nobody waits for his voice any more."""

    def of(self, actor: Actor) -> Q | None:
        condition = Member.of(self, actor)
        return None if condition is None else condition & Q(draw__leader=None)


@dataclass(frozen=True, slots=True)
class Seated(Who):
    """A member who is seated on the panel of this draw; `draw`: path to it. With `leader` only the elected leader."""

    role: str = Role.EXPERT
    draw: str = ""
    leader: bool = False

    def fits(self, actor: Actor, obj: Any) -> bool:
        draw = follow(obj, self.draw) if self.draw else obj
        if draw is None or actor.kind not in SENDING or actor.user_id is None:
            return False
        if self.leader:
            return draw.leader is not None and draw.leader.user_id == actor.user_id
        return seat_of(draw, actor) is not None

    def of(self, actor: Actor) -> Q | None:
        from .models import Draw, PanelMember

        if actor.kind not in SENDING or actor.user_id is None:
            return None
        path = f"{self.draw}__in" if self.draw else "pk__in"
        if self.leader:
            return Q(**{path: Draw.objects.filter(leader__user=actor.user_id).values("pk")})
        return Q(**{path: PanelMember.objects.seated().filter(user=actor.user_id).values("draw")})


def seat_of(draw, actor: Actor):
    """The seat this actor holds on a panel now, None when he holds none."""
    if actor.user_id is None:
        return None
    return draw.members.filter(user=actor.user_id, state="SEATED").first()
