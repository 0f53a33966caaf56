from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class AwardsConfig(FloorConfig):
    name = "procurement.awards"
    label = "awards"
    verbose_name = _("评审与定标")
