"""What people give with the acts on a contract and its filing."""
from __future__ import annotations

from decimal import Decimal

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.files.forms import DocumentField
from portal.workflow.inputs import ActInputs
from portal.workflow.rows import RowsField
from procurement.contracts.models import Contract
from procurement.contracts.models.contract import PaymentTerm
from procurement.tenders.models import ContractTermDraft

#: Single values of a contract that its officer writes.
FIELDS = (
    "title", "starts_on", "ends_on", "place", "budget_guaranteed", "content_fixed", "continuous", "funding_stable", "price_stable",
    "no_transfer", "no_guarantee", "subcontracting", "bond_percent", "bond_terms", "payee_bank", "payee_account",
    "acceptance_body", "acceptance_time", "acceptance_manner", "acceptance_procedure", "acceptance_content",
    "acceptance_standard", "interim_acceptance_on", "reduction_terms", "project_officer", "inspection_cadence", "report_cadence",
)  # fmt: skip


def area(rows: int = 2) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def moment_input() -> forms.DateTimeInput:
    return forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})


class ClauseForm(forms.Form):
    kind = forms.ChoiceField(label=_("条款"), choices=ContractTermDraft.Kind.choices)
    text = forms.CharField(label=_("内容"), widget=area(3), max_length=4000)


class GateForm(forms.Form):
    """The instalment itself stands in the tender documents; its budget year and the report it waits for are set here."""

    order = forms.IntegerField(label=_("期"), min_value=1)
    year = forms.IntegerField(label=_("预算年度"), min_value=2004, max_value=2100)
    report_number = forms.IntegerField(label=_("须确认至第几期报告"), min_value=1, required=False)


class ContractForm(ActInputs):
    """The contract as its officer completes it; price, deliverables and instalments come from award and tender."""

    title = forms.CharField(label=_("合同名称"), max_length=200)
    starts_on = forms.DateField(label=_("履行起始日"), required=False, widget=day_input())
    ends_on = forms.DateField(label=_("履行截止日"), required=False, widget=day_input(), help_text=_("起止日都包含在内。"))
    place = forms.CharField(label=_("履行地点"), required=False, max_length=200)
    project_officer = forms.ModelChoiceField(
        label=_("项目专管员"), queryset=User.objects.none(), required=False, to_field_name="username",
        help_text=_("负责履约期间的现场检查。"),
    )
    inspection_cadence = forms.ChoiceField(label=_("检查频次"), choices=Contract.InspectionCadence.choices)
    report_cadence = forms.ChoiceField(label=_("报告频次"), choices=Contract.ReportCadence.choices)
    budget_guaranteed = forms.BooleanField(label=_("预算有保障"), required=False)
    content_fixed = forms.BooleanField(label=_("内容相对固定"), required=False)
    continuous = forms.BooleanField(label=_("连续性强"), required=False)
    funding_stable = forms.BooleanField(label=_("经费来源稳定"), required=False)
    price_stable = forms.BooleanField(label=_("价格变化幅度小"), required=False)
    no_transfer = forms.BooleanField(label=_("不得转包"), required=False)
    no_guarantee = forms.BooleanField(label=_("购买主体不提供担保"), required=False)
    subcontracting = forms.CharField(label=_("分包约定"), required=False, widget=area())
    bond_percent = forms.DecimalField(
        label=_("履约保证金比例"), min_value=Decimal(0), max_value=100, max_digits=5, decimal_places=2, initial=0,
        widget=forms.NumberInput(attrs={"data-unit": "%"}),
    )
    bond_terms = forms.CharField(label=_("保证金收退约定"), required=False, widget=area())
    payee_bank = forms.CharField(label=_("开户银行"), required=False, max_length=120)
    payee_account = forms.CharField(label=_("收款账号"), required=False, max_length=60)
    clauses = RowsField(ClauseForm, label=_("合同条款"), max_rows=60, required=False, add_label=_("加一条"))
    gates = RowsField(GateForm, label=_("支付安排"), max_rows=24, required=False, blank_rows=0)
    acceptance_body = forms.CharField(label=_("验收主体"), required=False, widget=area())
    acceptance_time = forms.CharField(label=_("验收时间"), required=False, widget=area())
    acceptance_manner = forms.CharField(label=_("验收方式"), required=False, widget=area())
    acceptance_procedure = forms.CharField(label=_("验收程序"), required=False, widget=area())
    acceptance_content = forms.CharField(label=_("验收内容"), required=False, widget=area())
    acceptance_standard = forms.CharField(label=_("验收标准"), required=False, widget=area())
    interim_acceptance_on = forms.DateField(label=_("中期验收日期"), required=False, widget=day_input())
    reduction_terms = forms.CharField(label=_("部分合格时的减价约定"), required=False, widget=area())
    optional = forms.MultipleChoiceField(
        label=_("非必达的服务内容"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("勾选的内容不合格时，可以按约减价、部分合格；其余为必达项。"),
    )

    def prepare(self) -> None:
        contract = self.subject
        self.fields["project_officer"].queryset = User.objects.holding(Role.PROJECT_OFFICER, contract.agency_id)
        deliverables = list(contract.deliverables.all())
        self.fields["optional"].choices = [(str(each.order), str(each)) for each in deliverables]
        values = {name: getattr(contract, name) for name in FIELDS}
        values["project_officer"] = contract.project_officer.username if contract.project_officer else None
        self.initial = {
            **values, "clauses": list(contract.clauses.values("kind", "text")),
            "gates": list(contract.payment_terms.values("order", "year", "report_number")),
            "optional": [str(each.order) for each in deliverables if not each.mandatory], **(self.initial or {}),
        }

    def clean(self) -> dict:
        """A program may send a part of the contract; what it leaves out stays."""
        cleaned = super().clean()
        if not isinstance(self.data, QueryDict):
            for name in [name for name in self.fields if name not in self.data]:
                cleaned.pop(name, None)
                self.errors.pop(name, None)
        return cleaned


class SignForm(ActInputs):
    """The word of whoever signs, and the paper of the performance bond where the contract asks for one."""

    agreed = forms.BooleanField(label=_("本人有权代表本单位，已阅读合同全文并同意签署。"))
    bond_paper = DocumentField(kind="performance_bond", label=_("履约保函"), required=False)

    def prepare(self) -> None:
        if self.subject is None or not self.subject.bond_percent:
            del self.fields["bond_paper"]


class CountersignForm(ActInputs):
    agreed = forms.BooleanField(label=_("本人有权代表本单位，已阅读合同全文并同意签署。"))


class OfficerForm(ActInputs):
    """Who looks after the contract from now on."""

    project_officer = forms.ModelChoiceField(label=_("新的项目专管员"), queryset=User.objects.none(), to_field_name="username")

    def prepare(self) -> None:
        self.fields["project_officer"].queryset = User.objects.holding(Role.PROJECT_OFFICER, self.subject.agency_id)


class TerminateForm(ActInputs):
    """Ending by agreement needs the paper both have signed."""

    agreement = DocumentField(kind="termination_agreement", label=_("双方签署的解除协议"), required=False)
    need_remains = forms.BooleanField(label=_("购买需求仍然存在，项目退回采购准备"), required=False)


class FileForm(ActInputs):
    number = forms.CharField(label=_("备案号"), max_length=60, required=False, help_text=_("留空时由系统编号。"))


def terms_of(contract) -> list[PaymentTerm]:
    return list(contract.payment_terms.all())
