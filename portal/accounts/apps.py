from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class AccountsConfig(FloorConfig):
    name = "portal.accounts"
    label = "accounts"
    verbose_name = _("人员与单位")
