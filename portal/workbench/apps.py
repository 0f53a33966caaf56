from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class WorkbenchConfig(FloorConfig):
    name = "portal.workbench"
    label = "workbench"
    verbose_name = _("工作台")
