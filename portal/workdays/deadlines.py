"""How the end of a period is computed. This is the one place where "within N days" gets its meaning.

- The day of the start event is not counted (R00-01).
- A calendar-day period whose last day is a day off ends on the next working day, a make-up Saturday or Sunday included
  (R00-02, R00-03); caps that burden others do not roll.
- The period ends at 24:00 of the last day (R00-08). `ends_at` is that moment, the next midnight: **in time is
  `moment < ends_at`**, `ends_at` itself is the first moment that is too late (G4).
- Where the calendar of a year is not loaded the end is *provisional*: counted with the statutory holidays alone, shown as
  such, and nothing that takes a right away may fire on it.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from portal.clock import SHANGHAI

from .counting import ONE_DAY, UnknownYear, is_working_day, notice_changes, nth_day, working_day_before, year_table
from .statutory import probably_working


class Unit(TextChoices):
    """What a length counts."""

    WORKING_DAYS = "wd", _("工作日")
    DAYS = "d", _("日")
    YEARS = "y", _("年")
    MINUTES = "min", _("分钟")


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of a period. `ends_at`: the first moment too late. `demonstration`: it rests on a demonstration calendar."""

    ends_at: datetime
    provisional: bool = False
    demonstration: bool = False

    @property
    def last_day(self) -> date:
        """The last day that is in time."""
        return (self.ends_at - timedelta(microseconds=1)).astimezone(SHANGHAI).date()


def deadline(start: datetime | date, length: int, unit: str = Unit.WORKING_DAYS, rolls: bool = True) -> Deadline:
    """When a period of `length` units that `start` sets off is over.

    `start`: the moment or day of the start event (Asia/Shanghai). `rolls`: whether a calendar-day end moves off a day
    off. A year without calendar gives a provisional end. Raises ValueError for a negative length.
    """
    if length < 0:
        raise ValueError("a period is not negative")
    if unit == Unit.MINUTES:
        return Deadline(_moment(start) + timedelta(minutes=length))
    day = _day(start)
    notice_changes()
    return until_settled(lambda works: _last_day(day, length, unit, rolls, works))


def fixed_deadline(last_day: date, rolls: bool = False) -> Deadline:
    """The end of a period whose last day is named by the rule or the contract; it rolls only by setting."""
    notice_changes()
    return until_settled(lambda works: _rolled(last_day, works) if rolls else last_day)


def latest_day_before(moment: datetime | date, length: int, unit: str = Unit.WORKING_DAYS) -> date:
    """The last day on which what needs a lead of `length` before `moment` may happen (lifecycles 15.5).

    Working days are counted back from the day of `moment`, which is not counted; for calendar days the two dates
    differ by `length`. Raises UnknownYear.
    """
    day = _day(moment)
    return day - timedelta(days=length) if unit == Unit.DAYS else working_day_before(day, length)


def lead_kept(happens: datetime | date, moment: datetime | date, length: int, unit: str = Unit.WORKING_DAYS) -> bool:
    """Whether `happens` leaves at least the lead before `moment`. Raises UnknownYear."""
    return _day(happens) <= latest_day_before(moment, length, unit)


def midnight_after(day: date) -> datetime:
    """24:00 of a day in Asia/Shanghai."""
    return datetime.combine(day + ONE_DAY, time(), SHANGHAI)


def until_settled(count: Callable[[Callable[[date], bool]], date]) -> Deadline:
    """A deadline counted by the calendars, or provisionally where one is missing."""
    demonstration = False

    def works(day: date) -> bool:
        nonlocal demonstration
        answer = is_working_day(day)
        demonstration = demonstration or year_table(day.year).demonstration
        return answer

    try:
        last = count(works)
    except UnknownYear:
        return Deadline(midnight_after(count(_works_as_far_as_known)), provisional=True)
    return Deadline(midnight_after(last), demonstration=demonstration)


def _last_day(day: date, length: int, unit: str, rolls: bool, works: Callable[[date], bool]) -> date:
    if unit == Unit.WORKING_DAYS:
        return nth_day(day, length, ONE_DAY, works) if length else day
    last = _years_later(day, length) if unit == Unit.YEARS else day + timedelta(days=length)
    return _rolled(last, works) if rolls else last


def _rolled(day: date, works: Callable[[date], bool]) -> date:
    return day if works(day) else nth_day(day, 1, ONE_DAY, works)


def _works_as_far_as_known(day: date) -> bool:
    try:
        return is_working_day(day)
    except UnknownYear:
        return probably_working(day)


def _years_later(day: date, years: int) -> date:
    """The same day `years` later; 29 February falls back to the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _day(moment: datetime | date) -> date:
    return moment.astimezone(SHANGHAI).date() if isinstance(moment, datetime) else moment


def _moment(start: datetime | date) -> datetime:
    if not isinstance(start, datetime):
        raise TypeError("a period of minutes starts at a moment, not on a day")
    return start
