"""How long a notice hangs, and the legal period it starts."""
from __future__ import annotations

from datetime import datetime

from portal.workdays import Deadline, deadline, midnight_after, start_clock

from .fields import as_date
from .kinds import NoticeKind


def period_of(kind: NoticeKind, payload: dict, received_at: datetime) -> Deadline | None:
    """When the notice period is over: the kind's working days from the medium's receipt (R00-01, R00-06, R00-08).

    A kind that names its last day in the payload ends with that day; others hang without end.
    """
    if "displayed_until" in payload:
        return Deadline(midnight_after(as_date(payload["displayed_until"])))
    return deadline(received_at, kind.days) if kind.days else None


def start_period(kind: NoticeKind, notice, act) -> None:
    """Start the legal clock of the kind, running for the notice; none while a case of the past is loaded."""
    if kind.clock:
        start_clock(kind.clock, notice, act, length=kind.days or None)
