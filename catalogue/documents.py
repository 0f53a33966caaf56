"""Kinds of papers of the catalogue."""
from django.utils.translation import gettext_lazy as _

from portal.files.kinds import register_kind

register_kind("catalogue_list", _("目录文件"), accepts=("csv", "txt"), limit=5 * 1024**2)
