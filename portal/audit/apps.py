from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class AuditConfig(FloorConfig):
    name = "portal.audit"
    label = "audit"
    verbose_name = _("办理记录")
