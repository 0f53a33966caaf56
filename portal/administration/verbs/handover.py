"""Work goes from one person to another of the same organisation, at once and recorded (ADM-06)."""
from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.accounts.models import Membership, Organisation, User
from portal.administration.scope import organisations_of
from portal.audit.record import note
from portal.workflow.handover import Handover, move_all
from portal.workflow.refusals import Refusal, refuse

from .guarding import administers, unless
from .people import business_faults, give, today


@transaction.atomic
def hand_over(
    *, actor: Actor, leaving: User, organisation: Organisation, successor: User, roles: list[str], reason: str, ends_roles: bool = False,
) -> list:
    """Give a person's work in an organisation to another: the roles named, and what waits for him by name.

    With `ends_roles` the one who leaves holds none of these roles from now on. Returns what changed hands.
    """
    administers(actor)
    held = {row.role: row for row in Membership.objects.filter(user=leaving, organisation=organisation, role__in=roles)}
    unless([
        *_not_overseen(actor, organisation), *_successor_faults(leaving, organisation, successor),
        *_not_held(leaving, roles, held), *business_faults(actor, successor, organisation, roles),
    ])
    had = set(Membership.objects.live().filter(user=successor, organisation=organisation).values_list("role", flat=True))
    given = [role for role in roles if role not in had]
    for role in given:
        give(successor, organisation, role, today(), None)
    if ends_roles:
        moment = timezone.now()
        Membership.objects.filter(pk__in=[row.pk for row in held.values()]).update(ends_at=moment)
    moved = move_all(Handover(leaving, successor, organisation, reason, actor))
    note(
        actor=actor, what="work_handed_over", subject=f"user:{leaving.pk}", label=leaving.name, reason=reason,
        facts={"successor": successor.name, "organisation": organisation.name, "roles": given, "ended": ends_roles,
               "things": [str(thing) for thing in moved]},
    )  # fmt: skip
    note(actor=actor, what="work_taken_over", subject=f"user:{successor.pk}", label=successor.name, reason=reason,
         facts={"from": leaving.name, "organisation": organisation.name, "roles": given})  # fmt: skip
    return moved


def _not_overseen(actor: Actor, organisation: Organisation) -> Iterator[Refusal]:
    if not organisations_of(actor).filter(pk=organisation.pk).exists():
        yield refuse("ADM-01", _("“%(name)s”不在您的管理范围内。"), name=organisation.name)


def _successor_faults(leaving: User, organisation: Organisation, successor: User) -> Iterator[Refusal]:
    """Another person, who can sign in and already holds a role in the same organisation."""
    if successor.pk == leaving.pk:
        yield refuse("ADM-06", _("接替人不能是本人。"), field="successor")
    elif not Membership.objects.live().filter(user=successor, organisation=organisation).exists():
        yield refuse("ADM-06", _("%(name)s不是“%(organisation)s”的在任人员。"), field="successor", name=successor.name,
                     organisation=organisation.name)  # fmt: skip


def _not_held(leaving: User, roles: list[str], held: dict[str, Membership]) -> Iterator[Refusal]:
    for role in roles:
        if role not in held:
            yield refuse("ADM-06", _("%(name)s没有担任这个角色。"), field="roles", name=leaving.name)
