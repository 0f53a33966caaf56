from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class AdministrationConfig(FloorConfig):
    name = "portal.administration"
    label = "administration"
    verbose_name = _("平台管理")
