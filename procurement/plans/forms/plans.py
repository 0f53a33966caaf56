"""Inputs of the yearly plan."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.money import COLUMN, in_figures
from portal.workflow.inputs import ActInputs, SeveralField
from procurement.plans import carrying
from procurement.plans.models import Project, Stage

MONEY = {**COLUMN, "min_value": 0}


class PlanForm(ActInputs):
    year = forms.IntegerField(
        label=_("计划年度"), min_value=2014, max_value=2100, widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4})
    )

    def prepare(self) -> None:
        self.fields["year"].initial = clock.today().year + 1


class CarryForm(ActInputs):
    projects = SeveralField(
        label=_("结转的跨年项目"), queryset=Project.objects.none(), widget=forms.CheckboxSelectMultiple,
        help_text=_("按分年资金列入本年度计划；仍是原来的项目，不再采购。"),
    )

    def prepare(self) -> None:
        plan = self.subject
        if plan is None or not plan.pk:
            return
        field = self.fields["projects"]
        field.queryset = Project.objects.filter(agency=plan.agency_id).exclude(state=Stage.PROPOSED).order_by("id")
        proposals = carrying.waiting(plan)
        field.choices = [
            (each.project.pk, f"{each.project.number} {each.project.title}　{in_figures(each.amount)} {_('元')}") for each in proposals
        ]
        field.initial = [each.project.pk for each in proposals]


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
    carry_reason = forms.CharField(
        label=_("跨年项目不结转的理由"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("还有跨年项目没有结转的，写明理由。"),
    )

    def prepare(self) -> None:
        if self.subject is not None and self.subject.pk and not carrying.waiting_projects(self.subject).exists():
            del self.fields["carry_reason"]
