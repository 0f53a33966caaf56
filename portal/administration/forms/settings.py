"""Decisions on settings: one field a setting, typed as the setting is; everything wrong is said at its field."""
from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.administration.settings import WORDS, Row
from portal.rules.jurisdiction import MonthDay, Setting
from portal.workflow.inputs import ActInputs
from portal.workflow.rows import RowsField
from procurement.plans.models.review import StepKind


class MonthDayField(forms.CharField):
    """A day that comes back every year, typed as 12-15."""

    def __init__(self, **kwargs):
        super().__init__(max_length=5, **kwargs)

    def to_python(self, value) -> Any:
        text = super().to_python(value)
        try:
            month, day = (int(part) for part in text.split("-"))
            found = MonthDay(month, day)
            found.in_year(2004)  # a leap year
        except (TypeError, ValueError):
            raise forms.ValidationError(_("写成月-日，例如 12-15。"), code="invalid") from None
        return found

    def prepare_value(self, value) -> Any:
        return f"{value.month:02d}-{value.day:02d}" if isinstance(value, MonthDay) else value


def field_for(setting: Setting) -> forms.Field:
    """The box a setting is typed into."""
    kind = type(setting.default)
    if kind is bool:
        return forms.TypedChoiceField(
            label=setting.label, choices=[("True", _("是")), ("False", _("否"))], coerce=lambda text: text == "True",
            widget=forms.RadioSelect,
        )
    bounds = {"min_value": setting.least, "max_value": setting.most}
    if kind is int:
        box: forms.Field = forms.IntegerField(label=setting.label, **bounds)
    elif kind is Decimal:
        box = forms.DecimalField(label=setting.label, max_digits=16, decimal_places=4 if setting.most == 1 else 2, **bounds)
    elif kind is MonthDay:
        return MonthDayField(label=setting.label, help_text=_("写成月-日，例如 12-15。"))
    else:
        return forms.ChoiceField(label=setting.label, choices=[(code, WORDS.get(code, code)) for code in setting.choices])
    if setting.unit:
        box.widget.attrs["data-unit"] = setting.unit
    elif setting.most == 1:
        box.help_text = _("比例，0.1 即百分之十。")
    return box


def box_name(name: str) -> str:
    """The name a setting's box is sent under."""
    return name.replace(".", "-")


class DecisionForm(ActInputs):
    """Values of one or several settings, with the paper they rest on, from a day on."""

    valid_from = forms.DateField(label=_("生效日期"), help_text=_("当日或以后；已开始的程序仍按开始当日的设定。"))
    source = forms.CharField(label=_("依据"), max_length=200, help_text=_("文件名称和文号。"))
    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, rows: Sequence[Row], **kwargs):
        self.rows = rows
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        last = {name: self.fields.pop(name) for name in ("valid_from", "source", "reason")}
        for row in self.rows:
            box = field_for(row.setting)
            box.initial = str(row.value) if isinstance(row.value, bool) else row.value
            self.fields[box_name(row.setting.name)] = box
        self.fields.update(last)
        self.fields["valid_from"].initial = clock.today()

    def changed_values(self) -> dict[str, Any]:
        """The settings whose value is another than the one that stands."""
        values = {row.setting.name: self.cleaned_data[box_name(row.setting.name)] for row in self.rows}
        return {row.setting.name: values[row.setting.name] for row in self.rows if values[row.setting.name] != row.value}


class ChainRow(forms.Form):
    """No default in it: a row that says the first department and group 1 is a row, not an empty one."""

    kind = forms.ChoiceField(label=_("环节"), choices=[("", _("请选择")), *StepKind.choices])
    group = forms.IntegerField(label=_("第几组"), min_value=1, max_value=9)
    only_posts = forms.BooleanField(label=_("仅岗位购买"), required=False)
    may_reject = forms.BooleanField(label=_("可不同意"), required=False)


class ChainForm(ActInputs):
    """The review chain of a region from a day on: groups one after the other, the steps of a group side by side."""

    steps = RowsField(ChainRow, label=_("审核环节"), min_rows=1, max_rows=3, blank_rows=0, add_label=_("加一个环节"))
    valid_from = forms.DateField(label=_("生效日期"), help_text=_("当日或以后；已送审的项目仍按原来的环节。"))
    source = forms.CharField(label=_("依据"), max_length=200, help_text=_("文件名称和文号。"))
    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def prepare(self) -> None:
        self.fields["valid_from"].initial = clock.today()
