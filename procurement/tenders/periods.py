"""All periods of a tender as the public reads them: from when, until when, how long by law, how much is left."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from portal import clock
from portal.notices.models import Notice
from portal.workdays import deadline
from portal.workdays.deadlines import Unit
from portal.workdays.models import LegalClock
from portal.workdays.register import definition

from .models import Tender


@dataclass(frozen=True, slots=True)
class Period:
    """One line of the table. `light`: (colour, words)."""

    name: Any
    time: str
    legal: str
    light: tuple[str, str]
    citation: str


def periods_of(tender: Tender, notices: list[Notice], moment: datetime) -> list[Period]:
    """The clocks of the tender and its notice, the window to challenge the documents, and the closing."""
    first = next((notice for notice in notices if notice.kind == "N-03"), None)
    clocks = list(LegalClock.objects.of(tender).order_by("started_at", "ends_at"))
    if first is not None:
        clocks = [*LegalClock.objects.of(first).filter(name="TENDER_NOTICE"), *clocks]
    found = [_of_clock(row, moment) for row in clocks if row.name not in ("BID_PERIOD", "MEDIA_PUBLICATION")]
    if first is not None and first.notice_ends_at:
        found.append(_challenge_window(first.notice_ends_at, moment))
    if tender.closes_at:
        found.append(_closing(tender, moment))
    return found


def _of_clock(row: LegalClock, moment: datetime) -> Period:
    light = row.light(moment)
    return Period(
        row.label, _("%(start)s 至 %(end)s") % {"start": _day(row.started_at), "end": row.last_day}, _length(row.name),
        (light.colour, light.words), row.citation,
    )


def _challenge_window(notice_ends_at: datetime, moment: datetime) -> Period:
    """Seven working days from the end of the notice period at the latest (R94-02, R94-03)."""
    rule = definition("CHALLENGE_WINDOW")
    length, unit = rule.period()
    end = deadline(_last_day(notice_ends_at), length, unit)
    return Period(
        _("对招标文件提出质疑"), _("%(end)s 止") % {"end": end.last_day}, _length("CHALLENGE_WINDOW"),
        _left(moment, end.ends_at), rule.citation,
    )


def _last_day(notice_ends_at: datetime) -> date:
    """The last day of the notice period: its end is the midnight after it."""
    return (notice_ends_at - timedelta(microseconds=1)).astimezone(clock.SHANGHAI).date()


def _closing(tender: Tender, moment: datetime) -> Period:
    closes = tender.closes_at.astimezone(clock.SHANGHAI)
    return Period(
        _("投标截止、开标"), closes.strftime("%Y-%m-%d %H:%M:%S"), _length("BID_PERIOD"), _left(moment, tender.closes_at),
        definition("BID_PERIOD").citation,
    )


def _length(name: str) -> str:
    length, unit = definition(name).period()
    return f"{length} {Unit(unit).label}" if length else ""


def _left(moment: datetime, until: datetime) -> tuple[str, str]:
    if moment >= until:
        return ("done", _("已截止"))
    days = (until.astimezone(clock.SHANGHAI).date() - moment.astimezone(clock.SHANGHAI).date()).days
    if days == 0:
        return ("yellow", _("今日截止"))
    return ("yellow" if days <= 2 else "green", _("剩 %(days)s 日") % {"days": days})


def _day(moment: datetime) -> str:
    return moment.astimezone(clock.SHANGHAI).date().isoformat()
