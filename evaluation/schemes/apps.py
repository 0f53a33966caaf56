from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class SchemesConfig(FloorConfig):
    name = "evaluation.schemes"
    label = "schemes"
    verbose_name = _("评价方案")
