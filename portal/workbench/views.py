"""Pages of those who work: the workbench, projects, search."""
from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from portal import clock
from portal.accounts.access import SIGNED_IN, audience
from portal.workflow.labels import state_label
from portal.workflow.surfaces import search_sources
from procurement.plans.models import Project

from . import projects
from .filters import ProjectFilter
from .overview import overview
from .todo import waiting_for


@audience(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me, what is late, how my projects do."""
    moment = clock.now()
    groups = waiting_for(request.actor, moment)
    return render(request, "workbench/home.html", {
        "groups": groups, "waiting_count": sum(group.count for group in groups), "moment": moment,
        **overview(request.actor, moment),
    })


@audience(SIGNED_IN)
def project_list(request: HttpRequest) -> HttpResponse:
    found = ProjectFilter(
        request.GET, Project.objects.visible_to(request.actor).select_related("agency", "region").order_by("-created_at", "-pk")
    )
    page = Paginator(found.qs, 25).get_page(request.GET.get("page"))
    return render(request, "workbench/projects.html", {
        "page": page, "filter": found, "breadcrumbs": [(_("工作台"), "/workbench/"), (_("采购项目"), "")],
    })


@audience(SIGNED_IN)
def project(request: HttpRequest, number: str) -> HttpResponse:
    """The whole life of one purchase on one page."""
    found = Project.objects.visible_to(request.actor).select_related("agency", "region").filter(number=number).first()
    if found is None:
        raise Http404
    return render(request, "workbench/project.html", {
        "page": projects.page(found, request.actor), "project": found, "subject": found,
        "breadcrumbs": [(_("采购项目"), "/projects/"), (found.number, "")],
    })


@audience(SIGNED_IN)
def search(request: HttpRequest) -> HttpResponse:
    """One box for everything the reader may see."""
    query = request.GET.get("q", "").strip()[:80]
    groups = []
    if len(query) >= 2:
        groups = [
            {"title": title, "rows": rows} for _order, title, source in search_sources() if (rows := source(query, request.actor))
        ]
    return render(request, "workbench/search.html", {
        "query": query, "search_term": query, "groups": groups, "breadcrumbs": [(_("工作台"), "/workbench/"), (_("查找"), "")],
    })


def project_hits(query: str, actor) -> list[dict]:
    """Projects by number, title or agency, for the search box."""
    found = Project.objects.visible_to(actor).select_related("agency").filter(title__contains=query) | (
        Project.objects.visible_to(actor).select_related("agency").filter(number__startswith=query)
    )
    return [
        {"label": p.title, "url": p.get_absolute_url(), "note": f"{p.number} · {p.agency} · {state_label(p, actor)}"}
        for p in found.order_by("-created_at")[:10]
    ]
