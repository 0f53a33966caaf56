"""Files of the money: the workbook that budget lines are read from, and the report of its use."""
from django.utils.translation import gettext_lazy as _

from portal.files.kinds import register_kind

from . import use_report  # noqa: F401 registers the report
from .forms import BOOK

register_kind(BOOK, _("指标工作簿"), accepts=("xlsx",), limit=10 * 1024**2)
