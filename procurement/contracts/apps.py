from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class ContractsConfig(FloorConfig):
    name = "procurement.contracts"
    label = "contracts"
    verbose_name = _("合同与履约")
