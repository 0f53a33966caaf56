"""Papers of planning: kinds of documents handed in."""
from django.utils.translation import gettext_lazy as _

from portal.files.kinds import PAPERS, register_kind

from .completeness import FEASIBILITY

register_kind(FEASIBILITY, _("可行性报告"), accepts=PAPERS)
