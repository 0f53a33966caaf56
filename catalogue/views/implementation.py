"""Pages of the implementation catalogue: the lists, one year's, one entry, the pilots (S-08…S-10)."""
from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from catalogue.entries import EntryFilter, PilotFilter, figures_of, selected
from catalogue.entry_files import csv_of, xlsx_of
from catalogue.models import CATALOGUE_BODIES, ImplementationEntry, ImplementationList
from catalogue.usage import uses_of
from catalogue.workflow import IMPLEMENTATION
from catalogue.workflow.implementation import EDITS
from portal.accounts.access import PUBLIC, audience
from portal.audit.models import Entry
from portal.files.models import Document
from portal.templatetags.marks import day, state_badge, yuan
from portal.workflow import available_actions, creating_actions

from .handing_out import handed_out

EDITED_ELSEWHERE = frozenset(edit[0] for edit in EDITS)


def list_for(request: HttpRequest, pk: int) -> ImplementationList:
    found = ImplementationList.objects.visible_to(request.actor).select_related("issuer", "region").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@audience(PUBLIC)
@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """Every list the reader may see, the latest year first; who compiles them begins a new one here."""
    found = ImplementationList.objects.visible_to(request.actor).select_related("issuer", "region").order_by("-year", "-id")
    page = Paginator(found, 25).get_page(request.GET.get("page"))
    return render(request, "catalogue/implementations.html", {
        "title": _("实施目录"), "page": page,
        "intro": _("每年从指导性目录中选定具体项目和购买方式，经政府批准后公布，按此组织实施。"),
        "breadcrumbs": [(_("指导性目录"), reverse("catalogue:tree")), (_("实施目录"), "")],
        "head": [
            _("名称"), _("状态"), {"label": _("适用地区"), "minor": True}, {"label": _("年度"), "num": True},
            {"label": _("批准文件"), "minor": True}, {"label": _("项目数"), "num": True},
        ],
        "rows": [{"url": each.get_absolute_url(), "cells": [
            each.title, state_badge({"actor": request.actor}, each), each.region.name, each.year, each.decision, each.entry_count,
        ]} for each in page],
        "actions": [
            (action.label, action.url, True) for action in creating_actions(ImplementationList, request.actor) if action.enabled
        ],
    })  # fmt: skip


@audience(PUBLIC)
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One year's list: what it is, what can be done now, what stands in it, the most urgent first."""
    found = list_for(request, pk)
    official = request.actor.kind in CATALOGUE_BODIES
    actions = available_actions(found, request.actor) if request.actor.user else []
    filterset = EntryFilter(request.GET, queryset=selected(found.entries.all()).by_priority())
    page = Paginator(filterset.qs, 50).get_page(request.GET.get("page"))
    return render(request, "catalogue/implementation.html", {
        "catalogue": found, "facts": facts_of(found), "figures": figures_of(found.entries.all()), "filter": filterset, "page": page,
        "head": HEAD, "rows": rows_of(page, request.actor), "signed_in": request.actor.user is not None,
        "actions": [action for action in actions if action.name not in EDITED_ELSEWHERE],
        "editable": any(action.name in EDITED_ELSEWHERE for action in actions),
        "entries": list(Entry.objects.of_subject(IMPLEMENTATION.code, found.pk).order_by("-id")[:50]) if official else [],
        "papers": list(Document.objects.of_subject(found).visible_to(request.actor)) if official else [],
        "breadcrumbs": [
            (_("指导性目录"), reverse("catalogue:tree")), (_("实施目录"), reverse("catalogue:implementations")), (found.title, ""),
        ],
    })  # fmt: skip


HEAD = [
    gettext_lazy("项目"), {"label": gettext_lazy("购买主体"), "minor": True}, {"label": gettext_lazy("目录项"), "minor": True},
    gettext_lazy("购买方式"), {"label": gettext_lazy("预计金额"), "num": True, "unit": gettext_lazy("元")},
    {"label": gettext_lazy("选择原则"), "minor": True}, {"label": gettext_lazy("试点"), "minor": True},
    {"label": gettext_lazy("进展"), "minor": True},
]  # fmt: skip


def rows_of(page, actor) -> list[dict]:
    """Entries as lines of a table, each with how far its purchase is."""
    uses = uses_of(page, actor)
    return [{"url": entry.get_absolute_url(), "cells": [
        entry.title, entry.agency.name, entry.rests_on, entry.get_method_display(), yuan(entry.amount), entry.flags,
        entry.get_pilot_display(), _("、").join(str(use.state) for use in uses.get(entry.pk, ())) or _("未申报"),
    ]} for entry in page]  # fmt: skip


def facts_of(catalogue: ImplementationList) -> list[tuple]:
    return [
        (_("编制机关"), catalogue.issuer.name), (_("适用地区"), catalogue.region.name), (_("年度"), catalogue.year),
        (_("政府批准文件"), catalogue.decision), (_("批准日期"), day(catalogue.decided_on) if catalogue.decided_on else ""),
        (_("公布日期"), day(catalogue.issued_at) if catalogue.issued_at else ""),
    ]


@audience(PUBLIC)
@require_safe
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry: what is bought, by whom and how, why it is in the list, and what became of it."""
    found = selected(ImplementationEntry.objects.visible_to(request.actor)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return render(request, "catalogue/implementation_entry.html", {
        "entry": found, "catalogue": found.catalogue, "uses": uses_of([found], request.actor).get(found.pk, []),
        "meta": [found.agency.name, str(found.catalogue.year)],
        "facts": [
            (_("购买主体"), found.agency.name), (_("购买方式"), found.get_method_display()),
            (_("目录外备案"), found.rests_on if found.filed_request_id else ""),
            (_("选择原则"), found.flags), (_("列入理由"), found.grounds), (_("试点批次"), found.get_pilot_display()),
            (_("增列的批准文件"), found.decision), (_("增列的批准日期"), day(found.decided_on) if found.decided_on else ""),
        ],
        "breadcrumbs": [
            (_("指导性目录"), reverse("catalogue:tree")), (_("实施目录"), reverse("catalogue:implementations")),
            (found.catalogue.title, found.catalogue.get_absolute_url()), (found.title, ""),
        ],
    })  # fmt: skip


@audience(PUBLIC)
@require_safe
def pilots(request: HttpRequest) -> HttpResponse:
    """Pilots of every published list: counted by batch, method, category and amount, each with its progress (S-10)."""
    found = ImplementationEntry.objects.visible_to(request.actor).filter(catalogue__state__in=["ISSUED", "SUPERSEDED"]).pilots()
    filterset = PilotFilter(request.GET, queryset=selected(found).order_by("-catalogue__year", "-pk"))
    page = Paginator(filterset.qs, 25).get_page(request.GET.get("page"))
    return render(request, "catalogue/pilots.html", {
        "filter": filterset, "page": page, "head": [*HEAD[:6], gettext_lazy("批次和年度"), HEAD[7]],
        "rows": [
            {**row, "cells": [*row["cells"][:6], _("%(year)s 年%(batch)s") % {
                "year": each.catalogue.year, "batch": each.get_pilot_display()}, row["cells"][7]]}
            for row, each in zip(rows_of(page, request.actor), page, strict=True)
        ],
        "figures": figures_of(filterset.qs),
        "breadcrumbs": [
            (_("指导性目录"), reverse("catalogue:tree")), (_("实施目录"), reverse("catalogue:implementations")), (_("试点项目"), ""),
        ],
    })  # fmt: skip


@audience(PUBLIC)
@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The list as a CSV file in the columns that an import reads."""
    found = list_for(request, pk)
    return handed_out(csv_of(found), f"implementation-{found.pk}.csv")


@audience(PUBLIC)
@require_safe
def export_workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """The list as a workbook, which an import reads as well."""
    found = list_for(request, pk)
    return handed_out(xlsx_of(found), f"implementation-{found.pk}.xlsx")
