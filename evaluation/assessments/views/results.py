"""Results: the list, one result line by line, and what it is used for."""
from __future__ import annotations

from fractions import Fraction

import django_filters
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from evaluation.assessments.models import Assessment, Computation, ResultUse
from evaluation.assessments.verbs.assessment import missing_parties
from evaluation.schemes.models import Grade, Party
from evaluation.schemes.views import READERS
from portal import clock
from portal.accounts.access import audience
from portal.audit.models import Entry
from portal.paging import page_of
from portal.templatetags.marks import day, state_badge, yuan
from portal.workdays import clocks_of
from portal.workflow import available_actions, creating_actions

S = Assessment.State


class AssessmentFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=gettext_lazy("编号、合同、单位"), method="search")
    state = django_filters.ChoiceFilter(label=gettext_lazy("状态"), choices=S.choices, empty_label=gettext_lazy("全部状态"))
    grade = django_filters.ChoiceFilter(label=gettext_lazy("等次"), choices=Grade.choices, empty_label=gettext_lazy("全部等次"))

    class Meta:
        model = Assessment
        fields = ["q", "state", "grade"]

    def search(self, queryset, name, value):
        return queryset.filter(
            Q(number__icontains=value) | Q(contract__title__icontains=value) | Q(contract__number__icontains=value)
            | Q(contract__agency__name__icontains=value) | Q(contract__supplier__name__icontains=value)
        )


@audience(*READERS)
@require_safe
def assessments(request: HttpRequest) -> HttpResponse:
    """Assessments in scope, newest first."""
    queryset = Assessment.objects.visible_to(request.actor).with_names().order_by("-id")
    filterset = AssessmentFilter(request.GET, queryset=queryset)
    page = page_of(filterset.qs, request.GET.get("page"))
    creating = creating_actions(Assessment, request.actor)
    return render(request, "list.html", {
        "title": _("绩效评价"), "filter": filterset, "page": page, "breadcrumbs": [(_("绩效评价"), "")],
        "intro": _("购买主体、服务对象、第三方三方评分，得分逐行可查，结果用于下年预算、申报和承接主体履约评价。"),
        "head": [_("合同"), {"label": _("承接主体"), "minor": True}, _("状态"), {"label": _("得分"), "num": True}, _("等次"),
                 {"label": _("确定"), "minor": True}],
        "rows": [{"url": row.get_absolute_url(), "cells": [
            row.contract.title, row.contract.supplier.name, state_badge({"actor": request.actor}, row),
            row.score if row.score is not None else "—", row.get_grade_display() or "—", day(row.confirmed_at) if row.confirmed_at else "—",
        ]} for row in page.object_list],
        "actions": [
            (_("评价方案"), reverse("schemes:list")), (_("第三方评价"), reverse("assessments:engagements")),
            (_("结果应用"), reverse("assessments:uses")), *((action.label, action.url, True) for action in creating),
        ],
        "empty_title": _("还没有绩效评价"), "empty_text": _("合同期满自动启动，按写入合同的方案评价。"),
    })  # fmt: skip


@audience(*READERS)
@require_safe
def assessment(request: HttpRequest, pk: int) -> HttpResponse:
    """One result: the parties, every line of the sum, versions, uses."""
    found = Assessment.objects.visible_to(request.actor).with_names().filter(pk=pk).first()
    if found is None:
        raise Http404
    now = clock.now()
    versions = list(found.computations.all())
    objects = [found, *ResultUse.objects.visible_to(request.actor).with_names().filter(assessment=found).order_by("id")]
    return render(request, "assessments/assessment.html", {
        "assessment": found, "contract": found.contract, "meta": [found.number, found.contract.supplier.name],
        "actions": available_actions(found, request.actor), "uses": objects[1:],
        "computation": sheet_of(versions[0]) if versions else None, "versions": versions,
        "missing": [Party(party).label for party in missing_parties(found)] if found.state == S.OPENED else [],
        "engagement": found.engagement, "facts": facts_of(found),
        "lights": [(each.label, each.light(now), each.ends_at) for each in clocks_of(found).live()],
        "entries": list(Entry.objects.of_subject("assessments.assessment", found.pk).order_by("-id")[:40]),
        "breadcrumbs": [(_("绩效评价"), reverse("assessments:list")), (found.number, "")],
    })  # fmt: skip


def sheet_of(computation: Computation) -> dict:
    """The computation as the page shows it: parties with shares, lines grouped by party, the total."""
    detail = computation.detail
    lines: dict[str, list] = {}
    for line in detail["lines"]:
        lines.setdefault(line["party"], []).append(line)
    for row in detail["parties"]:
        row["share"] = row["share"] if "/" in row["share_exact"] else row["share_exact"]
    return {
        "parties": [{**row, "label": Party(row["party"]).label, "lines": lines.get(row["party"], []),
                     "rescaled": Fraction(row["share_exact"]) != Fraction(row["weight"])} for row in detail["parties"]],
        "absent": [Party(party).label for party in detail["absent"]], "total": computation.score, "exact": computation.exact,
        "grade": computation.get_grade_display(), "version": computation.version,
    }


def facts_of(assessment: Assessment) -> list[tuple]:
    return [
        (_("合同"), assessment.contract), (_("购买主体"), assessment.contract.agency.name),
        (_("承接主体"), assessment.contract.supplier.name),
        (_("评价方案"), assessment.scheme.title), (_("评价期"), f"{day(assessment.period_from)} – {day(assessment.period_until)}"),
        (_("送达"), day(assessment.served_at) if assessment.served_at else ""),
        (_("异议"), assessment.dispute_reason), (_("复核意见"), assessment.review_opinion),
        (_("公开摘要"), assessment.summary), (_("作废原因"), assessment.void_reason),
    ]  # fmt: skip


class UseFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=gettext_lazy("合同、单位"), method="search")
    kind = django_filters.ChoiceFilter(label=gettext_lazy("用途"), choices=ResultUse.Kind.choices, empty_label=gettext_lazy("全部用途"))
    state = django_filters.ChoiceFilter(label=gettext_lazy("状态"), choices=ResultUse.State.choices, empty_label=gettext_lazy("全部状态"))

    class Meta:
        model = ResultUse
        fields = ["q", "kind", "state"]

    def search(self, queryset, name, value):
        return queryset.filter(
            Q(assessment__contract__title__icontains=value) | Q(assessment__number__icontains=value)
            | Q(assessment__contract__agency__name__icontains=value) | Q(assessment__contract__supplier__name__icontains=value)
        )


@audience(*READERS)
@require_safe
def uses(request: HttpRequest) -> HttpResponse:
    """What results are used for, newest first; each names the result it rests on."""
    queryset = ResultUse.objects.visible_to(request.actor).with_names().order_by("-id")
    filterset = UseFilter(request.GET, queryset=queryset)
    page = page_of(filterset.qs, request.GET.get("page"))
    return render(request, "list.html", {
        "title": _("评价结果应用"), "filter": filterset, "page": page,
        "breadcrumbs": [(_("绩效评价"), reverse("assessments:list")), (_("结果应用"), "")],
        "intro": _("每一项应用都注明所依据的评价结果；结果不能代替竞争。"),
        "head": [_("用途"), _("项目"), _("状态"), {"label": _("金额"), "num": True, "unit": _("元"), "minor": True},
                 {"label": _("依据"), "minor": True}],
        "rows": [{"url": row.get_absolute_url(), "cells": [
            row.get_kind_display(), row.assessment.contract.title, state_badge({"actor": request.actor}, row),
            yuan(row.amount) if row.amount is not None else "—", row.citation,
        ]} for row in page.object_list],
        "empty_title": _("还没有结果应用"), "empty_text": _("评价结果确定后按等次自动提出建议。"),
    })  # fmt: skip


@audience(*READERS)
@require_safe
def use(request: HttpRequest, pk: int) -> HttpResponse:
    """One use: what it does, on what it rests, what came of it."""
    found = ResultUse.objects.visible_to(request.actor).with_names().filter(pk=pk).first()
    if found is None:
        raise Http404
    return render(request, "assessments/use.html", {
        "use": found, "assessment": found.assessment, "actions": available_actions(found, request.actor),
        "meta": [found.assessment.number, found.assessment.contract.title],
        "facts": [
            (_("依据"), found.citation), (_("项目"), found.project), (_("比例"), f"{found.percent} %" if found.percent is not None else ""),
            (_("金额（元）"), yuan(found.amount) if found.amount is not None else ""), (_("说明"), found.reason),
            (_("生效记录"), found.effect_reference), (_("撤销说明"), found.undone),
        ],
        "entries": list(Entry.objects.of_subject("assessments.use", found.pk).order_by("-id")[:20]),
        "breadcrumbs": [(_("绩效评价"), reverse("assessments:list")), (_("结果应用"), reverse("assessments:uses")),
                        (found.get_kind_display(), "")],
    })  # fmt: skip
