from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class PaymentsConfig(FloorConfig):
    name = "procurement.payments"
    label = "payments"
    verbose_name = _("资金支付")
