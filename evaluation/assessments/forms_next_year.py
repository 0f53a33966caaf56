"""Inputs of next year's rule table: the table itself, and percents that are only tried (D-01)."""
from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluation.schemes.models import Grade
from portal import clock
from portal.rules.jurisdiction import declared
from portal.workflow.inputs import ActInputs

from .next_year import CEILINGS, Table, table_in_force

#: More than this of a year's sum is a slip of the pen.
MOST = 300
GATES = [("NONE", _("不设门槛")), ("POOR", _("差")), ("FAIR", _("中及以下"))]
WITHOUT = [("refuse", _("不得申报")), ("explain", _("说明理由后可以申报"))]


def _percent(label: Any, **options) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=MOST, widget=forms.NumberInput(attrs={"data-unit": "%"}), **options)


class TryForm(forms.Form):
    """Other percents, to see what they would give; empty ones stay as they are in force."""

    excellent = _percent(Grade.EXCELLENT.label, required=False)
    good = _percent(Grade.GOOD.label, required=False)
    fair = _percent(Grade.FAIR.label, required=False)
    poor = _percent(Grade.POOR.label, required=False)

    def percents(self) -> dict[str, int | None]:
        """Grade → percent; nothing where the form is not sound."""
        return {grade.value: self.cleaned_data[grade.value.lower()] for grade in CEILINGS} if self.is_valid() else {}


class TableForm(ActInputs):
    """The whole table on one paper, from a day on; only what changes is decided."""

    ceiling_percent_excellent = _percent(declared()["ceiling_percent_excellent"].label)
    ceiling_percent_good = _percent(declared()["ceiling_percent_good"].label)
    ceiling_percent_fair = _percent(declared()["ceiling_percent_fair"].label)
    ceiling_percent_poor = _percent(declared()["ceiling_percent_poor"].label)
    gate_grade = forms.ChoiceField(label=declared()["gate_grade"].label, choices=GATES)
    unevaluated_predecessor = forms.ChoiceField(label=declared()["unevaluated_predecessor"].label, choices=WITHOUT)
    valid_from = forms.DateField(label=_("生效日期"), help_text=_("当日或以后；此前的决定留在下面的沿革里。"))
    source = forms.CharField(label=_("依据"), max_length=200, help_text=_("文件名称和文号。"))
    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def prepare(self) -> None:
        table = table_in_force(self.actor.organisation.region, clock.today())
        for name, value in values_of(table).items():
            self.fields[name].initial = value
        self.fields["valid_from"].initial = clock.today()


def values_of(table: Table) -> dict[str, Any]:
    """The table as settings: name → value."""
    return {
        **{name: table.percents[grade.value] for grade, name in CEILINGS.items()}, "gate_grade": table.gate,
        "unevaluated_predecessor": table.unevaluated,
    }
