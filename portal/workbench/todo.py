"""What waits for whom: derived from the tables and the states by queries, never kept by hand (house style, rule 18)."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import CharField, Count, Model, Q, QuerySet, Value
from django.utils.translation import gettext as _

from portal import clock
from portal.accounts.actor import Actor
from portal.accounts.demo_list import waiting_counter
from portal.accounts.models import Membership
from portal.prepared import rows_of
from portal.workdays.models import LegalClock
from portal.workflow.actions import Action
from portal.workflow.beginnings import Beginning, beginnings
from portal.workflow.models import Staged
from portal.workflow.standing_in import conditions, either
from portal.workflow.table import Lifecycle, Transition, Who, all_lifecycles
from portal.workflow.table import lifecycle as lifecycle_named

SHOWN = 20  # rows of one kind on the workbench; the count says how many there are
#: A bid is secret until the opening, even that there is one (R87-12): no list that others read counts them.
SECRET = frozenset({"bids.bid"})


@dataclass(slots=True)
class Waiting:
    """One thing that waits for the reader: what to do to it, since when, until when."""

    row: Transition
    obj: Staged
    clock: LegalClock | None
    moment: datetime
    beginning: Beginning | None = None
    behalf: str = ""  # in whose place the reader would do it

    @property
    def verb(self) -> str:
        return str(self.row.label)

    @property
    def title(self) -> str:
        return str(self.obj)

    @property
    def url(self) -> str:
        if self.beginning:
            return self.beginning.url(self.obj)
        return Action(self.obj, self.row).url if self.row.page else self.obj.get_absolute_url()

    @property
    def meta(self) -> str:
        return getattr(self.obj, "summary", "")

    @property
    def mark(self) -> str:
        """Whose duty it is, where it is in the reader's hands for another."""
        return _("代%(name)s办理") % {"name": self.behalf} if self.behalf else ""

    @property
    def light(self) -> tuple[str, str] | None:
        if self.clock is None:
            return None
        shown = self.clock.light(self.moment)
        return str(shown.colour), shown.words

    @property
    def due(self) -> str:
        return f"{self.clock.last_day:%m-%d}" if self.clock else ""

    @property
    def late(self) -> bool:
        return bool(self.clock and self.clock.light(self.moment).shape == "late")


@dataclass(slots=True)
class Group:
    """The waiting things of one kind; `items` are the most urgent of `count`."""

    code: str
    name: str
    count: int
    items: list[Waiting] = field(default_factory=list)

    @property
    def late(self) -> int:
        return sum(item.late for item in self.items)


@dataclass(frozen=True, slots=True)
class Owed:
    """A row that is a duty of an actor somewhere: the filter of the things it concerns or that call for it, and whose it is."""

    lifecycle: Lifecycle
    row: Transition
    condition: Q
    capacity: Actor
    beginning: Beginning | None = None

    @property
    def behalf(self) -> str:
        return self.capacity.mandate.principal_name if self.capacity.mandate else ""


def duties(actor: Actor) -> Iterator[Owed]:
    """Everything that is a duty of this actor, in his own right or in another's place."""
    for lifecycle in all_lifecycles():
        for row in lifecycle.rows:
            if row.task and not row.creates:
                for capacity, condition in conditions(lifecycle, row, row.who, actor):
                    yield Owed(lifecycle, row, condition & row.owed & Q(state__in=row.sources), capacity)
    for each in beginnings():
        for capacity, condition in conditions(lifecycle_named(each.code), each.row, each.who, actor):
            yield Owed(each.lifecycle, each.row, condition & each.calls, capacity, each)


def in_sight(owed: Owed, actor: Actor) -> QuerySet:
    """What the actor sees of the things of a duty; `owed_to` of a model says it for what is his to do, where that is less work."""
    things = owed.lifecycle.model.objects
    return things.owed_to(actor) if hasattr(things, "owed_to") else things.visible_to(actor)


def waiting_for(actor: Actor, moment: datetime) -> list[Group]:
    """The reader's to-do list by kind of thing, most urgent first; asks only after what the count says is there."""
    counts = counts_by_duty(actor)
    groups: dict[str, Group] = {}
    asked: list[tuple[Owed, list]] = []
    for number, owed in enumerate(duties(actor)):
        code = owed.lifecycle.code
        count = counts.get((code, number), 0)
        if not count:
            continue
        found = in_sight(owed, actor).filter(owed.condition)
        rows = list(named(found).order_by("state_since", "pk")[:SHOWN])
        groups.setdefault(code, Group(code, str(owed.lifecycle.name), 0)).count += count
        asked.append((owed, rows))
    clocks = clocks_of((owed.lifecycle.code, obj) for owed, rows in asked for obj in rows)
    for owed, rows in asked:
        groups[owed.lifecycle.code].items += [
            Waiting(owed.row, obj, clocks.get((owed.lifecycle.code, str(obj.pk))), moment, owed.beginning, owed.behalf) for obj in rows
        ]
    for group in groups.values():
        group.items.sort(key=lambda item: (item.clock is None, item.clock.ends_at if item.clock else item.obj.state_since))
    return sorted(groups.values(), key=lambda group: group.items[0].clock is None)


def counts_for(actor: Actor) -> dict[str, int]:
    """How many duties of each lifecycle wait for the actor."""
    counts: dict[str, int] = defaultdict(int)
    for (code, _number), count in counts_by_duty(actor).items():
        counts[code] += count
    return dict(counts)


def counts_by_duty(actor: Actor) -> dict[tuple[str, int], int]:
    """How many things wait for each duty of the actor (lifecycle, place among the duties); one query, asked once a request."""
    if "waiting" not in actor.kept:
        statement = _counting(actor.of_no_request(), actor.kind, actor.region_path, clock.now().replace(second=0, microsecond=0))
        found = [(*place.split("/"), count) for place, count in rows_of(*statement)] if statement else []
        actor.kept["waiting"] = {(code, int(number)): count for code, number, count in found if count}
    return actor.kept["waiting"]


@lru_cache(maxsize=1000)
def _counting(actor: Actor, kind: str, region_path: str, minute: datetime) -> tuple[str, tuple] | None:
    """The statement that counts, and its values: they depend on the actor's place alone, and making them costs more than asking.

    `kind` and `region_path` stand here so that an organisation that moves gets another statement, `minute`
    so that no moment a filter compares with is older than that.
    """
    counted = [
        owed.lifecycle.model.objects.filter(
            pk__in=in_sight(owed, actor).filter(owed.condition).order_by().values("pk")
        ).order_by().annotate(waiting_in=Value(f"{owed.lifecycle.code}/{number}", output_field=CharField())).values("waiting_in")
        .annotate(waiting=Count("pk")).values_list("waiting_in", "waiting")
        for number, owed in enumerate(duties(actor))
    ]
    if not counted:
        return None
    rows = counted[0].union(*counted[1:], all=True) if len(counted) > 1 else counted[0]
    try:
        return rows.query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return None


@waiting_counter
def waits_of(memberships: list[Membership]) -> dict[tuple[int, int], int]:
    """What waits for each of many people: one query a lifecycle and filter, however many people and things there are."""
    by_role: dict[str, list[Membership]] = defaultdict(list)
    for membership in memberships:
        by_role[membership.role].append(membership)
    waits: dict[tuple[int, int], int] = defaultdict(int)
    for lifecycle in all_lifecycles():
        tasks = [row for row in lifecycle.rows if row.task and not row.creates and lifecycle.code not in SECRET]
        for rows in ([row for row in tasks if not row.owed], *([row] for row in tasks if row.owed)):
            states = {state for row in rows for state in row.sources}
            if states:
                _count(waits, lifecycle.model.objects.filter(rows[0].owed, state__in=states), rows, by_role)
    for each in beginnings():
        _count(waits, each.lifecycle.model.objects.filter(each.calls), [each], by_role)
    return waits


def _count(waits: dict, found: QuerySet, rows: list[Transition | Beginning], by_role: dict[str, list[Membership]]) -> None:
    """Add what waits for each who bears one of the rows; one query."""
    paths = sorted({path for row in rows for who in row.who for path in (who.at, who.region, who.person) if path})
    for each in found.order_by().values("state", *paths).annotate(number=Count("pk")):
        for membership in _bearers(rows, each, by_role):
            waits[membership.user_id, membership.organisation_id] += each["number"]


def _bearers(rows: list[Transition | Beginning], each: dict, by_role: dict[str, list[Membership]]) -> list[Membership]:
    """Whose duty a group of things in one state is; each person once, in however many ways it is his."""
    found = {
        membership.pk: membership
        for row in rows if each["state"] in row.sources
        for who in row.who if type(who) is Who  # others ask more than a place; they are not counted here
        for membership in by_role.get(str(who.role), ())
        if (not who.at or each[who.at] == membership.organisation_id)
        and (not who.region or each[who.region] == membership.organisation.region_id)
        and (not who.person or each[who.person] == membership.user_id)
    }
    return list(found.values())


def clocks_of(things: Iterable[tuple[str, Staged]]) -> dict[tuple[str, str], LegalClock]:
    """The most pressing live clock of each thing (code of its lifecycle, itself), by code and key; one query for all."""
    keys: dict[str, list[str]] = defaultdict(list)
    for code, thing in things:
        keys[code].append(str(thing.pk))
    if not keys:
        return {}
    wanted = either([Q(subject_type=code, subject_id__in=found) for code, found in keys.items()])
    return {(each.subject_type, each.subject_id): each for each in LegalClock.objects.live().filter(wanted).order_by("-ends_at", "-pk")}


def named(found: QuerySet) -> QuerySet:
    """Rows with what their names are likely made of, joined so that a list asks once: their parents, and theirs."""
    paths, columns = _named_by(found.model)
    return found.select_related(*paths).only(*columns)


#: Kinds of columns that names and addresses are made of; a parent has many others, and each costs.
NAMES = (models.CharField, models.IntegerField)
LONG = (models.TextField, models.JSONField)


@cache
def _named_by(model: type[Model]) -> tuple[list[str], list[str]]:
    """Paths to the parents, and the columns to read: of the thing itself all but long texts, of its parents what names them."""
    paths, columns = [], [each.name for each in model._meta.concrete_fields if each.name == "summary" or not isinstance(each, LONG)]
    for name, parent in _parents(model):
        further = _parents(parent)
        found = [(name, parent), *((f"{name}__{inner}", each) for inner, each in further)]
        paths += [path for path, _parent in found]
        columns += [f"{name}__{inner}" for inner, _parent in further]
        columns += [f"{path}__{column.name}" for path, each in found for column in each._meta.concrete_fields if isinstance(column, NAMES)]
    return paths, columns


def _parents(model: type[Model]) -> list[tuple[str, type[Model]]]:
    return [
        (field.name, field.related_model) for field in model._meta.concrete_fields
        if field.many_to_one and not field.name.endswith("_by") and field.related_model is not model
    ]
