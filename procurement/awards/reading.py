"""What pages and programs show of panels, sheets and reports: rows and words, each for the one who may read it."""
from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from portal import money
from procurement.bids.models import Bid, SealedPart

from . import content, rules, scoring
from .models import Draw, EvaluationReport, PanelMember, ScoreSheet
from .people import seat_of


def plain(value: Decimal | str) -> str:
    """A number as people write it: "4", "12.5"."""
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# --- the draw ----------------------------------------------------------------------------------------------------
def pool_of(draw: Draw) -> list[dict]:
    """The frozen pool: who was left out and why; the order once it is drawn."""
    return [
        {"number": row.number, "employer": row.expert.employer, "title": row.expert.title, "excluded": row.excluded, "reason": row.reason,
         "late": row.excluded_at_draw, "place": row.place}
        for row in draw.pool.select_related("expert")
    ]


def steps_of(draw: Draw) -> list[dict]:
    """From conditions to the complete panel, for the stepper."""
    state, places = draw.State, ["DRAFTED", "SEALED", "DRAWN", "CLOSED"]
    now = places.index(draw.state)
    moments = [draw.created_at, draw.sealed_at, draw.drawn_at, draw.closed_at]
    return [
        {"name": state(code).label, "state": "done" if place <= now else "next", "note": _day(moments[place])}
        for place, code in enumerate(places)
    ]


def _day(moment) -> str:
    from .models.draws import clock_text

    return clock_text(moment)


def order_of_asking(draw: Draw) -> list[dict]:
    """What anybody needs to draw again (R87-29)."""
    return [{"number": row.number, "place": row.place} for row in draw.pool.filter(place__isnull=False).order_by("place")]


# --- the scoring page --------------------------------------------------------------------------------------------
def scoreboard(sheet: ScoreSheet, current: int | None) -> dict:
    """Everything the scoring page shows: bidders with what is missing, the factors of the one in hand, totals."""
    bids = content.responsive_bids(sheet.tender)
    factors = content.judged_factors(sheet.tender)
    given = {(row.bid_id, row.factor_id): row for row in sheet.scores.all()}
    totals = content.totals(sheet)
    missing = {bid.pk: [factor for factor in factors if (bid.pk, factor.pk) not in given] for bid in bids}
    chosen = next((bid for bid in bids if bid.pk == current), None) or next((bid for bid in bids if missing[bid.pk]), None)
    chosen = chosen or (bids[0] if bids else None)
    editable = sheet.state in (sheet.State.ISSUED, sheet.State.REOPENED)
    return {
        "bidders": [_bidder(bid, chosen, totals, missing[bid.pk], len(factors)) for bid in bids],
        "bid": chosen, "rows": [_row(factor, given.get((chosen.pk, factor.pk))) for factor in factors] if chosen else [],
        "missing": [{"bid": bid, "count": len(missing[bid.pk]), "names": "、".join(f.name for f in missing[bid.pk])} for bid in bids if missing[bid.pk]],
        "missing_count": sum(len(rows) for rows in missing.values()), "editable": editable,
        "price_factors": [factor for factor in content.factors_of(sheet.tender) if factor.category == "PRICE"],
        "full": plain(sum((factor.points for factor in factors), Decimal(0))),
        "subtotal": str(scoring.printed(totals.get(chosen.pk, Fraction(0)))) if chosen else "",
        "done": len(factors) - len(missing[chosen.pk]) if chosen else 0, "total_factors": len(factors),
        "documents": bid_papers(chosen) if chosen else [],
        "answers": {row["id"]: row["answer"] for row in (chosen.response.get("factors") or [])} if chosen else {},
    }


def _bidder(bid: Bid, chosen: Bid | None, totals: dict, missing: list, count: int) -> dict:
    scored = count - len(missing)
    if not missing:
        light, words = "done", _("已评完")
    elif scored:
        light, words = "soon", _("缺 %(count)s 项") % {"count": len(missing)}
    else:
        light, words = "none", _("未评")
    total = str(scoring.printed(totals[bid.pk])) if bid.pk in totals else "—"
    return {"bid": bid, "current": chosen is not None and bid.pk == chosen.pk, "total": total, "light": light, "words": words}


def _row(factor, score) -> dict:
    bands = []
    for band in factor.bands:
        low, high = plain(band["from"]), plain(band["to"])
        inside = score is not None and rules.band_of([band], score.points) is not None
        bands.append({
            "label": band["label"], "text": band.get("text", ""), "span": low if low == high else f"{low}–{high}", "from": low, "to": high,
            "single": low == high, "checked": inside,
        })
    chosen = [band for band in bands if band["checked"]]
    for band in chosen[1:]:  # a value on the edge of two bands stands in the first
        band["checked"] = False
    return {
        "factor": factor, "points": plain(factor.points), "bands": bands, "score": plain(score.points) if score else "",
        "note": score.note if score else "", "missing": score is None,
    }


def bid_papers(bid: Bid) -> list:
    """The files of an opened bid, for the panel."""
    parts = bid.parts.exclude(document=None).filter(dropped_at=None, receipts__version=bid.version).select_related("document")
    return [
        {"name": part.name, "url": part.document.get_absolute_url(), "size": part.size, "digest": part.document.digest,
         "note": SealedPart.Kind(part.kind).label}
        for part in parts.order_by("id").distinct()
    ]


# --- the member's page -------------------------------------------------------------------------------------------
def seats_of(draw: Draw) -> list[dict]:
    """Who sits, for members who are seated themselves and for who organises."""
    rows = draw.members.select_related("user", "expert").order_by("seat", "id")
    return [
        {"member": row, "name": row.user.name, "capacity": row.get_capacity_display(), "leader": draw.leader_id == row.pk,
         "employer": row.expert.employer if row.expert else "", "light": LIGHTS.get(row.state, "none"), "state": row.get_state_display()}
        for row in rows
    ]


LIGHTS = {"DRAWN": "soon", "CONFIRMED": "soon", "SEATED": "done", "RELEASED": "done", "DECLINED": "none", "RECUSED": "none", "REPLACED": "none"}


def conformity_of(sheet: ScoreSheet) -> list[dict]:
    """Each opened bid, where its conformity stands, and what this member said."""
    said = {vote.bid_id: vote for vote in sheet.votes.all()}
    bids = Bid.objects.opened().filter(tender=sheet.tender).exclude(qualified_at=None).select_related("supplier")
    return [
        {"bid": bid, "vote": said.get(bid.pk), "decided": bid.state != Bid.State.QUALIFIED, "price": bid.price}
        for bid in bids.order_by("received_at", "pk")
    ]


# --- the report --------------------------------------------------------------------------------------------------
def report_of(report: EvaluationReport, actor) -> dict:
    """The frozen content, or, while the panel works, what follows from the sheets once all are in."""
    tender = report.tender
    sheets = list(ScoreSheet.objects.filter(tender=tender).counting().select_related("member__user").order_by("member__seat"))
    complete = bool(sheets) and all(sheet.state in ("SUBMITTED", "LOCKED") for sheet in sheets)
    data = report.content.get("scoring") or (content.scoring_data(tender) if complete else None)
    own = seat_of(tender.panel_draw, actor)
    return {
        "data": data, "table": result_table(data) if data else None, "sheets": sheets, "submitted": sum(s.state != "ISSUED" and s.state != "REOPENED" for s in sheets),
        "size": tender.panel_draw.size, "findings": described_findings(report) if own and complete and not report.content else [],
        "signatures": signatures_of(report), "questions": report.questions.select_related("bid__supplier").prefetch_related("judgements__member__user"),
        "content": report.content, "own": own,
    }


def result_table(data: dict) -> dict:
    """Ranking with the mean of every factor, as printed."""
    factors = [row for row in data["factors"] if not row["price"]]
    return {
        "factors": [{"name": row["name"], "points": plain(row["points"])} for row in factors],
        "price_points": plain(sum(Decimal(row["points"]) for row in data["factors"] if row["price"])),
        "rows": [
            {**row, "price_text": money.in_figures(row["price"]),
             "means": [next(mean["mean"] for mean in row["factors"] if mean["factor"] == factor["factor"]) for factor in factors]}
            for row in data["results"]
        ],
    }


def described_findings(report: EvaluationReport) -> list[dict]:
    """What the system found, in words, with the sheet it concerns."""
    tender = report.tender
    names = {factor.pk: factor.name for factor in content.judged_factors(tender)}
    suppliers = {bid.pk: bid.supplier.name for bid in content.responsive_bids(tender)}
    sheets = {sheet.pk: sheet for sheet in ScoreSheet.objects.filter(tender=tender).select_related("member__user")}
    found = []
    for one in content.findings(tender):
        values = {"name": suppliers[one.bid], "factor": names.get(one.factor, ""), "seat": sheets[one.sheet].member.seat}
        text = _("席位 %(seat)s：对%(name)s的客观因素“%(factor)s”与其他成员不一致") if one.kind == "OBJECTIVE" else \
            _("席位 %(seat)s：对%(name)s的评分明显偏离其他成员")
        found.append({"text": text % values, "sheet": sheets[one.sheet], "kind": one.kind})
    return found


def signatures_of(report: EvaluationReport) -> list[dict]:
    """Every seat with its signature, or that it is still open."""
    draw = report.tender.panel_draw
    signed = {row.member_id: row for row in report.signatures.filter(void_at=None)}
    members = PanelMember.objects.filter(draw=draw, state__in=["SEATED", "RELEASED"]).select_related("user").order_by("seat")
    return [
        {"seat": member.seat, "name": member.user.name, "capacity": member.get_capacity_display(), "leader": draw.leader_id == member.pk,
         "signature": signed.get(member.pk)}
        for member in members
    ]
