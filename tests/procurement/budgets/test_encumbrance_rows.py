"""L3.2 row by row, and the last yuan under two hands."""
import threading
from datetime import datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.accounts.actor import system_actor
from portal.workflow import Act, NotYours, Refused, perform
from procurement.budgets import verbs
from procurement.budgets.ledger import totals_from_postings
from procurement.budgets.models import BudgetLine, Encumbrance
from procurement.budgets.workflow import ENCUMBRANCE
from procurement.plans.models import Project, Stage
from tests.factories.budgets import ALLOCATED_AT, fund, make_funded_project, make_line
from tests.factories.people import actor
from tests.factories.plans import make_plan, make_plan_item, one_year

pytestmark = pytest.mark.django_db


def rules(refused) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


def acting() -> Act:
    return Act(row=ENCUMBRANCE["commit"], lifecycle=ENCUMBRANCE, actor=system_actor(), now=ALLOCATED_AT)


@pytest.fixture(autouse=True)
def in_january():
    with clock.at(ALLOCATED_AT):
        yield


def reserve(project, line, amount, who="finance_officer") -> Encumbrance:
    return perform(Encumbrance(), "reserve", actor=actor(who), project=project, line=line, amount=Decimal(amount))


def test_reserve_needs_a_line_that_fits_and_money_that_is_free_and_needed():
    item = make_plan_item("APPROVED", **one_year("1000.00"))
    own, poor = make_line(amount="1000.00"), make_line(amount="999.99")
    with pytest.raises(NotYours):
        reserve(item.project, own, "1.00", who="planner")
    with pytest.raises(Refused) as refused:
        reserve(item.project, poor, "1000.00")
    assert rules(refused) == ["S-27"]
    assert "999.99" in refused.value.refusals[0].message
    for amount in ("1000.01", "0.00"):
        with pytest.raises(Refused) as refused:
            reserve(item.project, own, amount)
        assert "S-27" in rules(refused)
    for line, rule in (
        (make_line("SUBMITTED", amount="1000.00"), "R102-20"), (make_line(amount="1000.00", purpose="林业有害生物防治"), "R-035"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            reserve(item.project, line, "1000.00")
        assert rule in rules(refused)
    foreign = make_line(amount="1000.00")
    BudgetLine.objects.filter(pk=foreign.pk).update(agency=actor("planner_2").organisation)
    with pytest.raises(Refused) as refused:
        reserve(item.project, BudgetLine.objects.get(pk=foreign.pk), "1000.00")
    assert rules(refused) == ["R-035"]
    with pytest.raises(Refused) as refused:
        reserve(item.project, own, "1.00", who="hongshan_finance_officer")
    assert rules(refused) == ["G1"]
    assert reserve(item.project, own, "400.00").state == "RESERVED"
    assert Project.objects.get(pk=item.project_id).state == Stage.APPROVED
    reserve(item.project, own, "600.00")
    assert Project.objects.get(pk=item.project_id).state == Stage.FUNDED


def test_a_line_of_one_project_serves_no_other():
    """R-035."""
    mine, other = make_plan("DECIDED", items=[one_year("1000.00"), one_year("1000.00")]).items.order_by("id")
    line = make_line(amount="1500.00")
    BudgetLine.objects.filter(pk=line.pk).update(item=other)
    line.refresh_from_db()
    with pytest.raises(Refused) as refused:
        reserve(mine.project, line, "1000.00")
    assert rules(refused) == ["R-035"]
    assert reserve(other.project, line, "1000.00").state == "RESERVED"


def test_nothing_is_committed_pledged_or_paid_beyond_what_is_held():
    """R1787-04, row by row; `verbs.commit` says the same of the whole contract before."""
    this, later = funded_two_years().encumbrances.order_by("year")
    for row, name in ((this, "commit"), (later, "trim")):
        with pytest.raises(Refused) as refused:
            perform(row, name, actor=system_actor(), amount=Decimal("100.01"))
        assert rules(refused) == ["R1787-04"]
    committed = perform(this, "commit", actor=system_actor(), amount=Decimal("100.00"))
    with pytest.raises(Refused) as refused:
        perform(committed, "pay", actor=system_actor(), amount=Decimal("100.01"), reference="V1")
    assert rules(refused) == ["R1787-04"]
    assert perform(committed, "pay", actor=system_actor(), amount=Decimal("100.00"), reference="V1").paid == 100
    assert perform(later, "trim", actor=system_actor(), amount=Decimal("80.00")).pledged == 80


def test_a_project_is_not_funded_before_the_money_is_there():
    item = make_plan_item("APPROVED")
    with pytest.raises(Refused) as refused:
        perform(item.project, "fund", actor=system_actor())
    assert rules(refused) == ["R1787-04", "R1787-04"]


def test_a_line_for_an_approved_item_reserves_by_itself():
    item = make_plan_item("APPROVED", **one_year("1000.00"))
    line = make_line(amount="1000.00", item=item)
    row = Encumbrance.objects.get(line=line)
    assert (row.reserved, row.state) == (1000, "RESERVED")


def test_only_a_later_year_of_a_long_term_is_pledged():
    long, short = make_plan("DECIDED", items=[one_year("7.00"), _two_years()]).items.order_by("-id")
    pledge = {"year": 2027, "amount": Decimal("100.00")}
    with pytest.raises(NotYours):
        perform(Encumbrance(), "pledge", actor=actor("finance_officer"), project=long.project, **pledge)
    with pytest.raises(Refused) as refused:
        perform(Encumbrance(), "pledge", actor=actor("finance_head"), project=long.project, year=2026, amount=Decimal("100.00"))
    assert rules(refused) == ["RTR-05"]
    type(short).objects.filter(pk=short.pk).update(price_stable=False)
    with pytest.raises(Refused) as refused:
        perform(Encumbrance(), "pledge", actor=actor("finance_head"), project=short.project, **pledge)
    assert rules(refused) == ["R102-28", "S-27"]
    row = perform(Encumbrance(), "pledge", actor=actor("finance_head"), project=long.project, **pledge)
    assert (row.state, row.pledged, row.line) == ("PLEDGED", 100, None)


def _two_years() -> dict:
    return one_year("200.00", term_months=24, years=[{"year": 2026, "amount": Decimal(100)}, {"year": 2027, "amount": Decimal(100)}])


def funded_two_years() -> Project:
    return fund(make_plan("DECIDED", items=[_two_years()]).items.get())


def test_signing_commits_and_lets_the_saving_go():
    project = funded_two_years()
    assert project.state == Stage.FUNDED
    with pytest.raises(Refused) as refused:
        verbs.commit(acting(), project, {2026: Decimal("100.01"), 2027: Decimal(100)})
    assert rules(refused) == ["R1787-04"]
    verbs.commit(acting(), project, {2026: Decimal("82.80"), 2027: Decimal("80.00")}, reference="HT-1")
    this, later = project.encumbrances.order_by("year")
    assert (this.state, this.committed, this.reserved, this.line.free) == ("COMMITTED", Decimal("82.80"), 0, Decimal("17.20"))
    assert (later.state, later.pledged) == ("PLEDGED", Decimal("80.00"))


def test_paid_within_what_is_committed_then_settled():
    project = funded_two_years()
    verbs.commit(acting(), project, {2026: Decimal("100.00"), 2027: Decimal(100)})
    with pytest.raises(Refused) as refused:
        verbs.pay(acting(), project, Decimal("100.01"), year=2026, reference="V1")
    assert rules(refused) == ["R1787-04"]
    verbs.pay(acting(), project, Decimal("40.00"), year=2026, reference="V1")
    row = project.encumbrances.get(year=2026)
    assert (row.state, row.committed, row.paid) == ("COMMITTED", 60, 40)
    verbs.pay(acting(), project, Decimal("60.00"), year=2026, reference="V2")
    row.refresh_from_db()
    assert (row.state, row.committed, row.paid) == ("SETTLED", 0, 100)
    assert [posting.reference for posting in row.postings.order_by("id")][-2:] == ["V1", "V2"]
    with pytest.raises(Refused) as refused:
        perform(row, "refund", actor=actor("budget_officer"), amount=Decimal("100.01"), reference="R", reason="退票",
            reason_code="rejected")
    assert rules(refused) == ["S-101"]
    row = perform(row, "refund", actor=actor("budget_officer"), amount=Decimal("60.00"), reference="R1",
        reason="退票", reason_code="rejected")
    assert (row.state, row.committed, row.paid, row.postings.count()) == ("COMMITTED", 60, 40, 5)


def test_a_pledge_is_honoured_by_its_years_line():
    project = funded_two_years()
    verbs.commit(acting(), project, {2026: Decimal("100.00"), 2027: Decimal(100)})
    next_year = datetime(2027, 1, 20, 10, tzinfo=clock.SHANGHAI)
    with clock.at(next_year):
        small = make_line(amount="99.99", year=2027, moment=next_year)
        with pytest.raises(Refused) as refused:
            perform(project.encumbrances.get(year=2027), "honour", actor=system_actor(), line=small)
        assert rules(refused) == ["R1787-04"]
        with pytest.raises(Refused) as refused:
            perform(project.encumbrances.get(year=2027), "honour", actor=system_actor(), line=project.encumbrances.get(year=2026).line)
        assert rules(refused) == ["R-035"]
        assert verbs.honour(acting(), project, year=2027) == []
        make_line(amount="500.00", year=2027, moment=next_year)
        row, = verbs.honour(acting(), project, year=2027)
    assert (row.state, row.committed, row.pledged, row.line.year) == ("COMMITTED", 100, 0, 2027)


def test_released_with_reason_and_what_is_paid_stays():
    project = funded_two_years()
    verbs.commit(acting(), project, {2026: Decimal("100.00"), 2027: Decimal(100)})
    verbs.pay(acting(), project, Decimal("30.00"), year=2026, reference="V1")
    this = project.encumbrances.get(year=2026)
    with pytest.raises(Refused):
        perform(this, "release", actor=actor("finance_head"))
    verbs.release(acting(), project, reason="合同解除")
    this.refresh_from_db()
    assert (this.state, this.committed, this.paid, this.line.free) == ("RELEASED", 0, 30, 70)
    assert project.encumbrances.get(year=2027).pledged == 0


def test_an_aborted_project_lets_its_money_go():
    project = make_funded_project()
    item = project.item
    perform(item, "ask_cancel", actor=actor("head"), reason="停办")
    perform(item, "cancel", actor=actor("finance_head"))
    assert set(project.encumbrances.values_list("state", flat=True)) == {"RELEASED"}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["commit", "pay", "refund", "release"]), st.integers(1, 120)), max_size=6))
def test_totals_always_equal_the_postings(history):
    project = fund(make_plan_item_once())
    row = project.encumbrances.get()
    for name, amount in history:
        data = {"amount": Decimal(amount), "reference": "x"}
        try:
            row = perform(row, name, actor=actor("finance_head") if name == "release" else actor("budget_officer")
                          if name == "refund" else system_actor(), reason="理由",
                          reason_code="rejected" if name == "refund" else "", **data)  # fmt: skip
        except Refused:
            continue
    line = BudgetLine.objects.get(pk=row.line_id)
    assert totals_from_postings(line) == {name: getattr(line, name) for name in ("allocated", "reserved", "committed", "paid")}
    assert line.free >= 0


def make_plan_item_once():
    """A fresh approved item every time, however often hypothesis asks: one plan year each."""
    from procurement.plans.models import Plan

    return make_plan_item("APPROVED", year=2026 + Plan.objects.count(), **one_year("100.00", year=2026 + Plan.objects.count()))


@pytest.mark.django_db(transaction=True)
def test_two_who_want_the_last_yuan_and_one_is_refused_with_what_is_free():
    """Two officers at once, in two connections, on whichever database the suite runs."""
    first, second = make_plan("DECIDED", items=[one_year("1000.00"), one_year("1000.00")]).items.order_by("id")
    line = make_line(amount="1500.00")
    who, outcomes, barrier = actor("finance_officer"), [], threading.Barrier(2)

    def grab(project):
        try:
            barrier.wait(60)
            with clock.at(ALLOCATED_AT):
                perform(Encumbrance(), "reserve", actor=who, project=project, line=line, amount=Decimal("1000.00"))
            outcomes.append("reserved")
        except Refused as refused:
            outcomes.append(refused.refusals[0].params["free"])
        except DatabaseError as unexpected:
            outcomes.append(repr(unexpected))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=grab, args=(item.project,)) for item in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(outcomes) == ["500.00", "reserved"]
    line.refresh_from_db()
    assert (line.reserved, line.free) == (1000, 500)
    assert connection.vendor in ("sqlite", "postgresql")
