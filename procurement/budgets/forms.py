"""Inputs of the money tables."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.models import Organisation, Region
from portal.accounts.roles import OrganisationKind, Role
from portal.files.forms import DocumentField
from portal.money import COLUMN, ZERO
from portal.rules.jurisdiction import setting
from portal.workflow.inputs import ActInputs
from procurement.plans.models import Level, PlanItem, Project, SourceKind

from .models import BudgetLine, Share
from .rules import NotARatio, ratio_of

#: Kind of the workbook of lines among documents.
BOOK = "budget_book"


def yuan_field(label, **options) -> forms.DecimalField:
    box = forms.NumberInput(attrs={"data-unit": _("元")})
    return forms.DecimalField(label=label, widget=box, **{"min_value": 0, **COLUMN, **options})


class LineForm(ActInputs):
    agency = forms.ModelChoiceField(
        label=_("预算单位"), queryset=Organisation.objects.none(), required=False, help_text=_("不选即本单位。")
    )
    title = forms.CharField(label=_("指标名称"), max_length=200)
    year = forms.IntegerField(label=_("年度"), min_value=2004, max_value=2100)
    source = forms.ChoiceField(label=_("资金来源"), choices=SourceKind.choices)
    level = forms.ChoiceField(label=_("负担级次"), choices=Level.choices, initial=Level.CITY)
    paying_region = forms.ModelChoiceField(
        label=_("支付地区"), queryset=Region.objects.none(), required=False, help_text=_("不选即本地区。")
    )
    function_class = forms.CharField(label=_("支出功能分类"), max_length=7, help_text=_("七位编码，如 2120501。"))
    economic_class = forms.CharField(
        label=_("部门预算支出经济分类"), max_length=5, initial="30227", help_text=_("五位编码，如 30227 委托业务费。")
    )
    purpose = forms.CharField(label=_("专项用途"), max_length=200, required=False, help_text=_("专项资金填写，只能用于此用途。"))
    item = forms.ModelChoiceField(
        label=_("对应的已批准项目"), queryset=PlanItem.objects.none(), required=False, help_text=_("从既有预算安排的不选。")
    )
    requested = yuan_field(_("申报数"))

    def prepare(self) -> None:
        organisation = self.actor.organisation
        agencies = Organisation.objects.filter(kind=OrganisationKind.AGENCY)
        if self.actor.has(Role.BUDGET_OFFICER):
            agencies = agencies.filter(region=organisation.region_id)
        else:
            agencies = agencies.filter(pk=organisation.pk)
        self.fields["agency"].queryset = agencies.order_by("name")
        codes = organisation.region.path.strip("/").split("/")
        self.fields["paying_region"].queryset = Region.objects.filter(code__in=codes)
        self.fields["item"].queryset = PlanItem.objects.visible_to(self.actor).filter(
            state__in=["APPROVED", "EXECUTED"]
        ).order_by("id")
        self.fields["year"].initial = clock.today().year

    def clean(self) -> dict:
        return {name: value for name, value in super().clean().items() if value is not None}


class AllocateForm(ActInputs):
    amount = yuan_field(_("下达数"), required=False)
    approval_document = forms.CharField(label=_("批复文号"), max_length=120)

    def prepare(self) -> None:
        if self.subject is not None:
            self.fields["amount"].initial = self.subject.requested


class AdjustForm(ActInputs):
    amount = yuan_field(_("调整后下达数"))
    document = forms.CharField(label=_("调整文号"), max_length=120)
    purpose = forms.CharField(label=_("专项用途"), max_length=200, required=False)

    def prepare(self) -> None:
        if self.subject is not None:
            self.fields["amount"].initial = self.subject.allocated
            self.fields["purpose"].initial = self.subject.purpose


class CarryOverForm(ActInputs):
    document = forms.CharField(label=_("结转文号"), max_length=120)


class ChangeForm(ActInputs):
    line = forms.ModelChoiceField(label=_("改列的预算指标"), queryset=BudgetLine.objects.none())

    def prepare(self) -> None:
        lines = BudgetLine.objects.visible_to(self.actor).filter(state=BudgetLine.State.ALLOCATED)
        if self.subject is not None and self.subject.pk:
            lines = lines.filter(agency=self.subject.project.agency_id, year=self.subject.year).exclude(pk=self.subject.line_id)
        self.fields["line"].queryset = lines.order_by("number")


class ReserveForm(ActInputs):
    project = forms.ModelChoiceField(label=_("项目"), queryset=Project.objects.none())
    line = forms.ModelChoiceField(label=_("预算指标"), queryset=BudgetLine.objects.none())
    amount = yuan_field(_("预留金额"))

    def prepare(self) -> None:
        self.fields["project"].queryset = Project.objects.visible_to(self.actor).filter(state__in=["APPROVED", "FUNDED"])
        self.fields["line"].queryset = BudgetLine.objects.visible_to(self.actor).filter(state__in=["ALLOCATED", "FROZEN"])


class PledgeForm(ActInputs):
    project = forms.ModelChoiceField(label=_("项目"), queryset=Project.objects.none())
    year = forms.IntegerField(label=_("年度"), min_value=2004, max_value=2100)
    amount = yuan_field(_("承诺金额"))

    def prepare(self) -> None:
        self.fields["project"].queryset = Project.objects.visible_to(self.actor).filter(state__in=["APPROVED", "FUNDED"])


class RefundForm(ActInputs):
    amount = yuan_field(_("退回金额"))
    reference = forms.CharField(label=_("国库退回凭证号"), max_length=120)


class SharingForm(ActInputs):
    item = forms.ModelChoiceField(label=_("已批准项目"), queryset=PlanItem.objects.none())
    year = forms.IntegerField(label=_("年度"), min_value=2004, max_value=2100)
    ratio = forms.CharField(label=_("分担比例"), max_length=40, help_text=_("省级∶市级∶县级，如 6∶2∶2 或 8.5∶0.5∶1；不负担的填 0。"))
    beneficiary = yuan_field(_("受益人负担"), required=False, initial=0, help_text=_("由受益人承担的固定金额，其余按比例分担。"))
    document = forms.CharField(label=_("分担依据文号"), max_length=120)
    function_class = forms.CharField(label=_("支出功能分类"), max_length=7, help_text=_("七位编码，如 2120501。"))
    economic_class = forms.CharField(
        label=_("部门预算支出经济分类"), max_length=5, initial="30227", help_text=_("五位编码，如 30227 委托业务费。")
    )

    def prepare(self) -> None:
        items = PlanItem.objects.visible_to(self.actor).filter(state__in=["APPROVED", "EXECUTED"])
        self.fields["item"].queryset = items.order_by("-year", "id")
        self.fields["year"].initial = clock.today().year
        self.fields["ratio"].initial = setting("sharing_ratio", self.actor.organisation.region)

    def clean_ratio(self) -> str:
        """The ratio as it is kept, whatever colons and blanks it was written with."""
        try:
            return ":".join(format(number.normalize(), "f") for number in ratio_of(self.cleaned_data["ratio"]))
        except NotARatio:
            raise forms.ValidationError(_("请填三级的比例，如 6∶2∶2。")) from None

    def clean_beneficiary(self):
        return self.cleaned_data["beneficiary"] or ZERO


class ReceiptForm(ActInputs):
    share = forms.ModelChoiceField(label=_("负担方"), queryset=Share.objects.none())
    amount = yuan_field(_("到位金额"))
    voucher = forms.CharField(label=_("凭证号"), max_length=120)
    received_on = forms.DateField(label=_("到位日期"), widget=forms.DateInput(attrs={"type": "date"}))

    def prepare(self) -> None:
        if self.subject is not None and self.subject.pk:
            self.fields["share"].queryset = self.subject.shares.filter(amount__gt=0)
        self.fields["received_on"].initial = clock.today()


class BookForm(ActInputs):
    file = DocumentField(kind=BOOK, label=_("填好的指标工作簿"))
