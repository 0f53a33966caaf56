"""How long a notice hangs, and the legal period it starts."""
from __future__ import annotations

from datetime import datetime, time, timedelta

from portal import clock
from portal.workflow import engine

from .fields import as_date
from .kinds import NoticeKind


def period_end(kind: NoticeKind, payload: dict, received_at: datetime) -> datetime | None:
    """24:00 of the last day of the notice period, the day of publication not counted (R00-01, R00-08).

    Kinds with a fixed number of working days count them in the calendar of working days; kinds that name their last day
    in the payload end with it; others hang without end. None as well where the calendar of the year is not published.
    """
    if "displayed_until" in payload:
        return _midnight_after(as_date(payload["displayed_until"]))
    if not kind.days:
        return None
    from portal.workdays import UnknownYear, add_working_days

    try:
        last = add_working_days(received_at.astimezone(clock.SHANGHAI).date(), kind.days)
    except UnknownYear:
        return None
    return _midnight_after(last)


def start_period(kind: NoticeKind, notice, act) -> None:
    """Start the legal clock of the kind, running for the notice; none while a case of the past is loaded."""
    keeper = engine._clock_keeper
    if kind.clock and keeper is not None and not act.history:
        keeper.start(kind.clock, notice, act)


def _midnight_after(day) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), clock.SHANGHAI)
