"""Deadlines as a calendar file that every calendar program reads (RFC 5545)."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from icalendar import Alarm, Calendar, Event


@dataclass(frozen=True, slots=True)
class Deadline:
    """One moment that somebody must not miss; `key` is the same whenever the file is made again, `path` its page."""

    key: str
    moment: datetime
    title: str
    path: str
    written_at: datetime
    note: str = ""


def calendar_file(name: str, deadlines: Iterable[Deadline]) -> bytes:
    """One event a deadline, with an alarm a day before."""
    calendar = Calendar()
    for field, value in (("version", "2.0"), ("prodid", "-//portal//deadlines//ZH"), ("calscale", "GREGORIAN"), ("method", "PUBLISH")):
        calendar.add(field, value)
    calendar.add("x-wr-calname", name)
    for deadline in deadlines:
        calendar.add_component(_event(deadline))
    return calendar.to_ical()


def _event(deadline: Deadline) -> Event:
    address = f"{settings.PUBLIC_URL.rstrip('/')}{deadline.path}" if deadline.path else ""
    event = Event()
    event.add("uid", f"{deadline.key}@portal")
    event.add("dtstamp", deadline.written_at.astimezone(UTC))
    event.add("dtstart", deadline.moment.astimezone(UTC))
    event.add("dtend", deadline.moment.astimezone(UTC))
    event.add("summary", deadline.title)
    event.add("description", " ".join(filter(None, (deadline.note, address))))
    if address:
        event.add("url", address)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", deadline.title)
    alarm.add("trigger", timedelta(days=-1))
    event.add_component(alarm)
    return event
