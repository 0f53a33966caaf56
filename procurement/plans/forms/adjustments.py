"""Inputs of plan adjustments: the same questions as the item's, filled in with what it says; only what is changed counts."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.workflow.inputs import ActInputs
from procurement.plans import adjusting

from .items import ItemForm

ASK_REASONS = [
    ("need", _("购买需求变化")), ("price", _("市场价格变化")), ("budget", _("预算调整")), ("policy", _("政策调整")),
    ("schedule", _("实施时间变化")), ("error", _("更正原申报内容")),
]
DECIDED = forms.CharField(
    label=_("议定文件"), max_length=120, required=False, help_text=_("追加金额的，填写联席会议纪要或者批示的文号。")
)


class AskAdjustForm(ItemForm):
    """What may be changed of an approved item. A program names only what it changes; the page sends everything."""

    title = forms.CharField(label=_("项目名称"), max_length=200, required=False)
    whole = forms.CharField(required=False, initial="1", max_length=1, widget=forms.HiddenInput)

    def prepare(self) -> None:
        super().prepare()
        for name in [each for each in ItemForm.base_fields if each not in adjusting.ADJUSTABLE]:
            self.fields.pop(name, None)

    def clean(self) -> dict:
        cleaned = super().clean()
        if not cleaned.pop("whole", ""):
            cleaned = {name: value for name, value in cleaned.items() if self._is_given(name)}
        elif not cleaned.get("title"):
            self.add_error("title", _("请填写项目名称。"))
        return {name: value for name, value in cleaned.items() if name in self.fields}

    def _is_given(self, name: str) -> bool:
        return any(key == name or key.startswith(f"{name}-") for key in self.data)


class EditAdjustmentForm(AskAdjustForm):
    """The request as it stands, to be changed before it is handed in, or after it came back."""

    def prepare(self) -> None:
        adjustment = self.subject
        self.subject = adjustment.item if adjustment is not None and adjustment.pk else None
        super().prepare()
        if self.subject is not None:
            for name, value in adjusting.proposed(adjustment).items():
                if name in self.fields:
                    self.fields[name].initial = getattr(value, "pk", value)
        self.subject = adjustment


class AgreeForm(ActInputs):
    opinion = forms.CharField(label=_("审核意见"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    document = DECIDED


class ApproveForm(ActInputs):
    document = DECIDED

    def prepare(self) -> None:
        if self.subject is not None and self.subject.pk:
            self.fields["document"].initial = self.subject.document


