"""Inputs of a payment request."""
from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.files.forms import DocumentField
from portal.money import COLUMN, in_words
from portal.workflow.inputs import ActInputs
from procurement.contracts.models import PaymentTerm
from procurement.contracts.models.contract import BOUND

from .models import PaymentRequest


class DraftForm(ActInputs):
    term = forms.ModelChoiceField(label=_("款项"), queryset=PaymentTerm.objects.none())

    def prepare(self) -> None:
        taken = PaymentRequest.objects.live().values("term")
        self.fields["term"].queryset = (
            PaymentTerm.objects.filter(contract__supplier=self.actor.organisation_id, contract__state__in=BOUND)
            .exclude(pk__in=taken).select_related("contract").order_by("contract", "order")
        )


class SubmitForm(ActInputs):
    """What the contractor asks with: begun with what the contract says, so that only the invoice is left to type."""

    amount = forms.DecimalField(
        label=_("申请金额（小写）"), widget=forms.NumberInput(attrs={"data-unit": _("元")}), **{**COLUMN, "min_value": 0}
    )
    amount_words = forms.CharField(label=_("申请金额（大写）"), max_length=120, help_text=_("大小写必须一致。"))
    invoice_number = forms.CharField(label=_("发票号码"), max_length=40)
    invoice_on = forms.DateField(label=_("开票日期"), widget=forms.DateInput(attrs={"type": "date"}))
    invoice = DocumentField(label=_("发票"), kind="invoice")
    payee_bank = forms.CharField(label=_("开户银行"), max_length=120)
    payee_account = forms.CharField(label=_("收款账号"), max_length=60, help_text=_("须为合同约定的账户。"))
    purpose = forms.CharField(label=_("用途"), max_length=200)

    def prepare(self) -> None:
        from .verbs import account_of, computation_of

        if self.subject is None or not self.subject.pk:
            return
        computed = computation_of(self.subject)
        bank, account = account_of(self.subject)
        self.initial = {
            "amount": computed.payable, "amount_words": in_words(computed.payable), "payee_bank": bank, "payee_account": account,
            "purpose": str(_("%(contract)s %(term)s")) % {"contract": self.subject.contract.title, "term": self.subject.term.name},
            "invoice_number": self.subject.invoice_number or "", "invoice_on": self.subject.invoice_on or clock.today(), **self.initial,
        }

    def clean_invoice_number(self) -> str:
        return "".join(self.cleaned_data["invoice_number"].split()).upper()

    def clean_payee_account(self) -> str:
        return "".join(self.cleaned_data["payee_account"].split())


class ReviewForm(ActInputs):
    way = forms.ChoiceField(label=_("支付方式"), choices=PaymentRequest.Way.choices, initial=PaymentRequest.Way.DIRECT)


class ReceiptForm(ActInputs):
    voucher_number = forms.CharField(label=_("支付凭证号"), max_length=60)
    paid_on = forms.DateField(label=_("支付日期"), widget=forms.DateInput(attrs={"type": "date"}))
    payer_account = forms.CharField(label=_("付款账户"), max_length=60)

    def prepare(self) -> None:
        self.fields["paid_on"].initial = clock.today()

    def clean_voucher_number(self) -> str:
        return "".join(self.cleaned_data["voucher_number"].split())


class AccountForm(ActInputs):
    payee_bank = forms.CharField(label=_("开户银行"), max_length=120)
    payee_account = forms.CharField(label=_("收款账号"), max_length=60)
    proof = DocumentField(label=_("账户证明"), kind="account_proof")

    def clean_payee_account(self) -> str:
        return "".join(self.cleaned_data["payee_account"].split())
