from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class RulesConfig(FloorConfig):
    name = "portal.rules"
    label = "rules"
    verbose_name = _("法规登记")
