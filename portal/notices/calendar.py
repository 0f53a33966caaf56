"""A calendar file of the deadlines of a notice (RFC 5545)."""
from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings


def calendar_of(notice) -> str:
    """One event a deadline, with an alarm a day before; lines folded at 75 octets, ended by CR LF."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//portal//notices//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    address = f"{settings.PUBLIC_URL.rstrip('/')}{notice.get_absolute_url()}"
    for place, date in enumerate(notice.deadlines, 1):
        lines += [
            "BEGIN:VEVENT",
            f"UID:{notice.number}-{place}@portal",
            f"DTSTAMP:{_utc(notice.published_at)}",
            f"DTSTART:{_utc(date.until)}",
            f"DTEND:{_utc(date.until)}",
            f"SUMMARY:{_escaped(f'{date.label} · {notice.title}')}",
            f"DESCRIPTION:{_escaped(f'{notice.number} {address}')}",
            f"URL:{address}",
            "BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_escaped(str(date.label))}", "TRIGGER:-P1D", "END:VALARM",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    """At most 75 octets a line, never cutting a character in two."""
    parts, current = [], ""
    for char in line:
        if len((current + char).encode()) > (75 if not parts else 74):
            parts.append(current)
            current = ""
        current += char
    return "\r\n ".join([*parts, current])
