"""Reminders before a legal period ends, and word to the next level when it has long ended (L0.1, S-131).

Three working days before, one before and on the last day those are told who can do what the period waits for; the end
itself is told by the clock's own `exceed`. Three working days after it the heads of the superior and the finance head
of the region hear of it, after six the convener of the joint meeting and the auditors.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from portal import clock as clocks
from portal.accounts.models import Membership, User
from portal.accounts.roles import Role
from portal.workdays import Unit, deadline, is_working_day, midnight_after
from portal.workdays.counting import UnknownYear, working_day_before
from portal.workdays.models import LegalClock
from portal.workflow.table import Who

from .deadlines import roles_by_clock
from .events import TransitionEvent, event, people, told_as, write
from .models import Message, Reminder

BATCH = 500
EVENT = "workdays.clock/remind"
WORKERS = frozenset({Role.OFFICER, Role.SUPPLIER_OFFICER, Role.FINANCE_OFFICER, Role.EVALUATOR})
HEADS = frozenset({Role.HEAD, Role.SUPPLIER_HEAD, Role.FINANCE_HEAD, Role.EVALUATOR_HEAD})
Step = Reminder.Step
BEFORE = (Step.TODAY, Step.NEXT, Step.SOON)  # the nearest first: who was told of the last day is not told of three days
AFTER = (Step.HIGHEST, Step.HIGHER)


@event("workdays.clock", "remind")
class ClockReminder(TransitionEvent):
    """Words of a reminder; what it is about and until when are facts of the message."""

    headings = {
        Step.SOON: _("还有三个工作日：%(clock)s · %(thing)s"), Step.NEXT: _("还有一个工作日：%(clock)s · %(thing)s"),
        Step.TODAY: _("今天到期：%(clock)s · %(thing)s"), Step.HIGHER: _("逾期满三个工作日仍未办结：%(clock)s · %(thing)s"),
        Step.HIGHEST: _("逾期满六个工作日仍未办结：%(clock)s · %(thing)s"),
    }
    text = _("%(bearer)s应于 %(day)s 二十四时前办结“%(clock)s”（%(citation)s）：%(thing)s。")

    def title(self, message: Message) -> str:
        return str(self.headings[message.values["step"]]) % self._words(message)

    def _words(self, message: Message) -> dict:
        from portal.workdays.register import definition

        known = definition(message.values["name"])
        return {**message.values, "clock": known.label, "citation": known.citation}


@dataclass(frozen=True, slots=True)
class Window:
    """The ends of periods that a step speaks of: after `after` (if it says so), up to `until`."""

    step: str
    after: datetime | None
    until: datetime
    state: str

    def clocks(self) -> QuerySet[LegalClock]:
        ends = Q(ends_at__lte=self.until) & (Q(ends_at__gt=self.after) if self.after else Q())
        steps = BEFORE[: BEFORE.index(self.step) + 1] if self.step in BEFORE else AFTER[: AFTER.index(self.step) + 1]
        spoken = Reminder.objects.filter(clock=OuterRef("pk"), ends_at=OuterRef("ends_at"), step__in=steps)
        return (
            LegalClock.objects.filter(ends, state=self.state, binding=True, provisional=False, bearer__isnull=False)
            .filter(~Exists(spoken)).select_related("bearer__region").order_by("ends_at", "pk")
        )


def remind() -> int:
    """Tell whoever is to be told now; returns how many messages were written. Running it again tells nobody twice."""
    return sum(_tell(clock, window.step) for window in windows(clocks.now()) for clock in window.clocks()[:BATCH])


def windows(now: datetime) -> Iterator[Window]:
    """The steps that are due at a moment. Outside working days nobody is reminded, except of what ends that very day."""
    today = clocks.today()
    yield Window(Step.TODAY, now, midnight_after(today), LegalClock.State.RUNNING)
    try:
        if not is_working_day(today):
            return
        yield Window(Step.NEXT, now, deadline(now, 1, Unit.WORKING_DAYS).ends_at, LegalClock.State.RUNNING)
        yield Window(Step.SOON, now, deadline(now, 3, Unit.WORKING_DAYS).ends_at, LegalClock.State.RUNNING)
        for step, days in ((Step.HIGHEST, 6), (Step.HIGHER, 3)):
            first = datetime.combine(working_day_before(today, days), time.min, clocks.SHANGHAI)
            yield Window(step, None, first, LegalClock.State.OVERDUE)
    except UnknownYear:  # no calendar, no working days: the last day itself is still told
        return


def readers_of(clock: LegalClock, step: str) -> QuerySet[User]:
    """Who is told: before the end those who can act and, on the last day, their heads; after it the next level up."""
    if step == Step.HIGHER:
        told = [Who(Role.HEAD, at="bearer"), Who(Role.SUPPLIER_HEAD, at="bearer"), Who(Role.FINANCE_HEAD, region="bearer__region")]
        return people([*told, *([Who(Role.HEAD, at="bearer__superior")] if clock.bearer.superior_id else [])], clock)
    if step == Step.HIGHEST:
        return people([Who(role, region="bearer__region") for role in (Role.FINANCE_HEAD, Role.CONVENER, Role.AUDITOR)], clock)
    roles = roles_by_clock().get(clock.name, WORKERS) | (HEADS if step == Step.TODAY else frozenset())
    members = Membership.objects.live().filter(organisation=clock.bearer, role__in=roles)
    return told_as(members, clock.subject_type)


@transaction.atomic
def _tell(clock: LegalClock, step: str) -> int:
    _reminder, is_new = Reminder.objects.get_or_create(
        clock=clock, step=step, ends_at=clock.ends_at, defaults={"told_at": clocks.now()}
    )
    if not is_new:
        return 0
    return write(
        EVENT, readers_of(clock, step),
        lambda: {"step": step, "name": clock.name, "thing": str(clock.subject), "bearer": clock.bearer.name, "day": f"{clock.last_day}"},
        link=clock.get_absolute_url(), project_id=clock.project_id, moment=clocks.now(),
    )
