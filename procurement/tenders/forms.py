"""What people give with the acts on a tender: the document builder, the times of publication, reviews, changes."""
from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.workflow.inputs import ActInputs
from portal.workflow.rows import RowsField
from procurement.plans.models import ORDER, Project, Stage

from .content import FIELDS, LISTS, content_of
from .models import (
    LIVE_STATES,
    ContractTermDraft,
    DeliverableDraft,
    PaymentTermDraft,
    QualificationCondition,
    ScoringFactor,
    Tender,
)


def area(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def moment_input() -> forms.DateTimeInput:
    return forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})


def money(**kwargs) -> forms.DecimalField:
    return forms.DecimalField(max_digits=16, decimal_places=2, min_value=Decimal("0.01"), **kwargs)


def points(**kwargs) -> forms.DecimalField:
    return forms.DecimalField(max_digits=5, decimal_places=2, min_value=Decimal("0.01"), max_value=100, **kwargs)


class BandsField(forms.CharField):
    """Bands of a factor, one a line: label, points (one value or from-to), text, divided by "|"; JSON takes the list.

    The value is [{"label", "from", "to", "points", "text"}], points as text, highest band first.
    """

    widget = forms.Textarea
    default_error_messages = {"line": _("第 %(line)s 个等次写成“等次 | 分值 | 条件”，分值如 3 或 1-3。")}

    def prepare_value(self, value):
        if not isinstance(value, list):
            return value
        lines = []
        for band in value:
            span = band["to"] if band["from"] == band["to"] else f"{band['from']}-{band['to']}"
            lines.append(" | ".join(part for part in (band["label"], span, band.get("text", "")) if part))
        return "\n".join(lines)

    def to_python(self, value):
        if isinstance(value, list):
            return [self._from_object(number, band) for number, band in enumerate(value, 1)]
        lines = [line for line in str(value or "").splitlines() if line.strip()]
        return [self._from_line(number, line) for number, line in enumerate(lines, 1)]

    def has_changed(self, initial, data) -> bool:
        return bool(data) if not initial else super().has_changed(self.prepare_value(initial), data)

    def run_validators(self, value) -> None:
        """Nothing: the checks of a text do not fit a list."""

    def _from_line(self, number: int, line: str) -> dict:
        parts = [part.strip() for part in line.replace("｜", "|").split("|")]
        if len(parts) < 2:
            raise ValidationError(self.error_messages["line"], code="line", params={"line": number})
        lowest, _dash, highest = parts[1].replace("–", "-").replace("—", "-").replace("~", "-").partition("-")
        return self._band(number, parts[0], lowest, highest or lowest, " | ".join(parts[2:]))

    def _from_object(self, number: int, band) -> dict:
        if not isinstance(band, dict) or not band.get("label") or not ("to" in band or "points" in band):
            raise ValidationError(self.error_messages["line"], code="line", params={"line": number})
        highest = band.get("to", band.get("points"))
        return self._band(number, str(band["label"]), str(band.get("from", highest)), str(highest), str(band.get("text", "")))

    def _band(self, number: int, label: str, lowest: str, highest: str, text: str) -> dict:
        try:
            low, high = (format(Decimal(value.strip()).quantize(Decimal("0.01")).normalize(), "f") for value in (lowest, highest))
        except InvalidOperation:
            raise ValidationError(self.error_messages["line"], code="line", params={"line": number}) from None
        return {"label": label, "from": low, "to": high, "points": high, "text": text}


class LotRow(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=120)
    amount = money(label=_("预算（元）"))
    ceiling = money(label=_("最高限价（元）"), required=False)


class QualificationRow(forms.Form):
    kind = forms.ChoiceField(label=_("类别"), choices=QualificationCondition.Kind.choices)
    text = forms.CharField(label=_("条件"), widget=area(2))
    proof = forms.CharField(label=_("证明材料"), max_length=300, required=False)


class RequirementRow(forms.Form):
    text = forms.CharField(label=_("实质性要求"), widget=area(2))


class FactorRow(forms.Form):
    name = forms.CharField(label=_("评分因素"), max_length=80)
    category = forms.ChoiceField(label=_("类别"), choices=ScoringFactor.Category.choices)
    points = points(label=_("分值"))
    objective = forms.BooleanField(label=_("客观分"), required=False)
    standard = forms.CharField(label=_("评分标准"), widget=area(3), required=False)
    bands = BandsField(label=_("等次（每行：等次 | 分值 | 条件）"), widget=area(4), required=False)


class DeliverableRow(forms.Form):
    name = forms.CharField(label=_("服务内容"), max_length=120)
    quota = forms.DecimalField(label=_("数量"), max_digits=14, decimal_places=2, min_value=Decimal("0.01"), required=False)
    unit = forms.CharField(label=_("单位"), max_length=20, required=False)
    period = forms.ChoiceField(label=_("周期"), choices=DeliverableDraft.Period.choices)
    sub_condition = forms.CharField(label=_("其中要求"), max_length=200, required=False)
    sub_quota = forms.DecimalField(
        label=_("其中数量"), max_digits=14, decimal_places=2, min_value=Decimal("0.01"), required=False
    )
    standard = forms.CharField(label=_("质量标准"), widget=area(2), required=False)


class PaymentTermRow(forms.Form):
    name = forms.CharField(label=_("款项"), max_length=60)
    percent = points(label=_("比例（%）"))
    condition = forms.ChoiceField(label=_("支付条件"), choices=PaymentTermDraft.Condition.choices)
    year = forms.IntegerField(label=_("预算年度"), min_value=2000, max_value=2100, required=False)
    note = forms.CharField(label=_("说明"), max_length=200, required=False)


class ContractTermRow(forms.Form):
    kind = forms.ChoiceField(label=_("条款"), choices=ContractTermDraft.Kind.choices)
    text = forms.CharField(label=_("内容"), widget=area(3))


class RiskRow(forms.Form):
    risk = forms.CharField(label=_("风险"), max_length=120)
    stage = forms.CharField(label=_("环节"), max_length=60)
    owner = forms.CharField(label=_("责任人"), max_length=60)
    measure = forms.CharField(label=_("应对措施"), widget=area(2))


#: Where a project may stand when a tender for it is begun: approved, and not yet contracted (R-002, S-01).
FREE_STAGES = ORDER[ORDER.index(Stage.APPROVED) : ORDER.index(Stage.CONTRACTED)]


class DraftForm(ActInputs):
    """Which project the tender is for; everything the portal knows is filled in from its plan item (S-162)."""

    project = forms.ModelChoiceField(label=_("采购项目"), queryset=None)

    def prepare(self) -> None:
        own = Project.objects.visible_to(self.actor).filter(agency=self.actor.organisation_id).order_by("-id")
        self.fields["project"].queryset = own  # what is not offered is refused by its rule, not as a slip of the form
        free = own.filter(state__in=FREE_STAGES).exclude(tenders__state__in=LIVE_STATES)
        self.fields["project"].choices = [("", _("请选择")), *((project.pk, project) for project in free)]


class DocumentForm(ActInputs, forms.ModelForm):
    """The document builder. A draft may be saved incomplete; what is missing is said before it goes to review (R87-08).

    A program may send single fields: what its JSON does not name stays as it is.
    """

    lots = RowsField(LotRow, min_rows=1, max_rows=1, blank_rows=0, label=_("采购包"))
    qualifications = RowsField(QualificationRow, required=False, label=_("资格条件"), add_label=_("加一条资格条件"))
    requirements = RowsField(RequirementRow, required=False, label=_("实质性要求"), add_label=_("加一条实质性要求"))
    factors = RowsField(FactorRow, required=False, label=_("评分因素"), add_label=_("加一个评分因素"))
    deliverables = RowsField(DeliverableRow, required=False, label=_("服务内容和数量"), add_label=_("加一项服务内容"))
    payment_terms = RowsField(PaymentTermRow, required=False, label=_("支付安排"), add_label=_("加一笔款项"))
    contract_terms = RowsField(ContractTermRow, required=False, label=_("拟签订的合同条款"), add_label=_("加一条合同条款"))
    risks = RowsField(RiskRow, required=False, label=_("风险清单"), add_label=_("加一项风险"))

    class Meta:
        model = Tender
        fields = FIELDS
        widgets = {
            **{name: area() for name in FIELDS if name.startswith("need_")},
            **{name: area(4) for name in ("instructions", "price_rules", "invalid_cases", "credit_rules")},
            **{name: area(2) for name in ("subcontracting", "survey_findings", "challenge_manner")},
            **{name: day_input() for name in ("service_from", "service_until", "survey_on")},
        }

    def __init__(self, data=None, files=None, *, subject=None, actor=None, **kwargs):
        if data is not None and not hasattr(data, "getlist"):
            data = {**present(subject), **data}
        rows = {name: rows for name, rows in content_of(subject).items() if name in LISTS} if subject.pk else {}
        kwargs["initial"] = {**rows, **(kwargs.get("initial") or {})}
        super().__init__(data, files, subject=subject, actor=actor, instance=subject, **kwargs)

    def prepare(self) -> None:
        units = {"budget": _("元"), "ceiling": _("元"), "validity_days": _("日"), "bond_percent": "%", "sme_deduction": "%",
                 "low_price_average": "%", "low_price_second": "%", "low_price_ceiling": "%", "survey_respondents": _("个")}
        for name, unit in units.items():
            self.fields[name].widget.attrs["data-unit"] = unit
        for name in ("need_other", "ceiling", "survey_on", "survey_respondents", "survey_findings", "sme_deduction", "subcontracting"):
            self.fields[name].required = False

    def _post_clean(self) -> None:
        """Nothing is put on the object here: the act writes it, under its lock."""


def present(tender: Tender) -> dict:
    """The document as a program would send it, so that what it leaves out is kept."""
    return content_of(tender) if tender.pk else {}


class PublishForm(ActInputs):
    """The times that run from the publication on; bids are opened at the closing moment (R87-20)."""

    offer_until = forms.DateField(
        label=_("招标文件提供期限止"), widget=day_input(), help_text=_("自公告发布之日起不少于 5 个工作日。")
    )
    closes_at = forms.DateTimeField(
        label=_("投标截止时间（即开标时间）"), widget=moment_input(),
        help_text=_("自招标文件开始发出之日起不少于 20 日，须在工作日的工作时间内。"),
    )


class ReviewForm(ActInputs):
    """The opinion of one internal unit (R22-12): general review, and key review where the project needs it."""

    general_opinion = forms.CharField(
        label=_("一般性审查意见"), widget=area(3), max_length=2000,
        help_text=_("预算和资产制度、采购方式理由、计划与合同类型、批准手续、完整性。"),
    )
    key_opinion = forms.CharField(
        label=_("重点审查意见"), widget=area(3), max_length=2000, required=False,
        help_text=_("非歧视性、竞争性、采购政策、履约风险四项，逐项写明。"),
    )


class ClarificationRow(forms.Form):
    part = forms.ChoiceField(label=_("事项"), choices=())
    old = forms.CharField(label=_("原内容"), widget=area(2), max_length=2000)
    new = forms.CharField(label=_("更正为"), widget=area(2), max_length=2000)

    PART_CHOICES = (
        ("SUBJECT", _("采购标的")), ("QUALIFICATION", _("资格条件")), ("NEED", _("采购需求")), ("SCORING", _("评审因素和标准")),
        ("CONTRACT", _("合同条款")), ("BIDDING", _("投标文件编制要求")), ("OTHER", _("其他")),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["part"].choices = self.PART_CHOICES


class ClarificationForm(ActInputs):
    """The text of a clarification or change, drafted by the officer, published by the head (R87-11)."""

    items = RowsField(ClarificationRow, min_rows=1, max_rows=30, label=_("澄清或修改的内容"))
    affects_bids = forms.BooleanField(
        label=_("可能影响投标文件编制"), required=False, help_text=_("勾选后，发布日距投标截止不足 15 日的，必须同时顺延截止时间。")
    )


class ClarifyForm(ActInputs):
    """Publishing a clarification; the closing time moves in the same act where the lead is short (R87-11)."""

    closes_at = forms.DateTimeField(
        label=_("顺延后的投标截止时间"), widget=moment_input(), required=False, help_text=_("不顺延的留空。")
    )


class ExtendForm(ActInputs):
    """A later closing time, or a longer offer of the documents, the same for all."""

    offer_until = forms.DateField(label=_("招标文件提供期限延至"), widget=day_input(), required=False)
    closes_at = forms.DateTimeField(label=_("投标截止时间延至"), widget=moment_input(), required=False)

    def clean(self) -> dict:
        data = super().clean()
        if not data.get("offer_until") and not data.get("closes_at") and not self.errors:
            raise ValidationError(_("至少填一项新的时间。"), code="nothing")
        return data
