"""Inputs of engagement, assessment and use of results."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluation.schemes.models import Indicator, Party
from evaluation.schemes.verbs import scheme_for
from portal.accounts.models import Organisation
from portal.accounts.roles import OrganisationKind
from portal.files.forms import DocumentField
from portal.money import COLUMN
from portal.workflow.inputs import ActInputs
from portal.workflow.rows import RowsField
from procurement.contracts.models import Contract

from .models import Assessment, Engagement

DAY = {"type": "date"}


def long_text(label, *, required: bool = True, rows: int = 4, help_text="") -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=8000, help_text=help_text, widget=forms.Textarea(attrs={"rows": rows})
    )


def _day(label, **options) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs=DAY), **options)


def bound_contracts(actor):
    """Contracts the actor may see that were signed on a scheme."""
    return Contract.objects.visible_to(actor).filter(scheme_binding__isnull=False).exclude(state="TERMINATED").order_by("-id")


# --- engagement ------------------------------------------------------------------------------------------------------
class ProposeEngagementForm(ActInputs):
    contract = forms.ModelChoiceField(label=_("合同"), queryset=Contract.objects.none())
    evaluator = forms.ModelChoiceField(
        label=_("评价机构"), queryset=Organisation.objects.none(), to_field_name="code"
    )
    period_from = _day(_("评价期起"), required=False, help_text=_("不填即合同期限。"))
    period_until = _day(_("评价期止"), required=False)
    fee = forms.DecimalField(
        label=_("委托费用"), widget=forms.NumberInput(attrs={"data-unit": _("元")}), help_text=_("谁委托谁付费，承接主体不得支付。"),
        **{**COLUMN, "min_value": 0},
    )
    choice = long_text(_("选择理由"))

    def prepare(self) -> None:
        taken = Engagement.objects.live().values("contract")
        self.fields["contract"].queryset = bound_contracts(self.actor).exclude(pk__in=taken)
        self.fields["evaluator"].queryset = Organisation.objects.filter(kind=OrganisationKind.EVALUATOR, disabled_at=None).order_by("name")


class DeclareForm(ActInputs):
    has_tie = forms.TypedChoiceField(
        label=_("近三年内与购买主体、承接主体有无利害关系"), choices=[("no", _("没有")), ("yes", _("有"))],
        coerce=lambda value: value == "yes", widget=forms.RadioSelect,
    )
    statement = long_text(_("说明"), required=False, help_text=_("有利害关系的写明，并不参加本次评价。"))

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("has_tie") is True and not cleaned.get("statement"):
            self.add_error("statement", _("请写明利害关系。"))
        return cleaned


class PlanForm(ActInputs):
    object = long_text(_("评价对象"))
    method = long_text(_("评价方法"))
    sample = long_text(_("样本"))
    report_due = _day(_("报告日期"))


class LeafField(forms.ModelChoiceField):
    """A scored indicator of the subject's scheme; programs may name it by its code."""

    def __init__(self, **options):
        super().__init__(queryset=Indicator.objects.none(), to_field_name="code", **options)


class EvidenceForm(ActInputs):
    indicator = LeafField(label=_("指标"))
    available = forms.TypedChoiceField(
        label=_("资料"), choices=[("yes", _("有")), ("no", _("无法取得"))], coerce=lambda value: value == "yes", initial="yes",
        widget=forms.RadioSelect,
    )
    text = long_text(_("内容，或者无法取得的理由"))
    document = DocumentField(label=_("文件"), kind="evaluation_evidence", required=False)

    def prepare(self) -> None:
        if self.subject is not None and self.subject.pk:
            self.fields["indicator"].queryset = Indicator.objects.filter(scheme=self.subject.scheme_id, level=3)


class ScoreRow(forms.Form):
    indicator = forms.ChoiceField(label=_("指标"), choices=[])
    value = forms.DecimalField(label=_("得分"), min_value=0, max_value=100, max_digits=5, decimal_places=2)
    reason = forms.CharField(label=_("理由"), max_length=2000, required=False, help_text=_("低于 60 分须写明。"))

    def __init__(self, *args, choices=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["indicator"].choices = choices


class ScoresForm(ActInputs):
    """The scores of one party, every one of its indicators already listed."""

    party = ""
    scores = RowsField(ScoreRow, min_rows=1, max_rows=120, blank_rows=0, label=_("评分"), help_text=_("每项 0 至 100 分。"))

    def prepare(self) -> None:
        if self.subject is None or not self.subject.pk:
            return
        leaves = self.subject.indicators_of(self.party)
        field = self.fields["scores"]
        field.row_kwargs = {"choices": [(leaf.code, f"{leaf.code} {leaf.name}（{leaf.weight}）") for leaf in leaves]}
        known = {row.indicator.code: row for row in self.subject.scores.filter(party=self.party).select_related("indicator")}
        field.initial = [
            {"indicator": leaf.code, "value": known[leaf.code].value, "reason": known[leaf.code].reason} if leaf.code in known
            else {"indicator": leaf.code} for leaf in leaves
        ]


class ThirdPartyScoresForm(ScoresForm):
    party = Party.THIRD_PARTY


class PurchaserScoresForm(ScoresForm):
    party = Party.PURCHASER


class RecipientsForm(ScoresForm):
    """What the recipients said to the evaluator, with how they were heard; or why they could not be."""

    party = Party.RECIPIENTS
    recipients_asked = forms.IntegerField(label=_("访问人数"), min_value=0)
    recipients_answered = forms.IntegerField(label=_("有效回答"), min_value=0)
    recipients_method = long_text(_("听取意见的方式"), help_text=_("访谈、座谈、问卷等；佐证另附在对应指标下。"))
    recipients_absent = long_text(
        _("未能取得评分的理由"), required=False, rows=2, help_text=_("填写后服务对象不计分，权重由其余各方按比例分担并公开说明。")
    )
    field_order = ["recipients_asked", "recipients_answered", "recipients_method", "recipients_absent", "scores"]

    def prepare(self) -> None:
        super().prepare()
        self.fields["scores"].required = False
        self.fields["scores"].min_rows = 0

    def clean(self) -> dict:
        cleaned = super().clean()
        asked, answered = cleaned.get("recipients_asked"), cleaned.get("recipients_answered")
        if asked is not None and answered is not None and answered > asked:
            self.add_error("recipients_answered", _("有效回答不能多于访问人数。"))
        return cleaned


class ConsultForm(ActInputs):
    draft = long_text(_("征求意见稿"), rows=10, help_text=_("各项得分和证据由系统附上。"))


class ReportForm(ActInputs):
    conclusion = long_text(_("评价结论"), rows=8)
    suggestions = long_text(_("建议"), rows=5)
    purchaser_answer = long_text(_("对购买主体意见的答复"), required=False)
    supplier_answer = long_text(_("对承接主体意见的答复"), required=False)


# --- assessment ------------------------------------------------------------------------------------------------------
class OpenAssessmentForm(ActInputs):
    contract = forms.ModelChoiceField(label=_("合同"), queryset=Contract.objects.none())

    def prepare(self) -> None:
        self.fields["contract"].queryset = bound_contracts(self.actor).exclude(pk__in=Assessment.objects.live().values("contract"))


class ReviewRow(forms.Form):
    party = forms.ChoiceField(label=_("评分方"), choices=Party.choices)
    indicator = forms.ChoiceField(label=_("指标"), choices=[])
    value = forms.DecimalField(label=_("改为"), min_value=0, max_value=100, max_digits=5, decimal_places=2)

    def __init__(self, *args, choices=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["indicator"].choices = choices


class ReviewForm(ActInputs):
    changes = RowsField(
        ReviewRow, min_rows=0, max_rows=120, blank_rows=1, required=False, label=_("更正的评分"), add_label=_("增加一项"),
        help_text=_("不更正即维持原结果；更正的重新计算，原计算保留。"),
    )

    def prepare(self) -> None:
        if self.subject is not None and self.subject.pk:
            self.fields["changes"].row_kwargs = {"choices": [("", "—"), *(
                (leaf.code, f"{leaf.code} {leaf.name}") for leaf in self.subject.scheme.leaves()
            )]}


class PublishForm(ActInputs):
    summary = long_text(_("公开摘要"), rows=6, help_text=_("不写个人信息和商业秘密。"))


def contract_scheme(contract):
    """The scheme of a contract, for guards that have only the chosen contract."""
    return scheme_for(contract) if contract is not None else None
