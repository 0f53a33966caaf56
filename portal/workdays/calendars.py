"""Loading calendars into the table: 2004–2026 from the pinned package, later years from the notice, once published.

Only days that differ from Monday-to-Friday are stored. In demonstration mode the years to 2036 get a marked
demonstration calendar (演示日历) of statutory holidays and weekends; an official calendar replaces it.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from chinese_calendar import constants as package
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.accounts.actor import system_actor
from portal.workflow import perform

from .counting import forget_calendars
from .effects import changes_by, table_of
from .models import Calendar, CalendarDay
from .reference import reference_loader
from .statutory import DEMONSTRATION_YEARS, statutory_holidays

PACKAGE_YEARS: Final = range(min(package.holidays).year, max(package.holidays).year + 1)
PACKAGE: Final = "chinesecalendar"
#: Notices of the State Council's office known to us; the others are in the package without their number.
NOTICES: Final = {2025: "国办发明电〔2024〕12号", 2026: "国办发明电〔2025〕7号"}


@reference_loader(10, "working-day calendars")
def load_calendars() -> str:
    """Bring the calendars of 2004–2026 into the table, and in demonstration mode those to 2036; again does nothing."""
    there = set(Calendar.objects.values_list("year", flat=True))
    for year in PACKAGE_YEARS:
        if year not in there:
            load_year(year, _package_off(year), _package_worked(year), source=PACKAGE, reference=NOTICES.get(year, ""))
    if settings.DEMO:
        for year in DEMONSTRATION_YEARS:
            if year not in there:
                load_demonstration_year(year)
    known = Calendar.objects.order_by("year")
    first, last = known.first(), known.last()
    return f"working-day calendars {first.year}–{last.year}, {known.filter(demonstration=True).count()} for demonstration"


def load_demonstration_year(year: int) -> Calendar:
    """A marked calendar of statutory holidays and weekends, in demonstration mode only. Raises RuntimeError outside it."""
    if not settings.DEMO:
        raise RuntimeError("there are no demonstration calendars outside demonstration mode")
    off = {day: name for day, name in statutory_holidays(year).items() if day.weekday() < 5}
    return load_year(year, off, {}, source=_("演示日历"), demonstration=True)


@transaction.atomic
def load_year(
    year: int,
    off: Mapping[date, str],
    worked: Mapping[date, str],
    *,
    source: str,
    reference: str = "",
    demonstration: bool = False,
) -> Calendar:
    """Store the calendar of a year in place of what stood there; the running periods it changes are counted anew.

    `off`: weekdays that are not worked, `worked`: weekend days that are, each with its name. Raises ValueError for a
    day outside the year, a weekend day "off" or a weekday "worked".
    """
    _check(year, off, weekday=True)
    _check(year, worked, weekday=False)
    changes = changes_by(year, table_of(off, worked, demonstration))
    calendar, _made = Calendar.objects.update_or_create(
        year=year,
        defaults={"source": source, "reference": reference, "demonstration": demonstration, "loaded_at": clock.now()},
    )
    CalendarDay.objects.filter(calendar=calendar).delete()
    CalendarDay.objects.bulk_create(
        [CalendarDay(calendar=calendar, day=day, worked=False, name=name) for day, name in sorted(off.items())]
        + [CalendarDay(calendar=calendar, day=day, worked=True, name=name) for day, name in sorted(worked.items())]
    )
    forget_calendars()
    transaction.on_commit(forget_calendars)
    for change in changes:
        perform(change.clock, "recount", actor=system_actor(), deadline=change.after)
    return calendar


def _check(year: int, days: Iterable[date], *, weekday: bool) -> None:
    for day in days:
        if day.year != year or (day.weekday() < 5) is not weekday:
            raise ValueError(f"{day} cannot stand there in the calendar of {year}")


def _package_off(year: int) -> dict[date, str]:
    days = {day: name for day, name in package.holidays.items() if day.year == year and day.weekday() < 5}
    return {day: _CHINESE.get(name, name) for day, name in days.items()}


def _package_worked(year: int) -> dict[date, str]:
    days = {day: name for day, name in package.workdays.items() if day.year == year and day.weekday() >= 5}
    return {day: f"{_CHINESE.get(name, name)}调休上班" for day, name in days.items()}


_CHINESE: Final = {holiday.value: holiday.chinese for holiday in package.Holiday}
