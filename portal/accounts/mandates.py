"""Who stands in for whom: a person may put a role into another's hands for a time (DLG-01, docs/decisions/0013).

The actor carries what was put into his hands; a floor above keeps the delegations and registers how they are found.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

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


Held = Callable[[Any, Any], tuple[Mandate, ...]]
StandingIn = Callable[[Any, str], set[int]]
_sources: list[tuple[Held, StandingIn]] = []


def register_mandates(held: Held, standing_in: StandingIn) -> None:
    """`held(user, organisation)`: what is in his hands now; `standing_in(memberships, code)`: who stands in for one of them."""
    _sources.append((held, standing_in))


def mandates_of(user, organisation) -> tuple[Mandate, ...]:
    """What others have put into this person's hands in an organisation, as of now."""
    return tuple(mandate for held, _standing_in in _sources for mandate in held(user, organisation))


def stand_ins(memberships, code: str) -> set[int]:
    """Keys of the people who now stand in for the holders of some memberships in matters of one kind."""
    return {key for _held, standing_in in _sources for key in standing_in(memberships, code)}


def doer(name: str, behalf: Mapping[str, Any] | None) -> str:
    """The person who acted, as papers and sentences call him: "X, for Y (delegation n)" where he stood in for another."""
    if not behalf:
        return name
    return _("%(name)s（代%(principal)s办理，第 %(number)s 号授权）") % {
        "name": name, "principal": behalf["name"], "number": behalf["delegation"],
    }
