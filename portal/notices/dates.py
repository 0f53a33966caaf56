"""The dates of a notice as a reader wants them: what, when at the latest, how long that is from now."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from portal import clock

SOON = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class NoticeDate:
    """One date. `until`: the first moment that is too late; `whole_day`: it ends with a day and is read as that day."""

    label: Any
    until: datetime
    whole_day: bool = False

    @property
    def text(self) -> str:
        """"2026-11-27 24:00" for the end of a day, else the moment to the minute."""
        if self.whole_day:
            return f"{(self.until - timedelta(microseconds=1)).astimezone(clock.SHANGHAI):%Y-%m-%d} 24:00"
        return clock.written(self.until)

    def light(self, now: datetime) -> tuple[str, str]:
        """State and words of its light at a moment."""
        left = self.until - now
        if left <= timedelta(0):
            return "done", _("已到期")
        if left < timedelta(days=1):
            return "soon", _("剩 %(hours)s 小时") % {"hours": int(left.total_seconds() // 3600)}
        return "soon" if left <= SOON else "ok", _("剩 %(days)s 日") % {"days": left.days}
