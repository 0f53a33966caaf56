"""Evaluation for programs: engagements, assessments, uses of results."""
from __future__ import annotations

from django.urls import path
from rest_framework import serializers

from portal.files.models import Document
from portal.workflow.api import StagedSerializer, route

from .api_next_year import NextYearView
from .models import Assessment, Computation, Declaration, Engagement, EngagementScore, EvidencePiece, ResultUse, Score
from .views.engagement import EngagementFilter, may_see_work
from .views.results import AssessmentFilter, UseFilter
from .workflow import ASSESSMENT, ENGAGEMENT, USE


class DeclarationSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="user.name")

    class Meta:
        model = Declaration
        fields = ("name", "has_tie", "declared_at")


class EvidenceSerializer(serializers.ModelSerializer):
    indicator = serializers.CharField(source="indicator.code")
    organisation = serializers.CharField(source="organisation.name")
    digest = serializers.CharField(source="document.digest", default="")

    class Meta:
        model = EvidencePiece
        fields = ("indicator", "available", "text", "organisation", "digest", "added_at")


class EngagementScoreSerializer(serializers.ModelSerializer):
    indicator = serializers.CharField(source="indicator.code")

    class Meta:
        model = EngagementScore
        fields = ("party", "indicator", "value", "reason")


class EngagementSerializer(StagedSerializer):
    """An engagement; the fee in yuan."""

    evaluator_name = serializers.CharField(source="evaluator.name", read_only=True)
    contract_number = serializers.CharField(source="contract.number", read_only=True)

    class Meta:
        model = Engagement
        fields = (
            "id", "state", "state_label", "contract", "contract_number", "scheme", "evaluator", "evaluator_name", "period_from",
            "period_until", "fee", "choice", "object", "method", "sample", "report_due", "recipients_asked", "recipients_answered",
            "recipients_method", "recipients_absent", "draft", "purchaser_reply", "supplier_reply", "purchaser_answer",
            "supplier_answer", "conclusion", "suggestions", "quality", "end_reason", "engaged_at", "reported_at",
        )  # fmt: skip


def describe_engagement(viewset, engagement) -> dict:
    """One engagement with declarations and papers; scores and evidence for those who may see the work."""
    actor = viewset.request._request.actor
    described = super(type(viewset), viewset).described(engagement)
    described["declarations"] = DeclarationSerializer(engagement.declarations.select_related("user"), many=True).data
    if may_see_work(engagement, actor):
        evidence = engagement.evidence.select_related("indicator", "organisation", "document")
        described["evidence"] = EvidenceSerializer(evidence, many=True).data
        described["scores"] = EngagementScoreSerializer(engagement.scores.select_related("indicator"), many=True).data
    papers = Document.objects.visible_to(actor).of_subject(engagement)
    described["documents"] = [
        {"kind": paper.kind, "name": paper.name, "ready": paper.is_ready, "digest": paper.digest, "url": paper.api_url} for paper in papers
    ]
    return described


class ScoreSerializer(serializers.ModelSerializer):
    indicator = serializers.CharField(source="indicator.code")

    class Meta:
        model = Score
        fields = ("party", "indicator", "value", "reason")


class ComputationSerializer(serializers.ModelSerializer):
    class Meta:
        model = Computation
        fields = ("version", "score", "exact", "grade", "cause", "made_at", "detail")


class AssessmentSerializer(StagedSerializer):
    """A result; `exact` is the score without rounding, a decimal or a fraction."""

    class Meta:
        model = Assessment
        fields = (
            "id", "state", "state_label", "number", "contract", "scheme", "engagement", "period_from", "period_until", "version",
            "score", "exact", "grade", "without_recipients", "dispute_reason", "review_opinion", "summary", "void_reason", "served_at",
            "confirmed_at", "published_at",
        )  # fmt: skip


def describe_assessment(viewset, assessment) -> dict:
    """One result with every version of its sum, and its uses."""
    actor = viewset.request._request.actor
    described = super(type(viewset), viewset).described(assessment)
    described["computations"] = ComputationSerializer(assessment.computations.all(), many=True).data
    uses = ResultUse.objects.visible_to(actor).with_names().filter(assessment=assessment).order_by("id")
    described["uses"] = [{"id": use.pk, "kind": use.kind, "state": use.state, "percent": use.percent, "amount": use.amount} for use in uses]
    return described


class ResultUseSerializer(StagedSerializer):
    """One use of a result; the amount in yuan."""

    citation = serializers.CharField(read_only=True)

    class Meta:
        model = ResultUse
        fields = (
            "id", "state", "state_label", "assessment", "kind", "percent", "amount", "reason", "citation", "effect_reference", "undone",
            "applied_at", "waived_at", "revoked_at",
        )  # fmt: skip


routes = [
    route("engagements", ENGAGEMENT, EngagementSerializer, described=describe_engagement, filterset_class=EngagementFilter,
          base_queryset=lambda viewset: Engagement.objects.with_names().order_by("-id")),
    route("assessments", ASSESSMENT, AssessmentSerializer, described=describe_assessment, filterset_class=AssessmentFilter,
          base_queryset=lambda viewset: Assessment.objects.with_names().order_by("-id")),
    route("result-uses", USE, ResultUseSerializer, filterset_class=UseFilter,
          base_queryset=lambda viewset: ResultUse.objects.with_names().order_by("-id")),
]
urlpatterns = [path("next-year/<int:year>/", NextYearView.as_view(), name="next-year")]
