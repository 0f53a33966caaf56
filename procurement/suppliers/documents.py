"""Kinds of papers of suppliers."""
from django.utils.translation import gettext_lazy as _

from portal.files.kinds import ISSUED, PAPERS, PICTURES, register_kind

register_kind("supplier_evidence", _("资格材料"), accepts=(*PAPERS, *PICTURES), limit=20 * 1024**2, leave=ISSUED)
