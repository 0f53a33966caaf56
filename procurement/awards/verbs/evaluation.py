"""Conformity, scores, price questions, signatures (L7.2, L7.4)."""
from __future__ import annotations

from datetime import timedelta

from django.utils.translation import override

from portal.reports.verbs import facts_of_paper
from portal.workflow import Act
from procurement.awards import content, rules
from procurement.awards.models import (
    ConformityVote,
    EvaluationReport,
    PriceJudgement,
    PriceQuestion,
    Score,
    ScoreSheet,
    Signature,
)
from procurement.awards.people import seat_of
from procurement.bids.models import Bid


# --- sheets ------------------------------------------------------------------------------------------------------
def issue(sheet: ScoreSheet, act: Act) -> dict:
    sheet.member = act.data["member"]
    sheet.tender = sheet.member.draw.tender
    return {"seat": sheet.member.seat}


def review_conformity(sheet: ScoreSheet, act: Act) -> dict:
    """Keep a member's opinion on each bid; a later one takes the place of an earlier while the bid is undecided."""
    for row in act.data["findings"]:
        ConformityVote.objects.update_or_create(
            sheet=sheet, bid=row["bid"],
            defaults={"responsive": row["responsive"], "reason": row["reason"], "at": act.now},
        )
    return {"seat": sheet.member.seat, "findings": [[row["bid"].pk, row["responsive"]] for row in act.data["findings"]]}


def score(sheet: ScoreSheet, act: Act) -> dict:
    for row in act.data["points"]:
        Score.objects.update_or_create(
            sheet=sheet, bid=row["bid"], factor=row["factor"],
            defaults={"points": row["points"], "note": row.get("note", ""), "at": act.now},
        )
    if "comment" in act.data:
        sheet.comment = act.data["comment"]
    sheet.saved_at = act.now
    return {"seat": sheet.member.seat, "scores": [[row["bid"].pk, row["factor"].pk, row["points"]] for row in act.data["points"]]}


def submit(sheet: ScoreSheet, act: Act) -> dict:
    return {"seat": sheet.member.seat, "scores": sheet.scores.count()}


def reopen(sheet: ScoreSheet, act: Act) -> dict:
    """A sheet that is mended takes every signature with it: what was signed is no longer what is said (R87-50)."""
    voided = Signature.objects.filter(report__tender=sheet.tender, report__state="DRAFTED", void_at=None).update(void_at=act.now)
    return {"seat": sheet.member.seat, "signatures_void": voided}


def void(sheet: ScoreSheet, act: Act) -> dict:
    sheet.void_reason = (act.reason or act.reason_code)[:200]
    return {"seat": sheet.member.seat, "code": act.reason_code}


def open_findings(sheet: ScoreSheet) -> list[rules.Finding]:
    """What the system found in this sheet beside the others' (R87-50, PF-10)."""
    return [finding for finding in content.findings(sheet.tender) if finding.sheet == sheet.pk]


# --- price questions ---------------------------------------------------------------------------------------------
def ask(question: PriceQuestion, act: Act) -> dict:
    question.report, question.bid = act.data["report"], act.data["bid"]
    question.triggers = act.data.get("triggers") or ["RAL-05" if low_price_rules_hold(question.report) else "R87-34"]
    question.question = act.data.get("question", "")
    question.asked_at = act.now
    question.answer_from = act.now + timedelta(minutes=rules.LOW_PRICE_MINUTES)
    return {"bid": question.bid.pk, "triggers": question.triggers, "answer_from": question.answer_from}


def answer(question: PriceQuestion, act: Act) -> dict:
    question.answer, question.answered_by = act.data["answer"], act.actor.user
    return {"length": len(question.answer)}


def judge(question: PriceQuestion, act: Act) -> dict:
    member = seat_of(question.report.tender.panel_draw, act.actor)
    PriceJudgement.objects.update_or_create(
        question=question, member=member,
        defaults={"justified": act.data["justified"], "reason": act.reason, "at": act.now},
    )
    return {"seat": member.seat, "justified": act.data["justified"]}


def low_price_rules_hold(report: EvaluationReport) -> bool:
    """The triggers bind procedures started from 2026-02-01 on (RAL-01, G5)."""
    started = report.tender.rules_as_of
    return started is not None and started >= rules.LOW_PRICE_FROM


def check_prices(report: EvaluationReport, act: Act) -> None:
    """Ask every bidder whose price meets a trigger, once; computed anew after an exclusion (RAL-02 to RAL-04)."""
    if not low_price_rules_hold(report):
        return
    tender = report.tender
    bids = list(Bid.objects.filter(tender=tender, state=Bid.State.RESPONSIVE).order_by("received_at", "pk"))
    asked = set(report.questions.values_list("bid", flat=True))
    prices = [bid.price for bid in bids]
    ratios = rules.Ratios(tender.low_price_average, tender.low_price_second, tender.low_price_ceiling)
    for bid in bids:
        met = rules.low_price_triggers(bid.price, prices, tender.price_limit, ratios)
        if met and bid.pk not in asked:
            act.perform(PriceQuestion(), "ask_by_rule", report=report, bid=bid, triggers=met)


# --- the report --------------------------------------------------------------------------------------------------
def draft(report: EvaluationReport, act: Act) -> dict:
    report.tender = act.data["tender"]
    return {}


def sign(report: EvaluationReport, act: Act) -> dict:
    """A name under what follows from the sheets at this moment (R87-32)."""
    member = seat_of(report.tender.panel_draw, act.actor)
    signature = Signature.objects.create(
        report=report, member=member, dissent=act.data["dissent"], reason=act.reason if act.data["dissent"] else "",
        digest=content.digest_of(report.tender), at=act.now,
    )
    return {"seat": member.seat, "dissent": signature.dissent, "digest": signature.digest}


def complete_signing(report: EvaluationReport, act: Act) -> dict:
    """Freeze what was signed, exact inputs and all, and put it on paper."""
    from .papers import report_paper

    with override("zh-hans"):
        report.content = content.report_content(report)
    report.digest = content.digest_of(report.tender)
    report.document = report_paper(report, act)
    return {
        "digest": report.digest, **facts_of_paper(report.document),
        "ranking": [[row["rank"], row["supplier"], row["total"]] for row in report.content["scoring"]["results"]],
    }


def deliver(report: EvaluationReport, act: Act) -> dict:
    return {"digest": report.digest}


def supersede(report: EvaluationReport, act: Act) -> dict:
    report.superseded_code = act.reason_code
    return {"code": act.reason_code}
