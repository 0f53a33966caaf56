"""The papers of the administration: notices of working days."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.files.kinds import ISSUED, PAPERS, PICTURES, register_kind

CALENDAR_NOTICE = "calendar_notice"
register_kind(CALENDAR_NOTICE, _("放假安排通知"), accepts=(*PAPERS, *PICTURES), limit=20 * 1024**2, leave=ISSUED)
CALENDAR_DAYS = "calendar_days"  # read, not kept
register_kind(CALENDAR_DAYS, _("日历文件"), accepts=("csv", "txt"), limit=1024**2)
