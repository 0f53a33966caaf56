"""What an evaluation report says, built from sheets and bids: exact inputs, what follows from them, how it came about."""
from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import partial

from django.utils.translation import gettext as _

from portal import clock
from portal.audit.canonical import canonical_json, digest
from portal.notices.models import Notice
from portal.rules.jurisdiction import setting
from procurement.bids.models import Bid
from procurement.bids.verbs.consequences import live_session
from procurement.suppliers.conditions import Size
from procurement.suppliers.models import Supplier
from procurement.tenders.models import Tender

from . import rules, scoring
from .models import EvaluationReport, Score, ScoreSheet

FORMAT = "portal-award-1"
JUDGED = (Bid.State.RESPONSIVE, Bid.State.RANKED, Bid.State.SELECTED, Bid.State.UNSUCCESSFUL)
SMALL = (Size.SMALL, Size.MICRO)

shown = partial(clock.written, seconds=True)


def factors_of(tender: Tender) -> list:
    return list(tender.factors.order_by("order"))


def judged_factors(tender: Tender) -> list:
    """What members score; the price follows from the formula (R87-43)."""
    return [factor for factor in factors_of(tender) if factor.category != "PRICE"]


def responsive_bids(tender: Tender) -> list[Bid]:
    return list(Bid.objects.filter(tender=tender, state__in=JUDGED).select_related("supplier").order_by("received_at", "pk"))


def deduction_of(tender: Tender, supplier) -> tuple[Decimal, str]:
    """Percent taken off a bidder's price for comparing, and the size class it rests on (R46-07, R46-09).

    Small and micro enterprises alone, and only where the tender is not reserved to small and medium ones.
    """
    if tender.sme_policy != Tender.SmePolicy.DEDUCTION or not tender.sme_deduction:
        return Decimal(0), ""
    registered = Supplier.objects.of(supplier)
    if registered is None or not registered.is_sme or registered.size not in SMALL:
        return Decimal(0), ""
    return tender.sme_deduction, registered.size


def scores_of(tender: Tender) -> dict[tuple[int, int, int], Decimal]:
    """Every counting score of the bids still in: (sheet, bid, factor) → points."""
    bids = [bid.pk for bid in responsive_bids(tender)]
    rows = Score.objects.filter(sheet__tender=tender, bid__in=bids).exclude(sheet__state="VOIDED")
    return {(row.sheet_id, row.bid_id, row.factor_id): row.points for row in rows}


def findings(tender: Tender) -> list[rules.Finding]:
    """What the system found in the sheets that are in: objective items that differ, abnormal totals (R87-50, PF-10)."""
    handed_in = set(ScoreSheet.objects.filter(tender=tender, state__in=["SUBMITTED", "LOCKED"]).values_list("pk", flat=True))
    scores = {place: points for place, points in scores_of(tender).items() if place[0] in handed_in}
    objective = {factor.pk for factor in judged_factors(tender) if factor.objective}
    share = setting("outlying_score_share", region=tender.agency.region, as_of=tender.rules_as_of)
    return [*rules.objective_differences(scores, objective), *rules.abnormal_totals(scores, share)]


def missing_scores(sheet: ScoreSheet) -> list[tuple[Bid, list]]:
    """The bids and factors a sheet has no score for. Nought is a score."""
    given = set(sheet.scores.values_list("bid", "factor"))
    factors = judged_factors(sheet.tender)
    found = []
    for bid in responsive_bids(sheet.tender):
        open_ = [factor for factor in factors if (bid.pk, factor.pk) not in given]
        if open_:
            found.append((bid, open_))
    return found


# --- the data ----------------------------------------------------------------------------------------------------
def scoring_data(tender: Tender) -> dict:
    """The exact inputs and results, in the form that is published and that `verify/award.py` reads.

    Members appear by seat alone. Bids are numbered in the order of their arrival.
    """
    factors, bids = factors_of(tender), responsive_bids(tender)
    numbers = {bid.pk: number for number, bid in enumerate(bids, 1)}
    factor_numbers = {factor.pk: factor.order for factor in factors}
    offers, published = [], []
    for bid in bids:
        percent, size = deduction_of(tender, bid.supplier)
        offers.append(scoring.Offer(bid.pk, bid.price, percent))
        published.append({
            "bid": numbers[bid.pk], "supplier": bid.supplier.name, "code": bid.supplier.code, "price": f"{bid.price:f}",
            "deduction_percent": f"{percent:f}", "size": size,
        })
    sheets = list(ScoreSheet.objects.filter(tender=tender).counting().select_related("member").order_by("member__seat"))
    scores = scores_of(tender)
    results = scoring.evaluate(
        [scoring.Factor(f.pk, f.name, f.points, f.category == "PRICE", f.objective) for f in factors], offers,
        [{(bid, factor): points for (sheet, bid, factor), points in scores.items() if sheet == one.pk} for one in sheets],
    ) if bids and sheets else []
    return {
        "format": FORMAT, "tender": tender.number, "title": tender.title, "sme_deduction_percent": f"{tender.sme_deduction or 0:f}",
        "factors": [
            {"factor": f.order, "name": f.name, "points": f"{f.points:f}", "price": f.category == "PRICE", "objective": f.objective}
            for f in factors
        ],
        "bids": published,
        "sheets": [
            {"seat": sheet.member.seat, "scores": [
                {"bid": numbers[bid], "factor": factor_numbers[factor], "points": f"{points:f}"}
                for (one, bid, factor), points in sorted(scores.items()) if one == sheet.pk
            ]}
            for sheet in sheets
        ],
        "results": [_result(row, bids, numbers, factor_numbers) for row in results],
    }


def _result(row: scoring.Result, bids: list[Bid], numbers: dict, factor_numbers: dict) -> dict:
    bid = next(one for one in bids if one.pk == row.bid)
    return {
        "rank": row.rank, "bid": numbers[row.bid], "supplier": bid.supplier.name, "price": f"{row.price:f}",
        "compared_price": str(scoring.printed(row.compared)), "price_score": str(scoring.printed(row.price_score)),
        "price_score_exact": scoring.written(row.price_score),
        "factors": [
            {"factor": factor_numbers[factor], "mean": str(scoring.printed(mean)), "mean_exact": scoring.written(mean)}
            for factor, mean in row.factors.items()
        ],
        "total": str(scoring.printed(row.total)), "total_exact": scoring.written(row.total),
    }


def digest_of(tender: Tender) -> str:
    """Digest of what a member signs: inputs and results."""
    return digest(canonical_json(scoring_data(tender)))


def report_content(report: EvaluationReport) -> dict:
    """The report's contents in the order the law names them (R87-70)."""
    tender = report.tender
    session, draw = live_session(tender), tender.panel_draw
    notice = Notice.objects.of_subject(tender).filter(kind="N-03").order_by("id").first()
    return {
        "scoring": scoring_data(tender),
        "notice": {"number": notice.number, "medium": notice.medium, "published_at": shown(notice.published_at)} if notice else {},
        "opening": {"at": shown(session.opened_at), "place": tender.opening_place, "digest": session.digest},
        "method": _("综合评分法"),
        "panel": [
            {"seat": member.seat, "name": member.user.name, "capacity": str(member.get_capacity_display()),
             "leader": draw.leader_id == member.pk}
            for member in draw.members.seated().select_related("user").order_by("seat")
        ],
        "changes": [
            {"seat": member.seat, "state": str(member.get_state_display()), "reason": member.end_reason}
            for member in draw.members.filter(state__in=["RECUSED", "REPLACED", "DECLINED"]).order_by("seat", "id")
        ],
        "bidders": [
            {"supplier": bid.supplier.name, "price": f"{bid.price:f}" if bid.price is not None else "",
             "invalid": str(bid.invalid_reason) if bid.state == Bid.State.INVALIDATED else ""}
            for bid in Bid.objects.opened().filter(tender=tender).select_related("supplier").order_by("received_at", "pk")
        ],
        "questions": [
            {"supplier": question.bid.supplier.name, "triggers": question.triggers, "question": question.question,
             "answer": question.answer, "finding": str(question.get_state_display()),
             "reasons": [row.reason for row in question.judgements.all()]}
            for question in report.questions.select_related("bid__supplier").prefetch_related("judgements")
        ],
        "signatures": [
            {"seat": row.member.seat, "name": row.member.user.name, "at": shown(row.at), "dissent": row.dissent, "reason": row.reason}
            for row in report.signatures.filter(void_at=None).select_related("member__user").order_by("member__seat")
        ],
    }


def candidates_of(report: EvaluationReport) -> list[dict]:
    """The ranking as the purchaser gets it, parallel firsts in the order of the lot (R87-71)."""
    tender = report.tender
    scored = report.content["scoring"]
    codes = {row["bid"]: row["code"] for row in scored["bids"]}
    bids = {bid.supplier.code: bid for bid in Bid.objects.opened().filter(tender=tender).select_related("supplier")}
    rows = []
    for row in scored["results"]:
        bid = bids[codes[row["bid"]]]
        rows.append({
            "bid": bid.pk, "supplier": bid.supplier_id, "supplier_name": bid.supplier.name, "rank": row["rank"],
            "price": row["price"], "total": row["total"], "lot": rules.sha256(f"{tender.panel_draw.seed}\n{bid.supplier.code}"),
        })
    return sorted(rows, key=lambda row: (row["rank"], row["lot"]))


def totals(sheet: ScoreSheet) -> dict[int, Fraction]:
    """What a sheet gives each bid so far, without the price."""
    found: dict[int, Fraction] = {}
    for bid, points in sheet.scores.values_list("bid", "points"):
        found[bid] = found.get(bid, Fraction(0)) + Fraction(points)
    return found
