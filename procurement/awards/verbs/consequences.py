"""What evaluation and award do when a tender moves, and what moves when they do (lifecycles 0.5)."""
from __future__ import annotations

from portal.workdays import clocks_of
from portal.workflow import Act, consequence
from procurement.awards import rules
from procurement.awards.models import Award, Draw, EvaluationReport, PanelMember, PriceQuestion, ScoreSheet
from procurement.bids.models import Bid
from procurement.plans.models import Stage
from procurement.plans.verbs.projects import report_branch
from procurement.tenders.models import Tender
from procurement.tenders.verbs import branch_of

from . import evaluation, panel
from .awards import lots_without_contract, next_candidate


# --- the panel ---------------------------------------------------------------------------------------------------
@consequence("awards.member", "decline", "lapse", "recuse", "replace")
def fill_the_seat(member: PanelMember, act: Act) -> None:
    """The next of the drawn order steps up; what the one who left has scored is void (R87-30)."""
    sheet = ScoreSheet.objects.filter(member=member).exclude(state__in=["VOIDED", "LOCKED"]).first()
    if sheet:
        act.perform(sheet, "void", reason_code=act.row.name.upper(), reason=member.end_reason)
    draw = Draw.objects.get(pk=member.draw_id)
    if member.capacity == PanelMember.Capacity.EXPERT:
        panel.step_up(draw, member.seat, act)


@consequence("awards.member", "declare")
def give_a_sheet(member: PanelMember, act: Act) -> None:
    """Who steps up during the evaluation starts on a sheet of his own."""
    if member.draw.tender.state == Tender.State.EVALUATING:
        act.perform(ScoreSheet(), "issue", member=member)


@consequence("awards.member", "nominate")
def count_nominations(member: PanelMember, act: Act) -> None:
    """More than half of the panel for one name elects (R87-25)."""
    draw = Draw.objects.get(pk=member.draw_id)
    votes: dict[int, int] = {}
    for candidate in draw.nominations.filter(member__state="SEATED").values_list("candidate", flat=True):
        votes[candidate] = votes.get(candidate, 0) + 1
    elected = next((pk for pk, count in votes.items() if count >= rules.majority(draw.size)), None)
    if elected:
        draw = act.perform(draw, "elect_leader", member=PanelMember.objects.get(pk=elected), votes=votes[elected])
        if draw.state == Draw.State.DRAWN:
            act.perform(draw, "close_draw")


# --- evaluation --------------------------------------------------------------------------------------------------
@consequence("tenders.tender", "start_evaluation")
def begin(tender: Tender, act: Act) -> None:
    act.perform(EvaluationReport(), "draft", tender=tender)
    for member in tender.panel_draw.members.seated().order_by("seat"):
        act.perform(ScoreSheet(), "issue", member=member)


@consequence("awards.sheet", "review_conformity")
def decide_conformity(sheet: ScoreSheet, act: Act) -> None:
    """More than half of the panel decides each bid; when the last is decided the prices are looked at (R87-32, RAL-01)."""
    tender = sheet.tender
    needed = rules.majority(tender.panel_draw.size)
    waiting = Bid.objects.filter(tender=tender, state=Bid.State.QUALIFIED).order_by("received_at", "pk")
    for bid in waiting.all():
        votes = list(bid_votes(tender, bid))
        if sum(vote.responsive for vote in votes) >= needed:
            act.perform(bid, "find_responsive")
        elif sum(not vote.responsive for vote in votes) >= needed:
            reasons = "；".join(dict.fromkeys(vote.reason for vote in votes if not vote.responsive))
            act.perform(bid, "invalidate", reason=reasons, reason_code="NOT_RESPONSIVE")
    if not waiting.exists():
        evaluation.check_prices(live_report(tender), act)


def bid_votes(tender: Tender, bid: Bid):
    from procurement.awards.models import ConformityVote

    return ConformityVote.objects.filter(sheet__tender=tender, bid=bid).exclude(sheet__state="VOIDED").order_by("sheet__member__seat")


def live_report(tender: Tender) -> EvaluationReport:
    return tender.evaluation_reports.exclude(state="SUPERSEDED").get()


@consequence("awards.price_question", "judge")
def decide_price(question: PriceQuestion, act: Act) -> None:
    needed = rules.majority(question.report.tender.panel_draw.size)
    found = list(question.judgements.filter(member__state="SEATED").values_list("justified", flat=True))
    if sum(found) >= needed:
        act.perform(question, "find_justified")
    elif len(found) - sum(found) >= needed:
        reasons = "；".join(question.judgements.filter(justified=False).values_list("reason", flat=True))
        act.perform(question, "find_unjustified")
        act.perform(question.bid, "invalidate", reason=reasons, reason_code="LOW_PRICE")
        evaluation.check_prices(question.report, act)


@consequence("awards.report", "sign")
def last_signature_completes(report: EvaluationReport, act: Act) -> None:
    signed = report.signatures.filter(void_at=None, member__state="SEATED").count()
    if signed >= report.tender.panel_draw.size:
        act.perform(report, "complete_signing")


@consequence("awards.report", "complete_signing")
def finish(report: EvaluationReport, act: Act) -> None:
    tender = report.tender
    for sheet in ScoreSheet.objects.filter(tender=tender, state="SUBMITTED").select_related("member"):
        act.perform(sheet, "lock")
    for bid in Bid.objects.filter(tender=tender, state=Bid.State.RESPONSIVE).order_by("pk"):
        act.perform(bid, "rank")
    act.perform(tender, "finish_evaluation")


@consequence("awards.report", "deliver")
def propose_and_release(report: EvaluationReport, act: Act) -> None:
    """The ranking goes to the head, lot by lot; the panel's work is done (R87-71)."""
    for member in report.tender.panel_draw.members.seated():
        act.perform(member, "release")
    for lot in report.tender.lots.order_by("order"):
        act.perform(Award(), "propose", report=report, lot=lot)


# --- award -------------------------------------------------------------------------------------------------------
@consequence("awards.award", "propose")
def note_the_end(award: Award, act: Act) -> None:
    """When the first-ranked would be deemed chosen (R87-73)."""
    running = clocks_of(award).live().filter(name="AWARD_DECISION").first()
    if running:
        award.decide_until = running.ends_at
        award.save(update_fields=["decide_until"])


@consequence("awards.award", "announce")
def move_the_project(award: Award, act: Act) -> None:
    """With the last lot announced the tender is awarded, and the project with it (R87-74)."""
    tender = Tender.objects.get(pk=award.tender_id)
    if tender.state == Tender.State.EVALUATED:
        act.perform(tender, "award")
    report_branch(act, tender.project, branch_of(tender), Stage.AWARDED)


@consequence("awards.award", "contract")
def complete_the_tender(award: Award, act: Act) -> None:
    """With the last lot's contract signed the procedure has done its work (R-GP-39)."""
    tender = Tender.objects.get(pk=award.tender_id)
    if tender.state == Tender.State.AWARDED and not lots_without_contract(tender):
        act.perform(tender, "complete")


@consequence("awards.award", "replace")
def choose_the_next(award: Award, act: Act) -> None:
    row = next_candidate(award)
    act.perform(
        Award(), "step_up", predecessor=award, candidate=row, credit_query=act.data["credit_query"], decided_by=act.actor.user_id
    )


@consequence("bids.bid", "invalidate")
def a_chosen_bid_falls(bid: Bid, act: Act) -> None:
    """False papers or other facts found after the ranking make the award void (RBL-01)."""
    for award in Award.objects.live().filter(bid=bid).exclude(state="CONTRACTED"):
        act.perform(award, "annul", reason=bid.invalid_reason, reason_code=bid.invalid_code)


@consequence("tenders.tender", "fail", "terminate")
def end_with_tender(tender: Tender, act: Act) -> None:
    """Sheets, report and award lose their object; the panel goes home."""
    code, reason = act.reason_code, act.reason
    for sheet in ScoreSheet.objects.filter(tender=tender).exclude(state__in=["VOIDED", "LOCKED"]):
        act.perform(sheet, "void", reason_code=code, reason=reason)
    for report in tender.evaluation_reports.exclude(state="SUPERSEDED"):
        act.perform(report, "supersede", reason_code=code, reason=reason)
    for award in Award.objects.live().filter(tender=tender).exclude(state="CONTRACTED"):
        act.perform(award, "annul", reason_code=code, reason=reason)
    for member in PanelMember.objects.filter(draw__tender=tender, state__in=["DRAWN", "CONFIRMED", "SEATED"]):
        act.perform(member, "release")
