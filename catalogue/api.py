"""The catalogue for programs: versions with their acts, items with search; open to everybody as the pages are."""
from __future__ import annotations

from django_filters import rest_framework as filters
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from portal.workflow.api import StagedSerializer, route

from .comparison import Comparison
from .entries import PilotFilter
from .forms.version import CompareForm
from .models import (
    FLAGS,
    CatalogueComment,
    CatalogueItem,
    CatalogueVersion,
    FunctionList,
    GovernmentFunction,
    ImplementationEntry,
    ImplementationList,
    NearestLeaf,
    OutOfCatalogueRequest,
    Policy,
    RecommendedEntry,
    RecommendedList,
    StageTarget,
)
from .scope import QUESTIONS
from .views.outside import RequestFilter
from .views.policy import PolicyFilter
from .workflow import (
    CATALOGUE_VERSION,
    COMMENT,
    FUNCTIONS,
    IMPLEMENTATION,
    OUT_OF_CATALOGUE,
    POLICY,
    RECOMMENDED,
    TARGET,
)


class CatalogueVersionSerializer(StagedSerializer):
    class Meta:
        model = CatalogueVersion
        fields = [
            "id", "state", "state_label", "title", "year", "document_number", "issuer", "region", "agency", "valid_from", "valid_to",
            "previous", "is_reference", "source_note", "departments", "consultation_summary", "decision",
            "item_count",
        ]


class CatalogueItemSerializer(serializers.ModelSerializer):
    parent_code = serializers.CharField(source="parent.code", default="", help_text="empty for a branch")

    class Meta:
        model = CatalogueItem
        fields = [
            "id", "version", "code", "parent_code", "level", "name", "kind", "procurement_code", "evidence", "note",
            "guide_price", "guide_unit", "cost_factors", "indicators", "deviation", "path", "position", "is_leaf", "retired",
        ]


class CatalogueCommentSerializer(StagedSerializer):
    """An opinion as anybody reads it: how to reach its writer is shown on the page of finance alone."""

    class Meta:
        model = CatalogueComment
        fields = [
            "id", "state", "state_label", "version", "item_words", "source", "author", "text", "outcome", "reply", "created_at",
            "answered_at",
        ]  # fmt: skip


class NearestLeafSerializer(serializers.ModelSerializer):
    class Meta:
        model = NearestLeaf
        fields = ["leaf", "reason"]


class OutOfCatalogueSerializer(StagedSerializer):
    nearest = NearestLeafSerializer(many=True, read_only=True)

    class Meta:
        model = OutOfCatalogueRequest
        fields = [
            "id", "state", "state_label", "number", "agency", "year", "title", "kind", "content", "need", "duty_basis", "amount",
            "hard_to_price", "pricing_note", *(name for question in QUESTIONS for name in (question.name, question.reason)),
            "wording_question", "wording_cleared", "wording_reason", "duty_confirmed", "duty_opinion", "review_opinion",
            "decision_reason", "linked",
            "lapses_at", "candidate_version", "candidate_code", "adopted_leaf", "nearest",
        ]  # fmt: skip


class ImplementationListSerializer(StagedSerializer):
    class Meta:
        model = ImplementationList
        fields = [
            "id", "state", "state_label", "title", "year", "issuer", "region", "decision", "decided_on", "issued_at", "ends_at",
            "entry_count",
        ]  # fmt: skip


class ImplementationEntrySerializer(serializers.ModelSerializer):
    class Meta:
        model = ImplementationEntry
        fields = [
            "id", "catalogue", "position", "title", "leaf", "filed_request", "agency", "method", "amount", *FLAGS, "grounds", "pilot",
            "decision", "decided_on",
        ]  # fmt: skip


class PolicySerializer(StagedSerializer):
    class Meta:
        model = Policy
        fields = [
            "id", "state", "state_label", "kind", "title", "document_number", "issuer", "issued_on", "valid_from", "valid_to", "region",
            "scope", "text", "rules", "codes", "supersedes", "ended_reason",
        ]  # fmt: skip
        read_only_fields = fields

    codes = serializers.ListField(child=serializers.CharField(), read_only=True)


class RecommendedListSerializer(StagedSerializer):
    class Meta:
        model = RecommendedList
        fields = [
            "id", "state", "state_label", "title", "issuer", "region", "source", "decision", "decided_on", "valid_from", "valid_to",
            "previous", "ended_reason", "entry_count",
        ]  # fmt: skip


class RecommendedEntrySerializer(serializers.ModelSerializer):
    class Meta:
        model = RecommendedEntry
        fields = [
            "id", "catalogue", "position", "name", "code", "field_code", "field_name", "valid_to", "grounds", "struck_on", "struck_reason",
        ]


class FunctionListSerializer(StagedSerializer):
    class Meta:
        model = FunctionList
        fields = [
            "id", "state", "state_label", "agency", "region", "title", "basis", "decision", "decided_on", "published_on", "function_count",
        ]  # fmt: skip


class GovernmentFunctionSerializer(serializers.ModelSerializer):
    class Meta:
        model = GovernmentFunction
        fields = ["id", "catalogue", "position", "number", "name", "status", "basis", "note"]


class StageTargetSerializer(StagedSerializer):
    class Meta:
        model = StageTarget
        fields = ["id", "state", "state_label", "region", "year", "stage", "measure", "target", "document", "note"]


class CatalogueItemFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="beginning of a code, or words of the name")

    class Meta:
        model = CatalogueItem
        fields = ["version", "kind", "level", "is_leaf", "code"]

    def search(self, queryset, name, value):
        return queryset.matching(value)


class EntryWords(PilotFilter):
    class Meta:
        model = ImplementationEntry
        fields = ["q", "year", "pilot", "method", "flag", "catalogue", "catalogue__year", "agency", *FLAGS]


class RequestWords(RequestFilter):
    class Meta:
        model = OutOfCatalogueRequest
        fields = ["q", "year", "state", "agency"]


class PolicyWords(PolicyFilter):
    state = filters.ChoiceFilter(choices=Policy.State.choices)

    class Meta:
        model = Policy
        fields = ["q", "kind", "state", "region"]


class CatalogueItemViewSet(viewsets.ReadOnlyModelViewSet):
    """Items of the versions the caller may see; `?version=` and `?q=` narrow them down."""

    audience = "public"
    serializer_class = CatalogueItemSerializer
    filterset_class = CatalogueItemFilter
    filter_backends = [filters.DjangoFilterBackend]
    keyset = ("version_id", "path")
    queryset = CatalogueItem.objects.none()

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return CatalogueItem.objects.none()
        return CatalogueItem.objects.visible_to(self.request._request.actor).select_related("parent")


class ImplementationEntryViewSet(viewsets.ReadOnlyModelViewSet):
    """Entries of the implementation catalogues the caller may see; pilots are those with a batch."""

    audience = "public"
    serializer_class = ImplementationEntrySerializer
    filterset_class = EntryWords
    filter_backends = [filters.DjangoFilterBackend]
    keyset = ("catalogue_id", "id")
    queryset = ImplementationEntry.objects.none()

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return ImplementationEntry.objects.none()
        return ImplementationEntry.objects.visible_to(self.request._request.actor)


@action(detail=False, methods=["get"], url_path="compare", words=("before", "after"))
def compared(viewset, request):
    """What differs between two versions that the caller may see, `before` and `after`, line by line (S-07)."""
    form = CompareForm(request.query_params, actor=request._request.actor)
    if not form.is_valid():
        raise serializers.ValidationError({"errors": form.errors.get_json_data()})
    comparison = Comparison(form.cleaned_data["before"], form.cleaned_data["after"])
    return Response({
        "before": comparison.before.pk, "after": comparison.after.pk,
        "counts": {kind: count for kind, _word, count in comparison.counts if kind},
        "changes": [{"kind": pair.kind, "before": _line(pair.before), "after": _line(pair.after)} for pair in comparison.changes],
    })


def _line(line) -> dict | None:
    return {"code": line.code, "name": line.name, "details": list(line.details)} if line else None


class RecommendedEntryViewSet(viewsets.ReadOnlyModelViewSet):
    """Recommended organisations, for information alone: being on no list bars nobody from anything (R-GP-19)."""

    audience = "public"
    serializer_class = RecommendedEntrySerializer
    filterset_fields = ["catalogue", "catalogue__state", "code", "field_code"]
    filter_backends = [filters.DjangoFilterBackend]
    keyset = ("catalogue_id", "id")
    queryset = RecommendedEntry.objects.none()

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return RecommendedEntry.objects.none()
        return RecommendedEntry.objects.visible_to(self.request._request.actor)


class GovernmentFunctionViewSet(viewsets.ReadOnlyModelViewSet):
    """What departments keep, transfer and buy; `?catalogue__state=PUBLISHED` for what holds today."""

    audience = "public"
    serializer_class = GovernmentFunctionSerializer
    filterset_fields = ["catalogue", "catalogue__state", "catalogue__agency", "status", "number"]
    filter_backends = [filters.DjangoFilterBackend]
    keyset = ("catalogue_id", "id")
    queryset = GovernmentFunction.objects.none()

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return GovernmentFunction.objects.none()
        return GovernmentFunction.objects.visible_to(self.request._request.actor)


routes = [
    route("catalogue-versions", CATALOGUE_VERSION, CatalogueVersionSerializer, audience="public",
          filterset_fields=["state", "year", "region", "issuer", "agency", "is_reference"], compared=compared),
    route("catalogue-comments", COMMENT, CatalogueCommentSerializer, audience="public", filterset_fields=["version", "state", "source"]),
    route("out-of-catalogue", OUT_OF_CATALOGUE, OutOfCatalogueSerializer, filterset_class=RequestWords,
          base_queryset=lambda view: OutOfCatalogueRequest.objects.prefetch_related("nearest")),
    ("catalogue-items", CatalogueItemViewSet),
    route("implementation-catalogues", IMPLEMENTATION, ImplementationListSerializer, audience="public",
          filterset_fields=["year", "region", "state"]),
    route("policies", POLICY, PolicySerializer, audience="public", filterset_class=PolicyWords,
          base_queryset=lambda view: Policy.objects.prefetch_related("lines")),
    ("implementation-entries", ImplementationEntryViewSet),
    route("recommended-lists", RECOMMENDED, RecommendedListSerializer, audience="public", filterset_fields=["state", "region"]),
    ("recommended-entries", RecommendedEntryViewSet),
    route("stage-targets", TARGET, StageTargetSerializer, audience="public", filterset_fields=["state", "region", "year", "measure"]),
    route("function-lists", FUNCTIONS, FunctionListSerializer, audience="public", filterset_fields=["state", "agency", "region"]),
    ("government-functions", GovernmentFunctionViewSet),
]
