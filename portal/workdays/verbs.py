"""What happens to legal clocks when people act. Stages name clocks in their rows (`clocks=[starts("SIGNING")]`); what a
row cannot say they call here.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from portal import clock as clocks
from portal.workflow.engine import Act, begin_all, register_clock_keeper

from . import periods  # noqa: F401  the register and its settings are there once Django is ready
from .counting import UnknownYear, days_after, is_working_day
from .deadlines import Deadline, Unit, deadline, fixed_deadline
from .lights import yellow_moment
from .models import LIVE, ClockMove, LegalClock, LegalClockQuerySet
from .register import ClockDefinition, definition
from .statutory import probably_working
from .subjects import ClockTerms, project_key_of, reference_of, terms_of

State = LegalClock.State


def clocks_of(subject: Model | None = None, *, project: Any = None) -> LegalClockQuerySet:
    """The clocks that run for a thing, or every clock of a project; the most urgent first."""
    found = LegalClock.objects.of(subject) if subject is not None else LegalClock.objects.of_project(project)
    return found.urgent_first()


def start_clock(
    name: str, subject: Model, act: Act, bearer: Any = None, start: datetime | date | None = None, length: int | None = None
) -> LegalClock | None:
    """Start a period of the register for a thing; the one that already runs for it stays, none starts in history.

    `start`: the start event (default: now). `length`: in the register's unit, where contract or order names it.
    `bearer`: the organisation that must act. What is left out comes from `subject.clock_terms(name)`, then from the
    register by the rules of the day. Raises UnknownClock, and ValueError when nobody says how long it is.
    """
    known = definition(name)
    if act.history or known.lead:
        return None
    terms = terms_of(subject, name)
    bearer = bearer or terms.bearer
    running = LegalClock.objects.of(subject).live().filter(name=name, bearer=bearer).first()
    if running is not None:
        return running
    began = start or terms.start or act.now
    length, unit, end = _period(known, terms, subject, bearer, began, length)
    kind, key = reference_of(subject)
    began = began if isinstance(began, datetime) else datetime.combine(began, datetime.min.time(), clocks.SHANGHAI)
    clock = LegalClock(
        name=name, subject_type=kind, subject_id=key, project_id=project_key_of(subject), bearer=bearer, length=length,
        unit=unit, rolls=known.rolls, binding=known.binding, started_at=began, counted_from=began, ends_at=end.ends_at,
        provisional=end.provisional, demonstration=end.demonstration,
    )  # fmt: skip
    return act.perform(clock, "start")


def start_clocks(name: str, subjects: Sequence[Model], act: Act) -> list[LegalClock]:
    """Start one period of the register for many things made by one act, none of which has it yet; none starts in history.

    The act records them all with what it makes; bearers of one region share one count of the days.
    """
    known = definition(name)
    if act.history or known.lead:
        return []
    counted: dict[Any, tuple[int, str, Deadline, datetime]] = {}
    started = []
    for subject in subjects:
        terms = terms_of(subject, name)
        key = (terms, getattr(subject, "rules_as_of", None))
        if key not in counted:
            length, unit, end = _period(known, terms, subject, terms.bearer, act.now, None)
            counted[key] = (length, unit, end, yellow_moment(act.now, end.ends_at))
        length, unit, end, yellow_at = counted[key]
        kind, reference = reference_of(subject)
        started.append(LegalClock(
            name=name, subject_type=kind, subject_id=reference, project_id=project_key_of(subject), bearer=terms.bearer, length=length,
            unit=unit, rolls=known.rolls, binding=known.binding, started_at=act.now, counted_from=act.now, ends_at=end.ends_at,
            provisional=end.provisional, demonstration=end.demonstration, yellow_at=yellow_at,
        ))  # fmt: skip
    begin_all(started, "start", act)
    return LegalClock.objects.bulk_create(started, batch_size=500)


def stop_clock(name: str, subject: Model, act: Act, bearer: Any = None) -> LegalClock | None:
    """The act a clock waits for is done: MET before its end, MET_LATE after it. None where no such clock runs.

    A clock of a duty whose end passed a moment ago, before the due event came by, is exceeded first.
    """
    found = LegalClock.objects.of(subject).live().filter(name=name)
    clock = (found.filter(bearer=bearer) if bearer else found).first()
    if clock is None or act.history:
        return None
    if clock.state == State.PAUSED:
        clock.pauses.filter(resumed_at=None).update(resumed_at=act.now)
        clock = _go_on(clock, act)
    if clock.state == State.RUNNING and act.now >= clock.ends_at and not clock.provisional:
        if not clock.binding:
            return act.perform(clock, "elapse", by_act=True)
        clock = act.perform(clock, "exceed", by_act=True)
    return act.perform(clock, "stop_late" if clock.state == State.OVERDUE else "stop")


def void_clocks(subject: Model, act: Act, names: Iterable[str] | None = None, reason: str = "") -> int:
    """The object is gone: its live clocks (or the named ones) lose their meaning. Returns how many."""
    found = LegalClock.objects.of(subject).live()
    voided = [act.perform(clock, "void", reason=reason) for clock in (found.filter(name__in=names) if names else found)]
    return len(voided)


@transaction.atomic
def pause(clocks_: Iterable[LegalClock], act: Act, cause: str) -> list[LegalClock]:
    """Stand still for a cause ("hold:12"): every live pausable clock among those given; the same cause once only.

    Neither the day of the pause nor the day of resumption is used up.
    """
    paused = []
    for clock in clocks_:
        if clock.state not in (State.RUNNING, State.PAUSED) or not clock.definition.pausable:
            continue
        if clock.pauses.filter(cause=cause, resumed_at=None).exists():
            continue
        earlier = clock.pauses.filter(resumed_at=None).order_by("pk").first()
        left = earlier.left if earlier else _left(clock, act.now)
        paused.append(act.perform(clock, "pause", cause=cause, left=left))
    return paused


@transaction.atomic
def resume(clocks_: Iterable[LegalClock], act: Act, cause: str) -> list[LegalClock]:
    """A cause is gone; clocks on which no other cause lies go on, their unused time counted from today."""
    resumed = []
    for clock in clocks_:
        ended = clock.pauses.filter(cause=cause, resumed_at=None).update(resumed_at=act.now)
        if ended and not clock.pauses.filter(resumed_at=None).exists():
            resumed.append(_go_on(clock, act))
    return resumed


def move(clock: LegalClock, act: Act, ends_at: datetime, cause: str = ClockMove.Cause.EXTENDED, note: str = "") -> LegalClock:
    """Set a later end, keeping the old one as a row (an extension, an outage). Raises Refused for an earlier end."""
    data: dict[str, Any] = {"ends_at": ends_at, "cause": cause, "note": note}
    if clock.state == State.PAUSED:
        paused_at = clock.pauses.filter(resumed_at=None).earliest("pk").paused_at
        data["left"] = _units_until(clock.unit, paused_at, Deadline(ends_at).last_day)
    return act.perform(clock, "move", **data)


def _period(
    known: ClockDefinition, terms: ClockTerms, subject: Any, bearer: Any, began: datetime | date, length: int | None
) -> tuple[int, str, Deadline]:
    """Length, unit and end of a new clock, from whoever knows: caller, subject, register."""
    first_day = began.astimezone(clocks.SHANGHAI).date() if isinstance(began, datetime) else began
    if length is None and terms.ends_at:
        end = Deadline(terms.ends_at)
        return (end.last_day - first_day).days, Unit.DAYS, end
    if length is None and terms.last_day:
        end = fixed_deadline(terms.last_day, known.rolls)
        return (terms.last_day - first_day).days, Unit.DAYS, end
    as_of = getattr(subject, "rules_as_of", None) or first_day
    own_length, unit = known.period(terms.variant, getattr(bearer, "region", None), as_of)
    length = next((one for one in (length, terms.length, own_length) if one is not None), None)
    if length is None:
        raise ValueError(f"{known.name} has no length of its own; its subject must name one")
    unit = terms.unit or unit
    return length, unit, deadline(began, length, unit, known.rolls)


def _go_on(clock: LegalClock, act: Act) -> LegalClock:
    left = clock.pauses.order_by("-pk").first().left
    return act.perform(clock, "resume", left=left, deadline=deadline(act.now, left, clock.unit, clock.rolls))


def _left(clock: LegalClock, now: datetime) -> int:
    return _units_until(clock.unit, now, clock.last_day)


def _units_until(unit: str, moment: datetime, last_day: date) -> int:
    """Units not yet used on the day of a pause, which itself is not used up; at least one."""
    before = moment.astimezone(clocks.SHANGHAI).date() - (date.resolution)
    days = days_after(before, last_day)
    return max(1, sum(1 for day in days if unit != Unit.WORKING_DAYS or _works(day)))


def _works(day: date) -> bool:
    try:
        return is_working_day(day)
    except UnknownYear:
        return probably_working(day)


from .keeper import ClockKeeper  # noqa: E402  the keeper calls the verbs above

register_clock_keeper(ClockKeeper())

__all__ = [
    "LIVE", "clocks_of", "move", "pause", "resume", "start_clock", "start_clocks", "stop_clock", "void_clocks",
]  # fmt: skip
