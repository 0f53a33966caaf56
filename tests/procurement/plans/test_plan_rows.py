"""L2.1 row by row: each guard failing first, then passing."""
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from portal import clock
from portal.accounts.actor import system_actor
from portal.audit.models import Entry
from portal.workdays.models import LegalClock
from portal.workflow import NotYours, Refused, WrongState, due, perform
from procurement.plans.models import Plan, PlanItem
from tests.factories.people import actor
from tests.factories.plans import COMPILED_AT, content, make_plan, one_year, pass_reviews

pytestmark = pytest.mark.django_db


def rules(refused) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=clock.SHANGHAI)


def test_one_plan_a_year():
    with clock.at(COMPILED_AT):
        perform(Plan(), "draft", actor=actor("planner"), year=2026)
        with pytest.raises(Refused) as refused:
            perform(Plan(), "draft", actor=actor("planner"), year=2026)
        assert rules(refused) == ["R-003"]
        assert perform(Plan(), "draft", actor=actor("planner_2"), year=2026).agency != actor("planner").organisation


def test_a_plan_cannot_be_begun_after_the_cut_off():
    with clock.at(at(2025, 12, 1)), pytest.raises(Refused) as refused:
        perform(Plan(), "draft", actor=actor("planner"), year=2026)
    assert rules(refused) == ["R-001"]
    assert "一事一议" in refused.value.refusals[0].message


def test_only_a_planner_begins_a_plan():
    with clock.at(COMPILED_AT), pytest.raises(NotYours):
        perform(Plan(), "draft", actor=actor("head"), year=2026)


def test_an_empty_plan_is_not_proposed():
    plan = make_plan(items=[])
    with clock.at(COMPILED_AT), pytest.raises(Refused) as refused:
        perform(plan, "propose", actor=actor("planner"))
    assert rules(refused) == ["R-003"]


def test_every_item_must_be_complete_and_all_that_is_missing_is_said_at_once():
    """S-21: a plan with gaps is not put forward, and each gap is named."""
    plan = make_plan(items=[{"title": "甲", "quantity": None}, content()])
    with clock.at(COMPILED_AT), pytest.raises(Refused) as refused:
        perform(plan, "propose", actor=actor("planner"))
    found = set(rules(refused))
    assert {"R-006", "R102-18", "R102-09", "R102-14", "R-009", "S-20", "R102-24", "R-032", "RPE-08"} <= found
    assert all(refusal.message.startswith("甲") for refusal in refused.value.refusals)


def test_three_budgets_agree_or_the_difference_is_explained():
    """S-28, R-029: what the items ask for, the department's and the procurement budget are one sum."""
    plan = make_plan(items=[one_year("1000000.00")])
    with clock.at(COMPILED_AT):
        with pytest.raises(Refused) as refused:
            perform(plan, "propose", actor=actor("planner"), department_budget=Decimal("900000.00"))
        assert rules(refused) == ["S-28"]
        plan = perform(
            plan, "propose", actor=actor("planner"), department_budget=Decimal("900000.00"), difference_reason="另有结转 10 万元"
        )
    assert plan.service_budget == plan.procurement_budget == 1000000
    assert plan.items.get().state == "PROPOSED"


def test_the_compiler_does_not_submit_and_the_last_second_is_in():
    plan = make_plan("PROPOSED")
    with clock.at(at(2025, 11, 30, 23, 59, 59)):
        with pytest.raises(NotYours):
            perform(plan, "submit", actor=actor("planner"))
        plan = perform(plan, "submit", actor=actor("head"))
    assert plan.state == "SUBMITTED"
    assert plan.lapses_at == at(2025, 12, 16)


def test_a_head_who_compiled_cannot_submit_what_he_compiled():
    from portal.accounts.models import Membership

    head = actor("head")
    Membership.objects.create(user=head.user, organisation=head.organisation, role="PLANNER")
    plan = make_plan("PROPOSED", planner="head")
    with clock.at(COMPILED_AT), pytest.raises(Refused) as refused:
        perform(plan, "submit", actor=actor("head"))
    assert rules(refused) == ["G2"]


def test_midnight_is_too_late_and_names_the_other_way():
    plan = make_plan("PROPOSED")
    with clock.at(at(2025, 12, 1)), pytest.raises(Refused) as refused:
        perform(plan, "submit", actor=actor("head"))
    assert rules(refused) == ["R-001"]
    assert "一事一议" in refused.value.refusals[0].message


def test_a_second_submit_meets_who_did_it_when():
    plan = make_plan("SUBMITTED")
    with clock.at(COMPILED_AT), pytest.raises(WrongState) as refused:
        perform(plan, "submit", actor=actor("head"))
    assert rules(refused) == ["G7"]


def test_the_head_sends_back_with_reason_and_it_comes_again():
    plan = make_plan("PROPOSED")
    with clock.at(COMPILED_AT):
        with pytest.raises(Refused):
            perform(plan, "send_back", actor=actor("head"))
        plan = perform(plan, "send_back", actor=actor("head"), reason="补充测算")
        item = plan.items.get()
        assert (plan.state, item.state, item.decision_reason) == ("SENT_BACK", "SENT_BACK", "补充测算")
        plan = perform(plan, "propose", actor=actor("planner"))
        assert perform(plan, "submit", actor=actor("head")).state == "SUBMITTED"


def test_finance_sends_the_envelope_back_and_it_may_come_again_until_the_regions_day():
    plan = make_plan("SUBMITTED")
    with clock.at(at(2025, 11, 30, 10)):
        with pytest.raises(NotYours):
            perform(plan, "send_back_by_finance", actor=actor("head"), reason="x")
        plan = perform(plan, "send_back_by_finance", actor=actor("finance_officer"), reason="封面合计有误")
    assert plan.items.get().state == "SUBMITTED"
    with clock.at(at(2025, 12, 10)):
        plan = perform(plan, "propose", actor=actor("planner"))
        assert perform(plan, "submit", actor=actor("head")).state == "SUBMITTED"
    other = make_plan("SUBMITTED", planner="planner_2", head="head_2")
    with clock.at(at(2025, 12, 16)):
        other = perform(other, "send_back_by_finance", actor=actor("finance_officer"), reason="再改")
        other = perform(other, "propose", actor=actor("planner_2"))
        with pytest.raises(Refused) as refused:
            perform(other, "submit", actor=actor("head_2"))
    assert rules(refused) == ["S-22"]


def test_what_was_not_sent_lapses_by_itself_at_the_first_of_december():
    plan = make_plan("PROPOSED")
    due.run(at(2025, 11, 30, 23, 59))
    plan.refresh_from_db()
    assert plan.state == "PROPOSED"
    due.run(at(2025, 12, 1))
    plan.refresh_from_db()
    assert (plan.state, plan.items.get().state) == ("LAPSED", "LAPSED")


def test_concluded_only_when_no_item_is_open_then_published_and_closed():
    """S-25, S-33: what is decided must be published, and the days to do so run until it is."""
    plan = make_plan("SUBMITTED")
    with pytest.raises(Refused) as refused:
        perform(plan, "conclude", actor=system_actor())
    assert rules(refused) == ["S-25"]
    plan = make_plan("DECIDED", planner="planner_2", head="head_2")
    term = LegalClock.objects.filter(name="PLAN_PUBLICATION", subject_id=plan.pk)
    assert [each.state for each in term] == ["RUNNING"]
    with clock.at(at(2025, 12, 9)):
        with pytest.raises(NotYours):
            perform(plan, "publish", actor=actor("head"))
        plan = perform(plan, "publish", actor=actor("head_2"))
    assert plan.published_at >= plan.decided_at
    assert [each.state for each in term.all()] == ["MET"]
    with clock.at(at(2027, 1, 1)):
        assert perform(plan, "close", actor=system_actor()).state == "CLOSED"


def test_a_plan_without_approved_items_is_not_published():
    plan = make_plan("SUBMITTED")
    with clock.at(COMPILED_AT):
        item = pass_reviews(plan.items.get())
        perform(item, "reject", actor=system_actor(), reason="不同意")
        plan.refresh_from_db()
        assert plan.state == "DECIDED"
        with pytest.raises(Refused) as refused:
            perform(plan, "publish", actor=actor("head"))
    assert rules(refused) == ["R-008"]


def test_a_lapsed_item_goes_another_way():
    plan = make_plan("PROPOSED", items=[one_year("5000.00")])
    due.run(at(2025, 12, 1))
    item = plan.items.get()
    with clock.at(at(2025, 12, 2)):
        perform(item, "copy", actor=actor("planner"), route="AD_HOC")
    twin = PlanItem.objects.get(route="AD_HOC")
    assert (twin.state, twin.amount, twin.factors.count(), twin.plan) == ("DRAFTED", Decimal("5000.00"), 4, None)
    assert twin.created_at - item.created_at > timedelta(days=3)
    assert (twin.copy_of, item.taken_up_by) == (item, twin)


def test_a_lapsed_item_goes_one_other_way_at_a_time():
    plan = make_plan("PROPOSED", items=[one_year("5000.00")])
    due.run(at(2025, 12, 1))
    item = plan.items.get()
    with clock.at(at(2025, 12, 2)):
        perform(item, "copy", actor=actor("planner"), route="AD_HOC")
        with pytest.raises(Refused) as refused:
            perform(item, "copy", actor=actor("planner"), route="IN_YEAR")
        assert rules(refused) == ["S-26"]
        perform(item.taken_up_by, "discard", actor=actor("planner"))
        perform(item, "copy", actor=actor("planner"), route="IN_YEAR")
    assert item.taken_up_by.route == "IN_YEAR"


def test_the_record_tells_a_plans_sum_to_the_fen_on_every_database():
    plan = make_plan("SUBMITTED", items=[one_year("500000.00"), one_year("740000.00", title="另一项")])
    submitted = Entry.objects.of_subject("plans.plan", plan.pk).get(transition="submit")
    assert submitted.facts["total"] == "1240000.00"
    assert "合计 1,240,000.00 元" in submitted.sentence
