"""Work pages of tenders: the list, the tender, the document builder."""
from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.accounts.access import audience
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.notices.models import Notice
from portal.paging import page_of
from portal.rules.register import rule
from portal.templatetags.fields import anchor_of, layout_of
from portal.workflow import NotYours, Refused, available_actions, begun_from, creating_actions, perform
from portal.workflow.engine import Act, may
from portal.workflow.inputs import inputs_form

from .documents import readable
from .filters import TenderFilter
from .guards import PROPOSE_GUARDS
from .models import Tender
from .periods import periods_of
from .reading import NEEDS, facts_of, needs_of, waits_of
from .rules import points_of
from .workflow import TENDER

AGENCY = (
    Role.OFFICER, Role.PLANNER, Role.ACCEPTOR, Role.PAYER, Role.PROJECT_OFFICER, Role.HEAD, Role.DEPARTMENT,
    Role.REVIEWER_PROCUREMENT, Role.REVIEWER_FINANCE, Role.REVIEWER_BUSINESS, Role.REVIEWER_SUPERVISION, Role.OPENER,
    Role.WITNESS,
)
OFFICIALS = (*AGENCY, Role.FINANCE_OFFICER, Role.FINANCE_HEAD, Role.BUDGET_OFFICER, Role.AUDITOR)


def tender_for(actor, pk: int) -> Tender:
    """A tender of the actor's own view; what he may only read as the public has its public page. Raises Http404."""
    found = readable(actor).select_related("agency__region", "project__leaf", "predecessor").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@audience(*OFFICIALS)
@require_safe
def tenders(request: HttpRequest) -> HttpResponse:
    """The tenders of the agency, or of the region for finance and audit."""
    found = TenderFilter(request.GET or None, queryset=readable(request.actor).select_related("agency").order_by("-id"))
    return render(request, "tenders/list.html", {
        "title": _("采购活动"), "filter": found, "page": page_of(found.qs, request.GET.get("page")),
        "creating": creating_actions(Tender, request.actor), "breadcrumbs": [(_("工作台"), "/workbench/"), (_("采购活动"), "")],
    })


@audience(*OFFICIALS)
@require_safe
def tender(request: HttpRequest, pk: int) -> HttpResponse:
    """The tender: where it stands, what can be done, its document, its papers, its record."""
    found = tender_for(request.actor, pk)
    moment = clock.now()
    notices = list(Notice.objects.of_subject(found).public().order_by("published_at", "id"))
    actions = [*available_actions(found, request.actor), *begun_from(found, request.actor)]
    few = bool(found.few_takers) and any(action.name == "extend" for action in actions)
    return render(request, "tenders/tender.html", {
        "tender": found, "actions": actions, "periods": periods_of(found, notices, moment), "notices": notices,
        "meta": [found.number, found.get_method_display(), found.agency.name], "waits": waits_of(found),
        "facts": facts_of(found), "needs": needs_of(found), "points_total": points_of(found.content["factors"]),
        "versions": [version.document for version in found.versions.select_related("document").order_by("-number")],
        "reviews": found.reviews.filter(round=found.review_round).select_related("reviewer"),
        "clarifications": found.clarifications.all(), "few": few, "few_rule": rule("R87-06").citation,
        "entries": Entry.objects.of_subject(TENDER.code, found.pk).order_by("-id")[:50],
        "paper_url": f"{reverse('reports:new', args=['tender_draft'])}?tender={found.pk}",
        "breadcrumbs": [(_("采购活动"), reverse("tenders:list")), (found.number, "")],
    })


@audience(Role.OFFICER)
@require_http_methods(["GET", "POST"])
def builder(request: HttpRequest, pk: int) -> HttpResponse:
    """The document builder: a draft is saved as it is, what review would refuse stands above it, typed text is kept."""
    found = tender_for(request.actor, pk)
    row = TENDER["edit"]
    if not may(row, found, request.actor):
        raise NotYours
    posted = request.method == "POST"
    form = inputs_form(row, subject=found, actor=request.actor, data=request.POST if posted else None)
    refused: list = []
    if posted and form.is_valid():
        try:
            found = perform(found, "edit", actor=request.actor, **form.cleaned_data)
            if "propose" in request.POST:
                perform(found, "propose", actor=request.actor)
                messages.success(request, _("已送内部审查。"))
                return redirect(found)
            messages.success(request, _("草稿已保存。"))
            return redirect("tenders:builder", found.pk)
        except Refused as error:
            refused = error.refusals
    missing = [] if posted else _missing(found, request.actor)
    return render(request, "tenders/builder.html", {
        "tender": found, "form": form, "refusals": refused, "tried": posted,
        "missing": [(refusal, anchor_of(form[refusal.field])) for refusal in missing],
        "sections": sections_of(form), "meta": [found.number],
        "breadcrumbs": [
            (_("采购活动"), reverse("tenders:list")), (found.number, found.get_absolute_url()), (_("编辑招标文件"), ""),
        ],
    }, status=409 if refused else 422 if posted else 200)


def _missing(found: Tender, actor) -> list:
    """What stands between the draft and its review, from the guards of `propose` themselves."""
    act = Act(row=TENDER["propose"], lifecycle=TENDER, actor=actor, now=clock.now())
    return [refusal for guard in PROPOSE_GUARDS for refusal in guard(found, act)]


SECTIONS = (
    ("basics", gettext_lazy("项目基本情况"), ("title", "budget", "ceiling", "budget_shown", "lots", "service_from", "service_until")),
    ("needs", gettext_lazy("采购需求"), (*NEEDS, "deliverables")),
    ("survey", gettext_lazy("需求调查和风险"), ("survey_on", "survey_respondents", "survey_findings", "risks")),
    ("entry", gettext_lazy("资格条件和政策"), ("qualifications", "consortium", "sme_policy", "sme_deduction", "sme_industry")),
    ("bids", gettext_lazy("投标要求"), (
        "requirements", "instructions", "price_rules", "validity_days", "bond_percent", "subcontracting", "invalid_cases",
        "credit_rules", "agent_fee",
    )),
    ("scoring", gettext_lazy("评分办法"), ("factors", "low_price_average", "low_price_second", "low_price_ceiling")),
    ("contract", gettext_lazy("支付和合同"), ("payment_terms", "contract_terms")),
    ("contacts", gettext_lazy("联系和质疑"), (
        "opening_place", "contact_name", "contact_phone", "challenge_manner", "challenge_department", "challenge_phone",
        "challenge_address",
    )),
)  # fmt: skip


def sections_of(form) -> list[dict]:
    """The builder's chapters with their bound fields, in the order of the document."""
    return [
        {"id": key, "title": title, "fields": [(form[name], _is_wide(form.fields[name])) for name in names]}
        for key, title, names in SECTIONS
    ]


def _is_wide(field) -> bool:
    """Whether a field takes both columns: long text and lists."""
    return layout_of(field) in ("rows", "text")
