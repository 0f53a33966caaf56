"""What the jurisdiction decides about delivery where law and contract are silent."""
from django.utils.translation import gettext_lazy as _

from portal.rules.jurisdiction import Setting, declare

WORKING_DAYS = _("工作日")

declare(Setting("report_wd", _("报告期末后报送承接主体报告的时间"), 10, "S-77", WORKING_DAYS))
