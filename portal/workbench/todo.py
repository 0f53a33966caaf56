"""What waits for whom: derived from the tables and the states by queries, never kept by hand (house style, rule 18)."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from portal.accounts.actor import Actor
from portal.workdays.models import LegalClock
from portal.workflow.actions import Action
from portal.workflow.models import Staged
from portal.workflow.table import Lifecycle, Transition, all_lifecycles

SHOWN = 20  # rows of one kind on the workbench; the count says how many there are


@dataclass(slots=True)
class Waiting:
    """One thing that waits for the reader: what to do to it, since when, until when."""

    row: Transition
    obj: Staged
    clock: LegalClock | None
    moment: datetime

    @property
    def verb(self) -> str:
        return str(self.row.label)

    @property
    def title(self) -> str:
        return str(self.obj)

    @property
    def url(self) -> str:
        return Action(self.obj, self.row).url if self.row.page else self.obj.get_absolute_url()

    @property
    def meta(self) -> str:
        return getattr(self.obj, "summary", "")

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
    """The waiting things of one kind."""

    name: str
    count: int
    items: list[Waiting] = field(default_factory=list)


def duties(actor: Actor) -> Iterable[tuple[Lifecycle, Transition, Q]]:
    """The rows that are a duty of this actor somewhere, with the filter of the things they concern."""
    for lifecycle in all_lifecycles():
        for row in lifecycle.rows:
            if not row.task or row.creates:
                continue
            conditions = [condition for who in row.who if (condition := who.of(actor)) is not None]
            if conditions:
                yield lifecycle, row, combined(conditions)


def combined(conditions: list[Q]) -> Q:
    result = conditions[0]
    for condition in conditions[1:]:
        result |= condition
    return result


def waiting_for(actor: Actor, moment: datetime) -> list[Group]:
    """The reader's to-do list by kind of thing, most urgent first; a bounded number of queries whatever there is."""
    groups: dict[str, Group] = {}
    for lifecycle, row, condition in duties(actor):
        found = lifecycle.model.objects.visible_to(actor).filter(condition, state__in=row.sources)
        rows = list(found.order_by("state_since", "pk")[: SHOWN + 1])
        if not rows:
            continue
        count = len(rows) if len(rows) <= SHOWN else found.count()
        clocks = clocks_of(lifecycle, rows)
        group = groups.setdefault(lifecycle.code, Group(str(lifecycle.name), 0))
        group.count += count
        group.items += [Waiting(row, obj, clocks.get(str(obj.pk)), moment) for obj in rows[:SHOWN]]
    for group in groups.values():
        group.items.sort(key=lambda item: (item.clock is None, item.clock.ends_at if item.clock else item.obj.state_since))
    return list(groups.values())


def clocks_of(lifecycle: Lifecycle, objects: list[Staged]) -> dict[str, LegalClock]:
    """The most pressing live clock of each object."""
    clocks = LegalClock.objects.live().filter(
        subject_type=lifecycle.code, subject_id__in=[str(obj.pk) for obj in objects]
    ).order_by("-ends_at")
    return {clock.subject_id: clock for clock in clocks}
