from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class SuppliersConfig(FloorConfig):
    name = "procurement.suppliers"
    label = "suppliers"
    verbose_name = _("承接主体")
