"""What anybody may read without an account."""
from __future__ import annotations

from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from portal import clock
from portal.accounts.access import PUBLIC, audience
from portal.accounts.actor import PUBLIC as VISITOR
from portal.audit.models import Checkpoint
from portal.notices.models import Notice
from portal.rules.register import rules as register
from portal.workbench import projects as project_page
from procurement.budgets.models import BudgetLine
from procurement.plans.models import Project
from procurement.tenders.models import Tender

Stage = Project.State


@audience(PUBLIC)
def home(request: HttpRequest) -> HttpResponse:
    """The front page: what is new, what can be bid for, where the money went."""
    moment = clock.now()
    published = Project.objects.visible_to(VISITOR)
    stages = dict(published.order_by().values_list("state").annotate(n=Count("pk")))
    open_tenders = Tender.objects.visible_to(VISITOR).filter(closes_at__gt=moment)
    return render(request, "publicity/home.html", {
        "notices": Notice.objects.visible_to(VISITOR).select_related("organisation").order_by("-published_at", "-pk")[:10],
        "open_count": open_tenders.count(),
        "tenders": open_tenders.select_related("project__agency").order_by("closes_at")[:5],
        "figures": {
            "projects": sum(stages.values()),
            "planned": published.filter(year=moment.year).aggregate(total=Sum("amount"))["total"] or 0,
            "year": moment.year,
            "paid": BudgetLine.objects.aggregate(total=Sum("paid"))["total"] or 0,
        },
        "stories": published.filter(state__in=[Stage.PERFORMING, Stage.ACCEPTED, Stage.EVALUATED, Stage.CLOSED])
        .select_related("agency").order_by("-state_since")[:3],
        "moment": moment,
    })


@audience(PUBLIC)
def project(request: HttpRequest, number: str) -> HttpResponse:
    """What happened to the money: one project as everybody may see it."""
    found = Project.objects.visible_to(VISITOR).select_related("agency", "region").filter(number=number).first()
    if found is None:
        raise Http404
    return render(request, "publicity/project.html", {
        "project": found, "page": project_page.page(found, VISITOR),
        "notices": Notice.objects.visible_to(VISITOR).filter(project_id=found.pk).order_by("published_at")[:50],
        "breadcrumbs": [(_("首页"), "/"), (found.number, "")],
    })


@audience(PUBLIC)
def rules(request: HttpRequest) -> HttpResponse:
    """The rules the portal applies, each with its source and since when."""
    query = request.GET.get("q", "").strip()
    words = query.lower()
    found = [r for r in register().values() if not words or words in f"{r.id} {r.source} {r.number} {r.summary}".lower()]
    return render(request, "publicity/rules.html", {
        "rules": found, "query": query, "breadcrumbs": [(_("首页"), "/"), (_("依据的规则"), "")],
    })


@audience(PUBLIC)
def record(request: HttpRequest) -> HttpResponse:
    """The last seals of the record: note one down, and the record can be held against it later."""
    return render(request, "publicity/record.html", {
        "checkpoints": Checkpoint.objects.order_by("-number").defer("heads")[:25],
        "breadcrumbs": [(_("首页"), "/"), (_("记录核验"), "")],
    })
