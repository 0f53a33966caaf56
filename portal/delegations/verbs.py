"""What granting and ending a delegation does; how the floors below find out who stands in for whom."""
from __future__ import annotations

from datetime import datetime, time

from django.db.models import Exists, OuterRef

from portal import clock
from portal.accounts.mandates import Mandate, register_mandates
from portal.accounts.roles import PERSONAL_ROLES
from portal.workdays import midnight_after
from portal.workflow import Act

from .guards import membership_of
from .models import Delegation

State, Ending = Delegation.State, Delegation.Ending


def write_down(delegation: Delegation, act: Act) -> dict:
    given = act.data
    delegation.membership = membership_of(act, given["role"])
    delegation.delegate = given["delegate"]
    delegation.codes = list(given.get("codes") or ())
    delegation.starts_on, delegation.ends_on = given["starts_on"], given["ends_on"]
    delegation.starts_at = datetime.combine(delegation.starts_on, time.min, clock.SHANGHAI)
    delegation.ends_at = midnight_after(delegation.ends_on)
    delegation.reason = given["note"]
    return terms_of(delegation)


def terms_of(delegation: Delegation) -> dict:
    """What the record keeps: role, matters, people, days, why."""
    return {
        "role": delegation.role, "codes": delegation.codes, "principal": delegation.principal.name,
        "principal_id": delegation.membership.user_id, "delegate": delegation.delegate.name, "delegate_id": delegation.delegate_id,
        "organisation": delegation.organisation.name, "starts_on": delegation.starts_on, "ends_on": delegation.ends_on,
        "why": delegation.reason,
    }


def grant(delegation: Delegation, act: Act) -> dict:
    return terms_of(delegation)


def end(delegation: Delegation, act: Act) -> dict:
    """By its last day, or because the ground is gone; the record says which."""
    if delegation.ends_at <= act.now:
        delegation.ending = Ending.DAY
    elif not delegation.membership.__class__.objects.live().filter(pk=delegation.membership_id).exists():
        delegation.ending = Ending.ROLE
    else:
        delegation.ending = Ending.DELEGATE
    return {"ending": delegation.ending}


def give_back(delegation: Delegation, act: Act) -> dict:
    delegation.ending = Ending.GIVEN_BACK
    return {"ending": delegation.ending}


# --- who stands in for whom ----------------------------------------------------------------------------------------
def held_by(user, organisation) -> tuple[Mandate, ...]:
    """What is in a person's hands in an organisation now; one query."""
    found = Delegation.objects.in_force(clock.now()).filter(delegate=user, membership__organisation=organisation)
    found = found.exclude(membership__role__in=PERSONAL_ROLES).select_related("membership__user").order_by("pk")
    return tuple(delegation.mandate for delegation in found)


def standing_in(memberships, code: str) -> set[int]:
    """Who stands in for the holders of some memberships in matters of a lifecycle; one short query where nobody does for anybody."""
    if not Delegation.objects.granted().exists():
        return set()
    found = Delegation.objects.in_force(clock.now()).filter(membership__in=memberships).exclude(membership__role__in=PERSONAL_ROLES)
    return {delegate for delegate, codes in found.values_list("delegate_id", "codes") if not codes or code in codes}


def marked() -> Exists:
    """Memberships of people into whose hands something was granted that has not ended; its days are not looked at."""
    return Exists(Delegation.objects.granted().filter(delegate=OuterRef("user")))


register_mandates(held=held_by, standing_in=standing_in, marked=marked)
