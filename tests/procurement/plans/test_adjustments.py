"""L2.2 adjust: an approved plan is changed in its year, with both versions kept, and its money moves with it."""
from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from portal import clock
from portal.accounts.actor import PUBLIC, system_actor
from portal.audit.models import Entry
from portal.notifications.models import Message
from portal.rules.jurisdiction import decide
from portal.workflow import NotYours, Refused, WrongState, perform
from portal.workflow.engine import Act
from procurement.budgets.models import BudgetLine, Encumbrance
from procurement.plans import adjusting
from procurement.plans.models import Adjustment, Intention, PlanItem, Project, Stage
from procurement.plans.verbs import report_branch
from procurement.plans.workflow import ITEM
from tests.factories.adjustments import ADJUSTED_AT, ask, price_of, through
from tests.factories.budgets import fund, make_line, make_sharing
from tests.factories.people import actor
from tests.factories.plans import content, make_plan_item, one_year
from tests.factories.tampering import behind_the_back

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_march():
    with clock.at(ADJUSTED_AT):
        yield


@pytest.fixture
def item() -> PlanItem:
    return make_plan_item("APPROVED", **one_year("300000.00"))


@pytest.fixture
def funded() -> PlanItem:
    found = make_plan_item("APPROVED", **one_year("300000.00"))
    fund(found)
    return PlanItem.objects.get(pk=found.pk)


def rules(refused) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


def refused_to(thing, row: str, who: str, **data) -> list[str]:
    with pytest.raises(Refused) as refused:
        perform(thing, row, actor=actor(who), **data)
    return rules(refused)


def publish_tender(item: PlanItem, stage: str = Stage.TENDERING) -> None:
    act = Act(row=ITEM["adjust"], lifecycle=ITEM, actor=system_actor(), now=clock.now())
    report_branch(act, item.project, "lot-1", stage)


# --- the way of one ---------------------------------------------------------------------------------------------------
def test_what_raises_no_money_takes_effect_when_finance_agrees(item):
    asked = ask(item, objective="道路整洁，绿地完好，噪声达标。")
    assert (asked.state, asked.kind, asked.by_head) == ("DRAFTED", "CONTENT", False)
    assert [change.name for change in adjusting.changes_of(asked)] == ["objective"]
    submitted = perform(asked, "submit", actor=actor("head"))
    assert PlanItem.objects.get(pk=item.pk).objective == "道路整洁，绿地完好。"
    decided = perform(submitted, "agree", actor=actor("finance_officer"), opinion="同意。")
    decided.refresh_from_db()
    assert (decided.state, decided.opinion) == ("APPLIED", "同意。")
    item.refresh_from_db()
    assert (item.state, item.objective) == ("APPROVED", "道路整洁，绿地完好，噪声达标。")
    entry = Entry.objects.of_subject("plans.item", item.pk).latest("id")
    assert entry.transition == "adjust"
    assert entry.facts["changes"] == ["目标：由“道路整洁，绿地完好。”调整为“道路整洁，绿地完好，噪声达标。”"]


def test_more_money_needs_the_head_of_finance_and_a_paper(item):
    asked = ask(item, **price_of("3500.00"))
    assert (asked.kind, asked.by_head, asked.difference) == ("INCREASE", True, Decimal("50000.00"))
    reviewed = through(asked, "REVIEWED")
    assert reviewed.state == "REVIEWED"
    assert refused_to(reviewed, "approve", "finance_head") == ["ADJ-04"]
    applied = perform(reviewed, "approve", actor=actor("finance_head"), document="赣江联席〔2026〕3号")
    item.refresh_from_db()
    assert (applied.state, item.amount, item.approved_amount) == ("APPLIED", Decimal("350000.00"), Decimal("350000.00"))
    assert item.approved_years() == {2026: Decimal("350000.00")}
    assert item.sources.get().amount == Decimal("350000.00")
    assert item.project.amount == Decimal("350000.00")
    assert Adjustment.objects.get().amount_before == Decimal("300000.00")


def test_leaf_method_and_the_regions_sum_go_to_the_head_too(item):
    assert ask(item, method="CONSULTATION").by_head
    decide("adjustment_head_from", Decimal(200000), source="办法", valid_from=ADJUSTED_AT.date(), region=item.agency.region)
    other = make_plan_item("APPROVED", year=2027, **one_year("300000.00", year=2027))
    assert ask(other, objective="另一目标。").by_head


def test_a_cut_at_approval_stays_where_the_amount_is_not_touched():
    item = make_plan_item("REVIEWED", **one_year("300000.00"))
    PlanItem.objects.filter(pk=item.pk).update(route="IN_YEAR", existing_line="", adjustment_document="赣江财预〔2026〕9号")
    item = PlanItem.objects.get(pk=item.pk)
    item = perform(item, "approve", actor=actor("finance_head"), approved_amount=Decimal("240000.00"), cut_reason="核减")
    through(ask(item, objective="另一目标。"), "APPLIED")
    item.refresh_from_db()
    assert (item.amount, item.approved_amount) == (Decimal("300000.00"), Decimal("240000.00"))
    assert item.approved_years() == {2026: Decimal("240000.00")}


# --- refusals at asking -----------------------------------------------------------------------------------------------
def test_nothing_changed_and_what_becomes_incomplete_is_refused(item):
    assert refused_to(item, "ask_adjust", "planner", reason="无", reason_code="need", objective=item.objective) == ["ADJ-02"]
    found = refused_to(item, "ask_adjust", "planner", reason="延长", reason_code="need", term_months=48)
    assert found == ["R102-28"]
    found = refused_to(item, "ask_adjust", "planner", reason="涨价", reason_code="price", unit_price=Decimal("3500.00"))
    assert found == ["R-032"]


def test_what_it_lacked_before_is_not_held_against_it(item):
    """A rule that came after the approval does not stop a change of something else."""
    PlanItem.objects.filter(pk=item.pk).update(scheme="")
    assert ask(PlanItem.objects.get(pk=item.pk), objective="另一目标。").state == "DRAFTED"


def test_only_one_at_a_time(item):
    """Two people who begin one at once: the second is told which is under way (ADJ-02), and the database holds to it."""
    first = ask(item, objective="另一目标。")
    assert refused_to(item, "ask_adjust", "planner", reason="再改", reason_code="need", objective="第三目标。") == ["ADJ-02"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Adjustment.objects.create(
            item=item, project=item.project, agency=item.agency, year=item.year, serial=2, kind="CONTENT", reason="并行", state="DRAFTED",
            amount_before=1, amount_after=1, state_since=clock.now(), created_at=clock.now(),
        )
    perform(first, "withdraw", actor=actor("planner"))
    assert ask(item, objective="第三目标。").serial == 2


def test_not_while_it_is_asked_to_be_cancelled(item):
    perform(item, "ask_cancel", actor=actor("head"), reason="不再需要。")
    item = PlanItem.objects.get(pk=item.pk)
    assert refused_to(item, "ask_adjust", "planner", reason="改", reason_code="need", objective="新。") == ["ADJ-02"]


def test_not_after_the_tender_is_published_nor_after_the_contract_is_signed(funded):
    publish_tender(funded)
    assert refused_to(funded, "ask_adjust", "planner", reason="改", reason_code="need", objective="新。") == ["ADJ-01"]
    publish_tender(funded, Stage.CONTRACTED)
    with pytest.raises(WrongState):
        perform(funded, "ask_adjust", actor=actor("planner"), reason="改", reason_code="need", objective="新。")


def test_one_lot_that_is_signed_is_enough(funded):
    publish_tender(funded, Stage.PREPARING)
    project = Project.objects.get(pk=funded.project_id)
    project.branches.create(code="lot-2", stage=Stage.CONTRACTED, stage_at=clock.now())
    with pytest.raises(Refused) as refused:
        perform(funded, "ask_adjust", actor=actor("planner"), reason="改", reason_code="need", objective="新。")
    assert "已签订合同" in str(refused.value.refusals[0].message)


# --- who may --------------------------------------------------------------------------------------------------------------
def test_nobody_decides_what_he_asked_for(item):
    from portal.accounts.models import Membership
    from portal.accounts.roles import Role

    planner, agency = actor("planner").user, item.agency
    Membership.objects.create(user=planner, organisation=agency, role=Role.HEAD)
    asked = ask(item, objective="另一目标。")
    assert refused_to(asked, "submit", "planner") == ["G2"]
    submitted = perform(asked, "submit", actor=actor("head"))
    finance = actor("finance_officer").organisation
    Membership.objects.create(user=actor("finance_officer").user, organisation=finance, role=Role.FINANCE_HEAD)
    through(submitted, "SENT_BACK")
    edited = perform(Adjustment.objects.get(), "edit", actor=actor("planner"), reason="改价", reason_code="price", **price_of("3500.00"))
    reviewed = through(edited, "REVIEWED")
    assert refused_to(reviewed, "approve", "finance_officer", document="纪要") == ["G2"]
    with pytest.raises(NotYours):
        perform(reviewed, "approve", actor=actor("head"), document="纪要")


def test_finance_sends_back_or_refuses_with_its_reason(item):
    submitted = through(ask(item, objective="另一目标。"), "SUBMITTED")
    back = perform(submitted, "send_back", actor=actor("finance_officer"), reason="请补充测算。")
    assert (back.state, back.decision_reason) == ("SENT_BACK", "请补充测算。")
    assert refused_to(back, "edit", "planner", reason="改", reason_code="need", objective=item.objective) == ["ADJ-02"]
    again = perform(back, "edit", actor=actor("planner"), reason="按意见修改", reason_code="need", objective="第三目标。")
    again = perform(again, "submit", actor=actor("head"))
    refused = perform(again, "refuse", actor=actor("finance_head"), reason="不予支持。")
    assert refused.state == "REFUSED"
    assert PlanItem.objects.get(pk=item.pk).objective == "道路整洁，绿地完好。"
    assert Message.objects.filter(user=actor("planner").user, event="plans.adjustment/refuse").exists()


# --- what comes in between --------------------------------------------------------------------------------------------------
def test_a_tender_published_in_between_stops_the_decision(funded):
    reviewed = through(ask(funded, method="CONSULTATION"), "REVIEWED")
    publish_tender(funded)
    assert refused_to(reviewed, "approve", "finance_head") == ["ADJ-01"]
    assert PlanItem.objects.get(pk=funded.pk).method == "OPEN_TENDER"
    assert perform(reviewed, "refuse", actor=actor("finance_head"), reason="采购公告已发布。").state == "REFUSED"


def test_what_changed_in_between_sends_it_back(item):
    reviewed = through(ask(item, method="CONSULTATION"), "REVIEWED")
    PlanItem.objects.filter(pk=item.pk).update(content="别的内容。")
    assert refused_to(reviewed, "approve", "finance_head") == ["ADJ-02"]


def test_a_cancelled_item_takes_its_request_with_it(item):
    asked = ask(item, objective="另一目标。")
    perform(item, "ask_cancel", actor=actor("head"), reason="不再需要。")
    perform(item, "cancel", actor=actor("finance_head"))
    asked.refresh_from_db()
    assert (asked.state, asked.decision_reason) == ("WITHDRAWN", "不再需要。")
    noted = Adjustment.objects.get(kind="CANCEL")
    assert (noted.state, noted.amount_before, noted.amount_after) == ("APPLIED", Decimal("300000.00"), Decimal(0))
    assert noted.reason == "不再需要。"


def test_an_item_that_is_no_longer_approved_is_not_adjusted(item):
    reviewed = through(ask(item, method="CONSULTATION"), "REVIEWED")
    behind_the_back("UPDATE plans_planitem SET state = 'EXECUTED' WHERE id = %s", item.pk)
    assert refused_to(reviewed, "approve", "finance_head") == ["ADJ-01"]


# --- money --------------------------------------------------------------------------------------------------------------------
def test_an_increase_without_free_money_names_the_sum_that_is_missing(funded):
    asked = through(ask(funded, **price_of("3500.00")), "SUBMITTED")
    make_line(amount="20000.00", moment=ADJUSTED_AT)
    with pytest.raises(Refused) as refused:
        perform(asked, "agree", actor=actor("finance_officer"))
    assert rules(refused) == ["ADJ-03"]
    assert "30,000.00" in str(refused.value.refusals[0].message)


def test_an_increase_is_reserved_in_the_same_act(funded):
    make_line(amount="30000.00", moment=ADJUSTED_AT)
    make_line(amount="30000.00", moment=ADJUSTED_AT)
    through(ask(funded, **price_of("3500.00")), "APPLIED")
    held = Encumbrance.objects.filter(project=funded.project_id, state="RESERVED").order_by("id")
    assert [row.reserved for row in held] == [Decimal("300000.00"), Decimal("30000.00"), Decimal("20000.00")]
    assert Project.objects.get(pk=funded.project_id).state == "FUNDED"


def test_a_decrease_is_set_free_in_the_same_act(funded):
    through(ask(funded, **price_of("2000.00")), "APPLIED")
    row = Encumbrance.objects.get(project=funded.project_id)
    line = BudgetLine.objects.get(pk=row.line_id)
    assert (row.state, row.reserved, line.free) == ("RESERVED", Decimal("200000.00"), Decimal("100000.00"))
    assert Entry.objects.of_subject("budgets.encumbrance", row.pk).latest("id").transition == "reduce"


def test_later_years_are_pledged_anew_and_let_go():
    """Two years of cleaning: the second costs less, then is given up (RTR-05)."""
    item = make_plan_item("APPROVED", **content())
    fund(item)
    years = [{"year": 2026, "amount": Decimal("11664000.00")}, {"year": 2027, "amount": Decimal("5832000.00")}]
    sources = [{"kind": "GENERAL", "level": "CITY", "name": "城市维护", "amount": Decimal("17496000.00")}]
    through(ask(PlanItem.objects.get(pk=item.pk), periods=Decimal("1.5"), term_months=18, years=years, sources=sources), "APPLIED")
    assert Encumbrance.objects.get(project=item.project_id, year=2027).pledged == Decimal("5832000.00")
    years = [{"year": 2026, "amount": Decimal("11664000.00")}, {"year": 2027, "amount": Decimal("11664000.00")}]
    sources = [{**sources[0], "amount": Decimal("23328000.00")}]
    back = {"periods": Decimal(2), "term_months": 24, "years": years, "sources": sources}
    through(ask(PlanItem.objects.get(pk=item.pk), **back), "APPLIED")
    assert sum(row.pledged for row in Encumbrance.objects.filter(project=item.project_id, year=2027)) == Decimal("11664000.00")
    one = {"periods": Decimal(1), "term_months": 12, "sources": [{**sources[0], "amount": Decimal("11664000.00")}],
           "years": [{"year": 2026, "amount": Decimal("11664000.00")}]}  # fmt: skip
    through(ask(PlanItem.objects.get(pk=item.pk), **one), "APPLIED")
    assert set(Encumbrance.objects.filter(project=item.project_id, year=2027).values_list("state", flat=True)) == {"RELEASED"}


def test_an_agreed_sharing_of_the_cost_comes_first(item):
    make_sharing("SUBMITTED", item=item)
    asked = through(ask(item, **price_of("2000.00")), "SUBMITTED")
    assert refused_to(asked, "agree", "finance_officer") == ["R-037"]


# --- the market, and who sees it -------------------------------------------------------------------------------------------------
def test_the_intention_says_what_the_plan_says():
    item = make_plan_item("APPROVED", **one_year("1000000.00", starts_on=datetime(2026, 9, 1, tzinfo=clock.SHANGHAI).date()))
    draft = Intention.objects.get(project=item.project_id)
    through(ask(item, **price_of("12000.00")), "APPLIED")
    draft.refresh_from_db()
    assert (draft.state, draft.budget) == ("DRAFTED", Decimal("1200000.00"))
    out = perform(draft, "publish", actor=actor("head"))
    through(ask(PlanItem.objects.get(pk=item.pk), **price_of("15000.00")), "APPLIED")
    out.refresh_from_db()
    assert (out.state, out.version, out.budget) == ("PUBLISHED", 2, Decimal("1500000.00"))
    assert out.versions.get(number=2).restarts


def test_a_month_that_is_over_moves_with_the_correction():
    item = make_plan_item("APPROVED", **one_year("1000000.00"))
    out = perform(perform(
        Intention.objects.get(project=item.project_id), "edit", actor=actor("buyer"), title=item.title, outline="清扫。",
        budget=Decimal("1000000.00"), expected=datetime(2026, 3, 1, tzinfo=clock.SHANGHAI).date(), remark="",
    ), "publish", actor=actor("head"))  # fmt: skip
    with clock.at(datetime(2026, 5, 6, 10, tzinfo=clock.SHANGHAI)):
        through(ask(item, **price_of("15000.00")), "APPLIED")
    out.refresh_from_db()
    assert (out.version, out.month) == (2, "2026-06")


def test_everybody_reads_what_took_effect_and_nothing_else(item):
    asked = ask(item, objective="另一目标。")
    assert not Adjustment.objects.visible_to(PUBLIC).exists()
    through(asked, "APPLIED")
    assert Adjustment.objects.visible_to(PUBLIC).get() == asked
    assert not Adjustment.objects.visible_to(actor("planner_2")).exists()


def test_an_addition_of_the_year_is_noted():
    make_line(amount="500000.00", moment=ADJUSTED_AT)
    line = BudgetLine.objects.get()
    values = one_year("300000.00", route="AD_HOC", plan=None, urgency="暴雨受损。", existing_line=line.number, no_extra_expenditure=True)
    item = perform(PlanItem(), "draft", actor=actor("planner"), year=2026, **values)
    item = perform(perform(item, "propose", actor=actor("planner")), "submit", actor=actor("head"))
    from tests.factories.plans import pass_reviews

    perform(pass_reviews(item), "approve", actor=actor("finance_head"))
    noted = Adjustment.objects.get()
    assert (noted.kind, noted.state, noted.amount_before, noted.amount_after) == ("ADD", "APPLIED", Decimal(0), Decimal("300000.00"))
    assert adjusting.summary_of(noted) == "新增项目，300,000.00 元"
