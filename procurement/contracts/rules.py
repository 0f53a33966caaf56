"""The arithmetic of contracts as plain functions: months of a term, quotas of a term, what is due on a date, periods."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from django.utils.translation import gettext_lazy as _

from portal.money import percent_of

ONE_DAY: Final = timedelta(days=1)
#: How long after the term the system asks for the final acceptance itself, where the contractor does not (silent).
ASK_AFTER_DAYS: Final = 15
MONTHS_OF_PERIOD: Final = {"YEAR": 12, "QUARTER": 3, "TWO_MONTHS": 2, "MONTH": 1}
MONTHS_OF_CADENCE: Final = {"MONTH": 1, "QUARTER": 3, "HALF_YEAR": 6}


def share(amount: Decimal, percent: Decimal) -> Decimal:
    return percent_of(amount, percent)


def add_months(day: date, months: int) -> date:
    """The same day some months later; a day the month does not have falls back to its last."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (first_of_next - ONE_DAY).day))


def months_of(starts_on: date, ends_on: date) -> int:
    """Months of a term with both days included, a begun month counted whole (L9.1, edge 5)."""
    months = 0
    while add_months(starts_on, months) - ONE_DAY < ends_on:
        months += 1
    return months


def exact_months(starts_on: date, ends_on: date) -> Fraction:
    """Months of a term as a fraction: whole months, then the days left over of the month they lie in."""
    whole = 0
    while add_months(starts_on, whole + 1) - ONE_DAY <= ends_on:
        whole += 1
    begins = add_months(starts_on, whole)
    left = (ends_on - begins).days + 1
    return whole + Fraction(left, (add_months(starts_on, whole + 1) - begins).days)


def quota_of_term(quota: Decimal, period: str, starts_on: date, ends_on: date) -> Fraction:
    """What a quota per week, month, quarter or year comes to over the whole term, exactly (lifecycles 15.5).

    Weeks are counted with the start day not counted: 2020-07-14 to 2021-07-13 are 52 weeks.
    """
    each = Fraction(quota)
    if period == "TERM":
        return each
    if period == "WEEK":
        return each * max((ends_on - starts_on).days, 1) / 7
    return each * exact_months(starts_on, ends_on) / MONTHS_OF_PERIOD[period]


def elapsed_days(starts_on: date, ends_on: date, on: date) -> tuple[int, int]:
    """Days elapsed on a date and days of the term, the start day not counted; never before or beyond the term."""
    whole = (ends_on - starts_on).days
    return min(max((on - starts_on).days, 0), whole), whole


def target_on(quota_of_the_term: Fraction, starts_on: date, ends_on: date, on: date) -> Decimal:
    """What is due on a date: quota × elapsed ÷ period, whole units rounded down; on the last day all of it (S-76)."""
    elapsed, whole = elapsed_days(starts_on, ends_on, on)
    due = quota_of_the_term if on >= ends_on else quota_of_the_term * elapsed / whole
    return floor(due)


def floor(value: Fraction) -> Decimal:
    """Whole units, rounded down."""
    return Decimal(value.numerator // value.denominator)


# --- progress ------------------------------------------------------------------------------------------------------
class Progress(StrEnum):
    """How a deliverable stands on a date; a measure, never stored (L9.4)."""

    MET = "MET"
    ON_TRACK = "ON_TRACK"
    AHEAD = "AHEAD"
    BEHIND = "BEHIND"
    OPEN = "OPEN"
    NOT_APPLICABLE = "NOT_APPLICABLE"

    @property
    def label(self):
        return PROGRESS_LABELS[self]

    @property
    def light(self) -> str:
        """The light that shows it."""
        return {"MET": "done", "ON_TRACK": "green", "AHEAD": "green", "BEHIND": "red", "OPEN": "yellow"}.get(self, "none")


PROGRESS_LABELS: Final = {
    Progress.MET: _("达成"), Progress.ON_TRACK: _("按期"), Progress.AHEAD: _("超前"), Progress.BEHIND: _("滞后"),
    Progress.OPEN: _("待填报"), Progress.NOT_APPLICABLE: _("不适用"),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """Quota of the term, what is due, what was done, and what that makes; the same for the sub-condition, if one."""

    state: Progress
    quota: Decimal | None = None
    due: Decimal | None = None
    actual: Decimal | None = None
    sub_state: Progress | None = None
    sub_quota: Decimal | None = None
    sub_due: Decimal | None = None
    sub_actual: Decimal | None = None

    @property
    def complete(self) -> bool:
        """Whether everything promised for the whole term is done, sub-condition included."""
        if self.quota is None:
            return self.state is Progress.MET
        sub_done = self.sub_quota is None or (self.sub_actual is not None and self.sub_actual >= self.sub_quota)
        return (self.actual or 0) >= self.quota and sub_done


def measured(actual: Decimal, due: Decimal, quota: Decimal, *, over: bool) -> Progress:
    """A counted promise against what is due; when the term is over it is met or behind."""
    if over:
        return Progress.MET if actual >= quota else Progress.BEHIND
    if actual > due:
        return Progress.AHEAD
    return Progress.ON_TRACK if actual == due else Progress.BEHIND


# --- periods -------------------------------------------------------------------------------------------------------
def report_periods(starts_on: date, ends_on: date, cadence: str) -> list[tuple[date, date]]:
    """The report periods of a term, the last one ending with it."""
    months, periods, number = MONTHS_OF_CADENCE[cadence], [], 0
    while True:
        begins = add_months(starts_on, number * months)
        until = min(add_months(starts_on, (number + 1) * months) - ONE_DAY, ends_on)
        periods.append((begins, until))
        if until >= ends_on:
            return periods
        number += 1


def inspection_period(cadence: str, day: date) -> tuple[date, date]:
    """The ISO week, calendar month or calendar quarter a day lies in, first and last day."""
    if cadence == "WEEK":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    months = 3 if cadence == "QUARTER" else 1
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, add_months(first, months) - ONE_DAY


def inspection_periods(cadence: str, starts_on: date, ends_on: date) -> Iterator[tuple[date, date]]:
    """Every period of a term in which an inspection is owed, cut to the term."""
    day = starts_on
    while day <= ends_on:
        first, last = inspection_period(cadence, day)
        yield max(first, starts_on), min(last, ends_on)
        day = last + ONE_DAY


def default_report_gate(position: int, count: int, reports: int) -> int:
    """Which report the n-th of several report-bound instalments waits for: they are spread evenly over the term."""
    return max(1, position * reports // (count + 1))
