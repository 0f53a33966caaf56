"""What anybody may read without an account."""
from __future__ import annotations

from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portal import clock
from portal.accounts.access import PUBLIC, audience
from portal.accounts.actor import PUBLIC as VISITOR
from portal.accounts.roles import Role
from portal.audit.models import Chain, Checkpoint
from portal.money import ZERO
from portal.notices.kinds import KINDS
from portal.notices.models import Notice
from portal.paging import page_of
from portal.rules.register import rules as register
from portal.workbench import projects as project_page
from procurement.plans.models import Project
from procurement.tenders.models import Tender

from .figures import figures_of

Stage = Project.State


#: What a notice is called where there is room for two characters.
SHORT = {
    "N-01": gettext_lazy("意向"), "N-03": gettext_lazy("招标"), "N-08": gettext_lazy("结果"), "N-09": gettext_lazy("废标"),
    "N-10": gettext_lazy("合同"), "N-11": gettext_lazy("验收"),
}
#: Where this year's projects stand, in the words of the public.
PLACES = (
    (gettext_lazy("计划、招标"), (Stage.APPROVED, Stage.FUNDED, Stage.PREPARING, Stage.TENDERING, Stage.AWARDED)),
    (gettext_lazy("履约中"), (Stage.CONTRACTED, Stage.PERFORMING)),
    (gettext_lazy("已验收"), (Stage.ACCEPTED,)),
    (gettext_lazy("已评价、办结"), (Stage.EVALUATED, Stage.CLOSED)),
)


@audience(PUBLIC)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front page: what is new, what can be bid for, where the money went."""
    moment = clock.now()
    figures = figures_of(moment)
    stages = figures["stages"]
    open_tenders = Tender.objects.visible_to(VISITOR).open_now(moment)
    open_count = open_tenders.count()
    notices = Notice.objects.visible_to(VISITOR)
    told = Project.objects.filter(pk__in=figures["told"]).select_related("agency")
    places = [(str(name), sum(stages.get(str(stage), 0) for stage in group)) for name, group in PLACES]
    return render(request, "publicity/home.html", {
        "notices": [{"notice": notice, "short": SHORT.get(notice.kind, notice.rules.name)} for notice in notices.newest_first()[:8]],
        "notice_count": notices.filter(published_at__year=moment.year).count(),
        "notice_kinds": [(code, SHORT.get(code, KINDS[code].name)) for code in KINDS if code in SHORT],
        "open_count": open_count, "tenders": open_tenders.select_related("agency").order_by("closes_at")[:5],
        "figures": {
            **{name: figures[name] for name in ("year", "projects", "agencies", "performing", "planned", "paid")},
        },
        "places": [{"label": name, "value": number, "text": _("%(count)s 个") % {"count": number}} for name, number in places],
        "stories": [_story(project) for project in told.order_by("-state_since")],
        "moment": figures["moment"],
    })  # fmt: skip


def _story(project: Project) -> dict:
    """What the front page tells of one purchase: planned, committed, paid; at most three are asked for."""
    money = project.encumbrances.aggregate(committed=Sum("committed"), paid=Sum("paid"))
    paid = money["paid"] or ZERO
    return {"project": project, "paid": paid, "signed": (money["committed"] or ZERO) + paid, "outcome": project.latest_outcome}


@audience(PUBLIC)
@require_safe
def project(request: HttpRequest, number: str) -> HttpResponse:
    """What happened to the money: one project as everybody may see it."""
    found = Project.objects.visible_to(VISITOR).select_related("agency", "region").filter(number=number).first()
    if found is None:
        raise Http404
    return render(request, "publicity/project.html", {
        "project": found, "page": project_page.page(found, VISITOR),
        "breadcrumbs": [(_("首页"), "/"), (_("项目"), ""), (found.number, "")],
    })


@audience(PUBLIC)
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The rules the portal applies, each with its source and since when."""
    query = request.GET.get("q", "").strip()
    words = query.lower()
    found = [r for r in register().values() if not words or words in f"{r.id} {r.source} {r.number} {r.summary}".lower()]
    return render(request, "publicity/rules.html", {
        "rules": found, "query": query, "breadcrumbs": [(_("首页"), "/"), (_("依据的规则"), "")],
    })


@audience(PUBLIC)
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """The last seals of the record: note one down, and the record can be held against it later."""
    return render(request, "publicity/record.html", {
        "page": page_of(Checkpoint.objects.order_by("-number").defer("heads"), request.GET.get("page")),
        "chains": Chain.objects.told().count(), "entries": Chain.objects.told().aggregate(total=Sum("count"))["total"] or 0,
        "export": reverse("reports:new", args=["record_file"]) if request.actor.has(Role.AUDITOR) else "",
        "breadcrumbs": [(_("首页"), "/"), (_("记录核验"), "")],
    })
