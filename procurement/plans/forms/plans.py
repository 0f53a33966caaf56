"""Inputs of the yearly plan."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.money import COLUMN
from portal.workflow.inputs import ActInputs

MONEY = {**COLUMN, "min_value": 0}


class PlanForm(ActInputs):
    year = forms.IntegerField(label=_("计划年度"), min_value=2014, max_value=2100)

    def prepare(self) -> None:
        self.fields["year"].initial = clock.today().year + 1


class ProposePlanForm(ActInputs):
    """One entry gives all three budgets; left empty, a budget equals the sum of the items (S-28)."""

    department_budget = forms.DecimalField(
        label=_("部门预算中的购买服务支出"), required=False, help_text=_("不填即与各项目合计一致。"),
        widget=forms.NumberInput(attrs={"data-unit": _("元")}), **MONEY
    )
    procurement_budget = forms.DecimalField(
        label=_("政府采购预算中的服务类"), required=False, help_text=_("不填即与各项目合计一致。"),
        widget=forms.NumberInput(attrs={"data-unit": _("元")}), **MONEY
    )
    difference_reason = forms.CharField(
        label=_("三项预算差异说明"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
