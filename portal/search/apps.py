from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class SearchConfig(FloorConfig):
    name = "portal.search"
    label = "search"
    verbose_name = _("查找")
