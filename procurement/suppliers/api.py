"""Suppliers and their papers for programs: the same scope, rows and refusals as the pages."""
from __future__ import annotations

from rest_framework import serializers

from portal import clock
from portal.workflow.api import StagedSerializer, route

from .models import Evidence, RelatedPerson, Supplier, SupplierOutcome
from .workflow import EVIDENCE, SUPPLIER


class RelatedPersonSerializer(serializers.ModelSerializer):
    class Meta:
        model = RelatedPerson
        fields = ["name", "relation", "share_percent"]


class OutcomeSerializer(serializers.ModelSerializer):
    class Meta:
        model = SupplierOutcome
        fields = ["project_id", "project_name", "contract_ref", "grade", "score", "cited", "recorded_at"]


class SupplierSerializer(StagedSerializer):
    name = serializers.CharField(source="organisation.name")
    is_sme = serializers.BooleanField()

    class Meta:
        model = Supplier
        fields = [
            "id", "state", "state_label", "organisation", "name", "code", "type", "authority", "authority_name", "registered_on",
            "legal_representative", "industry", "size", "is_sme", "staff", "revenue", "assets", "bank_name", "bank_account",
            "contact", "phone", "address", "confirmed_year", "lapses_at",
        ]


class EvidenceSerializer(StagedSerializer):
    document = serializers.UUIDField(source="document.uuid", help_text="the paper, at /documents/{uuid}/")
    digest = serializers.CharField(source="document.digest")

    class Meta:
        model = Evidence
        fields = [
            "id", "state", "state_label", "supplier", "condition", "title", "number", "valid_from", "valid_to", "document", "digest",
            "defects",
        ]


def describe(viewset, supplier) -> dict:
    """One supplier: conditions open, outcomes, and the people behind it for those who may see them (L4.1)."""
    actor = viewset.request._request.actor
    described = super(type(viewset), viewset).described(supplier)
    described["conditions_open"] = [condition.value for condition in supplier.conditions_open(clock.today())]
    described["outcomes"] = OutcomeSerializer(supplier.outcomes.all()[:25], many=True).data
    people = RelatedPerson.objects.visible_to(actor).filter(supplier=supplier)
    described["related_persons"] = RelatedPersonSerializer(people, many=True).data
    return described


routes = [
    route(
        "suppliers", SUPPLIER, SupplierSerializer, described=describe,
        base_queryset=lambda viewset: Supplier.objects.select_related("organisation__region"),
    ),
    route(
        "supplier-evidence", EVIDENCE, EvidenceSerializer,
        base_queryset=lambda viewset: Evidence.objects.select_related("document", "supplier__organisation__region"),
    ),
]
