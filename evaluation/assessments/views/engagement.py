"""The evaluator's work: the list, and one engagement with evidence and scores indicator by indicator."""
from __future__ import annotations

import django_filters
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from evaluation.assessments.models import Engagement
from evaluation.schemes.models import Party
from evaluation.schemes.views import READERS
from portal import clock
from portal.accounts.access import audience
from portal.accounts.roles import OrganisationKind
from portal.audit.models import Entry
from portal.files.models import Document
from portal.paging import page_of
from portal.templatetags.marks import day, state_badge, yuan
from portal.workdays import clocks_of
from portal.workflow import available_actions, creating_actions

S = Engagement.State
STAGES = (
    (S.PROPOSED, gettext_lazy("拟委托")), (S.ENGAGED, gettext_lazy("委托")), (S.DECLARED, gettext_lazy("声明独立")),
    (S.PLANNED, gettext_lazy("评价方案")), (S.COLLECTING, gettext_lazy("取证评分")), (S.CONSULTING, gettext_lazy("征求意见")),
    (S.REPORTED, gettext_lazy("报告")), (S.CHECKED, gettext_lazy("质量核查")),
)  # fmt: skip


class EngagementFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=gettext_lazy("合同、机构、单位"), method="search")
    state = django_filters.ChoiceFilter(label=gettext_lazy("状态"), choices=S.choices, empty_label=gettext_lazy("全部状态"))

    class Meta:
        model = Engagement
        fields = ["q", "state"]

    def search(self, queryset, name, value):
        return queryset.filter(
            Q(contract__title__icontains=value) | Q(contract__number__icontains=value) | Q(evaluator__name__icontains=value)
            | Q(contract__agency__name__icontains=value)
        )


@audience(*READERS)
@require_safe
def engagements(request: HttpRequest) -> HttpResponse:
    """Engagements in scope, newest first."""
    queryset = Engagement.objects.visible_to(request.actor).with_names().order_by("-id")
    filterset = EngagementFilter(request.GET, queryset=queryset)
    page = page_of(filterset.qs, request.GET.get("page"))
    return render(request, "list.html", {
        "title": _("第三方评价"), "filter": filterset, "page": page,
        "breadcrumbs": [(_("绩效评价"), reverse("assessments:list")), (_("第三方评价"), "")],
        "intro": _("谁委托谁付费；评价机构独立于购买主体和承接主体，报告直送。"),
        "head": [_("合同"), _("评价机构"), _("状态"), {"label": _("委托费用"), "num": True, "unit": _("元"), "minor": True},
                 {"label": _("报告日期"), "minor": True}],
        "rows": [{"url": row.get_absolute_url(), "cells": [
            f"{row.contract.number} {row.contract.title}", row.evaluator.name, state_badge({"actor": request.actor}, row), yuan(row.fee),
            day(row.reported_at or row.report_due) if row.reported_at or row.report_due else "—",
        ]} for row in page.object_list],
        "actions": [(action.label, action.url, True) for action in creating_actions(Engagement, request.actor)],
        "empty_title": _("还没有第三方评价"), "empty_text": _("财政部门按合同委托，合同须已写入评价方案。"),
    })  # fmt: skip


@audience(*READERS)
@require_safe
def engagement(request: HttpRequest, pk: int) -> HttpResponse:
    """One engagement: independence, plan, evidence per indicator, replies, report."""
    found = Engagement.objects.visible_to(request.actor).with_names().select_related("report").filter(pk=pk).first()
    if found is None:
        raise Http404
    now = clock.now()
    working = may_see_work(found, request.actor)
    return render(request, "assessments/engagement.html", {
        "engagement": found, "contract": found.contract, "actions": available_actions(found, request.actor),
        "meta": [found.contract.number, found.evaluator.name], "steps": steps_of(found),
        "rows": work_of(found) if working else [], "working": working, "declarations": list(found.declarations.select_related("user")),
        "lights": [(str(each.bearer or ""), each.label, each.light(now), each.ends_at)
                   for each in clocks_of(found).live().select_related("bearer")],
        "facts": facts_of(found), "replies": replies_of(found),
        "documents": Document.objects.visible_to(request.actor).of_subject(found),
        "entries": list(Entry.objects.of_subject("assessments.engagement", found.pk).order_by("-id")[:40]),
        "breadcrumbs": [(_("绩效评价"), reverse("assessments:list")), (_("第三方评价"), reverse("assessments:engagements")),
                        (found.contract.title, "")],
    })  # fmt: skip


def may_see_work(engagement: Engagement, actor) -> bool:
    """Both sides see scores and evidence from the draft on, the evaluator and finance always."""
    if actor.kind in (OrganisationKind.AGENCY, OrganisationKind.SUPPLIER):
        return engagement.consulting_at is not None
    return True


def work_of(engagement: Engagement) -> list[dict]:
    """Indicator by indicator: weight, scores of both parties, evidence."""
    scores = {(row.indicator_id, row.party): row for row in engagement.scores.all()}
    evidence: dict[int, list] = {}
    for piece in engagement.evidence.select_related("document", "organisation"):
        evidence.setdefault(piece.indicator_id, []).append(piece)
    return [
        {"leaf": leaf, "third": scores.get((leaf.pk, Party.THIRD_PARTY)), "heard": scores.get((leaf.pk, Party.RECIPIENTS)),
         "evidence": evidence.get(leaf.pk, []), "third_scores": Party.THIRD_PARTY in leaf.parties,
         "heard_scores": Party.RECIPIENTS in leaf.parties}
        for leaf in engagement.scheme.leaves()
        if Party.THIRD_PARTY in leaf.parties or Party.RECIPIENTS in leaf.parties
    ]


def steps_of(engagement: Engagement) -> list[dict]:
    reached = next((number for number, (state, _name) in enumerate(STAGES) if state == engagement.state), -1)
    checked = engagement.state == S.CHECKED
    return [
        {"name": name, "state": "done" if checked or number < reached else "now" if number == reached else "next", "note": ""}
        for number, (_state, name) in enumerate(STAGES)
    ]


def replies_of(engagement: Engagement) -> list[tuple]:
    return [
        (_("购买主体"), engagement.purchaser_reply, engagement.purchaser_replied_at, engagement.purchaser_answer),
        (_("承接主体"), engagement.supplier_reply, engagement.supplier_replied_at, engagement.supplier_answer),
    ]


def facts_of(engagement: Engagement) -> list[tuple]:
    heard = ""
    if engagement.recipients_asked is not None:
        heard = _("访问 %(asked)s 人，有效回答 %(answered)s 人；%(method)s") % {
            "asked": engagement.recipients_asked, "answered": engagement.recipients_answered, "method": engagement.recipients_method,
        }
    return [
        (_("合同"), engagement.contract), (_("评价机构"), engagement.evaluator.name), (_("评价方案"), engagement.scheme.title),
        (_("评价期"), f"{day(engagement.period_from)} – {day(engagement.period_until)}"), (_("委托费用（元）"), yuan(engagement.fee)),
        (_("选择理由"), engagement.choice), (_("评价对象"), engagement.object), (_("评价方法"), engagement.method),
        (_("样本"), engagement.sample), (_("报告日期"), day(engagement.report_due) if engagement.report_due else ""),
        (_("服务对象"), heard), (_("未取得服务对象评分"), engagement.recipients_absent), (_("质量核查"), engagement.quality),
        (_("终止原因"), engagement.end_reason),
    ]  # fmt: skip
