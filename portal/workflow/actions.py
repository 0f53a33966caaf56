"""What can be done now: the only source of buttons, for pages and API."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from portal import clock
from portal.accounts.actor import Actor

from .engine import Act, refusals
from .models import Staged
from .refusals import Refusal
from .standing_in import acting
from .table import Transition, lifecycle_of


@dataclass(slots=True)
class Action:
    """A row that is this actor's to do: enabled, or shown disabled with every reason."""

    obj: Staged
    row: Transition
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def enabled(self) -> bool:
        return not self.refusals

    @property
    def name(self) -> str:
        return self.row.name

    @property
    def label(self) -> Any:
        return self.row.label

    @property
    def hint(self) -> Any:
        return self.row.hint

    @property
    def confirm(self) -> Any:
        return self.row.confirm

    @property
    def primary(self) -> bool:
        return bool(self.row.task)

    @property
    def direct(self) -> bool:
        """Whether one press does it: nothing to fill in, no reason to give."""
        return self.row.pressed or not (self.row.inputs or self.row.needs_reason or self.row.page)

    @property
    def url(self) -> str:
        if self.row.page:
            return reverse(self.row.page, args=[self.obj.pk] if self.obj.pk else [])
        if self.row.creates:
            return reverse("workflow:create", args=[lifecycle_of(self.obj).code, self.row.name])
        return reverse("workflow:act", args=[lifecycle_of(self.obj).code, self.obj.pk, self.row.name])


def available_actions(obj: Staged, actor: Actor) -> list[Action]:
    """The rows that start from the object's state and are this actor's, duties first, each with its refusals."""
    lifecycle = lifecycle_of(obj)
    moment = clock.now()
    found = []
    for row in lifecycle.rows:
        if row.creates or not row.who or obj.state not in row.sources or (capacity := acting(row, obj, actor)) is None:
            continue
        act = Act(row=row, lifecycle=lifecycle, actor=capacity, now=moment)
        found.append(Action(obj, row, refusals(obj, row, act)))
    return sorted(found, key=lambda action: not action.row.task)


def creating_actions(model: type[Staged], actor: Actor) -> list[Action]:
    """The rows by which this actor may make a new thing of a kind, each with its refusals."""
    lifecycle = lifecycle_of(model)
    found = []
    for row in lifecycle.creating():
        subject = model()
        capacity = acting(row, subject, actor)
        if capacity is not None:
            act = Act(row=row, lifecycle=lifecycle, actor=capacity, now=clock.now())
            found.append(Action(subject, row, refusals(subject, row, act)))
    return found
