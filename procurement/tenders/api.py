"""Tenders for programs: the same rows, scope and refusals; and the published ones for everybody."""
from __future__ import annotations

import django_filters
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from portal.workflow.api import StagedSerializer, route

from .filters import PublicTenderFilter
from .models import DeliverableDraft, DocumentVersion, Lot, QualificationCondition, ScoringFactor, Tender
from .verbs import take_documents
from .workflow import TENDER


class LotSerializer(serializers.ModelSerializer):
    class Meta:
        model = Lot
        fields = ["id", "order", "name", "amount", "ceiling"]


class QualificationSerializer(serializers.ModelSerializer):
    class Meta:
        model = QualificationCondition
        fields = ["id", "order", "kind", "text", "proof"]


class FactorSerializer(serializers.ModelSerializer):
    class Meta:
        model = ScoringFactor
        fields = ["id", "order", "name", "category", "points", "objective"]


class DeliverableSerializer(serializers.ModelSerializer):
    class Meta:
        model = DeliverableDraft
        fields = ["id", "order", "name", "quota", "unit", "period", "sub_condition", "sub_quota", "standard"]


class VersionSerializer(serializers.ModelSerializer):
    """A frozen version: digests and size; the file itself comes from the files' own address to those who may read it."""

    document = serializers.SlugRelatedField(slug_field="uuid", read_only=True)
    document_digest = serializers.CharField(source="document.digest", read_only=True)
    size = serializers.IntegerField(source="document.size", read_only=True)

    class Meta:
        model = DocumentVersion
        fields = ["number", "digest", "document", "document_digest", "size", "made_at"]


PUBLIC_FIELDS = [
    "id", "number", "method", "title", "budget", "ceiling", "state", "published_at", "offer_from", "offer_until",
    "closes_at", "opening_place", "consortium", "sme_policy", "sme_deduction", "bond_percent", "service_from",
    "service_until", "closing_digest", "end_reason",
]


class TenderSerializer(StagedSerializer):
    """A tender as government works on it; its lists stand in its own page, and nothing tells of takers or bidders (R87-12)."""

    agency_name = serializers.CharField(source="agency.name", read_only=True)
    project_number = serializers.CharField(source="project.number", read_only=True)
    lots = LotSerializer(many=True, read_only=True)
    versions = VersionSerializer(many=True, read_only=True)

    class Meta:
        model = Tender
        fields = [
            *PUBLIC_FIELDS, "project", "project_number", "agency", "agency_name", "predecessor", "state_label",
            "validity_days", "review_round", "lots", "versions",
        ]


class PublicTenderSerializer(StagedSerializer):
    """A published tender as its notice says it (N-03); the whole document goes to those who take it (R87-12)."""

    agency_name = serializers.CharField(source="agency.name", read_only=True)
    region = serializers.CharField(source="agency.region.code", read_only=True)
    lots = LotSerializer(many=True, read_only=True)
    qualifications = QualificationSerializer(many=True, read_only=True)
    factors = FactorSerializer(many=True, read_only=True)
    deliverables = DeliverableSerializer(many=True, read_only=True)
    versions = VersionSerializer(many=True, read_only=True)

    class Meta:
        model = Tender
        fields = [
            *PUBLIC_FIELDS, "agency_name", "region", "state_label", "lots", "qualifications", "factors",
            "deliverables", "versions",
        ]


RELATED = ("lots", "versions__document")
PUBLIC_RELATED = (*RELATED, "qualifications", "factors", "deliverables")


class WorkFilter(django_filters.FilterSet):
    class Meta:
        model = Tender
        fields = ["state", "agency", "project", "number"]


class PublicTenderViewSet(viewsets.ReadOnlyModelViewSet):
    """Published tenders, free and without sign-in."""

    audience = "public"
    serializer_class = PublicTenderSerializer
    filterset_class = PublicTenderFilter
    lookup_field = "number"
    lookup_value_regex = r"[A-Za-z0-9-]+"

    @action(detail=True, methods=["post"])
    def take(self, request, number=None):
        """Take the tender document: recorded, and sealed from everybody until the opening; the file then comes by GET (R87-12)."""
        taken = take_documents(self.get_object(), actor=request._request.actor)
        return Response({"taken_at": taken.taken_at}, status=201)

    def get_queryset(self):
        return Tender.objects.published().select_related("agency__region").prefetch_related(*PUBLIC_RELATED)


def _base_queryset(self):
    return Tender.objects.select_related("agency", "project").prefetch_related(*RELATED)


routes = [
    route("tenders", TENDER, TenderSerializer, base_queryset=_base_queryset, filterset_class=WorkFilter),
    ("public-tenders", PublicTenderViewSet),
]
