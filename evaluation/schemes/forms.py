"""Inputs of a scheme: parties, indicators as rows whose codes say their place, use of the result for payment."""
from __future__ import annotations

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.workflow.inputs import ActInputs
from portal.workflow.rows import RowsField
from procurement.plans.models import Project

from .frames import PROJECT_SPENDING
from .models import WEIGHT, Indicator
from .rules import well_formed


def _weight(label, **options) -> forms.DecimalField:
    box = forms.NumberInput(attrs={"data-unit": "%"})
    return forms.DecimalField(label=label, widget=box, **{"min_value": 0, "max_value": 100, **WEIGHT, **options})


class IndicatorRow(forms.Form):
    code = forms.CharField(label=_("编号"), max_length=12)
    name = forms.CharField(label=_("指标"), max_length=120)
    weight = forms.DecimalField(label=_("权重"), min_value=Decimal("0.01"), max_value=100, **WEIGHT)
    dimension = forms.ChoiceField(label=_("维度"), choices=Indicator.Dimension.choices, initial=Indicator.Dimension.OUTPUT)
    aspect = forms.ChoiceField(label=_("评价方面"), choices=[("", "—"), *Indicator.Aspect.choices], required=False)
    source = forms.CharField(label=_("数据来源"), max_length=200, required=False)
    rule = forms.CharField(label=_("评分规则"), max_length=500, required=False)
    scored_by = forms.ChoiceField(label=_("评分方"), choices=[("", "—"), *Indicator.ScoredBy.choices], required=False)

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].strip()
        if not well_formed(code):
            raise forms.ValidationError(_("编号用一至三级的数字，如 1、1.2、1.2.3。"))
        return code


class EditSchemeForm(ActInputs):
    title = forms.CharField(label=_("方案名称"), max_length=200)
    purchaser_weight = _weight(_("购买主体权重"), initial=Decimal(30))
    recipients_weight = _weight(_("服务对象权重"), initial=Decimal(20), help_text=_("公开可见。"))
    third_party_weight = _weight(_("第三方权重"), initial=Decimal(50))
    indicators = RowsField(
        IndicatorRow, min_rows=0, max_rows=120, label=_("指标"), add_label=_("增加指标"), required=False,
        help_text=_("编号表示层级；每一级合计 100，下级合计等于上级。数据来源、评分规则、评分方在第三级填写。"),
    )
    pays_by_result = forms.BooleanField(
        label=_("末期款按评价等次计付"), required=False, help_text=_("写入合同后，末期款等评价结果确定再付。")
    )
    percent_excellent = _weight(_("优：支付比例"), required=False, initial=Decimal(100))
    percent_good = _weight(_("良：支付比例"), required=False, initial=Decimal(100))
    percent_fair = _weight(_("中：支付比例"), required=False, initial=Decimal(90))
    percent_poor = _weight(_("差：支付比例"), required=False, initial=Decimal(60))

    def prepare(self) -> None:
        scheme = self.subject
        if scheme is not None and scheme.pk:
            for name in self.fields:
                if name != "indicators" and hasattr(scheme, name):
                    self.fields[name].initial = getattr(scheme, name)
            self.fields["indicators"].initial = list(scheme.indicators.values(
                "code", "name", "weight", "dimension", "aspect", "source", "rule", "scored_by"
            ))
        else:
            self.fields["indicators"].initial = PROJECT_SPENDING

    def clean(self) -> dict:
        cleaned = super().clean()
        codes = [row["code"] for row in cleaned.get("indicators") or []]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            self.add_error("indicators", _("编号重复：%(codes)s。") % {"codes": "、".join(twice)})
        return {name: value for name, value in cleaned.items() if value is not None}


class DraftSchemeForm(EditSchemeForm):
    project = forms.ModelChoiceField(label=_("采购项目"), queryset=Project.objects.none())
    field_order = ["project"]

    def prepare(self) -> None:
        super().prepare()
        self.fields["project"].queryset = (
            Project.objects.visible_to(self.actor).filter(agency=self.actor.organisation_id)
            .exclude(state__in=["PROPOSED", "CLOSED", "ABORTED"]).order_by("-id")
        )
