"""Limits in working days, as planning needs them."""
from __future__ import annotations

from datetime import datetime

from portal.workdays.deadlines import deadline


def working_days_later(moment: datetime, days: int) -> datetime:
    """24:00 of the day that lies so many working days after a moment, that day itself not counted (R00-01, R00-08)."""
    return deadline(moment, days).ends_at
