"""Pages of the purchaser, finance and audit: evaluations, the draw, the report, the award."""
from __future__ import annotations

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import clock, money
from portal.accounts.access import SIGNED_IN, audience
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.audit.record import chain_key_of
from portal.clock import written
from portal.files.models import Document
from portal.paging import page_of
from portal.rules.register import cite
from portal.workdays import clocks_of
from portal.workdays.lights import worst
from portal.workflow import available_actions, creating_actions
from portal.workflow.labels import state_label
from procurement.awards import reading, secrecy
from procurement.awards.models import Award, Draw, EvaluationReport, PanelMember, PriceQuestion, ScoreSheet
from procurement.awards.workflow import AWARD, REPORT

AGENCY = (
    Role.OFFICER, Role.PLANNER, Role.ACCEPTOR, Role.PAYER, Role.PROJECT_OFFICER, Role.HEAD, Role.DEPARTMENT,
    Role.REVIEWER_PROCUREMENT, Role.REVIEWER_FINANCE, Role.REVIEWER_BUSINESS, Role.REVIEWER_SUPERVISION, Role.OPENER,
    Role.WITNESS,
)
OFFICIALS = (*AGENCY, Role.FINANCE_OFFICER, Role.FINANCE_HEAD, Role.BUDGET_OFFICER, Role.AUDITOR)


def way_here(actor) -> tuple:
    """The list this reader comes from."""
    if actor.has(*OFFICIALS):
        return _("评审与定标"), reverse("awards:list")
    return _("今日评审"), reverse("awards:panel")


@audience(*OFFICIALS)
@require_safe
def evaluations(request: HttpRequest) -> HttpResponse:
    """Evaluations and awards of the agency, or of the region, newest first."""
    actor = request.actor
    found = Draw.objects.visible_to(actor).select_related("tender__agency").prefetch_related(
        Prefetch("tender__awards", queryset=Award.objects.visible_to(actor).select_related("supplier").order_by("-id")),
        Prefetch("tender__evaluation_reports", queryset=EvaluationReport.objects.visible_to(actor).order_by("-id")),
    ).order_by("-id")
    page = page_of(found, request.GET.get("page"))
    return render(request, "awards/list.html", {
        "title": _("评审与定标"), "page": page,
        "actions": [(action.label, action.url, True) for action in creating_actions(Draw, actor)],
        "head": [
            _("项目"), _("状态"), {"label": _("评审时间"), "minor": True}, _("中标人"),
            {"label": _("中标金额"), "num": True, "unit": _("元")},
        ],
        "rows": [_evaluation_row(row, actor) for row in page], "breadcrumbs": [(_("评审与定标"), "")],
    })


def _evaluation_row(draw: Draw, actor) -> dict:
    reports, awards = list(draw.tender.evaluation_reports.all()), list(draw.tender.awards.all())
    award = awards[0] if awards else None
    newest = award or (reports[0] if reports else draw)
    return {
        "cells": [
            draw.tender.title, state_label(newest, actor), written(draw.review_at), award.supplier.name if award else "—",
            money.in_figures(award.amount) if award else "—",
        ],
        "url": newest.get_absolute_url(),
    }


# --- the draw ----------------------------------------------------------------------------------------------------
@audience(*OFFICIALS, Role.EXPERT)
@require_safe
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """How the panel came about: conditions, frozen pool, sealed seed, witness, order, seats."""
    actor = request.actor
    found = get_object_or_404(Draw.objects.visible_to(actor).select_related("tender__agency", "witness", "leader__user"), pk=pk)
    organiser = Draw.objects.filter(secrecy.organised_by(actor, "tender"), pk=pk).exists()
    seen = PanelMember.objects.visible_to(actor).filter(draw=found).select_related("draw__tender__agency", "user")
    actions = available_actions(found, actor)
    if organiser:
        actions += [action for one in seen for action in available_actions(one, actor)]
    sheets = ScoreSheet.objects.filter(tender=found.tender_id).counting()
    tender = found.tender
    return render(request, "awards/draw.html", {
        "draw": found, "tender": tender, "actions": actions, "steps": reading.steps_of(found), "organiser": organiser,
        "meta": [tender.number, tender.agency.name], "waits": _draw_waits(found),
        "members": reading.seats_of(found, {one.pk for one in seen}),
        "pool": reading.pool_of(found) if organiser else [], "proof": reading.proof_of(found), "conditions": reading.conditions_of(found),
        "pool_note": _("候选名单在封存种子时固定"),
        "sheets": {"total": sheets.count(), "submitted": sheets.filter(state__in=["SUBMITTED", "LOCKED"]).count()},
        "entries": _draw_entries(found, organiser), "breadcrumbs": [way_here(actor), (tender.number, "")],
    })


def _draw_entries(found: Draw, organiser: bool):
    """The record of the draw; for who organises also that of the members, which stands apart (R87-28)."""
    entries = Entry.objects.of_subject("awards.draw", found.pk)
    if organiser:
        entries = entries | Entry.objects.filter(chain_id=secrecy.panel_chain(found.pk))
    return entries.order_by("-occurred_at", "-id")[:40]


def _draw_waits(found: Draw) -> str:
    return {
        "DRAFTED": _("等采购经办人封存种子"),
        "SEALED": _("等采购经办人抽取") if found.witnessed_at else _("等监督见证人写下见证数"),
        "DRAWN": _("等成员应邀、签署回避声明并推选组长"),
    }.get(found.state, "")


# --- the report --------------------------------------------------------------------------------------------------
@audience(SIGNED_IN)
@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The evaluation report: ranking, questions, findings, signatures."""
    actor = request.actor
    found = get_object_or_404(
        EvaluationReport.objects.visible_to(actor).select_related("tender__agency", "tender__panel_draw__leader", "document"), pk=pk
    )
    tender, shown = found.tender, reading.report_of(found, actor)
    for finding in shown["findings"]:
        finding["action"] = next((a for a in available_actions(finding["sheet"], actor) if a.name == "reopen"), None)
    objects = [found, *PriceQuestion.objects.visible_to(actor).open().filter(report=found)]
    leads = bool(shown["own"]) and shown["own"].is_leader and found.state == found.State.DRAFTED
    chains = [chain_key_of(tender.project_id), secrecy.panel_chain(tender.panel_draw.pk)]
    return render(request, "awards/report.html", {
        "report": found, "tender": tender, **shown, "creating": creating_actions(PriceQuestion, actor) if leads else [],
        "actions": [action for obj in objects for action in available_actions(obj, actor)],
        "award": Award.objects.visible_to(actor).filter(report=found).order_by("-id").first(),
        "meta": [tender.number, tender.agency.name], "waits": _report_waits(found, shown),
        "facts": [
            (_("评审方法"), _("综合评分法")), (_("签署完毕"), written(found.signed_at)),
            (_("送达采购人"), written(found.delivered_at)), (_("内容摘要"), found.digest[:16]),
        ],
        "entries": Entry.objects.of_subject(REPORT.code, found.pk).filter(chain_id__in=chains).order_by("-id")[:30],
        "breadcrumbs": [way_here(actor), (_("评审报告"), "")],
    })


def _report_waits(found: EvaluationReport, shown: dict) -> str:
    if found.state == found.State.DRAFTED:
        return _("等全体成员签署") if shown["table"] else _("等全体成员提交评分")
    return _("等采购经办人送达") if found.state == found.State.SIGNED else ""


# --- the award ---------------------------------------------------------------------------------------------------
@audience(SIGNED_IN)
@require_safe
def award(request: HttpRequest, pk: int) -> HttpResponse:
    """The decision: ranking, papers, clocks, what can be done."""
    actor = request.actor
    found = get_object_or_404(
        Award.objects.visible_to(actor).select_related("tender__agency", "supplier", "report", "notice", "scoring", "lot", "bid"), pk=pk
    )
    tender, moment = found.tender, clock.now()
    report_seen = EvaluationReport.objects.visible_to(actor).filter(pk=found.report_id).first()
    lights = [{"clock": one, "light": one.light(moment)} for one in clocks_of(found).live()]
    shown = worst([row["light"] for row in lights]) if lights else None
    papers = Document.objects.visible_to(actor).filter(
        project_id=tender.project_id, kind__in=["award_letter", "result_letter", "scoring_data", "evaluation_report"]
    )
    return render(request, "awards/award.html", {
        "award": found, "tender": tender, "actions": available_actions(found, actor), "report": report_seen, "lights": lights,
        "light": (str(shown.colour), shown.words) if shown else None, "meta": [tender.number, tender.agency.name, found.supplier.name],
        "table": reading.result_table(report_seen.content["scoring"]) if report_seen and report_seen.content else None,
        "candidates": found.candidates, "shows_candidates": actor.has(*OFFICIALS), **reading.candidates_table(found),
        "papers": list(papers.order_by("created_at", "id")),
        "waits": _award_waits(found), "facts": reading.award_facts(found, official=actor.has(*OFFICIALS)), "deemed_rule": cite("R87-73"),
        "entries": Entry.objects.of_subject(AWARD.code, found.pk).order_by("-id")[:30] if actor.has(*OFFICIALS) else [],
        "breadcrumbs": [way_here(actor) if actor.has(*OFFICIALS) else (tender.number, tender.get_public_url()), (_("定标"), "")],
    })


def _award_waits(found: Award) -> str:
    return {
        "PROPOSED": _("等单位负责人定标"), "DECIDED": _("等单位负责人公告结果"), "ANNOUNCED": _("等双方签订合同"),
    }.get(found.state, "")
