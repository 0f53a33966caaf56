"""Administration in stretches of time: who holds the right opens a period with a reason; outside it the right sleeps.

Every period stands in the record and on a page of the auditors, with what was done in it.
"""
from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.accounts.actor import Actor, role_gate
from portal.accounts.models import Organisation, User
from portal.accounts.presence import ask_presence
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.audit.record import note

from .models import Administration


@role_gate
def sleeps_outside_a_period(user: User, organisation: Organisation | None, roles: frozenset[str]) -> frozenset[str]:
    """The administrator's role counts only within a running period; one-click people of the demonstration need none."""
    if Role.ADMINISTRATOR not in roles or not settings.ADMINISTRATION_MINUTES or user.is_one_click:
        return roles
    if Administration.objects.running().filter(user=user, organisation=organisation).exists():
        return roles
    return roles - {Role.ADMINISTRATOR}


def may_administer(actor: Actor) -> bool:
    """Whether the actor holds the right, awake or asleep."""
    return Role.ADMINISTRATOR in actor.roles | actor.dormant


@transaction.atomic
def open_period(*, actor: Actor, reason: str, minutes: int) -> Administration:
    """Begin to administer, for a reason, at most `settings.ADMINISTRATION_MINUTES`; asks for the person (AUTH-01)."""
    ask_presence(actor)
    close_period(actor=actor)
    moment = timezone.now()
    period = Administration.objects.create(
        user=actor.user, organisation=actor.organisation, reason=reason, opened_at=moment,
        ends_at=moment + timedelta(minutes=min(minutes, settings.ADMINISTRATION_MINUTES)),
    )
    note(actor=actor, what="administration_opened", subject=str(period.pk), label=reason, facts={"until": period.ends_at})
    return period


@transaction.atomic
def close_period(*, actor: Actor) -> Administration | None:
    """End the running period before its time."""
    running = Administration.objects.running().filter(user=actor.user).select_for_update().first()
    if running is not None:
        running.closed_at = timezone.now()
        running.save(update_fields=["closed_at"])
        note(actor=actor, what="administration_closed", subject=str(running.pk), label=running.reason)
    return running


def done_in(period: Administration) -> QuerySet[Entry]:
    """What the person did during the period, as it was recorded; newest first."""
    return Entry.objects.filter(
        user_id=period.user_id, recorded_at__gte=period.opened_at, recorded_at__lte=period.ended_at, chain__withheld=False,
    ).order_by("-id")
