"""The light of a legal clock: shape, words and colour say the same (S-131)."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal import clock as clocks
from portal.rules.jurisdiction import setting

from .counting import UnknownYear, days_after, is_working_day, working_day_before
from .deadlines import Unit
from .register import Kind
from .statutory import probably_working

if TYPE_CHECKING:
    from .models import LegalClock


class Colour(StrEnum):
    """What a clock shows. The style sheet's names: green is ok, yellow soon, red late."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    PAUSED = "paused"
    DONE = "done"
    NONE = "none"


_WORST_FIRST = (Colour.RED, Colour.YELLOW, Colour.PAUSED, Colour.GREEN, Colour.DONE, Colour.NONE)


@dataclass(frozen=True, slots=True)
class Light:
    """Colour and words of a clock at one moment."""

    colour: Colour
    words: str

    @property
    def shape(self) -> str:
        """The style sheet's name of the light: light--ok, light--soon, light--late, light--paused, light--done."""
        return {Colour.GREEN: "ok", Colour.YELLOW: "soon", Colour.RED: "late"}.get(self.colour, self.colour.value)

    @property
    def urgency(self) -> int:
        """0 is the worst; the light of a project is the worst of its live clocks."""
        return _WORST_FIRST.index(self.colour)


def light(clock: LegalClock, now: datetime) -> Light:
    """What a clock shows at a moment; asks no question of the database once the calendars are known."""
    state = clock.State
    if clock.state == state.PAUSED:
        return Light(Colour.PAUSED, _("中止计时"))
    if clock.state == state.VOIDED:
        return Light(Colour.NONE, _("作废"))
    if clock.state in (state.MET, state.MET_LATE):
        ended = _("期满") if not clock.binding else str(state(clock.state).label)
        return Light(Colour.DONE, ended)
    late = now >= clock.ends_at
    if late and not clock.binding:
        return Light(Colour.DONE, _("期满"))
    if clock.state == state.OVERDUE or (late and not clock.provisional):
        return Light(Colour.RED, overdue_words(clock, now))
    presses = clock.definition.kind is Kind.WITHIN  # a minimum or a running notice presses nobody
    colour = Colour.YELLOW if presses and now >= clock.yellow_at else Colour.GREEN
    words = words_left(clock, now)
    return Light(colour, _("%(left)s（暂定）") % {"left": words} if clock.provisional else words)


def worst(lights: list[Light]) -> Light:
    """The light that stands for several: the worst; nothing at all gives none."""
    return min(lights, key=lambda one: one.urgency, default=Light(Colour.NONE, ""))


def words_left(clock: LegalClock, now: datetime) -> str:
    """"剩 4 工作日", "今日到期", "剩 25 分钟": in the unit the period is counted in."""
    if clock.unit == Unit.MINUTES:
        minutes = max(0, -((now - clock.ends_at) // timedelta(minutes=1)))
        return ngettext("剩 %(count)s 分钟", "剩 %(count)s 分钟", minutes) % {"count": minutes}
    today, last = now.astimezone(clocks.SHANGHAI).date(), clock.last_day
    if today >= last:
        return _("今日到期")
    days = (last - today).days
    if clock.unit == Unit.WORKING_DAYS:
        left = sum(1 for day in days_after(today, last) if _works(day))
        return ngettext("剩 %(count)s 工作日", "剩 %(count)s 工作日", left) % {"count": left}
    return ngettext("剩 %(count)s 日", "剩 %(count)s 日", days) % {"count": days}


def overdue_words(clock: LegalClock, now: datetime) -> str:
    """"超期 2 日", counted in calendar days from the last day; "超期 5 分钟" for a period of minutes."""
    if clock.unit == Unit.MINUTES:
        minutes = (now - clock.ends_at) // timedelta(minutes=1)
        return ngettext("超期 %(count)s 分钟", "超期 %(count)s 分钟", minutes) % {"count": minutes}
    days = max(1, (now.astimezone(clocks.SHANGHAI).date() - clock.last_day).days)
    return ngettext("超期 %(count)s 日", "超期 %(count)s 日", days) % {"count": days}


def yellow_moment(start: datetime, ends_at: datetime) -> datetime:
    """When a clock turns yellow: two thirds of the time gone or 2 working days left, whichever is earlier (settings)."""
    share, days = setting("yellow_share"), setting("yellow_wd")
    by_share = start + (ends_at - start) * float(share)
    last = (ends_at - timedelta(microseconds=1)).astimezone(clocks.SHANGHAI).date()
    try:
        first_yellow = working_day_before(last, days) if days else last
    except UnknownYear:
        first_yellow = last - timedelta(days=days)
    by_days = datetime.combine(first_yellow, datetime.min.time(), clocks.SHANGHAI)
    return max(start, min(by_share, by_days))


def _works(day) -> bool:
    try:
        return is_working_day(day)
    except UnknownYear:
        return probably_working(day)
