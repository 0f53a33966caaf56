from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class CatalogueConfig(FloorConfig):
    name = "catalogue"
    label = "catalogue"
    verbose_name = _("指导性目录")
