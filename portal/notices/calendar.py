"""A calendar file of the deadlines of a notice."""
from __future__ import annotations

from portal.workdays.calendar_file import Deadline, calendar_file


def calendar_of(notice) -> bytes:
    """One event a deadline of the notice, the first of its kind first."""
    return calendar_file(notice.title, (
        Deadline(
            f"{notice.number}-{place}", date.until, f"{date.label} · {notice.title}", notice.get_absolute_url(), notice.published_at,
            notice.number,
        )
        for place, date in enumerate(notice.deadlines, 1)
    ))
