"""People: what they hold in which organisation, from when until when; kept out and let in again, never deleted."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.accounts.models import ApiToken, Membership, Organisation, User
from portal.accounts.roles import ROLES_OF_KIND, Role
from portal.administration.letters import write_reset
from portal.administration.links import reset_link
from portal.administration.scope import memberships_of, organisations_of, people_of
from portal.audit.record import note
from portal.clock import SHANGHAI
from portal.workdays.deadlines import midnight_after
from portal.workflow.handover import Handover, move_all
from portal.workflow.refusals import Refusal, refuse

from .guarding import administers, unless


@transaction.atomic
def grant(
    *, actor: Actor, person: User, organisation: Organisation, roles: list[str], since: date, until: date | None = None,
) -> list[Membership]:
    """Roles for a person in an organisation, from a day until a day (both inclusive, Shanghai)."""
    administers(actor)
    unless([
        *_not_overseen(actor, person, organisation), *role_faults(organisation, roles), *date_faults(since, until),
        *business_faults(actor, person, organisation, roles), *_held(person, organisation, roles),
    ])
    granted = [give(person, organisation, role, since, until) for role in roles]
    note(actor=actor, what="roles_granted", subject=f"user:{person.pk}", label=person.name, facts={
        "organisation": organisation.name, "roles": sorted(roles), "since": since, "until": until,
    })  # fmt: skip
    return granted


def today() -> date:
    """The real day in Shanghai: who may do what never follows a demonstration clock (G4)."""
    return timezone.now().astimezone(SHANGHAI).date()


def give(person: User, organisation: Organisation, role: str, since: date, until: date | None) -> Membership:
    """The row of a role; one that ended before begins anew."""
    membership, _made = Membership.objects.update_or_create(
        user=person, organisation=organisation, role=role,
        defaults={"since": datetime.combine(since, time(), SHANGHAI), "ends_at": midnight_after(until) if until else None},
    )
    return membership


@transaction.atomic
def end(*, actor: Actor, membership: Membership, reason: str, until: date | None = None) -> Membership:
    """A role ends, at once or with the last day named."""
    administers(actor)
    membership = Membership.objects.select_for_update(of=("self",)).select_related("organisation__region", "user").get(pk=membership.pk)
    moment = midnight_after(until) if until else timezone.now()
    unless([
        *_not_overseen(actor, membership.user, membership.organisation), *_over(membership), *_last_administrator(actor, [membership]),
        *_ends_in_order(membership, moment),
    ])
    membership.ends_at = moment
    membership.save(update_fields=["ends_at"])
    back = [] if until else _let_go(actor, membership.user, membership.organisation, reason)
    note(actor=actor, what="role_ended", subject=f"user:{membership.user_id}", label=membership.user.name, reason=reason, facts={
        "organisation": membership.organisation.name, "roles": [membership.role], "until": until, **_on_desks(back),
    })  # fmt: skip
    return membership


@transaction.atomic
def correct_person(*, actor: Actor, person: User, name: str, email: str, phone: str) -> User:
    """Name and how to reach him; the account keeps its name."""
    administers(actor)
    unless([*_not_overseen(actor, person), *_not_oneself(actor, person)])
    person = User.objects.select_for_update().get(pk=person.pk)
    changed = {
        field: [getattr(person, field), value]
        for field, value in {"name": name.strip(), "email": email, "phone": phone}.items() if getattr(person, field) != value
    }
    for field, (_before, value) in changed.items():
        setattr(person, field, value)
    if changed:
        person.save(update_fields=list(changed))
        note(actor=actor, what="person_corrected", subject=f"user:{person.pk}", label=person.name, facts={"changed": changed})
    return person


@transaction.atomic
def disable(*, actor: Actor, person: User, reason: str) -> User:
    """He can neither sign in nor act from now on, by page or program; his roles and what he did stay as they are.

    What he had taken from a common desk goes back there at once: nothing waits for somebody who cannot come (S-168).
    """
    administers(actor)
    person = User.objects.select_for_update().get(pk=person.pk)
    held = list(memberships_of(actor).live().filter(user=person))
    unless([
        *_not_overseen(actor, person), *_not_oneself(actor, person), *_already(person, active=False), *_last_administrator(actor, held),
    ])
    own = list(Organisation.objects.filter(pk__in=Membership.objects.live().filter(user=person).values("organisation")))
    person.is_active = False
    person.save(update_fields=["is_active"])
    revoked = ApiToken.objects.filter(user=person, revoked_at=None).update(revoked_at=timezone.now())
    back = [thing for organisation in own for thing in _let_go(actor, person, organisation, reason)]
    note(actor=actor, what="person_disabled", subject=f"user:{person.pk}", label=person.name, reason=reason,
         facts={"tokens": revoked, **_on_desks(back)})
    return person


def _let_go(actor: Actor, person: User, organisation: Organisation, reason: str) -> list:
    return move_all(Handover(person, None, organisation, reason, actor))


def _on_desks(things: list) -> dict[str, list[str]]:
    """What went back, for the record; nothing where nothing did."""
    return {"things": [str(thing) for thing in things]} if things else {}


@transaction.atomic
def enable(*, actor: Actor, person: User, reason: str) -> User:
    """He may sign in again with the password he had; programs need new tokens."""
    administers(actor)
    person = User.objects.select_for_update().get(pk=person.pk)
    unless([*_not_overseen(actor, person), *_already(person, active=True)])
    person.is_active = True
    person.save(update_fields=["is_active"])
    note(actor=actor, what="person_enabled", subject=f"user:{person.pk}", label=person.name, reason=reason)
    return person


@transaction.atomic
def send_reset(*, actor: Actor, person: User, reason: str) -> str:
    """A way to a new password: by letter, and where there is no address as a link for the administrator to hand over.

    Returns the link, or "" when it went by letter. That it was shown is recorded, the link itself nowhere.
    """
    administers(actor)
    unless([*_not_overseen(actor, person), *_not_oneself(actor, person), *_cannot_sign_in(person)])
    by_letter = bool(person.email)
    if by_letter:
        write_reset(person)
    note(actor=actor, what="reset_sent" if by_letter else "reset_shown", subject=f"user:{person.pk}", label=person.name, reason=reason)
    return "" if by_letter else reset_link(person)


# --- reasons against --------------------------------------------------------------------------------------------------
def role_faults(organisation: Organisation, roles: list[str]) -> Iterator[Refusal]:
    """A role belongs to kinds of organisations (0.3); none is given in a suspended one."""
    allowed = ROLES_OF_KIND.get(organisation.kind, frozenset())
    for role in roles:
        if role not in allowed:
            yield refuse(
                "ADM-04", _("“%(role)s”不是%(kind)s的角色。"), field="roles", role=Role(role).label, kind=organisation.get_kind_display()
            )
    if not roles:
        yield refuse("ADM-04", _("至少选一个角色。"), field="roles")
    if organisation.disabled_at:
        yield refuse("ADM-04", _("“%(name)s”已停用，不能授予角色。"), field="organisation", name=organisation.name)


def date_faults(since: date, until: date | None) -> Iterator[Refusal]:
    if until is not None and until < since:
        yield refuse("ADM-04", _("任职止 %(until)s 早于任职起 %(since)s。"), field="until", until=until, since=since)


def business_faults(actor: Actor, person: User | None, organisation: Organisation, roles: list[str]) -> Iterator[Refusal]:
    """An administrator does no business, and nobody grants roles to himself."""
    if person is not None and actor.is_person(person.pk):
        yield refuse("ADM-02", _("不能给自己授予角色，请由另一名系统管理员办理。"))
    held = set(Membership.objects.live().filter(user=person).values_list("role", flat=True)) if person else set()
    wanted = held | set(roles)
    if Role.ADMINISTRATOR in wanted and wanted != {Role.ADMINISTRATOR}:
        yield refuse("ADM-02", _("系统管理员不能同时担任业务角色。"), field="roles")


def _held(person: User, organisation: Organisation, roles: list[str]) -> Iterator[Refusal]:
    live = Membership.objects.live().filter(user=person, organisation=organisation, role__in=roles)
    for membership in live:
        yield refuse("G7", _("%(name)s已在“%(organisation)s”担任%(role)s。"), field="roles", name=person.name,
                     organisation=organisation.name, role=membership.get_role_display())  # fmt: skip


def _over(membership: Membership) -> Iterator[Refusal]:
    if membership.ends_at is not None and membership.ends_at <= timezone.now():
        yield refuse("G7", _("这项任职已经结束。"))


def _ends_in_order(membership: Membership, moment: datetime) -> Iterator[Refusal]:
    if moment < membership.since and moment > timezone.now():
        yield refuse("ADM-04", _("任职止早于任职起 %(since)s。"), field="until", since=membership.since.astimezone(SHANGHAI).date())


def _not_overseen(actor: Actor, person: User, organisation: Organisation | None = None) -> Iterator[Refusal]:
    if not people_of(actor).filter(pk=person.pk).exists():
        yield refuse("ADM-01", _("%(name)s不在您的管理范围内。"), name=person.name)
    if organisation is not None and not organisations_of(actor).filter(pk=organisation.pk).exists():
        yield refuse("ADM-01", _("“%(name)s”不在您的管理范围内。"), field="organisation", name=organisation.name)


def _not_oneself(actor: Actor, person: User) -> Iterator[Refusal]:
    if actor.is_person(person.pk):
        yield refuse("ADM-02", _("不能办理自己的账号，请由另一名系统管理员办理。"))


def _already(person: User, *, active: bool) -> Iterator[Refusal]:
    if person.is_active is active:
        yield refuse("G7", _("%(name)s的账号没有停用。") if active else _("%(name)s的账号已经停用。"), name=person.name)


def _cannot_sign_in(person: User) -> Iterator[Refusal]:
    if not person.is_active:
        yield refuse("G7", _("%(name)s的账号已经停用。"), name=person.name)
    if person.is_demo:
        yield refuse("ADM-03", _("演示人员一键登录，没有密码。"))


def _last_administrator(actor: Actor, ending: list[Membership]) -> Iterator[Refusal]:
    """Every region keeps an administrator who can sign in: its own or one of a region above."""
    for membership in ending:
        if membership.role != Role.ADMINISTRATOR:
            continue
        path = membership.organisation.region.path
        others = Membership.objects.live().filter(role=Role.ADMINISTRATOR).exclude(user=membership.user_id)
        if not any(path.startswith(above) for above in others.values_list("organisation__region__path", flat=True)):
            yield refuse("ADM-05", _("%(name)s是这个地区唯一的系统管理员。"), name=membership.user.name)


