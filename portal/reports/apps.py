from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class ReportsConfig(FloorConfig):
    name = "portal.reports"
    label = "reports"
    verbose_name = _("报表")
