"""Pages of schemes: the list, and one scheme with its tree, parties and use for payment."""
from __future__ import annotations

import django_filters
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portal.accounts.access import audience
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.paging import page_of
from portal.templatetags.marks import day, state_badge
from portal.workflow import available_actions, creating_actions

from .models import Grade, Party, Scheme
from .rules import GRADES

READERS = (
    Role.OFFICER, Role.PLANNER, Role.ACCEPTOR, Role.PAYER, Role.PROJECT_OFFICER, Role.HEAD, Role.DEPARTMENT, Role.FINANCE_OFFICER,
    Role.FINANCE_HEAD, Role.BUDGET_OFFICER, Role.AUDITOR, Role.SUPPLIER_OFFICER, Role.SUPPLIER_HEAD, Role.EVALUATOR, Role.EVALUATOR_HEAD,
)  # fmt: skip


class SchemeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=gettext_lazy("方案、项目、单位"), method="search")
    state = django_filters.ChoiceFilter(label=gettext_lazy("状态"), choices=Scheme.State.choices, empty_label=gettext_lazy("全部状态"))

    class Meta:
        model = Scheme
        fields = ["q", "state"]

    def search(self, queryset, name, value):
        return queryset.filter(
            Q(title__icontains=value) | Q(project__number__icontains=value) | Q(project__title__icontains=value)
            | Q(project__agency__name__icontains=value)
        )


@audience(*READERS)
@require_safe
def schemes(request: HttpRequest) -> HttpResponse:
    """Schemes in scope, newest first."""
    queryset = Scheme.objects.visible_to(request.actor).select_related("project__agency").order_by("-id")
    filterset = SchemeFilter(request.GET, queryset=queryset)
    page = page_of(filterset.qs, request.GET.get("page"))
    return render(request, "list.html", {
        "title": _("绩效评价方案"), "filter": filterset, "page": page,
        "breadcrumbs": [(_("绩效评价"), reverse("assessments:list")), (_("评价方案"), "")],
        "intro": _("签订合同前定下评什么、谁来评、怎么用；写入合同后不再变动。"),
        "head": [_("方案"), {"label": _("项目"), "minor": True}, _("状态"), {"label": _("服务对象权重"), "num": True},
                 {"label": _("批准"), "minor": True}],
        "rows": [{"url": row.get_absolute_url(), "cells": [
            row.title, str(row.project), state_badge({"actor": request.actor}, row), f"{row.recipients_weight}",
            day(row.approved_at) if row.approved_at else "—",
        ]} for row in page.object_list],
        "actions": [(action.label, action.url, True) for action in creating_actions(Scheme, request.actor)],
        "empty_title": _("还没有评价方案"), "empty_text": _("采购经办人在合同送审前编制，单位负责人批准。"),
    })  # fmt: skip


@audience(*READERS)
@require_safe
def scheme(request: HttpRequest, pk: int) -> HttpResponse:
    """One scheme: who judges, what is judged, how the result counts."""
    found = Scheme.objects.visible_to(request.actor).select_related("project__agency__region", "approved_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return render(request, "schemes/scheme.html", {
        "scheme": found, "actions": available_actions(found, request.actor), "indicators": list(found.indicators.all()),
        "totals": totals(found), "meta": [found.project.number, found.project.agency.name],
        "parties": [(Party(party).label, weight) for party, weight in found.party_weights().items()],
        "grades": [(Grade(name).label, least, found.payment_percents()[name]) for name, least in GRADES],
        "contracts": [binding.contract for binding in found.bindings.select_related("contract")],
        "entries": list(Entry.objects.of_subject("schemes.scheme", found.pk).order_by("-id")[:30]),
        "breadcrumbs": [(_("绩效评价"), reverse("assessments:list")), (_("评价方案"), reverse("schemes:list")), (found.title, "")],
    })  # fmt: skip


def totals(scheme: Scheme) -> list[tuple]:
    """Level → sum of its weights, for the foot of the table."""
    sums: dict[int, object] = {1: 0, 2: 0, 3: 0}
    for row in scheme.indicators.all():
        sums[row.level] += row.weight
    return list(sums.items())
