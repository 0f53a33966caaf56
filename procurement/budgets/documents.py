"""Files of the money: the workbook that budget lines are read from."""
from django.utils.translation import gettext_lazy as _

from portal.files.kinds import register_kind

from .forms import BOOK

register_kind(BOOK, _("指标工作簿"), accepts=("xlsx",), limit=10 * 1024**2)
