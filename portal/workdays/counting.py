"""Counting working days by the calendars in the database; a year without calendar raises (RCV-02, house style 7).

Calendars are read once per process and kept. Another process that loads one is noticed at the next deadline computed,
and by mere counting within a minute; a year that is not there is never remembered as missing.
"""
from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

ONE_DAY: Final = timedelta(days=1)
_FRESH_SECONDS: Final = 60.0


class UnknownYear(LookupError):
    """The calendar of a year is not loaded, so its working days cannot be counted."""

    def __init__(self, year: int) -> None:
        super().__init__(f"the working-day calendar of {year} is not loaded")
        self.year = year


@dataclass(frozen=True, slots=True)
class YearTable:
    """One year: the weekdays that are off, the weekend days that are worked, whether it is a demonstration calendar."""

    off: frozenset[date]
    worked: frozenset[date]
    demonstration: bool


@dataclass(slots=True)
class _Known:
    """What this process knows. Replaced as a whole, so that threads see either the old or the new."""

    revision: tuple = ()
    checked: float = 0.0
    years: dict[int, YearTable] = field(default_factory=dict)


_known = _Known()
_supposed: ContextVar[tuple[int, YearTable] | None] = ContextVar("supposed_calendar", default=None)


def is_working_day(day: date) -> bool:
    """Whether a day is worked: Monday to Friday and not off, or a make-up day. Raises UnknownYear."""
    table = year_table(day.year)
    return day in table.worked or (day.weekday() < 5 and day not in table.off)


def add_working_days(start: date, count: int) -> date:
    """The `count`-th working day after `start`, which is not counted (R00-01). Raises UnknownYear, ValueError below 1."""
    return nth_day(start, count, ONE_DAY, is_working_day)


def working_days_between(start: date, end: date) -> int:
    """How many working days lie after `start` up to and with `end`; negative when `end` is earlier. Raises UnknownYear."""
    if end < start:
        return -working_days_between(end, start)
    return sum(1 for day in days_after(start, end) if is_working_day(day))


def working_day_before(end: date, count: int) -> date:
    """The `count`-th working day before `end`, which is not counted: how leads are counted back (lifecycles 15.5)."""
    return nth_day(end, count, -ONE_DAY, is_working_day)


def nth_day(start: date, count: int, step: timedelta, counts: Callable[[date], bool]) -> date:
    """The `count`-th day that counts, stepping away from `start`."""
    if count < 1:
        raise ValueError("count at least one day")
    day = start
    while count:
        day += step
        count -= counts(day)
    return day


def days_after(start: date, end: date) -> Iterator[date]:
    """The days after `start` up to and with `end`."""
    for offset in range(1, (end - start).days + 1):
        yield start + timedelta(days=offset)


def year_table(year: int) -> YearTable:
    """The calendar of a year. Raises UnknownYear."""
    supposed = _supposed.get()
    if supposed is not None and supposed[0] == year:
        return supposed[1]
    if time.monotonic() - _known.checked > _FRESH_SECONDS:
        notice_changes()
    table = _known.years.get(year) or _load(year)
    if table is None:
        raise UnknownYear(year)
    return table


@contextmanager
def supposing(year: int, table: YearTable) -> Iterator[None]:
    """Count as if the calendar of a year were this one: what a notice would change, before it is taken."""
    token = _supposed.set((year, table))
    try:
        yield
    finally:
        _supposed.reset(token)


def is_demonstration(year: int) -> bool:
    """Whether a year's calendar exists for demonstrations only (演示日历). Raises UnknownYear."""
    return year_table(year).demonstration


def forget_calendars() -> None:
    """Read the calendars anew at the next count; loading a calendar calls this."""
    global _known
    _known = _Known()
_supposed: ContextVar[tuple[int, YearTable] | None] = ContextVar("supposed_calendar", default=None)


def notice_changes() -> None:
    """Forget what this process knows if any process has changed a calendar since. One small query."""
    global _known
    from .models import Calendar

    revision = tuple(Calendar.objects.order_by("year").values_list("year", "loaded_at"))
    if revision != _known.revision:
        _known = _Known(revision=revision)
    _known.checked = time.monotonic()


def _load(year: int) -> YearTable | None:
    from .models import Calendar, CalendarDay

    calendar = Calendar.objects.filter(year=year).first()
    if calendar is None:
        return None
    days = list(CalendarDay.objects.filter(calendar=calendar).values_list("day", "worked"))
    table = YearTable(
        off=frozenset(day for day, worked in days if not worked),
        worked=frozenset(day for day, worked in days if worked),
        demonstration=calendar.demonstration,
    )
    _known.years[year] = table
    return table
