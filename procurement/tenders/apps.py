from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class TendersConfig(FloorConfig):
    name = "procurement.tenders"
    label = "tenders"
    verbose_name = _("采购活动")
