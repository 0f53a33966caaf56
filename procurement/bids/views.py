"""Pages of bids, of the key ceremony and of the opening."""
from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.accounts.access import PUBLIC, audience
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.paging import page_of
from portal.workflow import Refused, available_actions, perform
from portal.workflow.engine import Act, refusals
from portal.workflow.inputs import inputs_form
from portal.workflow.labels import state_label
from procurement.tenders.models import Tender

from . import envelopes, rules
from .documents import receipt_paper
from .models import Bid, OpeningKey, OpeningSession, SealedPart
from .surfaces import board, openers_of, wall
from .workflow import BID, OPENING_KEY

SUPPLIER = (Role.SUPPLIER_OFFICER, Role.SUPPLIER_HEAD)
AGENCY = (
    Role.OFFICER, Role.PLANNER, Role.ACCEPTOR, Role.PAYER, Role.PROJECT_OFFICER, Role.HEAD, Role.DEPARTMENT,
    Role.REVIEWER_PROCUREMENT, Role.REVIEWER_FINANCE, Role.REVIEWER_BUSINESS, Role.REVIEWER_SUPERVISION, Role.OPENER,
    Role.WITNESS,
)


# --- the bidder's pages ------------------------------------------------------------------------------------------
@audience(*SUPPLIER)
@require_safe
def bids(request: HttpRequest) -> HttpResponse:
    """My bids: every bid of the supplier, newest first."""
    found = Bid.objects.filter(supplier=request.actor.organisation_id).select_related("tender").order_by("-created_at", "id")
    page, tenders = page_of(found, request.GET.get("page")), reverse("tenders:public_tenders")
    return render(request, "bids/my_bids.html", {
        "title": _("我的投标"), "intro": _("投标文件在开标前对任何人保密，贵单位自己也只能看到名称、大小、时间和摘要。"),
        "page": page, "caption": _("我的投标"),
        "head": [_("项目"), _("状态"), {"label": _("投标截止"), "minor": False}, {"label": _("收讫时间"), "minor": True}],
        "rows": [
            {
                "cells": [bid.tender.title, state_label(bid, request.actor), _moment(bid.tender.closes_at), _moment(bid.received_at)],
                "url": bid.get_absolute_url(),
            }
            for bid in page
        ],
        "empty_title": _("还没有投标"), "empty_text": _("在公开平台找到招标项目，获取招标文件后，从项目页开始准备投标。"),
        "empty_url": tenders, "empty_label": _("看招标项目"), "actions": [(_("看招标项目"), tenders)] if page.object_list else [],
        "breadcrumbs": [(_("我的投标"), "")],
    })


def _moment(value: datetime | None) -> str:
    return clock.written(value, seconds=True, absent="—")


@audience(*SUPPLIER)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a bid: what is needed until when; the way in is the tender's own page."""
    tender = get_object_or_404(Tender.objects.published().select_related("agency"), pk=pk)
    mine = Bid.objects.filter(tender=tender, supplier=request.actor.organisation_id).live().first()
    if mine:
        return redirect(mine)
    row, subject = BID["draft"], Bid()
    act = Act(row=row, lifecycle=BID, actor=request.actor, now=clock.now(), data={"tender": tender})
    found = refusals(subject, row, act, performing=True)
    if request.method == "POST":
        try:
            return redirect(perform(subject, "draft", actor=request.actor, key=request.POST.get("key") or None, tender=tender))
        except Refused as refused:
            found = refused.refusals
    return render(request, "bids/new.html", {
        "tender": tender, "meta": [tender.number, tender.agency.name], "refusals": found,
        "required": [SealedPart.Kind(kind).label for kind in rules.REQUIRED_PARTS],
        "breadcrumbs": [(_("我的投标"), reverse("bids:list")), (_("准备投标"), "")],
    }, status=409 if request.method == "POST" else 200)


@audience(*SUPPLIER, *AGENCY, Role.EXPERT, Role.AUDITOR)
@require_safe
def bid(request: HttpRequest, pk: int) -> HttpResponse:
    """One bid: its owner's check list and receipts before the opening, its content for those who may read it after."""
    found = get_object_or_404(
        Bid.objects.visible_to(request.actor).select_related("tender__agency", "supplier").prefetch_related(
            "parts__document", "findings__condition"),
        pk=pk,
    )
    receipt = found.last_receipt()
    sent = set(receipt.parts.values_list("pk", flat=True)) if receipt else set()
    parts = found.working_parts() if found.is_sealed else [part for part in found.parts.all() if part.pk in sent]
    actions = available_actions(found, request.actor)
    named = {action.name: action for action in actions}
    return render(request, "bids/bid.html", {
        "bid": found, "parts": [(part, part.pk in sent) for part in parts], "checks": _check_list(parts, named),
        "receipts": found.receipts.order_by("-version"), "unsent": found.state == Bid.State.SUBMITTED and {p.pk for p in parts} != sent,
        "actions": [action for action in actions if action.name not in ("put_price", "put_response", "put_file", "drop_part")],
        "fill": named, "file_form": inputs_form(BID["put_file"], subject=found, actor=request.actor) if "put_file" in named else None,
        "entries": Entry.objects.of_subject(BID.code, found.pk).order_by("-id")[:50], "now": clock.now(),
        "part_title": _("密封的部分") if found.is_sealed else _("收到的部分"),
        "part_note": _("只能看到名称、大小、时间和密文摘要") if found.is_sealed else _("以最后一次递交为准"),
        "own": found.supplier_id == request.actor.organisation_id, "answers": _answers(found),
        "breadcrumbs": [(_("我的投标"), reverse("bids:list")) if request.actor.has(*SUPPLIER) else (
            found.tender.number, found.tender.get_absolute_url()), (str(found.supplier), "")],
    })


def _answers(found: Bid) -> list[dict]:
    """The response form by chapters, once it is open."""
    titles = {
        "qualifications": _("资格条件"), "requirements": _("实质性要求"), "factors": _("评分因素"), "deliverables": _("服务内容"),
    }
    return [{"title": title, "rows": found.response.get(name, [])} for name, title in titles.items()]


def _check_list(parts: list[SealedPart], named: dict) -> list[dict]:
    """What a whole bid needs, whether it is there, and where it is put in."""
    verbs = {"PRICE": "put_price", "RESPONSE": "put_response"}
    return [
        {
            "label": SealedPart.Kind(kind).label, "there": [part for part in parts if part.kind == kind],
            "action": named.get(verbs.get(kind, "")), "anchor": "" if kind in verbs else "#upload",
        }
        for kind in rules.REQUIRED_PARTS
    ]


@audience(*SUPPLIER)
@require_safe
def receipt(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """The receipt of one handing-in, for the bidder to keep."""
    mine = Bid.objects.filter(supplier=request.actor.organisation_id).select_related("tender__agency", "supplier")
    found = get_object_or_404(mine, pk=pk)
    paper = get_object_or_404(found.receipts.select_related("issued_to"), version=version)
    return render(request, "bids/receipt.html", {
        "bid": found, "receipt": paper, "facts": envelopes.facts_of(paper),
        "parts": paper.parts.order_by("id"), "counts": version == found.version,
        "breadcrumbs": [(_("我的投标"), reverse("bids:list")), (found.tender.number, found.get_absolute_url()), (_("递交回执"), "")],
    })


@audience(*SUPPLIER)
@require_POST
def print_receipt(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """The receipt as a paper, set when it is first asked for."""
    found = get_object_or_404(Bid, pk=pk, supplier=request.actor.organisation_id)
    return redirect(receipt_paper(get_object_or_404(found.receipts, version=version), request.actor))


# --- the key -----------------------------------------------------------------------------------------------------
@audience(*AGENCY, Role.AUDITOR)
@require_safe
def key(request: HttpRequest, pk: int) -> HttpResponse:
    """The key ceremony: who has done his part, what is waited for."""
    found = get_object_or_404(
        OpeningKey.objects.visible_to(request.actor).select_related("tender__agency", "witness").prefetch_related("openers__user"),
        pk=pk,
    )
    return render(request, "bids/key.html", {
        "key": found, "openers": openers_of(found), "actions": available_actions(found, request.actor),
        "session": found.sessions.first(), "entries": Entry.objects.of_subject(OPENING_KEY.code, found.pk).order_by("-id")[:50],
        "breadcrumbs": [(found.tender.number, found.tender.get_absolute_url()), (_("开标密钥"), "")],
    })


# --- the opening -------------------------------------------------------------------------------------------------
@audience(*AGENCY, *SUPPLIER, Role.AUDITOR)
@require_safe
def openings(request: HttpRequest) -> HttpResponse:
    """Openings, the next first: of the agency, of the region, of the supplier's own bids."""
    found = OpeningSession.objects.select_related("tender__agency").order_by("-scheduled_at", "-id")
    actor = request.actor
    if actor.has(*SUPPLIER):
        found = found.filter(tender__in=Bid.objects.filter(supplier=actor.organisation_id).values("tender"))
    elif actor.has(Role.AUDITOR):
        found = found.filter(tender__agency__region__path__startswith=actor.region_path)
    else:
        found = found.filter(tender__agency=actor.organisation_id)
    page = page_of(found, request.GET.get("page"))
    return render(request, "list.html", {
        "title": _("开标"), "intro": _("开标公开进行，任何人都可以观看。"), "page": page, "caption": _("开标"),
        "head": [_("项目"), _("状态"), _("开启时间"), {"label": _("采购人"), "minor": True}],
        "rows": [
            {
                "cells": [session.tender.title, state_label(session, actor), _moment(session.scheduled_at), session.tender.agency.name],
                "url": session.get_absolute_url(),
            }
            for session in page
        ],
        "empty_title": _("还没有开标"), "empty_text": _("招标公告发布后，开标按公告的时间自动列在这里。"),
        "breadcrumbs": [(_("开标"), "")],
    })


def _session(pk: int) -> OpeningSession:
    found = OpeningSession.objects.select_related("tender__agency", "key__witness", "record", "started_by", "opened_by").prefetch_related(
        "key__openers__user", "doubts__bid__supplier").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@audience(PUBLIC)
@require_safe
def opening(request: HttpRequest, pk: int) -> HttpResponse:
    """The live page that a room can watch on a wall; what moves is fetched again by itself."""
    session = _session(pk)
    return render(request, "bids/opening.html", {
        **_wall_context(request, session), "actions": available_actions(session, request.actor) if not request.actor.is_public else [],
        "breadcrumbs": [(session.tender.number, session.tender.get_public_url()), (_("开标"), "")],
    })


@audience(PUBLIC)
@require_safe
def opening_wall(request: HttpRequest, pk: int) -> HttpResponse:
    """The moving part of the live page."""
    return render(request, "bids/_wall.html", _wall_context(request, _session(pk)))


def _wall_context(request: HttpRequest, session: OpeningSession) -> dict:
    moment = clock.now()
    return {"session": session, "tender": session.tender, "rows": wall(session), "now": moment, **board(session, moment)}


@audience(PUBLIC)
@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """The opening record for everybody, from the moment the bids are open (R87-22)."""
    session = _session(pk)
    rows = wall(session)
    if not session.opened_at:
        raise Http404
    return render(request, "bids/record.html", {
        "session": session, "tender": session.tender, "rows": rows, "doubts": session.doubts.all(),
        "breadcrumbs": [(session.tender.number, session.tender.get_public_url()), (_("开标记录"), "")],
    })
