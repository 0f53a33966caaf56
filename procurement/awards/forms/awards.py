"""What the purchaser gives with its decision."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.workflow.inputs import ActInputs


def credit_field() -> forms.CharField:
    return forms.CharField(
        label=_("定标前信用查询"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000,
        help_text=_("查询渠道、时间、结果和截图存放处。"),
    )


class DecideForm(ActInputs):
    """The first in order, with the credit query repeated; of several on the first place the lot decides."""

    credit_query = credit_field()


class DecideOtherForm(ActInputs):
    """Another than the first, where fact or decision excludes the first (R87-71)."""

    candidate = forms.ChoiceField(label=_("中标候选人"), choices=())
    credit_query = credit_field()

    def prepare(self) -> None:
        self.fields["candidate"].choices = [
            (str(row["bid"]), f"{row['rank']}. {row['supplier_name']} · {row['price']}") for row in self.subject.candidates
        ]
