"""Who stands in for whom: a person may put a role into another's hands for a time (DLG-01, docs/decisions/0013).

The actor carries what was put into his hands; a floor above keeps the delegations and registers how they are found.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Value
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _

#: where the facts of an entry name the person stood in for: {"user": key, "name": …, "delegation": number}
ON_BEHALF_OF = "on_behalf_of"


@dataclass(frozen=True, slots=True)
class Mandate:
    """One role of one principal, in the hands of another; `codes` are the kinds of matters it is for, none = all."""

    number: int
    principal_id: int
    principal_name: str
    role: str
    codes: frozenset[str] = frozenset()

    def covers(self, code: str) -> bool:
        return not self.codes or code in self.codes

    @property
    def facts(self) -> dict[str, Any]:
        """What the record keeps of it with an act."""
        return {"user": self.principal_id, "name": self.principal_name, "delegation": self.number}


@dataclass(frozen=True, slots=True)
class Source:
    """How a floor above answers who stands in for whom.

    `held(user, organisation)`: what is in his hands now; `standing_in(memberships, code)`: who stands in for one of them;
    `marked()`: a condition on memberships, true for those whose person may have something in his hands: asked together
    with the memberships, so that for nearly everybody `held` is never asked.
    """

    held: Callable[[Any, Any], tuple[Mandate, ...]]
    standing_in: Callable[[Any, str], set[int]]
    marked: Callable[[], Combinable]


_sources: list[Source] = []


def register_mandates(**source: Any) -> None:
    """Say how mandates are found; see `Source`."""
    _sources.append(Source(**source))


def may_hold_mandates() -> Combinable:
    """On memberships: whether asking for the person's mandates is worth a query."""
    return Q(*(source.marked() for source in _sources), _connector=Q.OR) if _sources else Value(False)


def mandates_of(user, organisation) -> tuple[Mandate, ...]:
    """What others have put into this person's hands in an organisation, as of now."""
    return tuple(mandate for source in _sources for mandate in source.held(user, organisation))


def stand_ins(memberships, code: str) -> set[int]:
    """Keys of the people who now stand in for the holders of some memberships in matters of one kind."""
    return {key for source in _sources for key in source.standing_in(memberships, code)}


def doer(name: str, behalf: Mapping[str, Any] | None) -> str:
    """The person who acted, as papers and sentences call him: "X, for Y (delegation n)" where he stood in for another."""
    if not behalf:
        return name
    return _("%(name)s（代%(principal)s办理，第 %(number)s 号授权）") % {
        "name": name, "principal": behalf["name"], "number": behalf["delegation"],
    }
