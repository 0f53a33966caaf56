"""What an administrator looks after: his organisation's region and everything below it, and nothing else (ADM-01)."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from portal.accounts.actor import Actor
from portal.accounts.models import Membership, Organisation, Region, User
from portal.accounts.roles import Role
from portal.workflow.table import Who, follow


def regions_of(actor: Actor) -> QuerySet[Region]:
    """The regions an administrator may see and add to."""
    if not actor.has(Role.ADMINISTRATOR):
        return Region.objects.none()
    return Region.objects.within(actor.organisation.region)


def organisations_of(actor: Actor) -> QuerySet[Organisation]:
    """The organisations of these regions, suspended ones included."""
    if not actor.has(Role.ADMINISTRATOR):
        return Organisation.objects.none()
    return Organisation.objects.filter(region__path__startswith=actor.region_path).select_related("region")


def people_of(actor: Actor) -> QuerySet[User]:
    """The people who hold, or once held, a role in one of these organisations."""
    if not actor.has(Role.ADMINISTRATOR):
        return User.objects.none()
    return User.objects.filter(pk__in=memberships_of(actor).values("user_id"))


def memberships_of(actor: Actor) -> QuerySet[Membership]:
    """The roles held in these organisations, past and present."""
    if not actor.has(Role.ADMINISTRATOR):
        return Membership.objects.none()
    return Membership.objects.filter(organisation__region__path__startswith=actor.region_path).select_related("organisation", "user")


@dataclass(frozen=True, slots=True)
class Overseer(Who):
    """An administrator whose region is that of the thing, or lies above it. `region`: path to the thing's region."""

    def fits(self, actor: Actor, obj: Any) -> bool:
        place = follow(obj, self.region)
        return self.role in actor.roles and place is not None and place.path.startswith(actor.region_path)

    def of(self, actor: Actor) -> Q | None:
        if self.role not in actor.roles:
            return None
        return Q(**{f"{self.region}__path__startswith": actor.region_path})
