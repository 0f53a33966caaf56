"""What is signed and not paid lives on in the next year, by a pair of entries; reservations move from line to line (L3.1, L3.2)."""
from datetime import datetime
from decimal import Decimal

import pytest

from portal import clock
from portal.accounts.actor import system_actor
from portal.rules.jurisdiction import decide
from portal.workflow import Act, NotYours, Refused, perform
from procurement.budgets import verbs
from procurement.budgets.ledger import unbalanced
from procurement.budgets.models import BudgetLine, Encumbrance
from procurement.budgets.workflow import ENCUMBRANCE
from tests.factories.budgets import ALLOCATED_AT, fund, make_line
from tests.factories.people import actor
from tests.factories.plans import make_plan, make_plan_item, one_year

pytestmark = pytest.mark.django_db
DECEMBER = datetime(2026, 12, 20, 10, tzinfo=clock.SHANGHAI)
NEW_YEAR = datetime(2027, 1, 1, tzinfo=clock.SHANGHAI)
CARRY = {"document": "赣江财预〔2026〕88号", "reason": "合同跨年履行"}


def rules(refused) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


def acting() -> Act:
    return Act(row=ENCUMBRANCE["commit"], lifecycle=ENCUMBRANCE, actor=system_actor(), now=clock.now())


@pytest.fixture(autouse=True)
def in_december():
    with clock.at(DECEMBER):
        yield


@pytest.fixture
def signed():
    """A project of 1,000.00 that has signed for 900.00 and paid 300.00 of it."""
    project = fund(make_plan_item("APPROVED", **one_year("1000.00")))
    verbs.commit(acting(), project, {2026: Decimal("900.00")}, reference="HT-1")
    verbs.pay(acting(), project, Decimal("300.00"), year=2026, reference="V1")
    return project


def test_only_the_finance_head_carries_over_and_only_from_december_on(signed):
    line = signed.encumbrances.get().line
    with pytest.raises(NotYours):
        perform(line, "carry_over", actor=actor("budget_officer"), **CARRY)
    with clock.at(datetime(2026, 11, 30, 23, 59, tzinfo=clock.SHANGHAI)), pytest.raises(Refused) as refused:
        perform(line, "carry_over", actor=actor("finance_head"), **CARRY)
    assert rules(refused) == ["RTR-05"]
    with clock.at(datetime(2026, 12, 1, 0, 0, tzinfo=clock.SHANGHAI)):
        perform(line, "carry_over", actor=actor("finance_head"), **CARRY)


def test_signed_and_unpaid_money_goes_to_a_line_of_the_next_year_by_a_pair_of_entries(signed):
    line = perform(signed.encumbrances.get().line, "carry_over", actor=actor("finance_head"), **CARRY)
    following = line.carried_to
    assert (following.state, following.year, following.allocated, following.committed, following.free) == ("ALLOCATED", 2027, 600, 600, 0)
    assert (line.allocated, line.committed, line.paid, line.free) == (400, 0, 300, 100)
    out, into = line.postings.order_by("id").last(), following.postings.get()
    assert (out.source_bucket, out.target_bucket, out.amount) == ("COMMITTED", "OUTSIDE", 600)
    assert (into.source_bucket, into.target_bucket, into.amount) == ("OUTSIDE", "COMMITTED", 600)
    assert out.reference == into.reference == CARRY["document"]
    before, after = signed.encumbrances.order_by("id")
    assert (before.state, before.committed, before.paid) == ("SETTLED", 0, 300)
    assert (after.state, after.committed, after.line, after.year) == ("COMMITTED", 600, following, 2026)
    assert not unbalanced().exists()


def test_either_line_leads_to_the_other(signed, client):
    line = perform(signed.encumbrances.get().line, "carry_over", actor=actor("finance_head"), **CARRY)
    client.force_login(actor("finance_head").user, backend="django.contrib.auth.backends.ModelBackend")
    for here, there in ((line, line.carried_to), (line.carried_to, line)):
        assert f'href="{there.get_absolute_url()}"' in client.get(here.get_absolute_url()).content.decode()


def test_what_was_carried_pays_the_year_it_was_signed_for(signed):
    line = perform(signed.encumbrances.get().line, "carry_over", actor=actor("finance_head"), **CARRY)
    perform(line, "close", actor=system_actor())
    with clock.at(datetime(2027, 2, 1, 9, tzinfo=clock.SHANGHAI)):
        verbs.pay(acting(), signed, Decimal("600.00"), year=2026, reference="V2")
    last = signed.encumbrances.order_by("id").last()
    assert (last.state, last.paid, last.line.year, last.line.paid) == ("SETTLED", 600, 2027, 600)
    assert verbs.uncovered(signed) == {2026: Decimal("100.00")}  # the saving that was released
    assert not unbalanced().exists()


def test_nothing_is_left_to_carry_twice_and_a_frozen_line_takes_no_more(signed):
    line = perform(signed.encumbrances.get().line, "carry_over", actor=actor("finance_head"), **CARRY)
    with pytest.raises(Refused) as refused:
        perform(line, "carry_over", actor=actor("finance_head"), **CARRY)
    assert rules(refused) == ["RTR-05"]
    perform(line.carried_to, "freeze", actor=actor("finance_head"), reason="审计要求")
    with pytest.raises(Refused) as refused:
        perform(line, "carry_over", actor=actor("finance_head"), **CARRY)
    assert rules(refused) == ["RTR-05", "S-98"]


def test_a_closed_year_is_carried_over_too_and_twice_to_the_same_line():
    first, second = make_plan("DECIDED", items=[one_year("100.00"), one_year("50.00")]).items.order_by("-id")
    line = make_line(amount="150.00")
    for item in (first, second):
        amount = item.effective_amount
        perform(Encumbrance(), "reserve", actor=actor("finance_officer"), project=item.project, line=line, amount=amount)
    verbs.commit(acting(), first.project, {2026: first.effective_amount})
    line = perform(line, "carry_over", actor=actor("finance_head"), **CARRY)
    verbs.commit(acting(), second.project, {2026: second.effective_amount})
    line = perform(line, "close", actor=system_actor())
    assert (line.state, line.committed) == ("CLOSED", second.effective_amount)
    with clock.at(NEW_YEAR.replace(day=5)):
        line = perform(line, "carry_over", actor=actor("finance_head"), **CARRY)
    assert (line.committed, line.allocated) == (0, 0)
    assert BudgetLine.objects.get(carried_from=line).committed == 150
    assert not unbalanced().exists()


def test_where_the_region_carries_all_reserved_and_free_money_lives_on():
    item = make_plan_item("APPROVED", **one_year("1000.00"))
    line = make_line(amount="1500.00")
    perform(Encumbrance(), "reserve", actor=actor("finance_officer"), project=item.project, line=line, amount=Decimal("1000.00"))
    decide("carry_over", "all", source="赣江府办〔2026〕3号", valid_from=DECEMBER.date(), region=line.agency.region)
    line = perform(line, "carry_over", actor=actor("finance_head"), **CARRY)
    following = line.carried_to
    assert (line.allocated, line.reserved, line.free) == (0, 0, 0)
    assert (following.allocated, following.reserved, following.free) == (1500, 1000, 500)
    assert item.project.encumbrances.get().line == following
    assert not unbalanced().exists()


def test_a_reservation_moves_to_another_line_of_its_year_with_its_sum():
    item = make_plan_item("APPROVED", **one_year("1000.00"))
    with clock.at(ALLOCATED_AT):
        line, other, small = make_line(amount="1000.00"), make_line(amount="1000.00", level="PROVINCE"), make_line(amount="999.99")
        next_year = make_line(amount="1000.00", year=2027)
    row = perform(Encumbrance(), "reserve", actor=actor("finance_officer"), project=item.project, line=line, amount=Decimal("1000.00"))
    move = {"reason": "改由省级负担", "reason_code": "tier"}
    with pytest.raises(NotYours):
        perform(row, "change", actor=actor("finance_head"), line=other, **move)
    for target, rule in ((line, "S-172"), (small, "S-27"), (next_year, "RTR-05")):
        with pytest.raises(Refused) as refused:
            perform(row, "change", actor=actor("finance_officer"), line=target, **move)
        assert rule in rules(refused)
    row = perform(row, "change", actor=actor("finance_officer"), line=other, **move)
    line.refresh_from_db()
    assert (row.state, row.reserved, row.line.level, row.line.free, line.free) == ("RESERVED", 1000, "PROVINCE", 0, 1000)
    assert [posting.line_id for posting in row.postings.order_by("id")] == [line.pk, line.pk, other.pk]
    assert not unbalanced().exists()
