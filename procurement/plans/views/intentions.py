"""Intentions: the public list and page, their workbook, and the page at which an agency works on one."""
from __future__ import annotations

from datetime import date

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portal import clock, qr
from portal.accounts.access import PUBLIC, SIGNED_IN, audience
from portal.accounts.models import Region
from portal.audit.models import Entry
from portal.paging import page_of
from portal.reports.workbook import CONTENT_TYPE, Column, render_xlsx
from portal.rules.register import rule
from portal.templatetags.marks import badge, state_badge, yuan
from portal.workdays.verbs import clocks_of
from portal.workflow import available_actions, creating_actions
from procurement.plans import announcing
from procurement.plans.models import Intention, IntentionVersion
from procurement.plans.models.intention import TEXT
from procurement.plans.workflow.intention import WAIVE_REASONS

S = Intention.State
MOST_ROWS = 5_000  # of a workbook that anybody may take
#: What the public list and its workbook read of an intention.
BESIDE = ("agency__region", "project", "notice")
COLUMNS = [
    Column("order", gettext_lazy("序号"), "integer", 8), Column("title", gettext_lazy("采购项目名称"), width=36),
    Column("outline", gettext_lazy("采购需求概况"), width=60), Column("budget", gettext_lazy("预算金额（元）"), "money"),
    Column("expected", gettext_lazy("预计采购时间"), width=14), Column("remark", gettext_lazy("备注"), width=24),
    Column("agency", gettext_lazy("购买主体"), width=26), Column("region", gettext_lazy("地区"), width=14),
    Column("published", gettext_lazy("公开时间"), "moment"), Column("start", gettext_lazy("最早启动"), "date", 14),
    Column("state", gettext_lazy("状态"), width=14), Column("notice", gettext_lazy("公告编号"), width=22),
]  # fmt: skip


class PublicIntentionFilter(django_filters.FilterSet):
    """Words, region with all below it, the months for which purchases are announced, where they stand."""

    q = django_filters.CharFilter(label=gettext_lazy("查找"), method="search", max_length=60)
    region = django_filters.ModelChoiceFilter(
        label=gettext_lazy("地区"), queryset=Region.objects.all(), to_field_name="code", method="within",
        empty_label=gettext_lazy("全部地区"),
    )
    since = django_filters.DateFilter(
        label=gettext_lazy("预计采购自"), field_name="expected", lookup_expr="gte", input_formats=["%Y-%m", "%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
    )
    until = django_filters.DateFilter(
        label=gettext_lazy("至"), field_name="expected", lookup_expr="lte", input_formats=["%Y-%m", "%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
    )
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), empty_label=gettext_lazy("全部状态"),
        choices=[(S.PUBLISHED, gettext_lazy("意向公开中")), (S.FOLLOWED, S.FOLLOWED.label), (S.WITHDRAWN, gettext_lazy("采购意向取消"))],
    )

    class Meta:
        model = Intention
        fields = ["q", "region", "since", "until", "state"]

    def search(self, queryset, name, value):
        for word in value.split()[:5]:
            queryset = queryset.filter(Q(title__icontains=word) | Q(outline__icontains=word) | Q(agency__name__icontains=word))
        return queryset

    def within(self, queryset, name, value):
        return queryset.filter(agency__region__path__startswith=value.path)


class IntentionFilter(django_filters.FilterSet):
    """The work list: words, state, and what finance and audit look for."""

    q = django_filters.CharFilter(label=gettext_lazy("项目名称、编号"), method="search", max_length=60)
    state = django_filters.ChoiceFilter(label=gettext_lazy("状态"), choices=S.choices, empty_label=gettext_lazy("全部状态"))
    shortened = django_filters.ChoiceFilter(
        label=gettext_lazy("提前启动"), choices=[("true", gettext_lazy("只看提前启动的"))], method="flagged",
        empty_label=gettext_lazy("不限"),
    )

    class Meta:
        model = Intention
        fields = ["q", "state", "shortened"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(title__icontains=value) | Q(project__number__icontains=value) | Q(agency__name__icontains=value))

    def flagged(self, queryset, name, value):
        return queryset.filter(shortened=True)


def published(request: HttpRequest) -> PublicIntentionFilter:
    """What the public list shows by its filter, the newest first; the list and its workbook are the same."""
    found = Intention.objects.public().select_related(*BESIDE).order_by("-published_at", "-id")
    return PublicIntentionFilter(request.GET or None, queryset=found)


@audience(PUBLIC)
@require_safe
def public_list(request: HttpRequest) -> HttpResponse:
    """Every disclosed intention, without sign-in (RYX-01)."""
    found = published(request)
    return render(request, "plans/public_intentions.html", {
        "filter": found, "page": page_of(found.qs, request.GET.get("page")), "query": request.GET.urlencode(), "today": clock.today(),
        "breadcrumbs": [(_("首页"), "/"), (_("采购意向"), "")],
    })


@audience(PUBLIC)
@require_safe
def workbook(request: HttpRequest) -> HttpResponse:
    """The public list as it is narrowed, as a workbook."""
    content = render_xlsx(COLUMNS, rows_of(published(request).qs[:MOST_ROWS]), title=_("采购意向"), notes=[
        (_("数据时间"), clock.written(clock.now())), (_("说明"), announcing.FOR_REFERENCE),
    ])
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="intentions-{clock.today():%Y%m%d}.xlsx"'
    return response


def rows_of(found: QuerySet[Intention]) -> list[dict]:
    return [
        {"order": order, "title": each.title, "outline": each.outline, "budget": each.budget, "expected": each.month, "remark": each.remark,
         "agency": each.agency.name, "region": each.agency.region.name, "published": each.published_at, "start": each.may_start_on,
         "state": each.get_state_display(), "notice": each.notice.number}
        for order, each in enumerate(found, start=1)
    ]  # fmt: skip


@audience(PUBLIC)
@require_safe
def public_intention(request: HttpRequest, pk: int) -> HttpResponse:
    """One intention for everybody, with all versions it ever had and what became of it."""
    found = Intention.objects.public().select_related(*BESIDE, "paper").filter(pk=pk).first()
    if found is None:
        raise Http404
    return render(request, "plans/public_intention.html", {
        "intention": found, "versions": versions_of(found), "sentence": announcing.FOR_REFERENCE, "today": clock.today(),
        "together": together_with(found), "qr": qr.data_uri(request.build_absolute_uri(found.get_public_url())),
        "breadcrumbs": [(_("首页"), "/"), (_("采购意向"), reverse("plans:public_intentions")), (found.title, "")],
    })


def together_with(intention: Intention) -> list[Intention]:
    """The other lines of the same notice."""
    return list(Intention.objects.public().filter(notice=intention.notice_id).exclude(pk=intention.pk).order_by("expected", "id"))


def versions_of(intention: Intention) -> list[dict]:
    """Each version, the latest first, with what it says otherwise than the one before."""
    versions = list(intention.versions.select_related("notice"))
    before: dict[int, IntentionVersion] = {version.number: version for version in versions}
    return [
        {"version": version,
         "changes": announcing.changes_between(before[version.number - 1].content, version.content) if version.number > 1 else []}
        for version in reversed(versions)
    ]  # fmt: skip


@audience(SIGNED_IN)
@require_safe
def work_list(request: HttpRequest) -> HttpResponse:
    """Intentions of the agency, or of the region for departments; what starts early is marked for finance and audit."""
    found = Intention.objects.inside(request.actor).select_related("agency", "project").order_by("-id")
    filterset = IntentionFilter(request.GET or None, queryset=found)
    page = page_of(filterset.qs, request.GET.get("page"))
    return render(request, "list.html", {
        "title": _("采购意向"), "filter": filterset, "page": page, "breadcrumbs": [(_("采购意向"), "")],
        "intro": _("达到数额标准的项目，采购活动开始 30 日以前公开采购意向。"),
        "head": [_("采购项目名称"), _("状态"), {"label": _("预算金额"), "num": True, "unit": _("元")},
                 {"label": _("预计采购时间"), "minor": True}, {"label": _("最早启动")}, {"label": _("购买主体"), "minor": True}],
        "rows": [{"url": each.get_absolute_url(), "cells": [
            each.title, state_badge({"actor": request.actor}, each), yuan(each.budget), each.month, start_of(each), each.agency.name,
        ]} for each in page.object_list],
        "actions": [(action.label, action.url, True) for action in creating_actions(Intention, request.actor)],
        "empty_title": _("还没有采购意向"), "empty_text": _("项目计划批准后，达到数额标准的自动起草采购意向，列在这里。"),
    })  # fmt: skip


def start_of(intention: Intention):
    """The first day on which it may start; a start before the thirty days is marked."""
    if intention.may_start_on is None:
        return "—"
    return badge(_("提前 %(day)s") % {"day": intention.may_start_on}, "bad") if intention.shortened else f"{intention.may_start_on}"


@audience(SIGNED_IN)
@require_safe
def intention(request: HttpRequest, pk: int) -> HttpResponse:
    """One intention at work: what it says, what can be done, its lead, its versions, its record."""
    found = Intention.objects.inside(request.actor).select_related(*BESIDE, "paper").filter(pk=pk).first()
    if found is None:
        raise Http404
    running = clocks_of(found).live().first()
    light = running.light(clock.now()) if running else None
    return render(request, "plans/intention.html", {
        "intention": found, "actions": available_actions(found, request.actor), "versions": versions_of(found),
        "light": (light.colour, light.words) if light else None, "meta": [found.project.number, found.agency.name],
        "lead_rule": rule("RYX-02").citation, "waived_as": dict(WAIVE_REASONS).get(found.waive_code, ""), "facts": facts_of(found),
        "entries": Entry.objects.of_subject("plans.intention", found.pk).order_by("-id")[:50],
        "breadcrumbs": [(_("采购意向"), reverse("plans:intentions")), (found.title, "")],
    })


def facts_of(intention: Intention) -> list[tuple]:
    """The columns of the official table, and what the law asks of this purchase."""
    label = {name: Intention._meta.get_field(name).verbose_name for name in TEXT}
    start: date | str = intention.may_start_on or ""
    return [
        (label["outline"], intention.outline), (_("预算金额（元）"), yuan(intention.budget)), (label["expected"], intention.month),
        (label["remark"], intention.remark), (_("依法须公开"), _("是") if intention.required else _("否，可以自愿公开")),
        (_("预算依据"), intention.get_basis_display()), (_("最早启动"), start),
    ]
