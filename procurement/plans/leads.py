"""The law of intentions as plain functions: who owes one, from when a purchase may start, what starts the lead anew."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from portal.clock import SHANGHAI
from portal.rules.jurisdiction import setting
from portal.workdays import Deadline, deadline
from portal.workdays.register import definition

#: Content of which any change starts the lead anew, whatever the budget does (L2.6 correct).
WEIGHTY = ("title", "outline", "expected")


def is_owed(amount: Decimal, region) -> bool:
    """Purchases from the procurement threshold on are told beforehand; below it the law asks for nothing (RYX-05)."""
    return amount >= setting("procurement_threshold", region)


def lead_of(published: datetime, region=None) -> Deadline:
    """The period of the lead: thirty days, the day of publication not counted, off a day off (RYX-02, R00-02)."""
    length, unit = definition("INTENTION_LEAD").period(region=region)
    return deadline(published, length, unit)


def earliest_start(published: datetime, region=None) -> datetime:
    """The first moment of the day on which the notice of the tender may go out: the two dates differ by thirty days.

    Published 2026-08-31 → 2026-09-30; published 2026-09-02 → the thirtieth day is a holiday, 2026-10-08 (L2.6). It is
    counted to the notice, not to the opening (RYX-03).
    """
    return midnight_of(lead_of(published, region).last_day)


def midnight_of(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def month_over(month: date) -> datetime:
    """The first moment after a month."""
    return midnight_of((month.replace(day=28) + timedelta(days=4)).replace(day=1))


def restarts(versions: Iterable, content: dict[str, str], share: Decimal) -> bool:
    """Whether a new text starts the lead anew: other content, or a budget that has moved by the share since the lead began.

    `versions` in their order. Small steps add up: the budget is held against that with which the lead last began.
    """
    versions = list(versions)
    last, began = versions[-1], next(version for version in reversed(versions) if version.restarts)
    if any(last.content[name] != content[name] for name in WEIGHTY):
        return True
    before = Decimal(began.content["budget"])
    return abs(Decimal(content["budget"]) - before) >= before * share


def expected_month(starts_on: date | None, year: int, today: date) -> date:
    """The month proposed for a draft: two months before the service starts, never before the lead can be over."""
    wanted = starts_on - timedelta(days=60) if starts_on else date(year, 1, 1)
    return max(wanted, date(year, 1, 1), today + timedelta(days=30)).replace(day=1)
