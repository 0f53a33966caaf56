"""How much later a period ends after an outage, and who moves what hangs on it (L0.3)."""
from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from portal.accounts.models import Region
from portal.clock import SHANGHAI

from .counting import ONE_DAY, UnknownYear, is_working_day
from .models import LegalClock, Outage, OutageDeadline
from .statutory import probably_working

MARGIN = timedelta(hours=2)  # before and after the outage, in which nobody could be sure to be served
State = LegalClock.State
Mover = Callable[[LegalClock, datetime, Any], None]
_movers: dict[str, Mover] = {}


def moved_by(*names: str) -> Callable[[Mover], Mover]:
    """Register who moves a period whose end is also a moment of its subject: `(clock, new end, act)` (a closing)."""

    def keep(mover: Mover) -> Mover:
        _movers.update(dict.fromkeys(names, mover))
        return mover

    return keep


def mover_of(clock: LegalClock) -> Mover | None:
    return _movers.get(clock.name)


def affected(region: Region, started_at: datetime, ended_at: datetime):
    """The running periods of a region that end within two hours of an outage; one query."""
    return (
        LegalClock.objects.filter(
            state__in=[State.RUNNING, State.PAUSED], bearer__region=region,
            ends_at__gte=started_at - MARGIN, ends_at__lte=ended_at + MARGIN,
        )
        .exclude(outages__moved_at__isnull=False, outages__outage__started_at__lt=ended_at, outages__outage__ended_at__gt=started_at)
        .select_related("bearer").order_by("ends_at", "pk")
    )


def later_end(ends_at: datetime, lost: timedelta) -> datetime:
    """The old end and the lost time, rounded up to the same hour of the next working day; a midnight stays a midnight."""
    local = ends_at.astimezone(SHANGHAI)
    at_midnight = local.time() == time()
    day = (local - ONE_DAY).date() if at_midnight else local.date()
    while True:
        day = _next_working(day)
        end = datetime.combine(day + ONE_DAY if at_midnight else day, local.time(), SHANGHAI)
        if end >= ends_at + lost:
            return end


def held(clock: LegalClock) -> OutageDeadline | None:
    """The undecided outage that keeps a period from ending by time: nobody loses a right while it waits."""
    return OutageDeadline.objects.filter(clock=clock, outage__state__in=[Outage.State.RECORDED, Outage.State.PROPOSED]).first()


def _next_working(day: date) -> date:
    while True:
        day += ONE_DAY
        try:
            works = is_working_day(day)
        except UnknownYear:
            works = probably_working(day)
        if works:
            return day
