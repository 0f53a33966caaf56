from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class NoticesConfig(FloorConfig):
    name = "portal.notices"
    label = "notices"
    verbose_name = _("公告")
