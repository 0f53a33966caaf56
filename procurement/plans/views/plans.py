"""The list of yearly plans and one plan with its items."""
from __future__ import annotations

from collections.abc import Iterable

import django_filters
from django.db.models import Count, F, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portal import clock
from portal.accounts.access import PUBLIC, audience
from portal.audit.models import Entry
from portal.money import ZERO
from portal.paging import page_of
from portal.templatetags.marks import day, state_badge, yuan
from portal.workdays.deadlines import Deadline
from portal.workdays.verbs import clocks_of
from portal.workflow import Action, available_actions, creating_actions
from procurement.plans import adjusting, carrying, visibility
from procurement.plans.models import Plan, PlanItem, PlanItemQuerySet

from .progress import progress_link

#: What is worth looking at in a list of items: name, words, condition (S-172, S-30, R102-28).
FAULTS = (
    ("gaps", gettext_lazy("待补"), Q(state__in=["DRAFTED", "SENT_BACK"], gap_count__gt=0)),
    ("price", gettext_lazy("高于指导价"), Q(unit_price__gt=F("guide_price"))),
    ("term", gettext_lazy("期限超过一年"), Q(term_months__gt=12)),
    ("continued", gettext_lazy("延续上期项目"), Q(predecessor__isnull=False)),
)


MOST_ADJUSTED = 200  # of a year, on the page of its plan; the list has them all

#: What a plan without items comes to.
NOTHING = {"items": 0, "asked": None, "granted": None}


def totals_of(plans: Iterable[Plan]) -> dict[int, dict]:
    """Items of each plan and what they come to, asked and granted in yuan; one query, answered by an index alone."""
    counted = ~Q(state__in=["WITHDRAWN", "CANCELLED", "LAPSED"])
    rows = PlanItem.objects.filter(plan__in=[plan.pk for plan in plans]).order_by().values("plan").annotate(
        items=Count("state", filter=counted), asked=Sum("amount", filter=counted),
        granted=Sum("approved_amount", filter=Q(state__in=["APPROVED", "EXECUTED"])),
    )
    return {row.pop("plan"): row for row in rows}


class PlanFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=gettext_lazy("单位、编号"), method="search")
    year = django_filters.NumberFilter(label=gettext_lazy("年度"))
    state = django_filters.ChoiceFilter(label=gettext_lazy("状态"), choices=Plan.State.choices, empty_label=gettext_lazy("全部状态"))

    class Meta:
        model = Plan
        fields = ["q", "year", "state"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(agency__name__icontains=value) | Q(agency__short_name__icontains=value) | Q(number__icontains=value))


@audience(PUBLIC)
@require_safe
def plan_list(request: HttpRequest) -> HttpResponse:
    """Plans the reader may see, the newest year first."""
    found = Plan.objects.visible_to(request.actor).select_related("agency").order_by("-year", "-id")
    filterset = PlanFilter(request.GET, queryset=found)
    page = page_of(filterset.qs, request.GET.get("page"))
    sums = totals_of(page.object_list)
    return render(request, "plans/list.html", {
        "title": _("年度购买计划"), "filter": filterset, "page": page,
        "intro": _("每个购买主体每年一份，11 月 30 日前报送下一年度计划。"),
        "breadcrumbs": [(_("购买计划"), "")],
        "head": [_("购买主体"), {"label": _("年度"), "num": True}, _("状态"), {"label": _("项目"), "num": True, "minor": True},
                 {"label": _("申报金额"), "num": True, "unit": _("元")},
                 {"label": _("批准金额"), "num": True, "unit": _("元"), "minor": True},
                 {"label": _("编号"), "minor": True}],
        "rows": [{"url": plan.get_absolute_url(), "cells": [
            plan.agency.name, plan.year, state_badge({"actor": request.actor}, plan), total["items"], yuan(total["asked"] or 0),
            yuan(total["granted"]), plan.number,
        ]} for plan in page.object_list for total in [sums.get(plan.pk, NOTHING)]],
        "actions": [*progress_link(request.actor), *((each.label, each.url, True) for each in creating_actions(Plan, request.actor)),
                    *adjustments_link(request.actor), (_("年度汇总"), reverse("plans:totals"))],
        "empty_title": _("还没有购买计划"), "empty_text": _("计划编制人新建年度计划后列在这里；公众可查看已公布的计划。"),
    })  # fmt: skip


class ItemFilter(django_filters.FilterSet):
    """What a list of items can be narrowed to; what is wrong with them is the government's own to see."""

    q = django_filters.CharFilter(label=gettext_lazy("项目名称、编号"), method="search")
    state = django_filters.ChoiceFilter(label=gettext_lazy("状态"), choices=PlanItem.State.choices, empty_label=gettext_lazy("全部状态"))
    kind = django_filters.ChoiceFilter(label=gettext_lazy("种类"), choices=PlanItem.Kind.choices, empty_label=gettext_lazy("全部种类"))
    fault = django_filters.ChoiceFilter(label=gettext_lazy("要留意的"), method="faulty", empty_label=gettext_lazy("不限"), choices=[
        (key, label) for key, label, _condition in FAULTS])

    class Meta:
        model = PlanItem
        fields = ["q", "state", "kind", "fault"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(title__icontains=value) | Q(project__number__icontains=value))

    def faulty(self, queryset, name, value):
        return queryset.filter(next(condition for key, _label, condition in FAULTS if key == value))


class PublicItemFilter(ItemFilter):
    fault = None

    class Meta(ItemFilter.Meta):
        fields = ["q", "state", "kind"]


def is_official(actor) -> bool:
    """Whether somebody looks with the eyes of government."""
    return bool(actor.organisation) and actor.kind not in ("SUPPLIER", "EXPERTS", "EVALUATOR")


@audience(PUBLIC)
@require_safe
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan: where it stands, its items page by page, what can be done, its record."""
    actor = request.actor
    found = Plan.objects.visible_to(actor).select_related("agency__region").filter(pk=pk).first()
    if found is None:
        raise Http404
    official = is_official(actor)
    items = PlanItem.objects.visible_to(actor).filter(plan=found)
    filterset = (ItemFilter if official else PublicItemFilter)(request.GET, queryset=items)
    chosen = filterset.qs.select_related("leaf", "filed_request", "project", "agency").order_by("id")
    sums, narrowed = sums_of(items), any(request.GET.get(name) for name in filterset.filters)
    actions = available_actions(found, actor)
    return render(request, "plans/plan.html", {
        "plan": found, "meta": [found.number, found.agency.name], "official": official, "actions": actions, "light": light_of(found),
        "filter": filterset, "page": page_of(chosen, request.GET.get("page")), "sums": sums, "narrowed": narrowed,
        "chosen": sums_of(filterset.qs) if narrowed else sums,
        "entries": record_of(found) if official else [],
        "new_item_url": new_item_url(found, actions), "adjusted": adjusted_of(actor, found),
        "running": carrying.waiting(found) if official else [],
        "facts": [
            (_("计划编号"), found.number), (_("购买主体"), found.agency.name), (_("报送截止"),
                f"{day(Deadline(found.cut_off).last_day)} 24:00"),
            (_("政府购买服务预算"), yuan(found.service_budget)), (_("部门预算"), yuan(found.department_budget)),
            (_("政府采购预算"), yuan(found.procurement_budget)), (_("差异说明"), found.difference_reason),
            (_("退回理由"), found.sent_back_reason),
        ],
        "breadcrumbs": [(_("购买计划"), reverse("plans:list")), (str(found), "")],
    })  # fmt: skip


def record_of(plan: Plan) -> list[Entry]:
    """What was done to the plan and which workbooks were put into it, newest first."""
    books = [str(key) for key in plan.workbooks.filter(state="COMMITTED").order_by("-pk").values_list("pk", flat=True)[:50]]
    found = Q(lifecycle="plans.plan", subject=str(plan.pk))
    if books:
        found |= Q(lifecycle="plans.workbook", transition="commit", subject__in=books)
    return list(Entry.objects.filter(found).order_by("-id")[:50])


def adjustments_link(actor) -> list[tuple]:
    """The list of adjustments, which is the government's own; everybody reads them at the plan."""
    return [(_("计划调整"), reverse("plans:adjustments"))] if visibility.official(actor) is not None else []


def adjusted_of(actor, plan: Plan) -> list[dict]:
    """What was changed, added and cancelled since the plan was approved; a newer plan holds none."""
    if plan.state not in ("SUBMITTED", "DECIDED", "PUBLISHED", "CLOSED"):
        return []
    return [{"adjustment": each, "what": adjusting.summary_of(each)} for each in adjusting.of_plan(actor, plan)[:MOST_ADJUSTED]]


def sums_of(items: PlanItemQuerySet) -> dict:
    """How many items, how many lack something, what they ask and what was granted, in yuan; one query."""
    alive = ~Q(state__in=["WITHDRAWN", "CANCELLED", "LAPSED"])
    found = items.order_by().aggregate(
        count=Count("pk"), gaps=Count("pk", filter=FAULTS[0][2]), asked=Sum("amount", filter=alive),
        granted=Sum("approved_amount", filter=Q(state__in=["APPROVED", "EXECUTED"])),
    )
    return {**found, "asked": found["asked"] or ZERO, "granted": found["granted"] or ZERO}


def new_item_url(plan: Plan, actions: list[Action]) -> str:
    """Where an item is added, for him who compiles the plan while it is being compiled."""
    if plan.state in ("DRAFTED", "SENT_BACK") and any(action.name == "propose" for action in actions):
        return f"{reverse('plans:new_item')}?plan={plan.pk}"
    return ""


def light_of(plan: Plan) -> tuple[str, str] | None:
    """How long the plan may still wait for its submission, or its publication."""
    running = clocks_of(plan).live().first()
    if running is None:
        return None
    light = running.light(clock.now())
    return light.colour, light.words
