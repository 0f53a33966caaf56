"""Contracts and delivery for programs."""
from __future__ import annotations

from rest_framework import serializers

from portal.files.models import Document
from portal.workflow.api import StagedSerializer, actions_of, route

from .measure import standings
from .models import (
    Acceptance,
    AcceptanceItem,
    AcceptanceMember,
    Contract,
    ContractClause,
    Deliverable,
    DeliveryLog,
    Filing,
    Inspection,
    PaymentTerm,
    ReportRow,
    SupplierReport,
)
from .presenting import date_of
from .workflow import ACCEPTANCE, CONTRACT, DELIVERABLE, FILING, INSPECTION, REPORT

STAGED = ("id", "state", "state_label", "state_since", "created_at")


class PaymentTermSerializer(serializers.ModelSerializer):
    class Meta:
        model = PaymentTerm
        fields = ("id", "order", "name", "percent", "amount", "year", "condition", "report_number", "note")


class ClauseSerializer(serializers.ModelSerializer):
    class Meta:
        model = ContractClause
        fields = ("order", "kind", "text")


class ContractSerializer(StagedSerializer):
    """A contract with its parts; amounts in yuan, both dates of the term included."""

    agency_name = serializers.CharField(source="agency.name", read_only=True)
    supplier_name = serializers.CharField(source="supplier.name", read_only=True)
    project_number = serializers.CharField(source="project.number", read_only=True)
    project_officer = serializers.CharField(source="project_officer.username", default=None, read_only=True)
    term_months = serializers.IntegerField(read_only=True)
    payment_terms = PaymentTermSerializer(many=True, read_only=True)
    clauses = ClauseSerializer(many=True, read_only=True)
    deliverables = serializers.SerializerMethodField()
    filing = serializers.SerializerMethodField()

    class Meta:
        model = Contract
        fields = (
            *STAGED, "number", "title", "project", "project_number", "award", "tender", "agency", "agency_name", "supplier",
            "supplier_name", "amount", "starts_on", "ends_on", "term_months", "place", "subcontracting", "bond_percent",
            "acceptance_body", "acceptance_time", "acceptance_manner", "acceptance_procedure", "acceptance_content",
            "acceptance_standard", "interim_acceptance_on", "reduction_terms", "project_officer", "inspection_cadence",
            "report_cadence", "signed_at", "published_at", "text_digest", "payment_terms", "clauses", "deliverables", "filing",
        )  # fmt: skip

    def get_deliverables(self, contract) -> list[dict]:
        return [{"id": each.pk, "order": each.order, "name": each.name, "state": each.state} for each in contract.deliverables.all()]

    def get_filing(self, contract) -> dict | None:
        filing = getattr(contract, "filing", None)
        return {"id": filing.pk, "state": filing.state, "number": filing.number} if filing else None


class FilingSerializer(StagedSerializer):
    contract_number = serializers.CharField(source="contract.number", read_only=True)

    class Meta:
        model = Filing
        fields = (*STAGED, "contract", "contract_number", "number", "digest", "send_back_reason", "submitted_at", "filed_at")


class LogSerializer(serializers.ModelSerializer):
    locked = serializers.BooleanField(read_only=True)

    class Meta:
        model = DeliveryLog
        fields = (
            "id", "on", "since", "quantity", "sub_quantity", "standing", "text", "place", "participants", "beneficiaries", "channel",
            "locked", "logged_at",
        )  # fmt: skip


class DeliverableSerializer(StagedSerializer):
    class Meta:
        model = Deliverable
        fields = (
            *STAGED, "contract", "order", "name", "requirement", "quota", "unit", "period", "sub_condition", "sub_quota",
            "standard", "mandatory", "shortfall",
        )  # fmt: skip


class ReportRowSerializer(serializers.ModelSerializer):
    order = serializers.IntegerField(source="deliverable.order", read_only=True)
    name = serializers.CharField(source="deliverable.name", read_only=True)

    class Meta:
        model = ReportRow
        fields = ("order", "name", "quota", "due", "actual", "in_period", "sub_actual", "progress", "narrative")


class SupplierReportSerializer(StagedSerializer):
    rows = ReportRowSerializer(many=True, read_only=True)

    class Meta:
        model = SupplierReport
        fields = (
            *STAGED, "contract", "number", "kind", "period_from", "period_until", "narrative", "income", "expenditure",
            "ledger_kept", "send_back_reason", "submitted_at", "confirmed_at", "rows",
        )  # fmt: skip


class InspectionSerializer(StagedSerializer):
    class Meta:
        model = Inspection
        fields = (
            *STAGED, "contract", "kind", "duty", "period_from", "period_until", "visited_at", "device_time", "place", "findings",
            "problem_found", "problem", "no_photo_reason", "recorded_at", "answers_until", "deemed", "dispute_reason", "settlement",
        )  # fmt: skip


class MemberSerializer(serializers.ModelSerializer):
    class Meta:
        model = AcceptanceMember
        fields = ("id", "order", "name", "employer", "capacity", "signed_at", "dissent")


class ItemSerializer(serializers.ModelSerializer):
    order = serializers.IntegerField(source="deliverable.order", read_only=True)
    name = serializers.CharField(source="deliverable.name", read_only=True)

    class Meta:
        model = AcceptanceItem
        fields = (
            "order", "name", "target", "actual", "sub_target", "sub_actual", "passed", "evidence", "opinion", "reduction",
        )  # fmt: skip


class AcceptanceSerializer(StagedSerializer):
    members = MemberSerializer(many=True, read_only=True)
    items = ItemSerializer(many=True, read_only=True)

    class Meta:
        model = Acceptance
        fields = (
            *STAGED, "contract", "stage", "round", "planned_on", "place", "opinion", "result_reason", "reduction", "requested_at",
            "convened_at", "concluded_at", "published_at", "members", "items",
        )  # fmt: skip


def _read_with(cycle, related: tuple[str, ...], prefetched: tuple[str, ...] = ()):
    """Lists are read in a constant number of queries."""

    def base_queryset(self):
        return cycle.model.objects.select_related(*related).prefetch_related(*prefetched)

    return base_queryset


def _papers(viewset, obj) -> list[dict]:
    """The papers of a thing that the reader may take, with the address of their bytes."""
    found = Document.objects.visible_to(viewset.request._request.actor).of_subject(obj)
    return [
        {"kind": each.kind, "name": each.name, "ready": each.is_ready, "digest": each.digest, "content": each.api_url} for each in found
    ]


def _with_papers(self, obj) -> dict:
    """One thing by itself comes with what can be done now and with its papers."""
    actor = self.request._request.actor
    return {**self.get_serializer(obj).data, "actions": actions_of(obj, actor), "papers": _papers(self, obj)}


def _with_log(self, obj) -> dict:
    """A deliverable by itself comes with its log and how it stands today."""
    found = next(each for each in standings(obj.contract, date_of(obj.contract)) if each.deliverable.pk == obj.pk)
    measure = found.measure
    return {
        **_with_papers(self, obj),
        "progress": {"state": measure.state, "quota": measure.quota, "due": measure.due, "actual": measure.actual,
                     "sub_state": measure.sub_state, "sub_due": measure.sub_due, "sub_actual": measure.sub_actual,
                     "unconfirmed": found.unconfirmed},
        "logs": LogSerializer(obj.logs.all(), many=True).data,
    }  # fmt: skip


routes = [
    route("contracts", CONTRACT, ContractSerializer, described=_with_papers, filterset_fields=["project", "award", "state"],
        base_queryset=_read_with(
        CONTRACT, ("agency", "supplier", "project", "project_officer", "filing"), ("payment_terms", "clauses", "deliverables"))),
    route("filings", FILING, FilingSerializer, filterset_fields=["contract", "state"], base_queryset=_read_with(FILING, ("contract",))),
    route("deliverables", DELIVERABLE, DeliverableSerializer, filterset_fields=["contract", "state"], described=_with_log,
          base_queryset=_read_with(DELIVERABLE, ("contract",))),
    route("supplier-reports", REPORT, SupplierReportSerializer, described=_with_papers, filterset_fields=["contract", "state", "kind"],
          base_queryset=_read_with(REPORT, ("contract",), ("rows__deliverable",))),
    route("inspections", INSPECTION, InspectionSerializer, described=_with_papers, filterset_fields=["contract", "state", "kind"],
          base_queryset=_read_with(INSPECTION, ("contract",))),
    route("acceptances", ACCEPTANCE, AcceptanceSerializer, described=_with_papers, filterset_fields=["contract", "state", "stage"],
          base_queryset=_read_with(ACCEPTANCE, ("contract",), ("members", "items__deliverable"))),
]
