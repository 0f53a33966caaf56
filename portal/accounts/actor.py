"""The actor: who acts, for which organisation, with which roles. Built one way for pages, programs, tasks and tests."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils.translation import gettext as _

from portal.logs import request_number

from .mandates import Mandate, doer, mandates_of, may_hold_mandates
from .models import Membership, Organisation, User
from .presence import Way

Gate = Callable[[User, Organisation, frozenset[str]], frozenset[str]]
_gates: list[Gate] = []


def role_gate(function: Gate) -> Gate:
    """Register what may withhold roles from a person for a time (time-boxed administration); a floor above knows."""
    _gates.append(function)
    return function

#: What the record calls the portal itself, in whichever language it was doing it.
SYSTEM_NAMES = frozenset({"系统", "System"})


def shown_name(recorded: str) -> str:
    """A recorded actor as the reader calls him: people by their names, the portal in the reader's language."""
    return _("系统") if recorded in SYSTEM_NAMES else recorded


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or the system) in one organisation. Equality of persons is decided by `user_id`."""

    user: User | None
    organisation: Organisation | None
    roles: frozenset[str] = frozenset()
    read_only: bool = False
    request_id: str = ""
    is_system: bool = False
    #: when (real time) and how the person last showed that it is he; see portal/accounts/presence.py
    stepped_up_at: datetime | None = None
    stepped_up_by: str = ""
    is_program: bool = False  # signed in by a token
    dormant: frozenset[str] = frozenset()  # roles held, but withheld for now
    mandates: tuple[Mandate, ...] = ()  # roles that others have put into his hands
    mandate: Mandate | None = None  # the one he acts under now; set for the length of an act alone
    kept: dict = field(default_factory=dict, compare=False, repr=False)  # worked out once for this request

    @property
    def user_id(self) -> int | None:
        return self.user.pk if self.user else None

    @property
    def organisation_id(self) -> int | None:
        return self.organisation.pk if self.organisation else None

    @property
    def name(self) -> str:
        if self.is_system:
            return _("系统")
        return self.user.name if self.user else _("访客")

    @property
    def kind(self) -> str:
        """Kind of the organisation the actor stands for, or "" for visitors and the system."""
        return self.organisation.kind if self.organisation else ""

    @property
    def is_public(self) -> bool:
        return self.user is None and not self.is_system

    @property
    def region_path(self) -> str:
        return self.organisation.region.path if self.organisation else ""

    def of_no_request(self) -> Actor:
        """The same actor apart from any request: what statements are kept by."""
        return replace(self, request_id="", stepped_up_at=None, stepped_up_by="", kept={})

    def has(self, *roles: str) -> bool:
        """Whether one of the roles is his own, or wholly in his hands for another: for reading and finding the way.

        What he may do is asked of the tables (`portal.workflow.standing_in`), what is secret of `holds`.
        """
        return not self.roles.isdisjoint(roles) or any(not each.codes and each.role in roles for each in self.mandates)

    def holds(self, *roles: str) -> bool:
        """Whether one of the roles is his own."""
        return not self.roles.isdisjoint(roles)

    @property
    def reach(self) -> frozenset[str]:
        """Roles whose pages he finds: his own, and those of which others have put anything into his hands."""
        return self.roles.union(each.role for each in self.mandates)

    @property
    def capacities(self) -> tuple[Actor, ...]:
        """As whom he can act: himself, then in the place of each who has put a role into his hands."""
        if not self.mandates:
            return (self,)
        if "capacities" not in self.kept:
            stood_in = (replace(self, roles=frozenset({each.role}), mandates=(), mandate=each, kept={}) for each in self.mandates)
            self.kept["capacities"] = (self, *stood_in)
        return self.kept["capacities"]

    @property
    def persons(self) -> frozenset[int]:
        """Whom a bar against a person meets: himself and whom he stands in for (G2)."""
        return frozenset({self.user_id, self.mandate.principal_id if self.mandate else None} - {None})

    @property
    def signature(self) -> str:
        """His name as papers show it, with whom he stands in for."""
        return doer(self.name, self.mandate.facts if self.mandate else None)

    def is_person(self, user_id: int | None) -> bool:
        return user_id in self.persons


PUBLIC = Actor(user=None, organisation=None)


def system_actor(request_id: str = "") -> Actor:
    """The clock and its consequences, acting by themselves (role word `system`)."""
    return Actor(user=None, organisation=None, is_system=True, request_id=request_id or request_number())


def actor_for(
    user: User, *, organisation_id: int | None = None, read_only: bool = False, request_id: str = "",
    stepped_up_at: datetime | None = None, stepped_up_by: str = "", is_program: bool = False, exempt: bool = True,
) -> Actor:
    """The actor of a signed-in person; of several organisations the chosen one, else the first.

    One-click people of the demonstration need not show that it is they, unless `exempt` is False.
    """
    held_now = Membership.objects.live().filter(user=user).annotate(may_stand_in=may_hold_mandates())
    memberships = list(held_now.select_related("organisation__region").order_by("organisation_id", "role"))
    organisations = {m.organisation_id: m.organisation for m in memberships}
    chosen = organisations.get(organisation_id) or next(iter(organisations.values()), None)
    held = frozenset(m.role for m in memberships if chosen and m.organisation_id == chosen.pk)
    roles = held
    for gate in _gates:
        roles = gate(user, chosen, roles)
    if exempt and user.is_one_click and not is_program:
        stepped_up_by = Way.DEMONSTRATION
    return Actor(
        user=user, organisation=chosen, roles=roles, read_only=read_only, request_id=request_id, stepped_up_at=stepped_up_at,
        stepped_up_by=stepped_up_by, is_program=is_program, dormant=held - roles,
        mandates=mandates_of(user, chosen) if any(m.may_stand_in for m in memberships) else (),
    )
