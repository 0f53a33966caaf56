"""Pages of the panel: today's seats, one seat, the scoring sheet, a price question."""
from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.access import SIGNED_IN, audience
from portal.clock import written
from portal.paging import page_of
from portal.rules.register import rule
from portal.workflow import NotYours, Refused, available_actions, perform
from portal.workflow.engine import may
from portal.workflow.inputs import inputs_form
from portal.workflow.labels import state_label, tone
from procurement.awards import reading
from procurement.awards.models import EvaluationReport, PanelMember, PriceQuestion, ScoreSheet
from procurement.awards.verbs.panel import bidders_of
from procurement.awards.workflow import SHEET

from .organising import way_here

LIVE = ("DRAWN", "CONFIRMED", "SEATED")
TONES = {"wait": "yours", "run": "now", "ok": "ok", "bad": "bad", "warn": "warn"}


@audience(SIGNED_IN)
@require_safe
def panel(request: HttpRequest) -> HttpResponse:
    """The seats a person holds: invitations and today's evaluations, then earlier ones."""
    seats = PanelMember.objects.filter(user=request.actor.user_id).select_related("draw__tender__agency", "user").order_by("-id")
    page = page_of(seats.exclude(state__in=LIVE), request.GET.get("page"))
    return render(request, "awards/panel.html", {
        "live": [_live(seat, request.actor) for seat in seats.filter(state__in=LIVE)[:12]], "page": page,
        "head": [_("项目"), _("状态"), {"label": _("评审时间"), "minor": True}],
        "rows": [
            {"cells": [_title(seat), state_label(seat, request.actor), written(seat.draw.review_at)], "url": seat.get_absolute_url()}
            for seat in page
        ],
        "breadcrumbs": [(_("今日评审"), "")],
    })


def _live(seat: PanelMember, actor) -> dict:
    return {
        "member": seat, "title": _title(seat), "label": state_label(seat, actor), "tone": TONES.get(tone(seat), ""),
        "actions": open_actions(seat, actor),
        "facts": [
            (_("评审时间"), written(seat.draw.review_at)), (_("地点"), seat.draw.place), (_("身份"), seat.get_capacity_display()),
            (_("应邀截止"), written(seat.answer_until) if seat.state == seat.State.DRAWN else ""),
        ],
    }


def open_actions(obj, actor) -> list:
    """What is still to be done; what is merely done already is left out."""
    return [action for action in available_actions(obj, actor) if action.enabled or any(r.rule != "G7" for r in action.refusals)]


def _title(seat: PanelMember) -> str:
    """What a seat is called: the project is told with the acceptance, not before (L7.1)."""
    if seat.state in (seat.State.DRAWN, seat.State.DECLINED):
        return _("评审邀请 %(moment)s") % {"moment": written(seat.draw.review_at)}
    return seat.draw.tender.title


@audience(SIGNED_IN)
@require_safe
def member(request: HttpRequest, pk: int) -> HttpResponse:
    """One seat: what to do now, who bids, how the review stands, who sits beside."""
    actor = request.actor
    found = get_object_or_404(
        PanelMember.objects.visible_to(actor).select_related("draw__tender__agency", "draw__leader__user", "user", "expert"), pk=pk
    )
    own = actor.is_person(found.user_id)
    known = not own or found.state not in (found.State.DRAWN, found.State.DECLINED)
    tender = found.draw.tender if known else None
    sheet = ScoreSheet.objects.filter(member=found).select_related("tender", "member").first() if own else None
    report = EvaluationReport.objects.visible_to(actor).filter(tender=found.draw.tender_id, superseded_at=None).first() if own else None
    questions = PriceQuestion.objects.visible_to(actor).filter(report=report).select_related("bid__supplier") if report else []
    objects = [obj for obj in (found, sheet, report) if obj is not None]
    fellows = PanelMember.objects.visible_to(actor).filter(draw=found.draw_id).values_list("pk", flat=True)
    return render(request, "awards/member.html", {
        "member": found, "own": own, "known": known, "tender": tender, "sheet": sheet, "report": report, "questions": questions,
        "heading": _title(found) if own else found.user.name, "meta": [tender.number, tender.agency.name] if tender else [],
        "actions": [action for obj in objects for action in open_actions(obj, actor)],
        "bidders": bidders_of(tender) if tender else [], "conformity": reading.conformity_of(sheet) if sheet else [],
        "seats": reading.seats_of(found.draw, set(fellows)) if found.state == found.State.SEATED or not own else [],
        "facts": [
            (_("评审时间"), written(found.draw.review_at)), (_("地点"), found.draw.place), (_("身份"), found.get_capacity_display()),
            (_("席位"), found.seat), (_("应邀截止"), written(found.answer_until) if found.state == found.State.DRAWN else ""),
            (_("评审组长"), found.draw.leader.user.name if known and found.draw.leader else ""),
        ],
        "waits": "", "breadcrumbs": [way_here(actor), (_("席位 %(seat)s") % {"seat": found.seat}, "")],
    })


# --- the scoring sheet -------------------------------------------------------------------------------------------
def _sheet(actor, pk: int) -> ScoreSheet:
    return get_object_or_404(
        ScoreSheet.objects.visible_to(actor).select_related("tender__agency", "member__user", "member__draw__leader"), pk=pk
    )


@audience(SIGNED_IN)
@require_safe
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The scoring sheet: bands as buttons, running totals, what is missing at the top."""
    return render(request, "awards/sheet.html", _board(request, _sheet(request.actor, pk), _number(request.GET.get("bid"))))


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None


def _board(request: HttpRequest, found: ScoreSheet, current: int | None, tried: reading.Tried | None = None) -> dict:
    own = request.actor.is_person(found.member.user_id)
    actions = available_actions(found, request.actor)
    seat = _("席位 %(seat)s") % {"seat": found.member.seat}
    board = reading.scoreboard(found, current, editable=own and found.state in SHEET["score"].sources, tried=tried)
    return {
        "sheet": found, "tender": found.tender, "own": own, **board, "heading": _("%(title)s · 独立评分") % {"title": found.tender.title},
        "meta": [found.tender.number, seat, _("共 %(size)s 席") % {"size": found.member.draw.size}],
        "waits": _("每次给分即保存；提交前互不可见") if board["editable"] else "",
        "actions": [action for action in actions if action.name not in ("score", "review_conformity")] if board["bidders"] else [],
        "conformity": next((action for action in actions if action.name == "review_conformity"), None),
        "breadcrumbs": [way_here(request.actor), (seat, found.member.get_absolute_url()), (_("评分表"), "")],
    }


@audience(SIGNED_IN)
@require_POST
def score(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep one entry as soon as it is given; the board comes back as it then is, a refusal at its place."""
    found = _sheet(request.actor, pk)
    if not may(SHEET["score"], found, request.actor):
        raise NotYours
    form = inputs_form(SHEET["score"], subject=found, actor=request.actor, data=_entry(request.POST))
    tried: reading.Tried | None = reading.Tried(
        factor=_number(request.POST.get("factor")), points=request.POST.get("points", ""), note=request.POST.get("note", "")
    )
    status = 200
    if form.is_valid():
        try:
            perform(found, "score", actor=request.actor, **form.cleaned_data)
            tried = None
        except Refused as refused:
            tried.refusals, status = refused.refusals, 409
    else:
        tried.messages, status = [message for messages in form.errors.values() for message in messages], 422
    bid = _number(request.POST.get("bid"))
    if not request.htmx and status == 200:
        return redirect(f"{reverse('awards:sheet', args=[pk])}?bid={bid or ''}")
    context = _board(request, _sheet(request.actor, pk), bid, tried)
    template = "awards/_board.html" if request.htmx else "awards/sheet.html"
    return render(request, template, context, status=200 if request.htmx else status)


def _entry(posted) -> dict:
    """One row of the page as the row's form takes it; without points given nothing is said."""
    data: dict = {}
    if posted.get("factor") and posted.get("points"):
        data["points"] = [{name: posted[name] for name in ("bid", "factor", "points", "note") if posted.get(name)}]
    if "comment" in posted:
        data["comment"] = posted["comment"]
    return data


# --- a price question --------------------------------------------------------------------------------------------
@audience(SIGNED_IN)
@require_safe
def question(request: HttpRequest, pk: int) -> HttpResponse:
    """One price question, for the bidder who is asked and for the panel."""
    actor = request.actor
    found = get_object_or_404(
        PriceQuestion.objects.visible_to(actor).select_related("report__tender__agency", "bid__supplier"), pk=pk
    )
    tender = found.report.tender
    reads = EvaluationReport.objects.visible_to(actor).filter(pk=found.report_id).exists()
    return render(request, "awards/question.html", {
        "question": found, "tender": tender, "actions": available_actions(found, actor),
        "judgements": found.judgements.select_related("member__user") if reads else [],
        "triggers": [{"summary": rule(code).summary, "citation": rule(code).citation} for code in found.triggers],
        "meta": [tender.number, found.bid.supplier.name],
        "facts": [(_("要求说明"), written(found.asked_at)), (_("说明时间至少到"), written(found.answer_from))],
        "breadcrumbs": [(tender.number, tender.get_public_url()), (_("报价说明"), "")],
    })
