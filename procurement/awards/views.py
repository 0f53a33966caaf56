"""Pages of draws, panels, score sheets, reports and awards."""
from __future__ import annotations

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock, money
from portal.accounts.access import SIGNED_IN, audience
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.audit.record import chain_key_of
from portal.files.models import Document
from portal.paging import page_of
from portal.workdays import clocks_of
from portal.workflow import NotYours, Refused, available_actions, creating_actions, perform
from portal.workflow.engine import may
from portal.workflow.inputs import inputs_form
from portal.workflow.labels import state_label

from . import content, reading, secrecy
from .models import Award, Draw, EvaluationReport, PanelMember, PriceQuestion, ScoreSheet
from .models.draws import clock_text
from .workflow import AWARD, DRAW, SHEET

AGENCY = (
    Role.OFFICER, Role.PLANNER, Role.ACCEPTOR, Role.PAYER, Role.PROJECT_OFFICER, Role.HEAD, Role.DEPARTMENT,
    Role.REVIEWER_PROCUREMENT, Role.REVIEWER_FINANCE, Role.REVIEWER_BUSINESS, Role.REVIEWER_SUPERVISION, Role.OPENER,
    Role.WITNESS,
)
OFFICIALS = (*AGENCY, Role.FINANCE_OFFICER, Role.FINANCE_HEAD, Role.BUDGET_OFFICER, Role.AUDITOR)


# --- those who organise ------------------------------------------------------------------------------------------
@audience(*OFFICIALS)
@require_safe
def evaluations(request: HttpRequest) -> HttpResponse:
    """Evaluations and awards of the agency, or of the region, newest first."""
    found = Draw.objects.visible_to(request.actor).select_related("tender__agency").prefetch_related(
        Prefetch("tender__awards", queryset=Award.objects.visible_to(request.actor).select_related("supplier").order_by("-id")),
        Prefetch("tender__evaluation_reports", queryset=EvaluationReport.objects.visible_to(request.actor).order_by("-id")),
    ).order_by("-id")
    page = page_of(found, request.GET.get("page"))
    return render(request, "awards/list.html", {
        "title": _("评审与定标"), "page": page, "creating": creating_actions(Draw, request.actor),
        "rows": [_evaluation_row(row, request.actor) for row in page], "breadcrumbs": [(_("评审与定标"), "")],
    })


def _evaluation_row(draw: Draw, actor) -> dict:
    reports, awards = draw.tender.evaluation_reports.all(), draw.tender.awards.all()
    report, award = (reports[0] if reports else None), (awards[0] if awards else None)
    newest = award or report or draw
    return {
        "cells": [
            draw.tender.title, state_label(newest, actor), clock_text(draw.review_at), award.supplier.name if award else "—",
            money.in_figures(award.amount) if award else "—",
        ],
        "url": newest.get_absolute_url(),
    }


@audience(*OFFICIALS, Role.EXPERT)
@require_safe
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """How the panel came about: conditions, frozen pool, sealed seed, witness, order, seats."""
    found = get_object_or_404(Draw.objects.visible_to(request.actor).select_related("tender__agency", "witness", "leader__user"), pk=pk)
    organiser = Draw.objects.filter(secrecy.organised_by(request.actor, "tender"), pk=pk).exists()
    members = PanelMember.objects.visible_to(request.actor).filter(draw=found).select_related("user", "expert", "draw__tender__agency")
    actions = available_actions(found, request.actor)
    if organiser:
        for one in members:
            actions += available_actions(one, request.actor)
    sheets = ScoreSheet.objects.filter(tender=found.tender_id).counting()
    return render(request, "awards/draw.html", {
        "draw": found, "tender": found.tender, "actions": actions, "steps": reading.steps_of(found), "organiser": organiser,
        "pool": reading.pool_of(found) if organiser else [], "members": [row for row in reading.seats_of(found) if row["member"] in set(members)],
        "sheets": {"total": sheets.count(), "submitted": sheets.filter(state__in=["SUBMITTED", "LOCKED"]).count()},
        "reserve": reading.order_of_asking(found) if organiser else [], "entries": _entries(found, organiser),
        "breadcrumbs": [(_("评审与定标"), reverse("awards:list")) if organiser else (_("今日评审"), reverse("awards:panel")), (found.tender.number, "")],
    })


def _entries(draw: Draw, organiser: bool):
    """The record of the draw, and for who organises that of its members, which stands apart (R87-28)."""
    if organiser:
        return Entry.objects.filter(chain_id=secrecy.panel_chain(draw.pk)).order_by("-seq")[:30]
    return Entry.objects.of_subject(DRAW.code, draw.pk).order_by("-id")[:30]


@audience(*OFFICIALS)
@require_safe
def award(request: HttpRequest, pk: int) -> HttpResponse:
    """The decision: ranking, papers, clocks, what can be done."""
    found = get_object_or_404(
        Award.objects.visible_to(request.actor).select_related("tender__agency", "supplier", "report", "notice", "scoring", "letter", "lot", "bid"),
        pk=pk,
    )
    report = EvaluationReport.objects.visible_to(request.actor).filter(pk=found.report_id).first()
    moment = clock.now()
    running = list(clocks_of(found).live())
    papers = Document.objects.visible_to(request.actor).filter(
        project_id=found.tender.project_id, kind__in=["award_letter", "result_letter", "scoring_data", "evaluation_report"]
    )
    return render(request, "awards/award.html", {
        "award": found, "tender": found.tender, "actions": available_actions(found, request.actor), "report": report,
        "lights": [{"clock": one, "light": one.light(moment)} for one in running],
        "table": reading.result_table(report.content["scoring"]) if report and report.content else None,
        "candidates": found.candidates, "papers": list(papers.order_by("created_at", "id")),
        "waits": _waits(found), "entries": Entry.objects.of_subject(AWARD.code, found.pk).order_by("-id")[:30],
        "breadcrumbs": [(_("评审与定标"), reverse("awards:list")), (found.tender.number, "")],
    })


def _waits(award: Award) -> str:
    return {
        "PROPOSED": _("等单位负责人定标"), "DECIDED": _("等单位负责人公告结果"), "ANNOUNCED": _("等双方签订合同"),
    }.get(award.state, "")


# --- the panel ---------------------------------------------------------------------------------------------------
@audience(SIGNED_IN)
@require_safe
def panel(request: HttpRequest) -> HttpResponse:
    """The seats a person holds: invitations, today's evaluations, earlier ones."""
    seats = PanelMember.objects.filter(user=request.actor.user_id).select_related("draw__tender__agency").order_by("-id")
    live = seats.filter(state__in=["DRAWN", "CONFIRMED", "SEATED"])
    return render(request, "awards/panel.html", {
        "live": [{"member": seat, "actions": available_actions(seat, request.actor), "label": state_label(seat, request.actor)} for seat in live[:25]],
        "page": page_of(seats.exclude(state__in=["DRAWN", "CONFIRMED", "SEATED"]), request.GET.get("page")),
        "breadcrumbs": [(_("今日评审"), "")],
    })


@audience(SIGNED_IN)
@require_safe
def member(request: HttpRequest, pk: int) -> HttpResponse:
    """One seat, for the one who holds it: what to do now, who bids, who sits beside him."""
    found = get_object_or_404(
        PanelMember.objects.visible_to(request.actor).select_related("draw__tender__agency", "draw__leader__user", "user", "expert"), pk=pk
    )
    own = request.actor.is_person(found.user_id)
    accepted = found.state not in (found.State.DRAWN, found.State.DECLINED)
    known = (own and accepted) or not own
    sheet = ScoreSheet.objects.filter(member=found).first() if own else None
    tender = found.draw.tender if known else None
    report = EvaluationReport.objects.visible_to(request.actor).filter(tender=found.draw.tender_id).exclude(state="SUPERSEDED").first()
    objects = [found, *([sheet] if sheet else []), *([report] if report and own else [])]
    actions = [action for obj in objects for action in available_actions(obj, request.actor)]
    from .verbs.panel import bidders_of

    return render(request, "awards/member.html", {
        "member": found, "own": own, "known": known, "tender": tender, "sheet": sheet, "report": report, "actions": actions,
        "bidders": bidders_of(tender) if tender and accepted else [], "conformity": reading.conformity_of(sheet) if sheet else [],
        "seats": reading.seats_of(found.draw) if found.state == found.State.SEATED or not own else [],
        "questions": PriceQuestion.objects.visible_to(request.actor).filter(report=report).select_related("bid__supplier") if report and own else [],
        "breadcrumbs": [(_("今日评审"), reverse("awards:panel")), (_("席位 %(seat)s") % {"seat": found.seat}, "")],
    })


def _sheet(actor, pk: int) -> ScoreSheet:
    return get_object_or_404(
        ScoreSheet.objects.visible_to(actor).select_related("tender__agency", "member__user", "member__draw__leader"), pk=pk
    )


@audience(SIGNED_IN)
@require_safe
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The scoring sheet: bands as buttons, running totals, what is missing at the top."""
    found = _sheet(request.actor, pk)
    return render(request, "awards/sheet.html", _sheet_context(request, found, _number(request.GET.get("bid"))))


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None


def _sheet_context(request: HttpRequest, found: ScoreSheet, current: int | None, **more) -> dict:
    own = request.actor.is_person(found.member.user_id)
    board = reading.scoreboard(found, current)
    actions = available_actions(found, request.actor)
    return {
        "sheet": found, "tender": found.tender, "own": own, **board, "editable": board["editable"] and own,
        "actions": [action for action in actions if action.name not in ("score", "review_conformity")],
        "conformity": next((action for action in actions if action.name == "review_conformity"), None) if not board["bidders"] else None,
        "size": found.member.draw.size, "view": "items" if request.GET.get("view") == "items" else "bids",
        "breadcrumbs": [(_("今日评审"), reverse("awards:panel")), (_("席位 %(seat)s") % {"seat": found.member.seat}, found.member.get_absolute_url()),
                        (_("评分表"), "")],
        **more,
    }


@audience(SIGNED_IN)
@require_POST
def score(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep one entry as soon as it is given; the board comes back as it then is, with any refusal at its place."""
    found = _sheet(request.actor, pk)
    row = SHEET["score"]
    if not may(row, found, request.actor):
        raise NotYours
    data = {"points": [{name: request.POST[name] for name in ("bid", "factor", "points", "note") if request.POST.get(name)}]} \
        if request.POST.get("factor") else {}
    if "comment" in request.POST:
        data["comment"] = request.POST["comment"]
    form = inputs_form(row, subject=found, actor=request.actor, data=data)
    refusals, status, typed = [], 200, None
    if form.is_valid():
        try:
            found = perform(found, "score", actor=request.actor, **form.cleaned_data)
        except Refused as refused:
            refusals, status = refused.refusals, 409
    else:
        status = 422
    if status != 200:
        typed = {"factor": _number(request.POST.get("factor")), "points": request.POST.get("points", ""), "note": request.POST.get("note", "")}
    bid = _number(request.POST.get("bid"))
    if not request.htmx and status == 200:
        return redirect(f"{reverse('awards:sheet', args=[pk])}?bid={bid or ''}")
    context = _sheet_context(request, _sheet(request.actor, pk), bid, refusals=refusals, errors=form.errors if status == 422 else None, typed=typed)
    return render(request, "awards/_board.html" if request.htmx else "awards/sheet.html", context, status=200 if request.htmx else status)


@audience(SIGNED_IN)
@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The evaluation report: ranking, questions, findings, signatures."""
    found = get_object_or_404(
        EvaluationReport.objects.visible_to(request.actor).select_related("tender__agency", "tender__panel_draw__leader", "document"), pk=pk
    )
    objects = [found, *PriceQuestion.objects.visible_to(request.actor).open().filter(report=found)]
    shown = reading.report_of(found, request.actor)
    for finding in shown["findings"]:
        finding["action"] = next((a for a in available_actions(finding["sheet"], request.actor) if a.name == "reopen"), None)
    creating = creating_actions(PriceQuestion, request.actor) if shown["own"] and shown["own"].is_leader and found.state == found.State.DRAFTED else []
    return render(request, "awards/report.html", {
        "report": found, "tender": found.tender, **shown, "creating": creating,
        "actions": [action for obj in objects for action in available_actions(obj, request.actor)],
        "award": Award.objects.visible_to(request.actor).filter(report=found).order_by("-id").first(),
        "entries": Entry.objects.of_subject("awards.report", found.pk).filter(
            chain_id__in=[chain_key_of(found.tender.project_id), secrecy.panel_chain(found.tender.panel_draw.pk)]).order_by("-id")[:30],
        "breadcrumbs": [(_("评审与定标"), reverse("awards:list")) if request.actor.has(*OFFICIALS) else (_("今日评审"), reverse("awards:panel")),
                        (_("评审报告"), "")],
    })


@audience(SIGNED_IN)
@require_http_methods(["GET"])
def question(request: HttpRequest, pk: int) -> HttpResponse:
    """One price question, for the bidder who is asked and for the panel."""
    found = get_object_or_404(
        PriceQuestion.objects.visible_to(request.actor).select_related("report__tender__agency", "bid__supplier"), pk=pk
    )
    panel_reads = EvaluationReport.objects.visible_to(request.actor).filter(pk=found.report_id).exists()
    return render(request, "awards/question.html", {
        "question": found, "tender": found.report.tender, "actions": available_actions(found, request.actor), "panel_reads": panel_reads,
        "judgements": found.judgements.select_related("member__user") if panel_reads else [],
        "limit": found.report.tender.price_limit, "shared": content.responsive_bids(found.report.tender) if panel_reads else [],
        "breadcrumbs": [(found.report.tender.number, ""), (_("报价说明"), "")],
    })
