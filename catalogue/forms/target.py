"""What is given with the acts on a target by stage (S-11)."""
from __future__ import annotations

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.models import StageTarget
from portal import clock
from portal.workflow.inputs import ActInputs


class TargetFields(forms.Form):
    stage = forms.ChoiceField(label=_("阶段"), choices=StageTarget.Stage.choices)
    target = forms.DecimalField(
        label=_("目标值"), min_value=Decimal("0.01"), max_digits=14, decimal_places=2, help_text=_("项目数、条目数填整数；金额以元填写。")
    )
    document = forms.CharField(label=_("依据文件"), max_length=200, required=False, help_text=_("确定这一目标的意见、方案的名称、文号"))
    note = forms.CharField(label=_("说明"), max_length=300, required=False)


class SetTargetForm(TargetFields, ActInputs):
    year = forms.IntegerField(
        label=_("年度"), min_value=2004, max_value=2100, widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4})
    )
    measure = forms.ChoiceField(label=_("指标"), choices=StageTarget.Measure.choices)
    field_order = ("year", "stage", "measure")

    def prepare(self) -> None:
        self.fields["year"].initial = clock.today().year


class ChangeTargetForm(TargetFields, ActInputs):
    def prepare(self) -> None:
        if self.subject is not None and self.subject.pk:
            for name in TargetFields.base_fields:
                self.fields[name].initial = getattr(self.subject, name)
