"""What stands against a delegation: asked when it is written down, and again when it is granted (DLG-01 to DLG-05)."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.mandates import mandates_of
from portal.accounts.models import Membership, User
from portal.accounts.roles import PERSONAL_ROLES, Role
from portal.rules.jurisdiction import setting
from portal.workflow import Act, Refusal, refuse
from portal.workflow.standing_in import delegable, why_not

from .forms import name_of
from .models import Delegation


@dataclass(frozen=True, slots=True)
class Terms:
    """What a delegation says, before or after it is kept."""

    role: str
    delegate: User
    codes: tuple[str, ...]
    starts_on: date
    ends_on: date


def terms_given(delegation: Delegation, act: Act) -> Iterator[Refusal]:
    """The inputs of a new or changed draft."""
    given = act.data
    terms = Terms(given["role"], given["delegate"], tuple(given.get("codes") or ()), given["starts_on"], given["ends_on"])
    yield from against(terms, delegation, act)
    if terms.starts_on < clock.today():
        yield refuse("DLG-04", _("起始日不得早于今天。"), field="starts_on")


def terms_kept(delegation: Delegation, act: Act) -> Iterator[Refusal]:
    """A draft as it stands on the day it is granted: what was right when it was written may be so no more."""
    terms = Terms(delegation.role, delegation.delegate, tuple(delegation.codes), delegation.starts_on, delegation.ends_on)
    yield from against(terms, delegation, act)


def against(terms: Terms, delegation: Delegation, act: Act) -> Iterator[Refusal]:
    yield from _role(terms, act)
    yield from _matters(terms)
    yield from _delegate(terms, act)
    yield from _days(terms, act)
    yield from _another(terms, delegation, act)


def _role(terms: Terms, act: Act) -> Iterator[Refusal]:
    if terms.role in PERSONAL_ROLES:
        yield refuse(PERSONAL_ROLES[terms.role], _("“%(role)s”只能由本人担任，不得授权他人。"), role=Role(terms.role).label, field="role")
    elif membership_of(act, terms.role) is None:
        if any(mandate.role == terms.role for mandate in mandates_of(act.actor.user, act.actor.organisation)):
            yield refuse("DLG-02", _("“%(role)s”是他人授权您代办的，不得转授。"), role=Role(terms.role).label, field="role")
        else:
            yield refuse("DLG-01", _("您在本单位没有担任“%(role)s”，不能授权他人。"), role=Role(terms.role).label, field="role")


def _matters(terms: Terms) -> Iterator[Refusal]:
    """Of the named kinds each must be one that the role does and that is not the person's own alone."""
    done = {cycle.code for cycle in delegable(terms.role)}
    for code in terms.codes:
        if code not in done:
            rule = why_not(terms.role, code)
            if rule:
                yield refuse(rule, _("“%(matter)s”涉及密封内容或者须由本人办理，不得授权他人。"), matter=name_of(code), field="codes")
            else:
                role = Role(terms.role).label
                yield refuse("DLG-01", _("“%(role)s”不办理“%(matter)s”。"), role=role, matter=name_of(code), field="codes")


def _delegate(terms: Terms, act: Act) -> Iterator[Refusal]:
    """An active colleague of the same organisation who does not hold the role himself."""
    if act.actor.is_person(terms.delegate.pk):
        yield refuse("DLG-03", _("不能授权给自己。"), field="delegate")
        return
    memberships = Membership.objects.live().filter(user=terms.delegate, organisation=act.actor.organisation_id)
    held = set(memberships.values_list("role", flat=True))
    if not held:
        yield refuse("DLG-03", _("%(name)s已停用，或者不在本单位任职。"), name=terms.delegate.name, field="delegate")
    elif terms.role in held:
        yield refuse(
            "DLG-03", _("%(name)s本人就是“%(role)s”，不需要授权。"), name=terms.delegate.name, role=Role(terms.role).label,
            field="delegate",
        )


def _days(terms: Terms, act: Act) -> Iterator[Refusal]:
    longest = setting("delegation_days", act.actor.organisation.region)
    if terms.ends_on < terms.starts_on:
        yield refuse("DLG-04", _("截止日不得早于起始日。"), field="ends_on")
    elif terms.ends_on < clock.today():
        yield refuse("DLG-04", _("截止日已过。"), field="ends_on")
    elif terms.ends_on - terms.starts_on >= timedelta(days=longest):
        yield refuse("DLG-04", _("一次授权最长 %(days)s 日。长期不在岗的，请由管理员变更任职。"), days=longest, field="ends_on")


def _another(terms: Terms, delegation: Delegation, act: Act) -> Iterator[Refusal]:
    """One matter is in one pair of hands: granted delegations of a role do not overlap in days and matters."""
    found = Delegation.objects.granted().filter(
        membership__user=act.actor.user_id, membership__organisation=act.actor.organisation_id, membership__role=terms.role,
        starts_on__lte=terms.ends_on, ends_on__gte=terms.starts_on,
    ).exclude(pk=delegation.pk).select_related("delegate").order_by("pk")
    for other in found:
        if not terms.codes or not other.codes or set(terms.codes) & set(other.codes):
            yield refuse(
                "DLG-05", _("%(from)s 至 %(until)s 已将同一事项授权给%(name)s（第 %(number)s 号授权）。"), number=other.pk,
                name=other.delegate.name, field="starts_on", **{"from": other.starts_on, "until": other.ends_on},
            )
            return


def membership_of(act: Act, role: str) -> Membership | None:
    """The actor's own role, which he holds now in the organisation he stands for."""
    found = Membership.objects.live().filter(user=act.actor.user_id, organisation=act.actor.organisation_id, role=role)
    return found.select_related("user", "organisation").first()
