"""As whom an actor does a row: in his own right, else in the place of a person who has put the role into his hands.

A row that is a person's own alone (its table says so and by which rule) is never done for another (DLG-02). Bars against
persons meet the one who acts and the one he stands in for, before and after (G2).
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.accounts.mandates import ON_BEHALF_OF
from portal.accounts.roles import PERSONAL_ROLES
from portal.audit.models import Entry

from .refusals import Refusal, refuse
from .table import Lifecycle, Transition, all_lifecycles, follow, lifecycle_of


def personal(lifecycle: Lifecycle, row: Transition) -> str:
    """The rule by which a row is a person's own alone; "" for what may be done for another."""
    return row.personal or lifecycle.personal or ("SIGN-01" if row.signs else "")


def serves(lifecycle: Lifecycle, row: Transition, capacity: Actor) -> bool:
    """Whether the row may be done in this capacity at all: in one's own always, for another as far as it was put into his hands."""
    mandate = capacity.mandate
    return mandate is None or (mandate.covers(lifecycle.code) and not personal(lifecycle, row))


def acting(row: Transition, obj: Any, actor: Actor) -> Actor | None:
    """The capacity in which the actor may do the row to the thing (right and place, not yet the guards); his own goes first."""
    if actor.is_system:
        return actor if row.system or not row.who else None
    if actor.read_only:
        return None
    lifecycle = lifecycle_of(obj)
    for capacity in actor.capacities:
        if serves(lifecycle, row, capacity) and any(who.fits(capacity, obj) for who in row.who):
            return capacity
    return None


def conditions(lifecycle: Lifecycle, row: Transition, whos: Iterable[Any], actor: Actor) -> Iterator[tuple[Actor, Q]]:
    """The things the actor may do a row to, as filters: one for each capacity, none of which says what an earlier one has said."""
    said: list[Q] = []
    for capacity in actor.capacities:
        found = [q for who in whos if (q := who.of(capacity)) is not None] if serves(lifecycle, row, capacity) else []
        if found:
            condition = either(found)
            yield capacity, condition & ~either(said) if said else condition
            said.append(condition)


def either(conditions: list[Q]) -> Q:
    result = conditions[0]
    for condition in conditions[1:]:
        result |= condition
    return result


def facts(actor: Actor) -> dict[str, Any]:
    """What the record keeps of it: for whom, by which delegation."""
    return {ON_BEHALF_OF: actor.mandate.facts} if actor.mandate else {}


# --- bars against persons ----------------------------------------------------------------------------------------
def doers_of(obj: Any, *names: str) -> dict[str, frozenset[int]]:
    """Who last did each of the named rows to this thing, with whom he stood in for: row name → keys of people."""
    entries = Entry.objects.of_subject(lifecycle_of(obj).code, obj.pk).filter(transition__in=names).exclude(user_id=None)
    found = entries.order_by("id").values_list("transition", "user_id", "facts")
    doers = {name: _persons(user_id, kept) for name, user_id, kept in found}
    if obj.created_by_id:  # made with many others, it has no entry of its own for its beginning
        rows = (row.name for row in lifecycle_of(obj).rows if row.creates and row.name in names)
        doers = {**dict.fromkeys(rows, frozenset({obj.created_by_id})), **doers}
    return doers


def doers_of_all(code: str, keys: Iterable[int], *names: str, batch: int = 500) -> dict[int, frozenset[int]]:
    """Who last did any of the named rows to each of many things of a lifecycle: key → keys of people; some have none."""
    found: dict[tuple[int, str], frozenset[int]] = {}
    wanted = [str(key) for key in keys]
    for start in range(0, len(wanted), batch):
        entries = Entry.objects.filter(lifecycle=code, subject__in=wanted[start : start + batch], transition__in=names)
        for subject, name, user_id, kept in entries.exclude(user_id=None).order_by("id").values_list(
            "subject", "transition", "user_id", "facts"
        ):
            found[int(subject), name] = _persons(user_id, kept)
    doers: dict[int, frozenset[int]] = {}
    for (key, _name), persons in found.items():
        doers[key] = doers.get(key, frozenset()) | persons
    return doers


def _persons(user_id: int, kept: dict) -> frozenset[int]:
    behalf = kept.get(ON_BEHALF_OF)
    return frozenset({user_id, behalf["user"]} if behalf else {user_id})


def had_a_hand(actor: Actor, code: str, keys: Iterable[Any], *names: str) -> bool:
    """Whether the actor, whom he stands in for, or anybody in the place of one of them ever did one of the rows."""
    if not actor.persons:
        return False
    acts = Entry.objects.filter(lifecycle=code, subject__in=[str(key) for key in keys], transition__in=names)
    return acts.by(actor.persons).exists()


def separation_of_duty(obj: Any, row: Transition, actor: Actor, lifecycle: Lifecycle) -> Iterator[Refusal]:
    """Nobody approves, reviews, accepts or pays what he himself, or somebody in his place, did one step earlier (G2, S-165)."""
    if actor.is_system or not (row.not_by or row.not_by_of):
        return
    barred = list(doers_of(obj, *row.not_by).items()) if row.not_by and obj.pk else []
    for path, name in row.not_by_of:
        other = follow(obj, path)
        if other is not None:
            barred += doers_of(other, name).items()
    for name, doers in barred:
        if actor.persons & doers:
            sentence = _("您已办理“%(step)s”，同一事项的“%(act)s”须由他人办理。")
            if actor.user_id not in doers:
                sentence = _("您所代的人已办理“%(step)s”，同一事项的“%(act)s”须由他人办理，受托人同样受限。")
            yield refuse("G2", sentence, step=lifecycle[name].label if name in lifecycle else name, act=row.label)
            return


# --- what can be put into another's hands ------------------------------------------------------------------------
def delegable(role: str) -> list[Lifecycle]:
    """The lifecycles in which the holder of a role can have something done for him."""
    return [cycle for cycle in all_lifecycles() if role not in PERSONAL_ROLES and any(
        not personal(cycle, row) and any(str(who.role) == role for who in row.who) for row in cycle.rows
    )]


def why_not(role: str, code: str) -> str:
    """The rule by which nothing of a lifecycle that the role does may be delegated; "" where some of it may, or it does nothing."""
    rules = [
        personal(cycle, row) for cycle in all_lifecycles() if cycle.code == code
        for row in cycle.rows if any(str(who.role) == role for who in row.who)
    ]
    return rules[0] if rules and all(rules) else ""
