from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class PlansConfig(FloorConfig):
    name = "procurement.plans"
    label = "plans"
    verbose_name = _("购买计划")
