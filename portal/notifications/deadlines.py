"""The deadlines of a person: live clocks that an organisation of his bears and that one of his roles can stop."""
from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from django.db.models import QuerySet

from portal.accounts.actor import Actor, actor_for
from portal.accounts.models import Membership, User
from portal.workdays.calendar_file import Deadline
from portal.workdays.models import LegalClock
from portal.workflow.table import all_lifecycles

SHOWN = 200  # deadlines in a calendar; more nobody looks at


@cache
def roles_by_clock() -> dict[str, frozenset[str]]:
    """Whose acts the clocks wait for: roles of the rows that stop them, by name of the clock."""
    found: dict[str, set[str]] = {}
    for lifecycle in all_lifecycles():
        for row in lifecycle.rows:
            for effect in row.clocks:
                if effect.action == "stop" and not row.system:
                    found.setdefault(effect.name, set()).update(str(who.role) for who in row.who)
    return {name: frozenset(roles) for name, roles in found.items()}


def deadlines_of(actor: Actor) -> QuerySet[LegalClock]:
    """Live clocks that the actor's organisation bears, without those that wait for other roles; the most urgent first."""
    if actor.organisation is None:
        return LegalClock.objects.none()
    others = [name for name, roles in roles_by_clock().items() if actor.reach.isdisjoint(roles)]
    return LegalClock.objects.live().filter(bearer=actor.organisation_id, binding=True).exclude(name__in=others).urgent_first()


def calendar_of(user: User) -> Iterator[Deadline]:
    """Every deadline of a person, in whichever organisation he bears it."""
    organisations = Membership.objects.live().filter(user=user).values_list("organisation_id", flat=True).distinct()
    for organisation_id in organisations.order_by("organisation_id"):
        for clock in deadlines_of(actor_for(user, organisation_id=organisation_id))[:SHOWN]:
            yield Deadline(
                f"clock-{clock.pk}", clock.ends_at, f"{clock.label} · {clock.subject}", clock.get_absolute_url(), clock.started_at,
                clock.citation,
            )
