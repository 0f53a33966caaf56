"""What waits for one person by name can go to another: each stage registers how its things change hands (ADM-06).

What waits for whoever holds a role needs no hand-over: the successor's role brings it to his list. What he has taken from
a common desk goes back there when he goes and nobody is named to follow him.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from portal.accounts.models import Organisation, User

from .table import all_lifecycles

#: Things of a person's own that nobody takes over: his reports.
PERSONAL = frozenset({"reports.job"})
MOST = 200  # of one kind shown


@dataclass(frozen=True, slots=True)
class Handover:
    """One change of hands: who leaves it, who takes it (None: the desk it came from), in which organisation, why, and who decided so."""

    leaving: User
    successor: User | None
    organisation: Organisation
    reason: str
    actor: Any


Held = Callable[[User, Organisation], QuerySet]
Move = Callable[[Any, Handover], None]
_kinds: list[tuple[Held, Move]] = []
_from_desks: list[tuple[Held, Move]] = []


def hands_over(held: Held, *, from_desk: bool = False) -> Callable[[Move], Move]:
    """Register how one kind of thing changes hands: `held(person, organisation)` finds what is his, the decorated
    `move(thing, handover)` gives it to the successor by a row of its table. `from_desk`: it goes back also without one."""

    def keep(move: Move) -> Move:
        _kinds.append((held, move))
        if from_desk:
            _from_desks.append((held, move))
        return move

    return keep


def held_by(person: User, organisation: Organisation) -> list[Any]:
    """What is his by name and can change hands."""
    return [thing for held, _move in _kinds for thing in held(person, organisation)[:MOST]]


def move_all(handover: Handover) -> list[Any]:
    """Give everything to the successor, or to the desks it came from, in the caller's transaction; gives what changed hands."""
    moved = []
    for held, move in _kinds if handover.successor else _from_desks:
        for thing in held(handover.leaving, handover.organisation):
            move(thing, handover)
            moved.append(thing)
    return moved


def named_for(person: User) -> list[Any]:
    """The things whose next act is this very person's, read from the tables: who leaves them must be replaced there."""
    found = []
    for lifecycle in all_lifecycles():
        if lifecycle.code in PERSONAL:
            continue
        condition = Q(pk__in=[])
        for row in lifecycle.rows:
            if row.task and not row.creates:
                for who in row.who:
                    if who.person:
                        condition |= Q(**{who.person: person.pk}, state__in=row.sources)
        if condition != Q(pk__in=[]):
            found += lifecycle.model._base_manager.filter(condition).order_by("pk")[:MOST]
    return found
