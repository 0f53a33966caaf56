from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class DelegationsConfig(FloorConfig):
    name = "portal.delegations"
    label = "delegations"
    verbose_name = _("授权代办")
