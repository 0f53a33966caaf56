"""Pages of the function lists: all departments with their counts, one department's functions (S-14)."""
from __future__ import annotations

import django_filters
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from catalogue.functions import SHEET, counts_of, rows_of
from catalogue.models import FUNCTION_BODIES, FunctionList, GovernmentFunction
from catalogue.workflow import FUNCTIONS
from portal.accounts.access import PUBLIC, audience
from portal.audit.models import Entry
from portal.templatetags.marks import day, state_badge
from portal.workflow import available_actions, creating_actions

from .handing_out import handed_out


class FunctionListFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=gettext_lazy("部门、清单名称、地区"), method="search")

    class Meta:
        model = FunctionList
        fields = ["q"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(agency__name__icontains=value) | Q(title__icontains=value) | Q(region__name__icontains=value))


class FunctionFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=gettext_lazy("职能编号、职能事项、依据"), method="search")
    status = django_filters.ChoiceFilter(
        label=gettext_lazy("处置方式"), choices=GovernmentFunction.Status.choices, empty_label=gettext_lazy("全部方式")
    )

    class Meta:
        model = GovernmentFunction
        fields = ["q", "status"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(number__istartswith=value) | Q(name__icontains=value) | Q(basis__icontains=value))


@audience(PUBLIC)
@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """The departments' lists the reader may see, with how many functions each keeps, transfers and buys, and the sums in force."""
    found = FunctionList.objects.visible_to(request.actor).exclude(state="DISCARDED").select_related("agency", "region")
    filterset = FunctionListFilter(request.GET, queryset=found.order_by("state", "agency__name", "-id"))
    page = Paginator(filterset.qs.with_counts(), 25).get_page(request.GET.get("page"))
    in_force = filterset.qs.filter(state="PUBLISHED").order_by()
    return render(request, "catalogue/function_lists.html", {
        "title": _("政府职能清单"), "page": page, "filter": filterset,
        "intro": _("各部门的职能哪些保留、哪些转移、哪些购买；列为保留的由政府直接履职，不得购买。"),
        "departments": in_force.count(), "counts": counts_of(GovernmentFunction.objects.filter(catalogue__in=in_force)),
        "breadcrumbs": [(_("指导性目录"), reverse("catalogue:tree")), (_("政府职能清单"), "")],
        "head": [
            _("部门"), {"label": _("清单"), "minor": True}, _("状态"),
            *({"label": label, "num": True} for label in GovernmentFunction.Status.labels), {"label": _("公布日期"), "minor": True},
        ],
        "rows": [{"url": each.get_absolute_url(), "cells": [
            each.agency.name, each.title, state_badge({"actor": request.actor}, each), each.keep, each.transfer, each.buy,
            day(each.published_on) if each.published_on else "—",
        ]} for each in page],
        "actions": [(action.label, action.url) for action in creating_actions(FunctionList, request.actor) if action.enabled],
    })  # fmt: skip


def list_for(request: HttpRequest, pk: int) -> FunctionList:
    found = FunctionList.objects.visible_to(request.actor).select_related("agency", "region").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@audience(PUBLIC)
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One department's list: on which papers it rests, what is kept, transferred and bought."""
    found = list_for(request, pk)
    filterset = FunctionFilter(request.GET, queryset=found.functions.order_by("position", "pk"))
    page = Paginator(filterset.qs, 50).get_page(request.GET.get("page"))
    inside = request.actor.kind in FUNCTION_BODIES or request.actor.organisation_id == found.agency_id
    return render(request, "catalogue/function_list.html", {
        "catalogue": found, "filter": filterset, "page": page, "counts": counts_of(found.functions.all()),
        "facts": [
            (_("部门"), found.agency.name), (_("适用地区"), found.region.name), (_("编制依据"), found.basis),
            (_("编办批准文件"), found.decision), (_("批准日期"), day(found.decided_on) if found.decided_on else ""),
            (_("公布日期"), day(found.published_on) if found.published_on else ""),
        ],
        "actions": available_actions(found, request.actor) if request.actor.user else [],
        "head": [
            _("职能事项"), _("职能编号"), _("处置方式"), {"label": _("职责依据"), "minor": True},
            {"label": _("承接方或者说明"), "minor": True},
        ],
        "rows": [{"cells": [each.name, each.number, each.get_status_display(), each.basis or "—", each.note or "—"]} for each in page],
        "entries": list(Entry.objects.of_subject(FUNCTIONS.code, found.pk).order_by("-id")[:50]) if inside else [],
        "breadcrumbs": [
            (_("指导性目录"), reverse("catalogue:tree")), (_("政府职能清单"), reverse("catalogue:functions")), (found.title, ""),
        ],
    })  # fmt: skip


@audience(PUBLIC)
@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The list as a CSV file in the columns that an import reads."""
    found = list_for(request, pk)
    return handed_out(SHEET.csv_of(rows_of(found)), f"functions-{found.pk}.csv")


@audience(PUBLIC)
@require_safe
def export_workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """The list as a workbook, which an import reads as well."""
    found = list_for(request, pk)
    return handed_out(SHEET.xlsx_of(rows_of(found), str(found)), f"functions-{found.pk}.xlsx")
