"""Panels, sheets, reports and awards in the states that tests need, reached by running the verbs with the people of the demo."""
from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from portal import clock
from portal.workflow import perform
from procurement.awards.demo import load_demo_experts
from procurement.awards.models import Award, Draw, EvaluationReport, PanelMember, ScoreSheet
from procurement.bids.models import Bid
from procurement.tenders.models import Tender
from tests.factories.bids import make_qualified_tender
from tests.factories.people import actor
from tests.factories.tenders import CLOSES_AT

REVIEW_AT = CLOSES_AT + timedelta(hours=5)
DRAWN_AT = CLOSES_AT + timedelta(hours=2)
SEATED_AT = CLOSES_AT + timedelta(hours=4)
DRAW_STATES = ("DRAFTED", "SEALED", "ATTESTED", "DRAWN", "CONFIRMED", "SEATED", "CLOSED")
AWARD_STATES = ("PROPOSED", "DECIDED", "ANNOUNCED")
#: Points of one member for the factors of `tests.factories.tenders.document`: the plan, and the objective one.
PLAN, RECORD = "养护方案", "同类履约评价"
PRICES = {
    "supplier_a": Decimal("21900000.00"), "supplier_b": Decimal("22300000.00"), "supplier_c": Decimal("20800000.00"),
}
GIVEN = {"supplier_a": ("45", "30"), "supplier_b": ("38", "30"), "supplier_c": ("30", "15")}


def conditions(**changes) -> dict:
    """Five experts and two of the purchaser's: the budget of the story asks for seven (R87-27)."""
    return {
        "size": 7, "complex_project": False, "subject": "城市管理", "review_at": REVIEW_AT, "place": "评审室一（演示）",
        "witness": actor("witness").user, "representatives": [actor("project_officer").user, actor("reviewer_business").user], **changes,
    }


def make_draw(state: str = "CLOSED", *, tender: Tender | None = None, leader: int = 0, **changes) -> Draw:
    """A draw DRAFTED, SEALED, ATTESTED, DRAWN, CONFIRMED (all accepted), SEATED (all declared) or CLOSED (leader elected)."""
    load_demo_experts_with_people()
    tender = tender or make_qualified_tender(prices=PRICES)
    wanted = DRAW_STATES.index(state)
    with clock.at(DRAWN_AT):
        draw = perform(Draw(), "draft", actor=actor("buyer"), tender=tender, **conditions(**changes))
        for name, row, who, data in (
            ("SEALED", "seal_seed", "buyer", {}), ("ATTESTED", "attest", "witness", {"words": "7 月 4 日 3817"}),
            ("DRAWN", "draw", "buyer", {}),
        ):
            if DRAW_STATES.index(name) <= wanted:
                draw = perform(draw, row, actor=actor(who), **data)
        if wanted >= DRAW_STATES.index("CONFIRMED"):
            for member in draw.members.filter(state="DRAWN"):
                confirm(member)
    with clock.at(SEATED_AT):
        if wanted >= DRAW_STATES.index("SEATED"):
            for member in draw.members.filter(state="CONFIRMED"):
                declare(member)
        if wanted >= DRAW_STATES.index("CLOSED"):
            elect(draw, leader)
    return Draw.objects.get(pk=draw.pk)


def load_demo_experts_with_people() -> None:
    actor("expert_1")
    load_demo_experts()


def who(member: PanelMember):
    """The actor of a seat."""
    return actor(member.user.username)


def confirm(member: PanelMember) -> PanelMember:
    return perform(member, "confirm", actor=who(member))


def declare(member: PanelMember) -> PanelMember:
    return perform(member, "declare", actor=who(member), no_ties=True, discipline=True)


def seated(draw: Draw) -> list[PanelMember]:
    return list(draw.members.seated().select_related("user", "draw").order_by("seat"))


def elect(draw: Draw, leader: int = 0) -> None:
    """As many members as are needed name the same one."""
    members = seated(draw)
    for member in members[: draw.size // 2 + 1]:
        perform(member, "nominate", actor=who(member), candidate=members[leader])


def make_evaluation(**changes) -> Tender:
    """A tender whose evaluation has begun: report drafted, sheets issued."""
    draw = make_draw("CLOSED", **changes)
    with clock.at(REVIEW_AT):
        return perform(draw.tender, "start_evaluation", actor=actor("buyer"))


def sheets_of(tender: Tender) -> list[ScoreSheet]:
    return list(ScoreSheet.objects.filter(tender=tender).counting().select_related("member__user").order_by("member__seat"))


def bids_of(tender: Tender) -> list[Bid]:
    return list(Bid.objects.opened().filter(tender=tender).select_related("supplier").order_by("received_at", "pk"))


def find_conform(tender: Tender, *, except_for: tuple[int, ...] = (), reason: str = "缺少服务承诺") -> None:
    """Every member finds every bid responsive, but those whose keys are named."""
    with clock.at(REVIEW_AT + timedelta(minutes=5)):
        for sheet in sheets_of(tender):
            waiting = Bid.objects.filter(tender=tender, state="QUALIFIED").order_by("pk")
            findings = [
                {"bid": bid, "responsive": bid.pk not in except_for, "reason": reason if bid.pk in except_for else ""} for bid in waiting
            ]
            if findings:
                perform(sheet, "review_conformity", actor=who(sheet.member), findings=findings)


def points_of(tender: Tender, given: dict | None = None) -> list[dict]:
    """The rows of one member's scores."""
    factors = {factor.name: factor for factor in tender.factors.all()}
    rows = []
    for bid in Bid.objects.filter(tender=tender, state="RESPONSIVE").select_related("supplier"):
        plan, record = (given or GIVEN)[key_of(bid)]
        rows += [
            {"bid": bid, "factor": factors[PLAN], "points": Decimal(plan), "note": ""},
            {"bid": bid, "factor": factors[RECORD], "points": Decimal(record), "note": ""},
        ]
    return rows


def key_of(bid: Bid) -> str:
    return next(key for key in GIVEN if actor(f"{key}_head").organisation_id == bid.supplier_id)


def score(sheet: ScoreSheet, given: dict | None = None, *, submit: bool = True) -> ScoreSheet:
    sheet = perform(sheet, "score", actor=who(sheet.member), points=points_of(sheet.tender, given))
    return perform(sheet, "submit", actor=who(sheet.member)) if submit else sheet


def make_scored(**changes) -> EvaluationReport:
    """Everything is in: conformity found, every sheet submitted, the report open for signing."""
    tender = make_evaluation(**changes)
    find_conform(tender)
    with clock.at(REVIEW_AT + timedelta(hours=1)):
        for number, sheet in enumerate(sheets_of(tender)):
            score(sheet, {key: (str(int(plan) + number % 2), record) for key, (plan, record) in GIVEN.items()})
    return EvaluationReport.objects.get(tender=tender, state="DRAFTED")


def sign_all(report: EvaluationReport, *, dissenting: int | None = None, moment: datetime | None = None) -> EvaluationReport:
    with clock.at(moment or REVIEW_AT + timedelta(hours=2)):
        for number, member in enumerate(seated(report.tender.panel_draw)):
            dissent = number == dissenting
            report = perform(report, "sign", actor=who(member), dissent=dissent, reason="报价偏低，履约有风险。" if dissent else "")
    return EvaluationReport.objects.get(pk=report.pk)


def deliver(report: EvaluationReport) -> Award:
    with clock.at(REVIEW_AT + timedelta(hours=3)):
        perform(report, "deliver", actor=actor("buyer"))
    return Award.objects.get(tender=report.tender, state="PROPOSED")


def decide(award: Award) -> Award:
    return perform(award, "decide", actor=actor("head"), credit_query="信用中国、政府采购网查询无不良记录。")


def make_award(state: str = "ANNOUNCED", **changes) -> Award:
    """An award PROPOSED, DECIDED or ANNOUNCED: three bids, five experts, the first in order chosen."""
    award = deliver(sign_all(make_scored(**changes)))
    if state == "PROPOSED":
        return award
    with clock.at(REVIEW_AT + timedelta(days=1)):
        award = decide(award)
        if state == "DECIDED":
            return award
        return perform(award, "announce", actor=actor("head"))
