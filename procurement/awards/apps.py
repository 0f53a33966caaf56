from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class AwardsConfig(FloorConfig):
    name = "procurement.awards"
    label = "awards"
    verbose_name = _("评审与定标")
    mail_is_owed = True  # what it tells has legal effect for the reader
