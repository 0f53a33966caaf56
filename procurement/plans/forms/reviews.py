"""Inputs of a review: an opinion, or every defect at once."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

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
