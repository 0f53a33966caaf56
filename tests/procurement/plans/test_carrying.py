"""Projects that run over the year stand in the next plan, once, with that year's sum (CAR-01, CAR-02, R102-28, RTR-05)."""
from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from portal import clock
from portal.workflow import Refused, perform
from procurement.budgets.models import Encumbrance
from procurement.budgets.verbs import needed_by_year
from procurement.plans import carrying
from procurement.plans.models import Plan, PlanItem, Project
from tests.factories.budgets import fund
from tests.factories.people import actor
from tests.factories.plans import COMPILED_AT, content, make_plan_item, one_year
from tests.factories.tampering import behind_the_back

pytestmark = pytest.mark.django_db
HALF = Decimal("11664000.00")


@pytest.fixture(autouse=True)
def in_november():
    with clock.at(COMPILED_AT.replace(year=2026)):
        yield


@pytest.fixture
def running() -> Project:
    """Two years of cleaning from 2026 on, signed; of 2027 the contract left ten million."""
    item = make_plan_item("APPROVED", **content())
    fund(item)
    Encumbrance.objects.filter(project=item.project_id, year=2027).update(pledged=Decimal("10000000.00"))
    behind_the_back("UPDATE plans_project SET state = 'PERFORMING' WHERE id = %s", item.project_id)
    behind_the_back("UPDATE plans_planitem SET state = 'EXECUTED' WHERE id = %s", item.pk)
    return Project.objects.get(pk=item.project_id)


def plan_of(year: int = 2027) -> Plan:
    with clock.at(datetime(year - 1, 11, 20, 9, tzinfo=clock.SHANGHAI)):
        return perform(Plan(), "draft", actor=actor("planner"), year=year)


def carry(plan: Plan, *projects: Project) -> PlanItem:
    perform(plan, "carry_over", actor=actor("planner"), projects=list(projects))
    return plan.items.get(route="CARRIED")


def refused(plan: Plan, row: str, **data) -> list[str]:
    with pytest.raises(Refused) as found:
        perform(plan, row, actor=actor("planner"), **data)
    return [refusal.rule for refusal in found.value.refusals]


def test_it_waits_with_what_the_contract_left_of_the_year(running):
    waiting = carrying.waiting(plan_of())
    assert [(each.project, each.amount) for each in waiting] == [(running, Decimal("10000000.00"))]


def test_one_act_makes_next_years_item_of_the_same_project(running):
    plan = plan_of()
    item = carry(plan, running)
    assert (item.state, item.project, item.carried_from, item.year) == ("EXECUTED", running, running.item, 2027)
    assert (item.amount, item.approved_amount, plan.total, plan.approved_total) == (Decimal("10000000.00"),) * 4
    assert item.sources.get().amount == Decimal("10000000.00")
    assert Project.objects.count() == 1
    assert running.item.pk != item.pk
    assert carrying.waiting(plan) == []


def test_the_year_is_needed_once(running):
    """The carried item is a year of the first one, not more money."""
    before = needed_by_year(running)
    carry(plan_of(), running)
    assert needed_by_year(Project.objects.get(pk=running.pk)) == before


def test_it_is_carried_once(running):
    plan = plan_of()
    item = carry(plan, running)
    assert refused(plan, "carry_over", projects=[running]) == ["CAR-01"]
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanItem.objects.create(
            plan=plan, agency=plan.agency, year=2027, route="CARRIED", project=running, title="又一次", state="EXECUTED",
            lapses_at=item.lapses_at, state_since=clock.now(), created_at=clock.now(),
        )


@pytest.mark.parametrize("state", ["ACCEPTED", "CLOSED", "TENDERING"])
def test_not_what_has_ended_nor_what_is_not_signed(running, state):
    behind_the_back("UPDATE plans_project SET state = %s WHERE id = %s", state, running.pk)
    plan = plan_of()
    assert carrying.waiting(plan) == []
    assert refused(plan, "carry_over", projects=[Project.objects.get(pk=running.pk)]) == ["CAR-01"]
    assert refused(plan, "carry_over") == ["CAR-01"]


def test_not_into_a_year_that_the_term_does_not_reach(running):
    assert refused(plan_of(2029), "carry_over", projects=[running]) == ["CAR-01"]


def test_not_what_is_another_organisations(running):
    with clock.at(COMPILED_AT.replace(year=2026)):
        other = perform(Plan(), "draft", actor=actor("planner_2"), year=2027)
    with pytest.raises(Refused) as found:
        perform(other, "carry_over", actor=actor("planner_2"), projects=[running])
    assert [refusal.rule for refusal in found.value.refusals] == ["G1"]


def test_the_plan_is_not_put_forward_while_it_waits_without_a_reason(running):
    plan = plan_of()
    perform(PlanItem(), "draft", actor=actor("planner"), plan=plan, **one_year("100000.00", year=2027))
    assert refused(plan, "propose") == ["CAR-02"]
    done = perform(plan, "propose", actor=actor("planner"), carry_reason="合同将于年底提前终止。")
    assert (done.state, done.carry_reason) == ("PROPOSED", "合同将于年底提前终止。")


def test_a_plan_that_only_carries_over_is_decided_when_it_is_submitted(running):
    plan = plan_of()
    carry(plan, running)
    plan = perform(plan, "propose", actor=actor("planner"))
    assert plan.service_budget == Decimal("10000000.00")
    perform(plan, "submit", actor=actor("head"))
    plan.refresh_from_db()
    assert plan.state == "DECIDED"
    item = plan.items.get()
    with pytest.raises(Refused) as found:
        perform(item, "drop_carried", actor=actor("planner"))
    assert [refusal.rule for refusal in found.value.refusals] == ["CAR-01"]


def test_it_is_dropped_while_the_plan_is_compiled_and_the_project_goes_on(running):
    plan = plan_of()
    item = perform(carry(plan, running), "drop_carried", actor=actor("planner"))
    running.refresh_from_db()
    assert (item.state, running.state, plan.total) == ("WITHDRAWN", "PERFORMING", 0)
    with pytest.raises(Refused):
        perform(running.item, "drop_carried", actor=actor("planner"))
    assert len(carrying.waiting(plan)) == 1


def test_what_was_carried_falls_with_a_plan_that_was_not_sent(running):
    from portal.accounts.actor import system_actor

    plan = plan_of()
    item = carry(plan, running)
    with clock.at(datetime(2026, 12, 1, 0, 1, tzinfo=clock.SHANGHAI)):
        perform(plan, "lapse", actor=system_actor())
    item.refresh_from_db()
    running.refresh_from_db()
    assert (item.state, running.state) == ("WITHDRAWN", "PERFORMING")


def test_the_page_of_the_plan_names_what_waits_and_the_program_too(running, client):
    plan = plan_of()
    client.force_login(actor("planner").user)
    answer = client.get(plan.get_absolute_url())
    assert "跨年项目" in answer.content.decode()
    assert running.number in answer.content.decode()
    assert "10000000.00" in client.get(f"/api/v1/plans/{plan.pk}/").content.decode()
    page = client.get(f"/act/plans.plan/{plan.pk}/carry_over/").content.decode()
    assert "10,000,000.00" in page
