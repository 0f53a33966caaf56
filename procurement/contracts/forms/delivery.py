"""What people give while a contract is performed: the log, reports, visits."""
from __future__ import annotations

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.files.forms import DocumentsField
from portal.workflow.inputs import ActInputs
from portal.workflow.rows import RowsField
from procurement.contracts.models import Contract, DeliveryLog, Inspection

from .contract import area, day_input, moment_input


class LogForm(ActInputs):
    """One entry of the log: how much on which day, and what proves it (S-80)."""

    on = forms.DateField(label=_("日期"), widget=day_input())
    quantity = forms.DecimalField(label=_("完成数量"), required=False, min_value=Decimal(0), max_digits=14, decimal_places=2)
    sub_quantity = forms.DecimalField(label=_("其中数量"), required=False, min_value=Decimal(0), max_digits=14, decimal_places=2)
    standing = forms.ChoiceField(
        label=_("履行情况"), required=False, choices=DeliveryLog.Standing.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(label=_("内容与佐证"), widget=area(3), max_length=2000, help_text=_("做了什么，凭什么可以核对。"))
    evidence = DocumentsField(kind="delivery_evidence", label=_("照片和文件"), required=False)
    place = forms.CharField(label=_("地点"), required=False, max_length=120)
    participants = forms.IntegerField(label=_("参加人次"), required=False, min_value=0)
    beneficiaries = forms.IntegerField(label=_("受益人数"), required=False, min_value=0)
    channel = forms.CharField(label=_("渠道"), required=False, max_length=80)
    since = forms.DateField(
        label=_("汇总起始日"), required=False, widget=day_input(), help_text=_("一笔汇总多日时填写；单日留空。")
    )

    def prepare(self) -> None:
        deliverable = self.subject
        self.initial.setdefault("on", min(clock.today(), deliverable.contract.ends_on))
        if deliverable.is_continuous:
            del self.fields["quantity"], self.fields["sub_quantity"]
            self.initial.setdefault("standing", DeliveryLog.Standing.MET)
            self.fields["standing"].required = True
            return
        del self.fields["standing"]
        self.fields["quantity"].required = True
        self.fields["quantity"].widget.attrs["data-unit"] = deliverable.unit
        if deliverable.sub_quota is None:
            del self.fields["sub_quantity"]
        else:
            self.fields["sub_quantity"].label = deliverable.sub_condition or self.fields["sub_quantity"].label
            self.fields["sub_quantity"].widget.attrs["data-unit"] = deliverable.unit


class ReportDoneForm(ActInputs):
    shortfall = forms.CharField(
        label=_("未达定额的说明"), required=False, widget=area(3), max_length=2000, help_text=_("已达定额和其中要求的留空。")
    )


class NarrativeForm(forms.Form):
    order = forms.IntegerField(label=_("序号"), min_value=1)
    text = forms.CharField(label=_("说明"), widget=area(2), max_length=2000)


class ReportForm(ActInputs):
    """The words of a report; its figures come from the log (S-77). Money in yuan."""

    narrative = forms.CharField(label=_("总体情况"), widget=area(5), max_length=8000)
    rows = RowsField(NarrativeForm, label=_("逐项说明"), required=False, max_rows=200, blank_rows=0)
    income = forms.DecimalField(
        label=_("项目收入"), min_value=Decimal(0), max_digits=14, decimal_places=2, widget=forms.NumberInput(attrs={"data-unit": _("元")})
    )
    expenditure = forms.DecimalField(
        label=_("项目支出"), min_value=Decimal(0), max_digits=14, decimal_places=2, widget=forms.NumberInput(attrs={"data-unit": _("元")})
    )
    ledger_kept = forms.BooleanField(label=_("已对项目资金单独核算，并建立台账、留存记录"), required=False)
    attachments = DocumentsField(kind="report_attachment", label=_("附件"), required=False)

    def prepare(self) -> None:
        report = self.subject
        if report is None or not report.pk:
            return
        words = {row.deliverable.order: row.narrative for row in report.rows.select_related("deliverable")}
        self.initial = {
            "narrative": report.narrative, "income": report.income, "expenditure": report.expenditure,
            "ledger_kept": report.ledger_kept,
            "rows": [{"order": each.order, "text": words.get(each.order, "")} for each in report.contract.deliverables.all()],
            **(self.initial or {}),
        }


class VisitFields(ActInputs):
    """What a visit's record holds (S-85): when, where, what was found, a picture or why there is none."""

    visited_at = forms.DateTimeField(label=_("检查时间"), widget=moment_input())
    place = forms.CharField(label=_("检查地点"), max_length=200)
    findings = forms.CharField(label=_("检查情况"), widget=area(4), max_length=4000)
    photos = DocumentsField(kind="inspection_photo", label=_("现场照片"), required=False)
    no_photo_reason = forms.CharField(label=_("未拍照的理由"), required=False, max_length=200)
    problem_found = forms.BooleanField(label=_("发现问题"), required=False)
    problem = forms.CharField(label=_("问题与要求"), required=False, widget=area(3), max_length=2000)
    device_time = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    def prepare(self) -> None:
        self.initial.setdefault("visited_at", clock.now().replace(second=0, microsecond=0, tzinfo=None))
        if "photos" in self.fields:
            self.fields["photos"].widget.attrs["capture"] = "environment"


class RecordForm(VisitFields):
    pass


class VisitForm(VisitFields):
    """A visit that no duty had planned."""

    contract = forms.ModelChoiceField(label=_("合同"), queryset=Contract.objects.none(), widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("类别"), choices=Inspection.Kind.choices, initial=Inspection.Kind.UNANNOUNCED)

    field_order = ["contract", "kind"]

    def prepare(self) -> None:
        super().prepare()
        self.fields["contract"].queryset = Contract.objects.visible_to(self.actor).filter(state=Contract.State.PERFORMING)


class PlanVisitForm(ActInputs):
    """Between which days an unannounced visit is to take place; the day itself is drawn (S-120)."""

    contract = forms.ModelChoiceField(label=_("合同"), queryset=Contract.objects.none(), widget=forms.HiddenInput)
    first = forms.DateField(label=_("最早日期"), widget=day_input())
    last = forms.DateField(label=_("最晚日期"), widget=day_input())

    def prepare(self) -> None:
        self.fields["contract"].queryset = Contract.objects.visible_to(self.actor).filter(state=Contract.State.PERFORMING)
