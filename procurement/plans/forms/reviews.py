"""Inputs of a review: an opinion, or every defect at once."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.workflow.inputs import ActInputs

SEND_BACK_REASONS = [
    ("content", _("内容或数量写得不清")), ("price", _("价格构成与依据不符")), ("targets", _("绩效目标缺少目标值或依据")),
    ("method", _("采购方式选择不当")), ("conditions", _("承接主体条件有排斥性")), ("leaf", _("应归入其他目录项")),
    ("duty", _("与部门职责或岗位编制不符")), ("money", _("资金来源或分年安排不当")),
]  # fmt: skip
REJECT_REASONS = [
    ("forbidden", _("属于不得购买的事项")), ("outside", _("超出部门职责")), ("posts", _("岗位没有编制依据")),
    ("no_money", _("资金不能落实")),
]  # fmt: skip


class ApproveStepForm(ActInputs):
    opinion = forms.CharField(label=_("意见"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class SendBackForm(ActInputs):
    """Several reasons at once: the author hears everything in one go (S-172)."""

    codes = forms.MultipleChoiceField(label=_("退回原因（至少选一项）"), choices=SEND_BACK_REASONS, widget=forms.CheckboxSelectMultiple)


class AskForm(ActInputs):
    """A question at one field, or of the whole item."""

    field = forms.ChoiceField(label=_("所指内容"), required=False, help_text=_("不选即针对整个项目；单位在这一栏旁边看到并答复。"))

    def prepare(self) -> None:
        from procurement.plans.content import field_choices

        self.fields["field"].choices = [("", _("整个项目")), *field_choices()]


class DelegateForm(ActInputs):
    """The colleague who takes it over: who reviews for the same department, not the one who holds it."""

    colleague = forms.ModelChoiceField(label=_("转交给"), queryset=User.objects.none())

    def prepare(self) -> None:
        from procurement.plans.verbs.reviews import colleagues

        if self.subject is not None and self.subject.pk:
            self.fields["colleague"].queryset = colleagues(self.subject).exclude(pk=self.subject.claimed_by_id or 0)


class AnswerForm(ActInputs):
    answer = forms.CharField(label=_("答复"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
