"""Pages of those who work: the workbench, projects, search."""
from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.accounts.access import PUBLIC, SIGNED_IN, audience
from portal.accounts.roles import Role
from portal.audit.record import verify
from portal.files.models import Document
from portal.paging import page_of
from portal.reports.registry import reports_for
from portal.search.sources import find_all
from procurement.plans.models import Project

from . import help, projects
from .filters import ProjectFilter
from .glance import own_projects, recent, tiles
from .guide import intro_of, welcome
from .overview import overview
from .record import DIRECT, chains, visible_entries, with_opening
from .todo import waiting_for

#: What a line of the list of projects shows.
LISTED = ("number", "title", "year", "state", "amount", "created_at", "agency__name", "agency__short_name")
FEW = 6  # duties that leave room below them for what happened last


@audience(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me, what is late, how my projects do."""
    moment = clock.now()
    groups = waiting_for(request.actor, moment)
    waiting_count = sum(group.count for group in groups)
    beside = overview(request.actor, moment)
    return render(request, "workbench/home.html", {
        "groups": groups, "waiting_count": waiting_count, "few_waiting": waiting_count <= FEW, "moment": moment,
        "late_count": sum(group.late for group in groups), "welcome": welcome(request.actor), "tiles": tiles(groups, beside, moment),
        "recent": recent(request.actor), "own_projects": own_projects(request.actor), **beside,
    })


@audience(SIGNED_IN)
def project_list(request: HttpRequest) -> HttpResponse:
    visible = Project.objects.visible_to(request.actor).select_related("agency").only(*LISTED)
    found = ProjectFilter(request.GET, visible.order_by("-created_at", "-pk"))
    return render(request, "workbench/projects.html", {
        "page": page_of(found.qs, request.GET.get("page")), "filter": found,
        "breadcrumbs": [(_("工作台"), "/workbench/"), (_("采购项目"), "")],
    })


def project_of(request: HttpRequest, number: str) -> Project:
    """The project of that number, if the reader may see it. Raises Http404."""
    visible = Project.objects.visible_to(request.actor).select_related("agency", "region")
    found = with_opening(visible).filter(number=number).first()
    if found is None:
        raise Http404
    return found


@audience(SIGNED_IN)
@require_safe
def project(request: HttpRequest, number: str) -> HttpResponse:
    """The whole life of one purchase on one page."""
    found = project_of(request, number)
    return render(request, "workbench/project.html", {
        "page": projects.page(found, request.actor), "project": found, "subject": found, "reports": exports_of(found, request.actor),
        "breadcrumbs": [(_("采购项目"), reverse("workbench:projects")), (found.number, "")],
    })


def exports_of(found: Project, actor) -> list[dict]:
    """The papers over the whole project that this reader may have made."""
    return [
        {"label": kind.title, "url": f"{reverse('reports:new', args=[kind.code])}?project={found.pk}"}
        for kind in reports_for(actor) if kind.code in ("case_file", "case_archive", "record")
    ]


@audience(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, number: str) -> HttpResponse:
    """The whole record of a project, newest first; the button recomputes every digest of its chains."""
    found = project_of(request, number)
    told = chains(found)
    total, damage = sum(chain["length"] for chain in told), None
    if request.method == "POST":
        if total > DIRECT:
            return redirect(f"{reverse('reports:new', args=['record'])}?project={found.pk}")
        damage = list(verify(*(chain["key"] for chain in told)))
    entries = visible_entries(found, request.actor)
    return render(request, "workbench/record.html", {
        "project": found, "chains": told, "total": total, "damage": damage, "verified": damage is not None, "now": clock.now(),
        "page": page_of(entries.order_by("-id"), request.GET.get("page")), "reports": exports_of(found, request.actor),
        "breadcrumbs": [
            (_("采购项目"), reverse("workbench:projects")), (found.number, found.get_absolute_url()), (_("办理记录"), ""),
        ],
    })  # fmt: skip


@audience(SIGNED_IN)
@require_safe
def papers(request: HttpRequest, number: str) -> HttpResponse:
    """All files of a project that the reader may see."""
    found = project_of(request, number)
    documents = Document.objects.visible_to(request.actor).filter(project_id=found.pk).exclude(kind="report")
    return render(request, "workbench/papers.html", {
        "project": found, "page": page_of(documents.order_by("-created_at", "-id"), request.GET.get("page")),
        "breadcrumbs": [(_("采购项目"), reverse("workbench:projects")), (found.number, found.get_absolute_url()), (_("文件"), "")],
    })


@audience(PUBLIC)
@require_safe
def help_index(request: HttpRequest) -> HttpResponse:
    """The help for the reader's own roles first, then for everybody else's."""
    pages = help.pages_of_help()
    own = [page for page in pages if (page["role"] in request.actor.roles if page["role"] else request.actor.is_public)]
    return render(request, "help/index.html", {
        "own": own, "others": [page for page in pages if page not in own], "breadcrumbs": [(_("帮助"), "")],
    })


@audience(PUBLIC)
@require_safe
def help_role(request: HttpRequest, slug: str) -> HttpResponse:
    """What one role comes for, task by task; links lead only where the reader may go himself."""
    role = help.role_of(slug)
    if role is None:
        raise Http404
    label = Role(role).label if role else _("访客")
    return render(request, "help/role.html", {
        "label": label, "intro": intro_of(role), "tasks": help.tasks_of(role), "linked": not role or role in request.actor.roles,
        "breadcrumbs": [(_("帮助"), reverse("workbench:help")), (label, "")],
    })


@audience(SIGNED_IN)
def search(request: HttpRequest) -> HttpResponse:
    """One box for everything the reader may see."""
    query = request.GET.get("q", "").strip()[:80]
    groups = [{"title": source.title, "rows": found} for source, found in find_all(query, request.actor)]
    return render(request, "workbench/search.html", {
        "query": query, "search_term": query, "groups": groups, "breadcrumbs": [(_("工作台"), "/workbench/"), (_("查找"), "")],
    })

