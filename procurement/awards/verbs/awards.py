"""The purchaser's decision and what follows from it (L7.5)."""
from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from portal import clock
from portal.audit.models import Chain
from portal.files.verbs import make_public
from portal.reports.verbs import facts_of_paper
from portal.workdays import clocks_of, pause
from portal.workflow import Act
from procurement.awards import content, secrecy
from procurement.awards.models import Award
from procurement.bids.models import Bid
from procurement.suppliers.verbs import standing
from procurement.tenders.models import Lot, Tender

from . import papers


def propose(award: Award, act: Act) -> dict:
    """The ranking before the head; the first in order stands proposed (R87-71)."""
    report = act.data["report"]
    award.report, award.tender, award.lot = report, report.tender, act.data["lot"]
    award.candidates = content.candidates_of(report)
    _take(award, award.candidates[0])
    return {"candidates": [[row["rank"], row["supplier_name"], row["total"]] for row in award.candidates]}


def _take(award: Award, row: dict) -> None:
    award.bid_id, award.supplier_id, award.rank = row["bid"], row["supplier"], row["rank"]
    award.amount, award.score = Decimal(row["price"]), Decimal(row["total"])


def candidate(award: Award, bid: int | str) -> dict | None:
    return next((row for row in award.candidates if str(row["bid"]) == str(bid)), None)


def decide(award: Award, act: Act) -> dict:
    award.credit_query = act.data["credit_query"]
    return _facts(award)


def decide_other(award: Award, act: Act) -> dict:
    _take(award, candidate(award, act.data["candidate"]))
    award.credit_query, award.choice_code, award.choice_reason = act.data["credit_query"], act.reason_code, act.reason
    return _facts(award)


def deem(award: Award, act: Act) -> dict:
    """Five working days passed without decision or lawful reason: the first-ranked is the winner (R87-73)."""
    award.deemed = True
    return _facts(award)


def _facts(award: Award) -> dict:
    return {"supplier": award.supplier.name, "amount": award.amount, "rank": award.rank, "score": award.score}


def note_obstacle(award: Award, act: Act) -> dict:
    award.obstacle = act.reason
    pause(clocks_of(award).filter(name="AWARD_DECISION"), act, f"obstacle:{award.pk}")
    return {}


def decision_clock(award: Award):
    return clocks_of(award).filter(name="AWARD_DECISION").first()


def announce(award: Award, act: Act) -> dict:
    """Everything that the result is, at once: notice, winner's letter, losers' letters, scoring data (R87-74, R87-75)."""
    award.announced_at = act.now
    bids = list(Bid.objects.opened().filter(tender=award.tender).select_related("supplier").order_by("received_at", "pk"))
    winner = next(bid for bid in bids if bid.pk == award.bid_id)
    act.perform(winner, "select")
    for bid in bids:
        if bid.pk != winner.pk and bid.state in (Bid.State.RANKED, Bid.State.RESPONSIVE, Bid.State.QUALIFIED):
            act.perform(bid, "not_select")
    award.scoring = papers.scoring_file(award, act)
    award.letter = papers.award_letter(award, winner, act)
    for bid in bids:
        if bid.pk != winner.pk:
            papers.result_letter(award, bid, act)
    award.notice = papers.publish_result(award, act)
    make_public([award.scoring])
    chain = Chain.objects.get(pk=secrecy.panel_chain(award.tender.panel_draw.pk))
    return {
        **_facts(award), "notice": award.notice.number, "letter": facts_of_paper(award.letter), "scoring": award.scoring.digest,
        "panel_record": {"count": chain.count, "head": chain.head},
    }


def contract(award: Award, act: Act) -> dict:
    return {"supplier": award.supplier.name, "amount": award.amount}


def lots_without_contract(tender: Tender) -> list[Lot]:
    """The lots of a tender for which no contract is signed yet."""
    signed = Award.objects.filter(tender=tender, state=Award.State.CONTRACTED).values("lot")
    return list(tender.lots.exclude(pk__in=signed).order_by("order"))


def end(award: Award, act: Act) -> dict:
    award.end_code, award.end_reason = act.reason_code or "ENDED", act.reason
    bid = award.bid
    if bid.state == Bid.State.SELECTED:
        act.perform(bid, "not_select")
    return {"supplier": award.supplier.name}


def next_candidate(award: Award, on=None) -> dict | None:
    """The next in order who can still be chosen: bid not found invalid, not chosen before, in good standing (R-GP-40, G6)."""
    chosen = set(Award.objects.filter(lot=award.lot_id).values_list("bid", flat=True))
    states = dict(Bid.objects.filter(pk__in=[row["bid"] for row in award.candidates]).values_list("pk", "state"))
    day = on or clock.today()
    for row in award.candidates:
        open_ = states.get(row["bid"]) in (Bid.State.RANKED, Bid.State.UNSUCCESSFUL)
        if open_ and row["bid"] not in chosen and not standing(Bid.objects.get(pk=row["bid"]).supplier, day):
            return row
    return None


def replace(award: Award, act: Act) -> dict:
    row = next_candidate(award, act.now.astimezone(clock.SHANGHAI).date())
    return {"successor": row["supplier_name"], "rank": row["rank"]}


def step_up(award: Award, act: Act) -> dict:
    """The next candidate's award, decided by the head who replaces (R-GP-40)."""
    before, row = act.data["predecessor"], act.data["candidate"]
    award.predecessor, award.report, award.tender, award.lot = before, before.report, before.tender, before.lot
    award.candidates = before.candidates
    _take(award, row)
    award.credit_query, award.choice_code = act.data["credit_query"], "NEXT"
    award.choice_reason = _("原中标人%(supplier)s：%(reason)s") % {"supplier": before.supplier.name, "reason": before.end_reason}
    award.decided_at, award.decided_by_id = act.now, act.data["decided_by"]
    return _facts(award)
