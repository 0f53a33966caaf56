"""What pages and programs show of panels, sheets and reports: rows and words, each for the one who may read it."""
from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from django.utils.html import format_html
from django.utils.translation import gettext as _

from portal import money
from portal.clock import written
from portal.rules.register import cite
from portal.workdays import Deadline
from procurement.bids.models import Bid, SealedPart

from . import content, rules, scoring
from .models import Award, Draw, EvaluationReport, PanelMember, ScoreSheet
from .models.draws import SITTING
from .people import seat_of

FEW = 3  # names of missing factors that still read well in one line


def plain(value: Decimal | str) -> str:
    """A number as people write it: "4", "12.5"."""
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# --- the draw ----------------------------------------------------------------------------------------------------
def pool_of(draw: Draw) -> list[dict]:
    """The frozen pool: who was left out and why; the order once it is drawn."""
    return [
        {"number": row.number, "employer": row.expert.employer, "title": row.expert.title, "excluded": row.excluded, "reason": row.reason,
         "late": row.excluded_at_draw, "place": row.place, "citation": cite(row.excluded) if row.excluded else ""}
        for row in draw.pool.select_related("expert")
    ]


def steps_of(draw: Draw) -> list[dict]:
    """From conditions to the complete panel, for the stepper."""
    places = ["DRAFTED", "SEALED", "DRAWN", "CLOSED"]
    now = places.index(draw.state)
    moments = [draw.created_at, draw.sealed_at, draw.drawn_at, draw.closed_at]
    return [
        {"name": draw.State(code).label, "state": "done" if place < now or now == 3 else "now" if place == now else "next",
         "note": written(moments[place])}
        for place, code in enumerate(places)
    ]


def proof_of(draw: Draw) -> list[tuple]:
    """What anybody needs to draw again; the seed only when it has been used (R87-29)."""
    return [
        (_("种子摘要"), _mono(draw.seed_hash)), (_("候选名单摘要"), _mono(draw.pool_digest)), (_("监督见证人"), draw.witness.name),
        (_("见证数"), draw.witness_words), (_("开标摘要总值"), _mono(draw.opening_digest)),
        (_("种子"), _mono(draw.seed if draw.drawn_at else "")), (_("混合值"), _mono(draw.mixed)),
    ]


def _mono(text: str):
    return format_html('<span class="mono">{}</span>', text) if text else ""


def conditions_of(draw: Draw) -> list[tuple]:
    names = "、".join(user.name for user in draw.representatives.order_by("name", "pk"))
    return [
        (_("人数"), _("%(size)s 人，其中专家 %(experts)s 人") % {"size": draw.size, "experts": draw.experts_wanted}),
        (_("采购人代表"), names), (_("评审专业"), draw.subject or _("不限")), (_("评审时间"), written(draw.review_at)),
        (_("评审地点"), draw.place), (_("评审组长"), draw.leader.user.name if draw.leader else ""),
    ]


LIGHTS = {"DRAWN": "yellow", "CONFIRMED": "yellow", "SEATED": "done", "RELEASED": "done"}


def seats_of(draw: Draw, seen: Collection[int]) -> list[dict]:
    """The seats a reader may see, by seat; `seen`: keys of the members visible to him."""
    rows = draw.members.filter(pk__in=seen).select_related("user", "expert").order_by("seat", "id")
    return [
        {"member": row, "name": row.user.name, "capacity": row.get_capacity_display(), "leader": draw.leader_id == row.pk,
         "employer": row.expert.employer if row.expert else "", "light": LIGHTS.get(row.state, "none"),
         "state": row.get_state_display(), "gone": row.state not in SITTING}
        for row in rows
    ]


# --- the scoring page --------------------------------------------------------------------------------------------
@dataclass(slots=True)
class Tried:
    """An entry that was not taken: shown again at its place, with the reasons."""

    factor: int | None
    points: str = ""
    note: str = ""
    refusals: list = field(default_factory=list)
    messages: list = field(default_factory=list)


def scoreboard(sheet: ScoreSheet, current: int | None, *, editable: bool, tried: Tried | None = None) -> dict:
    """Everything the scoring page shows: bidders with what is missing, the factors of the one in hand, totals."""
    bids, factors = content.responsive_bids(sheet.tender), content.judged_factors(sheet.tender)
    given = {(row.bid_id, row.factor_id): row for row in sheet.scores.all()}
    totals = content.totals(sheet)
    missing = {bid.pk: [factor for factor in factors if (bid.pk, factor.pk) not in given] for bid in bids}
    open_bids = [bid for bid in bids if missing[bid.pk]]
    chosen = next((bid for bid in bids if bid.pk == current), None) or next(iter(open_bids or bids), None)
    rows = [_row(factor, given.get((chosen.pk, factor.pk)), tried) for factor in factors] if chosen else []
    following = next(((bid, missing[bid.pk][0]) for bid in _from(open_bids, chosen)), None)
    return {
        "bidders": [_bidder(bid, chosen, totals, missing[bid.pk], len(factors)) for bid in bids], "bid": chosen, "editable": editable,
        "groups": [
            {"title": title, "rows": found} for title, found in (
                (_("客观因素，各成员评分须一致"), [row for row in rows if row["factor"].objective]),
                (_("主观因素，独立评分，互不可见"), [row for row in rows if not row["factor"].objective]),
            ) if found
        ],
        "missing": [_missing(bid, missing[bid.pk]) for bid in open_bids],
        "missing_count": sum(len(found) for found in missing.values()),
        "next_missing": {"bid": following[0].pk, "factor": following[1].pk, "here": following[0] == chosen} if following else None,
        "price_factors": [
            {"name": factor.name, "plain_points": plain(factor.points)} for factor in content.factors_of(sheet.tender)
            if factor.category == "PRICE"
        ],
        "full": plain(sum((factor.points for factor in factors), Decimal(0))),
        "subtotal": str(scoring.printed(totals.get(chosen.pk, Fraction(0)))) if chosen else "",
        "done": len(factors) - len(missing[chosen.pk]) if chosen else 0, "total_factors": len(factors),
        "documents": bid_papers(chosen) if chosen else [], "responses": chosen.response.get("factors", []) if chosen else [],
        "errors": tried.messages if tried else [],
    }


def _from(open_bids: list[Bid], chosen: Bid | None) -> list[Bid]:
    """The bid in hand first, then the others."""
    return sorted(open_bids, key=lambda bid: chosen is None or bid.pk != chosen.pk)


def _missing(bid: Bid, factors: list) -> dict:
    return {"bid": bid, "count": len(factors), "few": len(factors) <= FEW, "names": "、".join(factor.name for factor in factors)}


def _bidder(bid: Bid, chosen: Bid | None, totals: dict, missing: list, count: int) -> dict:
    if not missing:
        light, words = "done", _("已评完")
    elif len(missing) < count:
        light, words = "yellow", _("缺 %(count)s 项") % {"count": len(missing)}
    else:
        light, words = "none", _("未评")
    total = str(scoring.printed(totals[bid.pk])) if bid.pk in totals else "—"
    return {"bid": bid, "current": chosen is not None and bid.pk == chosen.pk, "total": total, "light": light, "words": words}


def _row(factor, score, tried: Tried | None) -> dict:
    own = tried if tried and tried.factor == factor.pk else None
    bands = []
    for band in factor.bands:
        low, high = plain(band["from"]), plain(band["to"])
        inside = score is not None and rules.band_of([band], score.points) is not None
        bands.append({
            "label": band["label"], "span": low if low == high else f"{low}–{high}", "from": low, "to": high,
            "checked": inside and not any(one["checked"] for one in bands),  # an edge value stands in the higher band
        })
    given = plain(score.points) if score else ""
    note = own.note if own else score.note if score else ""
    return {
        "factor": factor, "key": str(factor.pk), "points": plain(factor.points), "bands": bands, "score": given,
        "typed": own.points if own else given, "note": note, "missing": score is None, "refusals": own.refusals if own else [],
        "shows_note": bool(note) or bool(own and any(refusal.rule == "R87-50" for refusal in own.refusals)),
    }


def bid_papers(bid: Bid) -> list[dict]:
    """The files of an opened bid, for the panel."""
    parts = bid.parts.exclude(document=None).filter(dropped_at=None).select_related("document").order_by("id")
    return [
        {"name": part.name, "url": part.document.get_absolute_url(), "size": part.size, "digest": part.document.digest,
         "note": SealedPart.Kind(part.kind).label}
        for part in parts
    ]


def conformity_of(sheet: ScoreSheet) -> list[dict]:
    """Each qualified bid, where its conformity stands, and what this member said."""
    said = {vote.bid_id: vote for vote in sheet.votes.all()}
    bids = Bid.objects.opened().filter(tender=sheet.tender).exclude(qualified_at=None).select_related("supplier", "tender")
    return [
        {"bid": bid, "vote": said.get(bid.pk), "decided": bid.state != Bid.State.QUALIFIED, "price": bid.price}
        for bid in bids.order_by("received_at", "pk")
    ]


# --- the report and the award ------------------------------------------------------------------------------------
def report_of(report: EvaluationReport, actor) -> dict:
    """The frozen content, or, while the panel works, what follows from the sheets once all are in."""
    tender = report.tender
    counting = ScoreSheet.objects.filter(tender=tender).counting()
    submitted, size = counting.filter(state__in=["SUBMITTED", "LOCKED"]).count(), tender.panel_draw.size
    complete = submitted >= size
    data = report.content.get("scoring") or (content.scoring_data(tender) if complete else None)
    own = seat_of(tender.panel_draw, actor)
    return {
        "table": result_table(data) if data else None, "submitted": submitted, "size": size, "own": own,
        "findings": described_findings(report) if own and complete and not report.content else [],
        "signatures": signatures_of(report),
        "questions": report.questions.select_related("bid__supplier").order_by("id"),
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
    sheets = {sheet.pk: sheet for sheet in ScoreSheet.objects.filter(tender=tender).select_related("member__draw__leader")}
    words = {
        "OBJECTIVE": _("席位 %(seat)s：对%(name)s的客观因素“%(factor)s”与其他成员不一致"),
        "ABNORMAL": _("席位 %(seat)s：对%(name)s的评分明显偏离其他成员"),
    }
    return [
        {"text": words[one.kind] % {"name": suppliers[one.bid], "factor": names.get(one.factor, ""), "seat": sheets[one.sheet].member.seat},
         "sheet": sheets[one.sheet], "kind": one.kind}
        for one in content.findings(tender)
    ]


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


def candidates_table(award: Award) -> dict:
    """The candidates for who may read the ranking but not the report; the winner alone for the public."""
    return {
        "candidate_head": [{"label": _("名次"), "num": True}, _("投标人"), {"label": _("投标报价"), "num": True, "unit": _("元")},
                           {"label": _("总分"), "num": True}],
        "candidate_rows": [[row["rank"], row["supplier_name"], money.in_figures(row["price"]), row["total"]] for row in award.candidates],
        "winner_facts": [(_("中标人"), award.supplier.name), (_("名次"), award.rank), (_("得分"), award.score)],
    }


def award_facts(award: Award, *, official: bool) -> list[tuple]:
    """What everybody may read of a result, and what only government does."""
    everybody = [
        (_("采购包"), str(award.lot)), (_("中标人"), award.supplier.name), (_("名次"), award.rank), (_("得分"), award.score),
        (_("公告时间"), written(award.announced_at)),
    ]
    if not official:
        return everybody
    last = Deadline(award.decide_until).last_day.isoformat() if award.decide_until else ""
    return [
        *everybody, (_("最迟定标日"), last), (_("定标时间"), written(award.decided_at)),
        (_("定标人"), award.decided_by.name if award.decided_by else ""), (_("定标前信用查询"), award.credit_query),
    ]
