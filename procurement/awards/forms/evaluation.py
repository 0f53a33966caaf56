"""Conformity, scores, price questions and signatures."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.workflow.inputs import ActInputs
from portal.workflow.rows import RowsField
from procurement.awards.models import EvaluationReport
from procurement.bids.models import Bid
from procurement.tenders.models import ScoringFactor


class BidChoice(forms.ModelChoiceField):
    def label_from_instance(self, bid) -> str:
        return bid.supplier.name


class RowForm(forms.Form):
    """A row that knows which tender's bids and factors may be named."""

    def __init__(self, *args, tender=None, **kwargs):
        super().__init__(*args, **kwargs)
        bids = Bid.objects.opened().filter(tender=tender).select_related("supplier") if tender else Bid.objects.none()
        self.fields["bid"].queryset = bids.order_by("received_at", "pk")
        if "factor" in self.fields:
            self.fields["factor"].queryset = ScoringFactor.objects.filter(tender=tender).order_by("order")


class ConformityRow(RowForm):
    bid = BidChoice(Bid.objects.none(), label=_("投标人"))
    responsive = forms.TypedChoiceField(
        label=_("结论"), choices=[("", _("请选择")), ("true", _("符合")), ("false", _("不符合"))],
        coerce=lambda value: str(value).lower() == "true", empty_value=None,
    )
    reason = forms.CharField(label=_("不符合的理由"), max_length=500, required=False)

    def __init__(self, data=None, *args, **kwargs):
        """A program sends true and false, a page sends words; both mean the same."""
        if data is not None:
            data = {name: str(value).lower() if isinstance(value, bool) else value for name, value in data.items()}
        super().__init__(data, *args, **kwargs)

    def clean(self):
        data = super().clean()
        if data.get("responsive") is False and not data.get("reason"):
            self.add_error("reason", forms.ValidationError(_("认定不符合须写明理由。"), code="R87-32"))
        return data


class ConformityForm(ActInputs):
    findings = RowsField(ConformityRow, label=_("符合性审查意见"), min_rows=1, max_rows=60, blank_rows=0)

    def prepare(self) -> None:
        tender = self.subject.tender
        self.fields["findings"].row_kwargs = {"tender": tender}
        said = {vote.bid_id: vote for vote in self.subject.votes.all()} if self.subject.pk else {}
        waiting = list(Bid.objects.filter(tender=tender, state=Bid.State.QUALIFIED).order_by("received_at", "pk"))
        self.fields["findings"].max_rows = max(1, len(waiting))
        self.fields["findings"].initial = [
            {"bid": bid.pk, "responsive": str(said[bid.pk].responsive).lower() if bid.pk in said else "",
             "reason": said[bid.pk].reason if bid.pk in said else ""}
            for bid in waiting
        ]


class ScoreRow(RowForm):
    bid = BidChoice(Bid.objects.none(), label=_("投标人"))
    factor = forms.ModelChoiceField(ScoringFactor.objects.none(), label=_("评分因素"))
    points = forms.DecimalField(label=_("得分"), max_digits=5, decimal_places=2, min_value=0, max_value=100)
    note = forms.CharField(label=_("说明"), max_length=300, required=False)


class ScoreForm(ActInputs):
    """Points for one or many places; what was given before stays where nothing new is said."""

    points = RowsField(ScoreRow, label=_("评分"), required=False, max_rows=2000, blank_rows=1)
    comment = forms.CharField(label=_("评语"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False)

    def prepare(self) -> None:
        self.fields["points"].row_kwargs = {"tender": self.subject.tender}
        self.initial.setdefault("comment", self.subject.comment)

    def clean(self):
        data = super().clean()
        if "comment" not in self.data:
            data.pop("comment", None)
        return data


class AskForm(ActInputs):
    """A question of the panel's own judgement (RAL-05, R87-34)."""

    report = forms.ModelChoiceField(EvaluationReport.objects.none(), label=_("评审报告"))
    bid = BidChoice(Bid.objects.none(), label=_("投标人"))
    question = forms.CharField(
        label=_("要求说明的内容"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000,
        help_text=_("写明为什么认为报价明显偏低，可能影响服务质量或者诚信履约。"),
    )

    def prepare(self) -> None:
        self.fields["report"].queryset = EvaluationReport.objects.visible_to(self.actor).filter(state="DRAFTED")
        self.fields["bid"].queryset = Bid.objects.visible_to(self.actor).filter(
            state__in=[Bid.State.QUALIFIED, Bid.State.RESPONSIVE]
        ).select_related("supplier").order_by("received_at", "pk")


class AnswerPriceForm(ActInputs):
    answer = forms.CharField(
        label=_("报价说明"), widget=forms.Textarea(attrs={"rows": 6}), max_length=6000,
        help_text=_("说明人员、物料、管理等成本构成和依据。书面说明由负责人提交，视同盖章。"),
    )


class JudgePriceForm(ActInputs):
    justified = forms.TypedChoiceField(
        label=_("结论"), choices=[("true", _("报价合理")), ("false", _("不能证明其合理性"))],
        coerce=lambda value: str(value).lower() == "true",
    )
    reason = forms.CharField(
        label=_("理由和依据"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000,
        help_text=_("写明参考的同类项目成交价、市场价格、行业平均成本及来源。"),
    )


class SignForm(ActInputs):
    dissent = forms.BooleanField(label=_("我对评审结论有不同意见"), required=False)
    reason = forms.CharField(
        label=_("不同意见和理由"), widget=forms.Textarea(attrs={"rows": 4}), max_length=4000, required=False,
        help_text=_("有不同意见的须写明理由；没有写明的视为同意（财政部令第87号第六十一条）。"),
    )

    def clean(self):
        data = super().clean()
        if data.get("dissent") and not (data.get("reason") or "").strip():
            self.add_error("reason", forms.ValidationError(_("有不同意见的，须写明理由。"), code="R87-32"))
        return data
