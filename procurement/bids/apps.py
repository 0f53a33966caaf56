from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class BidsConfig(FloorConfig):
    name = "procurement.bids"
    label = "bids"
    verbose_name = _("投标与开标")
    mail_is_owed = True  # what it tells has legal effect for the reader
