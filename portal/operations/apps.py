from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class OperationsConfig(FloorConfig):
    name = "portal.operations"
    label = "operations"
    verbose_name = _("运行维护")
