"""Payment requests for programs: the same scope, rows and refusals as the pages."""
from __future__ import annotations

from rest_framework import serializers

from portal.workflow.api import StagedSerializer, route

from .models import Deduction, PaymentRequest, Tier
from .verbs import account_of, computation_of
from .workflow import PAYMENT


class DeductionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Deduction
        fields = ("order", "cause", "reference", "formula", "amount")


class TierSerializer(serializers.ModelSerializer):
    class Meta:
        model = Tier
        fields = ("order", "level", "source", "name", "ratio", "amount")


class PaymentRequestSerializer(StagedSerializer):
    """A payment request; amounts in yuan. `payable` is what the instalment comes to today."""

    contract_number = serializers.CharField(source="contract.number", read_only=True)
    term_name = serializers.CharField(source="term.name", read_only=True)
    agreed = serializers.DecimalField(source="term.amount", max_digits=16, decimal_places=2, read_only=True)

    class Meta:
        model = PaymentRequest
        fields = (
            "id", "state", "state_label", "number", "contract", "contract_number", "term", "term_name", "agreed", "amount",
            "amount_words", "purpose", "invoice_number", "invoice_on", "payee_name", "payee_bank", "payee_account", "way",
            "send_back_reason", "return_reason", "voucher_number", "payer_account", "paid_on", "submitted_at", "confirmed_at",
            "approved_at", "reviewed_at", "ordered_at", "paid_at",
        )  # fmt: skip


def describe(viewset, request) -> dict:
    """One request with its computation, tiers and papers."""
    from portal.files.models import Document

    described = super(type(viewset), viewset).described(request)
    computed = computation_of(request)
    described["payable"] = str(computed.payable)
    described["pay_to"] = dict(zip(("bank", "account"), account_of(request), strict=True))
    described["deductions"] = DeductionSerializer(request.deductions.all(), many=True).data
    described["tiers"] = TierSerializer(request.tiers.all(), many=True).data
    papers = Document.objects.visible_to(viewset.request._request.actor).of_subject(request)
    described["documents"] = [
        {"kind": paper.kind, "name": paper.name, "ready": paper.is_ready, "digest": paper.digest, "url": paper.api_url} for paper in papers
    ]
    return described


routes = [
    route("payment-requests", PAYMENT, PaymentRequestSerializer, described=describe,
          base_queryset=lambda viewset: PaymentRequest.objects.with_names().order_by("-id")),
]
