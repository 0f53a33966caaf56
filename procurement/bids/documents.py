"""Kinds of documents of bids and openings."""
from django.utils.translation import gettext_lazy as _

from portal.files.kinds import PAPERS, PICTURES, register_kind

register_kind("bid_part", _("投标文件"), accepts=(*PAPERS, *PICTURES, "zip"), parties=True)
