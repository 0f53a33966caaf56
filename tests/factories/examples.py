"""One purchase through its life, with what lies beside it: an example of every lifecycle for tests that walk all tables."""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import F

from catalogue.models import StageTarget
from portal import clock
from portal.reports.models import ReportJob
from portal.workflow import all_lifecycles, perform
from portal.workflow.models import Staged
from procurement.awards.models import EvaluationReport, PriceQuestion
from procurement.plans.models import Hold
from procurement.tenders.models import Tender
from tests.factories.adjustments import ask, through
from tests.factories.awards import (
    GIVEN,
    PRICES,
    REVIEW_AT,
    decide,
    deliver,
    find_conform,
    make_evaluation,
    score,
    seated,
    sheets_of,
    sign_all,
    who,
)
from tests.factories.bids import make_qualified_tender
from tests.factories.budgets import make_book, make_sharing
from tests.factories.catalogue import make_comment, make_outside, make_version
from tests.factories.contracts import TENDER, make_contract
from tests.factories.delegations import make_delegation
from tests.factories.evaluation import make_assessment
from tests.factories.functions import make_functions
from tests.factories.implementation import make_implementation
from tests.factories.offices import make_leading_group, make_monthly_report
from tests.factories.people import actor, make_calendar_notice, make_invitation, make_outage
from tests.factories.plans import COMPILED_AT, make_plan, make_plan_item, one_year
from tests.factories.policies import make_policy
from tests.factories.recommended import make_recommended
from tests.factories.suppliers import submit_paper
from tests.factories.workbooks import book, hand_in, values


@dataclass
class Example:
    """A thing, whose it is (keys of demonstration organisations) and which people it names."""

    obj: Staged
    own: frozenset[str] = frozenset({"agency", "supplier_a"})
    people: frozenset[str] = field(default_factory=frozenset)
    panel: frozenset[str] = frozenset()
    seated: frozenset[str] = frozenset()  # of the panel, who has not been released
    leader: str = ""
    delegate: str = ""  # in whose hands a role was put


#: Things that belong to somebody else than the purchaser and its contractor.
OWNERS: dict[str, set[str]] = {
    "plans.meeting": {"meeting"}, "workbench.monthly_report": {"finance"},
    "plans.step": {"establishment"}, "plans.comment": {"agency", "finance"},
    "suppliers.supplier": {"supplier_a"},
    "suppliers.evidence": {"supplier_a"}, "assessments.engagement": {"agency", "supplier_a", "evaluation"},
    "catalogue.recommended": {"registry"}, "catalogue.version": {"finance"}, "catalogue.comment": {"finance"},
}
PEOPLE: dict[str, set[str]] = {"bids.opening": {"witness"}, "awards.draw": {"witness"}, "reports.job": {"planner"},
                                 "delegations.delegation": {"planner"}}
#: Which of several.
CHOSEN: dict[str, dict] = {
    "bids.bid": {"supplier__short_name": "清源环境"}, "catalogue.version": {"issuer__short_name": "市财政局"},
    "suppliers.supplier": {"organisation__short_name": "清源环境"}, "plans.step": {"kind": "ESTABLISHMENT"},
    "reports.job": {"kind": "record"}, "workdays.clock": {"bearer__short_name": "市城管局"},
    "awards.sheet": {"member": F("tender__panel_draw__leader")}, "awards.member": {"user__memberships__role": "EXPERT"},
}


def make_examples() -> dict[str, Example]:
    """Lifecycle code → example; all are in the city of the demonstration, every life reached by running its verbs."""
    tender = purchase()
    panel = frozenset(tender.panel_draw.members.values_list("user__username", flat=True))
    seats = frozenset(tender.panel_draw.members.filter(state="SEATED").values_list("user__username", flat=True))
    found = {}
    for cycle in all_lifecycles():
        obj = cycle.model._base_manager.filter(**CHOSEN.get(cycle.code, {})).order_by("pk").first()
        if obj is not None:
            people = PEOPLE.get(cycle.code, set()) | persons_of(obj)
            own = frozenset(OWNERS.get(cycle.code, {"agency", "supplier_a"}))
            found[cycle.code] = Example(obj, own, frozenset(people), panel, seats, tender.panel_draw.leader.user.username,
                                         obj.delegate.username if cycle.code == "delegations.delegation" else "")
    return found


def persons_of(obj: Staged) -> set[str]:
    """Whose seat or score sheet it is."""
    user = getattr(getattr(obj, "member", obj), "user", None)
    return {user.username} if user is not None else set()


def purchase() -> Tender:
    """Everything from the catalogue to the use of the result; a hold, a paper, a price question and a report beside it."""
    make_version("SUBMITTED")
    make_outside("SUBMITTED")
    make_comment()
    make_implementation("SUBMITTED")
    make_policy()
    make_recommended()
    make_functions("SUBMITTED")
    aim = {"year": 2040, "stage": "FULL", "measure": "PROJECTS", "target": 9, "document": "", "note": ""}
    perform(StageTarget(), "set", actor=actor("finance_officer"), **aim)
    tender = make_evaluation(tender=make_qualified_tender(prices=PRICES, **TENDER))
    find_conform(tender)
    report = EvaluationReport.objects.get(tender=tender, state="DRAFTED")
    ask_for_price(report)
    with clock.at(REVIEW_AT + timedelta(hours=1)):
        for sheet in sheets_of(tender):
            score(sheet, {**GIVEN, "supplier_a": ("48", "30")})  # the best plan wins over the lower price
    award = deliver(sign_all(EvaluationReport.objects.get(pk=report.pk)))
    with clock.at(REVIEW_AT + timedelta(days=1)):
        award = perform(decide(award), "announce", actor=actor("head"))
    contract = make_contract("ACCEPTED", award=award)
    make_assessment("PUBLISHED", contract)
    perform(Hold(), "impose_by_purchaser", actor=actor("head"), project=tender.project, scope="PERFORMANCE", cause="核查",
            ends_at=clock.now() + timedelta(days=5))  # fmt: skip
    submit_paper("supplier_a")
    perform(ReportJob(), "queue", actor=actor("planner"), kind="record", parameters={})
    make_workbook()
    make_book({}, state="RECEIVED")
    make_sharing(item=make_plan_item("APPROVED", year=2034, **one_year("100.00", year=2034)))
    make_question()
    make_adjustment()
    make_invitation()
    make_calendar_notice()
    make_outage()
    make_leading_group()
    make_monthly_report()
    make_delegation(starts_on=clock.today() + timedelta(days=30))
    return Tender.objects.get(pk=tender.pk)


def make_workbook() -> None:
    """Items of a later year, read and not yet in the plan."""
    with clock.at(COMPILED_AT.replace(year=2029)):
        hand_in(make_plan(year=2030, items=[]), book(values(1), year=2030))


def make_question() -> None:
    """A department asks at a field of an item of a later year."""
    with clock.at(COMPILED_AT.replace(year=2032)):
        item = make_plan_item("SUBMITTED", year=2033, **one_year("100.00", year=2033))
        perform(item.steps.get(kind="FINANCE"), "ask", actor=actor("finance_officer"), field="unit_price", reason="单价依据是什么？")


def make_adjustment() -> None:
    """An item of a later year says something else since it was approved."""
    with clock.at(COMPILED_AT.replace(year=2035, month=12, day=20)):
        through(ask(make_plan_item("APPROVED", year=2036, **one_year("100.00", year=2036)), objective="道路整洁。"), "APPLIED")


def ask_for_price(report: EvaluationReport) -> None:
    """The panel asks supplier A about its price, is answered, and finds it justified."""
    draw, bid = report.tender.panel_draw, report.tender.bids.get(supplier__short_name="清源环境")
    with clock.at(REVIEW_AT + timedelta(minutes=10)):
        question = perform(PriceQuestion(), "ask", actor=who(draw.leader), report=report, bid=bid, question="请说明人工成本。")
    with clock.at(REVIEW_AT + timedelta(minutes=20)):
        question = perform(question, "answer", actor=actor("supplier_a_head"), answer="自有车辆和人员。")
    with clock.at(REVIEW_AT + timedelta(minutes=50)):
        for member in seated(draw):
            question = PriceQuestion.objects.get(pk=question.pk)
            if question.state in ("ASKED", "ANSWERED"):
                perform(question, "judge", actor=who(member), justified=True, reason="成本可信。")
