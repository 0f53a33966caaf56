from django.utils.translation import gettext_lazy as _

from portal.floor import FloorConfig


class BudgetsConfig(FloorConfig):
    name = "procurement.budgets"
    label = "budgets"
    verbose_name = _("预算")
