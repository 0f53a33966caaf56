"""Experts, draws, seats, score sheets, price questions, reports and awards for programs."""
from __future__ import annotations

from django.db.models import Prefetch
from rest_framework import serializers, viewsets

from portal.workflow.api import StagedSerializer, route

from . import content, reading, secrecy
from .models import Award, Draw, EvaluationReport, Expert, PanelMember, PriceQuestion, ScoreSheet
from .workflow import AWARD, DRAW, MEMBER, PRICE_QUESTION, REPORT, SHEET


def in_a_list(serializer) -> bool:
    """Whether many are shown at once: what costs a question a row stands on each one's own page alone."""
    return serializer.context["view"].action == "list"


class ExpertSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="user.name")
    region_name = serializers.CharField(source="region.name")

    class Meta:
        model = Expert
        fields = ["id", "number", "name", "employer", "title", "subjects", "region", "region_name", "status", "since"]


class ExpertViewSet(viewsets.ReadOnlyModelViewSet):
    """The library of experts; a purchaser is given who was drawn, it does not browse (R87-29)."""

    audience = "signed-in"
    serializer_class = ExpertSerializer
    lookup_value_regex = r"\d+"

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Expert.objects.none()
        return Expert.objects.visible_to(self.request._request.actor).select_related("user", "region").order_by("number")


class DrawSerializer(StagedSerializer):
    """A draw with what anybody needs to draw again; the seed only once it has been used (R87-29)."""

    tender_number = serializers.CharField(source="tender.number", read_only=True)
    witness_name = serializers.CharField(source="witness.name", read_only=True)
    seed = serializers.SerializerMethodField()
    pool = serializers.SerializerMethodField()
    members = serializers.SerializerMethodField()

    class Meta:
        model = Draw
        fields = [
            "id", "tender", "tender_number", "state", "state_label", "size", "complex_project", "subject", "review_at", "place",
            "witness", "witness_name", "seed_hash", "pool_digest", "witness_words", "opening_digest", "mixed", "seed", "pool",
            "members", "leader",
        ]

    def get_seed(self, draw: Draw) -> str:
        return draw.seed if draw.drawn_at else ""

    def _organiser(self, draw: Draw) -> bool:
        actor = self.context["request"]._request.actor
        return actor.is_system or Draw.objects.filter(secrecy.organised_by(actor, "tender"), pk=draw.pk).exists()

    def get_pool(self, draw: Draw) -> list[dict]:
        return reading.pool_of(draw) if not in_a_list(self) and self._organiser(draw) else []

    def get_members(self, draw: Draw) -> list[dict]:
        if in_a_list(self):
            return []
        actor = self.context["request"]._request.actor
        seen = PanelMember.objects.visible_to(actor).filter(draw=draw).select_related("user").order_by("seat", "id")
        return [{"id": one.pk, "seat": one.seat, "name": one.user.name, "capacity": one.capacity, "state": one.state} for one in seen]


class MemberSerializer(StagedSerializer):
    """A seat. Which tender it is for is told with the acceptance (L7.1)."""

    name = serializers.CharField(source="user.name", read_only=True)
    username = serializers.CharField(source="user.username", read_only=True)
    review_at = serializers.DateTimeField(source="draw.review_at", read_only=True)
    place = serializers.CharField(source="draw.place", read_only=True)
    tender = serializers.SerializerMethodField()
    sheet = serializers.PrimaryKeyRelatedField(source="seen_sheet", read_only=True, default=None)

    class Meta:
        model = PanelMember
        fields = [
            "id", "draw", "seat", "capacity", "name", "username", "state", "state_label", "review_at", "place", "answer_until",
            "tender", "sheet", "statement", "statement_digest",
        ]

    def get_tender(self, member: PanelMember) -> str:
        return member.draw.tender.number if member.state not in ("DRAWN", "DECLINED") else ""


class SheetSerializer(StagedSerializer):
    """A score sheet with its scores and what is still missing."""

    seat = serializers.IntegerField(source="member.seat", read_only=True)
    tender_number = serializers.CharField(source="tender.number", read_only=True)
    scores = serializers.SerializerMethodField()
    missing = serializers.SerializerMethodField()

    class Meta:
        model = ScoreSheet
        fields = ["id", "tender", "tender_number", "member", "seat", "state", "state_label", "saved_at", "comment", "scores", "missing"]

    def get_scores(self, sheet: ScoreSheet) -> list[dict]:
        return [
            {"bid": row.bid_id, "factor": row.factor_id, "points": f"{row.points:f}", "note": row.note} for row in sheet.scores.all()
        ]

    def get_missing(self, sheet: ScoreSheet) -> list[dict]:
        if in_a_list(self):
            return []
        return [{"bid": bid.pk, "factors": [factor.pk for factor in factors]} for bid, factors in content.missing_scores(sheet)]


class QuestionSerializer(StagedSerializer):
    supplier_name = serializers.CharField(source="bid.supplier.name", read_only=True)

    class Meta:
        model = PriceQuestion
        fields = [
            "id", "report", "bid", "supplier_name", "state", "state_label", "triggers", "question", "asked_at", "answer_from", "answer",
            "answered_at",
        ]


class ReportSerializer(StagedSerializer):
    """A report; its content once it is signed."""

    tender_number = serializers.CharField(source="tender.number", read_only=True)
    content = serializers.SerializerMethodField()
    document = serializers.SerializerMethodField()
    signatures = serializers.SerializerMethodField()

    class Meta:
        model = EvaluationReport
        fields = [
            "id", "tender", "tender_number", "state", "state_label", "digest", "content", "document", "signatures", "signed_at",
            "delivered_at",
        ]

    def get_content(self, report: EvaluationReport) -> dict:
        return {} if in_a_list(self) else report.content

    def get_document(self, report: EvaluationReport) -> str | None:
        return report.document.api_url if report.document else None

    def get_signatures(self, report: EvaluationReport) -> list[dict]:
        return [
            {"seat": row.member.seat, "name": row.member.user.name, "dissent": row.dissent, "at": row.at}
            for row in report.signatures.all() if row.void_at is None
        ]


class AwardSerializer(StagedSerializer):
    """An award; the letter only for those who may read it, the scoring data for everybody."""

    tender_number = serializers.CharField(source="tender.number", read_only=True)
    supplier_name = serializers.CharField(source="supplier.name", read_only=True)
    notice_number = serializers.CharField(source="notice.number", read_only=True, default=None)
    scoring = serializers.SerializerMethodField()
    letter = serializers.SerializerMethodField()

    class Meta:
        model = Award
        fields = [
            "id", "tender", "tender_number", "lot", "report", "supplier", "supplier_name", "bid", "amount", "rank", "score", "state",
            "state_label", "deemed", "decide_until", "decided_at", "announced_at", "notice_number", "scoring", "letter", "end_code",
        ]

    def get_scoring(self, award: Award) -> str | None:
        return award.scoring.api_url if award.scoring else None

    def get_letter(self, award: Award) -> str | None:
        actor = self.context["request"]._request.actor
        mine = actor.organisation_id in (award.supplier_id, award.tender.agency_id)
        return award.letter.api_url if award.letter and mine else None


def _members(self):
    """Seats with the sheet the reader may see."""
    seen = Prefetch("sheet", queryset=ScoreSheet.objects.visible_to(self.request._request.actor), to_attr="seen_sheet")
    return PanelMember.objects.select_related("draw__tender", "user").prefetch_related(seen)


def _with(*related, prefetch=()):
    return lambda self: self.lifecycle.model.objects.select_related(*related).prefetch_related(*prefetch)


routes = [
    ("experts", ExpertViewSet),
    route("draws", DRAW, DrawSerializer, base_queryset=_with("tender", "witness")),
    route("panel-members", MEMBER, MemberSerializer, base_queryset=_members),
    route("score-sheets", SHEET, SheetSerializer, base_queryset=_with("tender", "member", prefetch=("scores",))),
    route("price-questions", PRICE_QUESTION, QuestionSerializer, base_queryset=_with("bid__supplier")),
    route("evaluation-reports", REPORT, ReportSerializer,
          base_queryset=_with("tender", "document", prefetch=("signatures__member__user",))),
    route("awards", AWARD, AwardSerializer, base_queryset=_with("tender", "supplier", "notice", "scoring", "letter")),
]
