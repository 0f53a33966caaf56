"""The list of yearly plans and one plan with its items."""
from __future__ import annotations

import django_filters
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
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
from portal.templatetags.marks import day, state_badge, yuan
from portal.workdays.deadlines import Deadline
from portal.workdays.verbs import clocks_of
from portal.workflow import available_actions, creating_actions
from procurement.plans.models import Plan, PlanItem


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
    counted = ~Q(items__state__in=["WITHDRAWN", "CANCELLED", "LAPSED"])
    found = (
        Plan.objects.visible_to(request.actor).select_related("agency")
        .annotate(item_count=Count("items", filter=counted), asked=Sum("items__amount", filter=counted),
                  granted=Sum("items__approved_amount", filter=Q(items__state__in=["APPROVED", "EXECUTED"])))
        .order_by("-year", "-id")
    )
    filterset = PlanFilter(request.GET, queryset=found)
    page = Paginator(filterset.qs, 25).get_page(request.GET.get("page"))
    return render(request, "plans/list.html", {
        "title": _("年度购买计划"), "filter": filterset, "page": page,
        "intro": _("每个购买主体每年一份，11 月 30 日前报送下一年度计划。"),
        "breadcrumbs": [(_("购买计划"), "")],
        "head": [_("购买主体"), {"label": _("年度"), "num": True}, _("状态"), {"label": _("项目"), "num": True, "minor": True},
                 {"label": _("申报金额"), "num": True, "unit": _("元")},
                 {"label": _("批准金额"), "num": True, "unit": _("元"), "minor": True},
                 {"label": _("编号"), "minor": True}],
        "rows": [{"url": plan.get_absolute_url(), "cells": [
            plan.agency.name, plan.year, state_badge({"actor": request.actor}, plan), plan.item_count, yuan(plan.asked or 0),
            yuan(plan.granted), plan.number,
        ]} for plan in page.object_list],
        "actions": [(action.label, action.url, True) for action in creating_actions(Plan, request.actor)],
        "empty_title": _("还没有购买计划"), "empty_text": _("计划编制人新建年度计划后列在这里；公众可查看已公布的计划。"),
    })  # fmt: skip


@audience(PUBLIC)
@require_safe
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan: where it stands, its items, what can be done, its record."""
    found = Plan.objects.visible_to(request.actor).select_related("agency__region").filter(pk=pk).first()
    if found is None:
        raise Http404
    items = list(
        PlanItem.objects.visible_to(request.actor).filter(plan=found)
        .select_related("leaf", "filed_request", "project", "agency").order_by("id")
    )
    for each in items:
        each.plan = found
    official = bool(request.actor.organisation) and request.actor.kind not in ("SUPPLIER", "EXPERTS", "EVALUATOR")
    return render(request, "plans/plan.html", {
        "plan": found, "meta": [found.number, found.agency.name], "items": items, "official": official,
        "actions": available_actions(found, request.actor), "light": light_of(found),
        "total": sum((i.amount for i in items if i.state not in ("WITHDRAWN", "CANCELLED", "LAPSED")), ZERO),
        "approved_total": sum((i.approved_amount or ZERO for i in items if i.state in ("APPROVED", "EXECUTED")), ZERO),
        "entries": Entry.objects.of_subject("plans.plan", found.pk).order_by("-id")[:50] if official else [],
        "new_item_url": new_item_url(found, request.actor),
        "facts": [
            (_("计划编号"), found.number), (_("购买主体"), found.agency.name), (_("报送截止"),
                f"{day(Deadline(found.cut_off).last_day)} 24:00"),
            (_("政府购买服务预算"), yuan(found.service_budget)), (_("部门预算"), yuan(found.department_budget)),
            (_("政府采购预算"), yuan(found.procurement_budget)), (_("差异说明"), found.difference_reason),
            (_("退回理由"), found.sent_back_reason),
        ],
        "breadcrumbs": [(_("购买计划"), reverse("plans:list")), (str(found), "")],
    })  # fmt: skip


def new_item_url(plan: Plan, actor) -> str:
    """Where an item is added, for him who compiles the plan while it is being compiled."""
    if plan.state in ("DRAFTED", "SENT_BACK") and any(action.name == "propose" for action in available_actions(plan, actor)):
        return f"{reverse('plans:new_item')}?plan={plan.pk}"
    return ""


def light_of(plan: Plan) -> tuple[str, str] | None:
    """How long the plan may still wait for its submission, or its publication."""
    running = clocks_of(plan).live().first()
    if running is None:
        return None
    light = running.light(clock.now())
    return light.colour, light.words
