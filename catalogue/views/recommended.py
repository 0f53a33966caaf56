"""Pages of the recommended lists of social organisations: they inform, they never admit (S-15, R-GP-19)."""
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

from catalogue.models import RecommendedEntry, RecommendedList
from catalogue.recommending import SHEET, rows_of
from catalogue.workflow import RECOMMENDED
from portal.accounts.access import PUBLIC, audience
from portal.accounts.models import Organisation
from portal.accounts.roles import OrganisationKind
from portal.audit.models import Entry
from portal.files.models import Document
from portal.rules.register import rule
from portal.templatetags.marks import day, state_badge
from portal.workflow import available_actions, creating_actions

from .handing_out import handed_out

#: Who reads how a list came about: the department that keeps it and the auditors.
KEEPERS = frozenset({OrganisationKind.CIVIL_AFFAIRS, OrganisationKind.AUDIT})


class RecommendedFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=gettext_lazy("社会组织名称、统一社会信用代码、领域"), method="search")

    class Meta:
        model = RecommendedEntry
        fields = ["q"]

    def search(self, queryset, name, value):
        return queryset.filter(
            Q(name__icontains=value) | Q(code__istartswith=value) | Q(field_name__icontains=value) | Q(field_code__istartswith=value)
        )


@audience(PUBLIC)
@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """Every list the reader may see, the latest first; civil affairs begins a new one here."""
    found = RecommendedList.objects.visible_to(request.actor).exclude(state="DISCARDED").select_related("issuer", "region")
    page = Paginator(found.order_by("-id"), 25).get_page(request.GET.get("page"))
    return render(request, "catalogue/recommended_lists.html", {
        "title": _("社会组织推荐性目录"), "page": page, "rule": rule("R-GP-19"),
        "intro": _("民政部门推荐的、具备条件承接政府转移职能和购买服务的社会组织。"),
        "breadcrumbs": [(_("指导性目录"), reverse("catalogue:tree")), (_("社会组织推荐性目录"), "")],
        "head": [
            _("名称"), _("状态"), {"label": _("适用地区"), "minor": True}, {"label": _("公布日期"), "minor": True}, _("有效期至"),
            {"label": _("社会组织数"), "num": True},
        ],
        "rows": [{"url": each.get_absolute_url(), "cells": [
            each.title, state_badge({"actor": request.actor}, each), each.region.name, day(each.valid_from) if each.valid_from else "—",
            day(each.valid_to), each.entry_count,
        ]} for each in page],
        "actions": [(action.label, action.url) for action in creating_actions(RecommendedList, request.actor) if action.enabled],
    })  # fmt: skip


def list_for(request: HttpRequest, pk: int) -> RecommendedList:
    found = RecommendedList.objects.visible_to(request.actor).select_related("issuer", "region", "previous").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@audience(PUBLIC)
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One list: who recommends, on which paper, until when; its organisations with what became of each."""
    found = list_for(request, pk)
    filterset = RecommendedFilter(request.GET, queryset=found.entries.order_by("position", "pk"))
    page = Paginator(filterset.qs, 50).get_page(request.GET.get("page"))
    registered = set(Organisation.objects.filter(
        kind=OrganisationKind.SUPPLIER, code__in=[entry.code for entry in page]
    ).values_list("code", flat=True))  # fmt: skip
    return render(request, "catalogue/recommended_list.html", {
        "catalogue": found, "facts": facts_of(found, request.actor), "filter": filterset, "page": page, "rule": rule("R-GP-19"),
        "actions": available_actions(found, request.actor) if request.actor.user else [],
        "head": [
            _("社会组织名称"), _("统一社会信用代码"), _("领域"), {"label": _("推荐有效期至"), "minor": True},
            {"label": _("推荐理由"), "minor": True}, _("情况"),
        ],
        "rows": [{"mark": "void" if entry.struck_on else "", "cells": [
            entry.name, entry.code, f"{entry.field_code} {entry.field_name}", day(entry.valid_to or found.valid_to), entry.grounds or "—",
            standing_of(entry, registered),
        ]} for entry in page],
        "papers": list(Document.objects.of_subject(found).visible_to(request.actor)),
        "entries": list(Entry.objects.of_subject(RECOMMENDED.code, found.pk).order_by("-id")[:50])
        if request.actor.kind in KEEPERS else [],
        "breadcrumbs": [
            (_("指导性目录"), reverse("catalogue:tree")), (_("社会组织推荐性目录"), reverse("catalogue:recommended")), (found.title, ""),
        ],
    })  # fmt: skip


def standing_of(entry: RecommendedEntry, registered: set[str]) -> str:
    if entry.struck_on:
        return _("%(day)s 移出：%(reason)s") % {"day": day(entry.struck_on), "reason": entry.struck_reason}
    return _("已在本平台注册") if entry.code in registered else "—"


def facts_of(catalogue: RecommendedList, actor) -> list[tuple]:
    return [
        (_("发布机关"), catalogue.issuer.name), (_("适用地区"), catalogue.region.name), (_("推荐办法和来源"), catalogue.source),
        (_("批准文件"), catalogue.decision), (_("批准日期"), day(catalogue.decided_on) if catalogue.decided_on else ""),
        (_("公布日期"), day(catalogue.valid_from) if catalogue.valid_from else ""), (_("有效期至"), day(catalogue.valid_to)),
        (_("前一版本"), catalogue.previous.title if catalogue.previous else ""), (_("停用原因"), catalogue.ended_reason),
    ]


@audience(PUBLIC)
@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The list as a CSV file in the columns that an import reads."""
    found = list_for(request, pk)
    return handed_out(SHEET.csv_of(rows_of(found)), f"recommended-{found.pk}.csv")


@audience(PUBLIC)
@require_safe
def export_workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """The list as a workbook, which an import reads as well."""
    found = list_for(request, pk)
    return handed_out(SHEET.xlsx_of(rows_of(found), str(found)), f"recommended-{found.pk}.xlsx")
