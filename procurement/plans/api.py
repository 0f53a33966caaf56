"""Plans, items, review steps, meetings and projects for programs: the same verbs, scope and refusals as the pages."""
from __future__ import annotations

import re

from django.urls import path
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from catalogue.scope import QUESTIONS
from portal import clock
from portal.workflow.api import StagedSerializer, route

from .adjusting import changes_of as adjusted_fields
from .api_filters import IntentionWords, ItemWords, PlanWords, StepWords
from .api_totals import PlanTotalsView
from .batch import MOST, ROWS, act_on_several, form_of
from .carrying import waiting
from .content import changes_of
from .listed import lacking
from .models import (
    Adjustment,
    AgendaItem,
    CostFactor,
    FundingSource,
    Indicator,
    Intention,
    LeadingGroup,
    LeadingGroupMember,
    Meeting,
    MeetingMember,
    Plan,
    PlanItem,
    PlanWorkbook,
    Project,
    ReviewComment,
    ReviewStep,
    YearAmount,
)
from .progress import WATCHING, agencies_of, plans_of
from .views.progress import ProgressFilter
from .visibility import official
from .workflow import ADJUSTMENT, COMMENT, HOLD, INTENTION, ITEM, LEADING_GROUP, MEETING, PLAN, PROJECT, STEP, WORKBOOK


class PlanSerializer(StagedSerializer):
    agency_name = serializers.CharField(source="agency.name", read_only=True)

    class Meta:
        model = Plan
        fields = [
            "id", "number", "agency", "agency_name", "year", "state", "state_label", "state_since", "cut_off",
            "lapses_at", "service_budget",
            "department_budget", "procurement_budget", "difference_reason", "carry_reason", "sent_back_reason", "submitted_at",
            "decided_at", "published_at",
        ]  # fmt: skip
        read_only_fields = fields


class FactorSerializer(serializers.ModelSerializer):
    class Meta:
        model = CostFactor
        fields = ["factor", "unit_amount", "basis"]


class SourceSerializer(serializers.ModelSerializer):
    class Meta:
        model = FundingSource
        fields = ["kind", "level", "name", "amount"]


class YearSerializer(serializers.ModelSerializer):
    class Meta:
        model = YearAmount
        fields = ["year", "amount", "approved_amount"]


class IndicatorSerializer(serializers.ModelSerializer):
    class Meta:
        model = Indicator
        fields = ["category", "group", "name", "direction", "target", "unit", "weight", "source"]


class PlanItemSerializer(StagedSerializer):
    """An item with its rows."""

    factors = FactorSerializer(many=True, read_only=True)
    sources = SourceSerializer(many=True, read_only=True)
    years = YearSerializer(many=True, read_only=True)
    indicators = IndicatorSerializer(many=True, read_only=True)
    project_number = serializers.CharField(source="project.number", read_only=True, default=None)

    class Meta:
        model = PlanItem
        fields = [
            "id", "plan", "agency", "year", "route", "carried_from", "project", "project_number", "round", "state", "state_label",
            "state_since", "title", "leaf", "filed_request", "listed", "function",
            "kind", "posts", "content", "objective", "quantity", "unit", "unit_price", "periods", "amount", "guide_price", "price_reason",
            "basic_public_service", "national_standard",
            *(name for question in QUESTIONS for name in (question.name, question.reason)),
            "wording_question", "wording_cleared", "wording_overruled", "secret", "security",
            "scheme", "assessment", "supplier_conditions", "sme_policy",
            "sme_statement", "method",
            "term_months", "starts_on", "budget_guaranteed", "content_fixed", "continuous", "funding_stable", "price_stable", "survey",
            "risk_list", "public_opinion", "evaluation_standard", "predecessor", "result_response", "urgency", "existing_line",
            "no_extra_expenditure", "adjustment_document", "approved_amount", "decision_reason", "submitted_at", "approved_at", "factors",
            "sources", "years", "indicators",
        ]  # fmt: skip
        read_only_fields = fields

class ReviewStepSerializer(StagedSerializer):
    item_title = serializers.CharField(source="item.title", read_only=True)
    plan = serializers.IntegerField(source="item.plan_id", read_only=True)
    department_name = serializers.CharField(source="department.name", read_only=True)

    class Meta:
        model = ReviewStep
        fields = [
            "id", "item", "item_title", "plan", "round", "group", "kind", "department", "department_name", "state", "state_label",
            "state_since", "limit_at", "idle_until", "escalations", "opinion", "reason_codes", "decided_at",
        ]  # fmt: skip
        read_only_fields = fields


class CommentSerializer(StagedSerializer):
    field_label = serializers.CharField(read_only=True)

    class Meta:
        model = ReviewComment
        fields = ["id", "item", "step", "field", "field_label", "text", "answer", "state", "state_label", "state_since", "answered_at",
                  "resolved_at"]  # fmt: skip
        read_only_fields = fields


class AgendaSerializer(serializers.ModelSerializer):
    class Meta:
        model = AgendaItem
        fields = ["id", "order", "item", "version", "state", "decision", "approved_amount", "reason", "not_applied"]


class MemberSerializer(serializers.ModelSerializer):
    class Meta:
        model = MeetingMember
        fields = ["id", "organisation_name", "name", "present"]


class MeetingSerializer(StagedSerializer):
    agenda = AgendaSerializer(many=True, read_only=True)
    members = MemberSerializer(many=True, read_only=True)

    class Meta:
        model = Meeting
        fields = [
            "id", "number", "title", "scheduled_at", "place", "state", "state_label", "state_since", "supplement", "agenda", "members",
        ]  # fmt: skip
        read_only_fields = fields


class LeadingMemberSerializer(serializers.ModelSerializer):
    class Meta:
        model = LeadingGroupMember
        fields = ["place", "name", "post"]


class LeadingGroupSerializer(StagedSerializer):
    """Who leads in a region, and the office that is asked (S-184)."""

    region_name = serializers.CharField(source="region.name", read_only=True)
    office_name = serializers.CharField(source="office.name", read_only=True)
    members = LeadingMemberSerializer(many=True, read_only=True)

    class Meta:
        model = LeadingGroup
        fields = [
            "id", "region", "region_name", "title", "founded_by", "office", "office_name", "section", "director", "contact", "phone",
            "address", "state", "state_label", "state_since", "members",
        ]  # fmt: skip
        read_only_fields = fields


class ProjectSerializer(StagedSerializer):
    agency_name = serializers.CharField(source="agency.name", read_only=True)

    class Meta:
        model = Project
        fields = [
            "id", "number", "title", "agency", "agency_name", "year", "amount", "leaf", "leaf_name", "state", "state_label", "state_since",
            "is_history", "as_of", "rules_as_of",
        ]  # fmt: skip
        read_only_fields = fields


class HoldSerializer(StagedSerializer):
    class Meta:
        model = HOLD.model
        fields = ["id", "project", "scope", "cause", "ends_at", "state", "state_label", "state_since"]
        read_only_fields = fields


class IntentionSerializer(StagedSerializer):
    """An intention as everybody reads it: budget in yuan, month as its first day, the first day on which it may start."""

    agency_name = serializers.CharField(source="agency.name", read_only=True)
    project_number = serializers.CharField(source="project.number", read_only=True)
    notice_number = serializers.CharField(source="notice.number", read_only=True, default=None)
    may_start_on = serializers.DateField(read_only=True)

    class Meta:
        model = Intention
        fields = [
            "id", "project", "project_number", "agency", "agency_name", "title", "outline", "budget", "expected", "remark", "required",
            "basis", "version", "notice_number", "state", "state_label", "state_since", "published_at", "may_start_on", "shortened",
            "shorten_reason", "waive_code", "end_reason", "followed_at",
        ]  # fmt: skip
        read_only_fields = fields


class AdjustmentSerializer(StagedSerializer):
    """One change of an approved plan: the money and every changed field before and after."""

    agency_name = serializers.CharField(source="agency.name", read_only=True)
    item_title = serializers.CharField(source="item.title", read_only=True)
    project_number = serializers.CharField(source="project.number", read_only=True)
    number = serializers.CharField(read_only=True)
    difference = serializers.DecimalField(max_digits=14, decimal_places=2, read_only=True)

    class Meta:
        model = Adjustment
        fields = [
            "id", "number", "item", "item_title", "project", "project_number", "agency", "agency_name", "year", "kind", "reason_code",
            "reason", "amount_before", "amount_after", "difference", "granted_years", "by_head", "opinion", "document", "decision_reason",
            "state", "state_label", "state_since", "submitted_at", "reviewed_at", "applied_at",
        ]  # fmt: skip
        read_only_fields = fields

    def to_representation(self, adjustment) -> dict:
        """What finance said of it is the government's own."""
        shown = super().to_representation(adjustment)
        if official(self.context["request"]._request.actor) is None:
            for name in ("opinion", "document", "decision_reason"):
                del shown[name]
        return shown


def describe_adjustment(viewset, adjustment) -> dict:
    """One adjustment with both versions, field by field."""
    described = super(type(viewset), viewset).described(adjustment)
    described["changes"] = [change.as_dict() for change in adjusted_fields(adjustment)]
    return described


class WorkbookSerializer(StagedSerializer):
    problems = serializers.ListField(source="problem_texts", read_only=True)

    class Meta:
        model = PlanWorkbook
        fields = [
            "id", "plan", "agency", "state", "state_label", "state_since", "progress", "file_digest", "rows_digest", "item_count",
            "error_count", "gap_count", "total", "problems", "committed_at",
        ]  # fmt: skip
        read_only_fields = fields


def describe_meeting(viewset, meeting) -> dict:
    """One meeting; for those who sit in it also its papers, the newest edition first, with the address of their bytes (S-185)."""
    described = super(type(viewset), viewset).described(meeting)
    if Meeting.objects.sat_by(viewset.request._request.actor).filter(pk=meeting.pk).exists():
        described["papers"] = [
            {"edition": paper.edition, "volume": paper.volume, "matters": paper.matters, "made_at": paper.made_at,
             "replaced_at": paper.replaced_at, "name": paper.document.name, "ready": paper.document.is_ready,
             "digest": paper.document.digest, "content": paper.document.api_url}
            for paper in meeting.papers.select_related("document")[:25]
        ]  # fmt: skip
    return described


def describe_workbook(viewset, book) -> dict:
    """One workbook with its first faults, cell by cell: at most two hundred."""
    from .workbooks.checking import Checker
    from .workbooks.correcting import checked

    described = super(type(viewset), viewset).described(book)
    wrong = list(book.staged_rows.filter(errors__gt=0).order_by("number")[:50]) if book.state == "READ" else []
    checker = Checker(book) if wrong else None
    described["findings"] = [
        {"row": row.number, "cell": finding.cell, "level": finding.level, **finding.refusal.as_dict()}
        for row in wrong for finding in checked(checker, row).findings
    ][:200]
    return described


def describe_plan(viewset, plan) -> dict:
    """One plan: while it is being compiled, the running projects that wait to be carried into it (CAR-02)."""
    described = super(type(viewset), viewset).described(plan)
    own = official(viewset.request._request.actor) is not None
    described["running"] = [
        {"project": each.project.pk, "number": each.project.number, "title": each.project.title, "amount": f"{each.amount:.2f}",
         "grade": each.outcome.grade if each.outcome else None}
        for each in (waiting(plan) if own else [])
    ]  # fmt: skip
    return described


def describe(viewset, item) -> dict:
    """One item: while it is being written, everything that is still missing."""
    described = super(type(viewset), viewset).described(item)
    described["changes"] = [change.as_dict() for change in changes_of(item)]
    described["missing"] = [refusal.as_dict() for refusal in lacking(item)] if item.state in ("DRAFTED", "SENT_BACK") else []
    return described


def describe_step(viewset, step) -> dict:
    """One step: from the second round on what the item says otherwise than when it was sent back (S-172)."""
    described = super(type(viewset), viewset).described(step)
    described["changes"] = [change.as_dict() for change in changes_of(step.item)] if step.round > 1 else []
    return described


@action(detail=False, methods=["post"], url_path="several")
def decide_several(viewset, request):
    """Do one row (`act`: claim, approve, send_back or release) to several `steps`; answers with the outcome of each.

    Each step is its own act: what is refused is named with its reasons, the others are done. At most 100.
    """
    given, actor = viewset.given(), request._request.actor
    name = given.get("act")
    steps = given.getlist("steps") if hasattr(given, "getlist") else given.get("steps")
    if name not in ROWS or not isinstance(steps, list) or not 0 < len(steps) <= MOST:
        raise serializers.ValidationError({"detail": _("act 须是 claim、approve、send_back、release 之一；steps 列出 1 至 100 个环节。")})
    if not all(str(key).isdecimal() and len(str(key)) < 19 for key in steps):
        raise serializers.ValidationError({"detail": _("steps 只列环节的编号。")})
    form = form_of(name, actor, given)
    if not form.is_valid():
        raise serializers.ValidationError({"errors": form.errors.get_json_data()})
    outcomes = act_on_several(actor, [int(key) for key in steps], name, form.cleaned_data)
    return Response({"act": name, "done": sum(outcome.done for outcome in outcomes), "outcomes": [each.as_dict() for each in outcomes]})


@action(detail=False, methods=["get"], url_path="progress", words=tuple(ProgressFilter.base_filters))
def plans_progress(viewset, request):
    """The agencies of the caller's region with their plan of a `year` (default: the coming one), what is wanting first (R-001).

    Narrowed like the page, by words of the name (`q`) and `standing`: missing, compiling or handed_in.
    """
    actor = request._request.actor
    if not actor.has(*WATCHING):
        raise PermissionDenied
    given = request.query_params.get("year", "")
    if given and not re.fullmatch("[12][0-9]{3}", given):
        raise serializers.ValidationError({"year": [_("年度须是四位数字。")]})
    year = int(given) if given else clock.today().year + 1
    filterset = ProgressFilter(request.query_params, queryset=agencies_of(actor, year))
    if not filterset.is_valid():
        raise serializers.ValidationError(filterset.errors)
    page = viewset.paginate_queryset(filterset.qs)
    plans = plans_of(page, year)
    return viewset.get_paginated_response([_standing(agency, plans.get(agency.pk)) for agency in page])


def _standing(agency, plan) -> dict:
    return {
        "agency": agency.pk, "agency_name": agency.name, "begun": agency.begun, "handed_in": agency.handed_in,
        "plan": plan.pk if plan else None, "state": plan.state if plan else None, "submitted_at": plan.submitted_at if plan else None,
        "items": plan.item_count if plan else 0, "asked": f"{plan.asked or 0:.2f}" if plan else None,
    }


def _with(model, *related, rows=()):
    """The rows of a list with what its serializer reads, in a constant number of queries."""
    return lambda self: model.objects.select_related(*related).prefetch_related(*rows)


routes = [
    route("plans", PLAN, PlanSerializer, described=describe_plan, base_queryset=_with(Plan, "agency"), plans_progress=plans_progress,
          filterset_class=PlanWords),
    route("plan-items", ITEM, PlanItemSerializer, described=describe,
          base_queryset=_with(PlanItem, "project", "agency", "leaf__version", "predecessor",
                              rows=("factors", "sources", "years", "indicators")),
          filterset_class=ItemWords),
    route("plan-adjustments", ADJUSTMENT, AdjustmentSerializer, described=describe_adjustment,
          base_queryset=_with(Adjustment, "item", "project", "agency__region"),
          filterset_fields=["item", "project", "agency", "year", "kind", "state"]),
    route("plan-workbooks", WORKBOOK, WorkbookSerializer, described=describe_workbook,
          base_queryset=_with(PlanWorkbook, "plan__agency__region", "agency__region", "document"), filterset_fields=["plan", "state"]),
    route("review-steps", STEP, ReviewStepSerializer, base_queryset=_with(ReviewStep, "item", "department"), described=describe_step,
          several=None, decide_several=decide_several, filterset_class=StepWords),
    route("review-comments", COMMENT, CommentSerializer, base_queryset=_with(ReviewComment, "item__agency__region", "step"),
          filterset_fields=["item", "step", "state", "field"]),
    route("meetings", MEETING, MeetingSerializer, described=describe_meeting,
          base_queryset=_with(Meeting, rows=("agenda", "members")), filterset_fields=["state"]),
    route("leading-groups", LEADING_GROUP, LeadingGroupSerializer, base_queryset=_with(LeadingGroup, "region", "office", rows=("members",)),
          filterset_fields=["state", "region"], audience="public"),
    route("projects", PROJECT, ProjectSerializer, base_queryset=_with(Project, "agency"),
          filterset_fields=["number", "year", "state", "agency"], audience="public"),
    route("intentions", INTENTION, IntentionSerializer, base_queryset=_with(Intention, "agency", "project", "notice"),
          filterset_class=IntentionWords, audience="public"),
    route("holds", HOLD, HoldSerializer, filterset_fields=["project", "state"]),
]  # fmt: skip
urlpatterns = [path("plan-totals/", PlanTotalsView.as_view(), name="plan-totals")]
