from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class WorkdaysConfig(FloorConfig):
    name = "portal.workdays"
    label = "workdays"
    verbose_name = _("工作日与时限")
