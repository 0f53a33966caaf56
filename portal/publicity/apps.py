from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class PublicityConfig(FloorConfig):
    name = "portal.publicity"
    label = "publicity"
    verbose_name = _("公开")
