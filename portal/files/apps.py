from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class FilesConfig(FloorConfig):
    name = "portal.files"
    label = "files"
    verbose_name = _("文件")
