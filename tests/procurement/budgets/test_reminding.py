"""Who is told when a line is nearly used up, and on 1 December what of it is not spent (L3.1, S-27, RTR-05)."""
from datetime import date, datetime
from decimal import Decimal

import pytest

from portal import clock
from portal.audit.models import Entry
from portal.notifications.models import Message
from portal.rules.jurisdiction import decide
from portal.workflow import due, perform
from procurement.budgets.models import BudgetLine, Encumbrance
from tests.factories.budgets import ALLOCATED_AT, fund, make_line
from tests.factories.people import actor
from tests.factories.plans import make_plan, make_plan_item, one_year

pytestmark = pytest.mark.django_db


def told(row: str) -> set[str]:
    return set(Message.objects.filter(event=f"budgets.line/{row}").values_list("user__username", flat=True))


@pytest.fixture
def projects():
    items = make_plan("DECIDED", items=[one_year("80.00"), one_year("10.00"), one_year("10.00")]).items.order_by("id")
    with clock.at(ALLOCATED_AT):
        yield [item.project for item in items]


def reserve(line: BudgetLine, project, amount: str) -> Encumbrance:
    return perform(Encumbrance(), "reserve", actor=actor("finance_officer"), project=project, line=line, amount=Decimal(amount))


def test_it_is_told_once_that_nine_tenths_are_used_and_again_after_there_was_more(projects):
    for name in ("planner", "budget_officer"):
        actor(name)
    line = make_line(amount="100.00")
    reserve(line, projects[0], "80.00")
    assert told("run_short") == set()
    held = reserve(line, projects[1], "10.00")
    assert {"planner", "budget_officer"} <= told("run_short")
    reserve(line, projects[2], "5.00")
    entries = Entry.objects.of_subject("budgets.line", line.pk).filter(transition="run_short")
    assert [entry.facts["free"] for entry in entries] == ["10.00"]
    line.refresh_from_db()
    assert line.scarce_since is not None
    perform(held, "release", actor=actor("finance_head"), reason="不买了", amount=Decimal(0))
    line.refresh_from_db()
    assert line.scarce_since is None
    change = {"document": "号", "reason": "核减", "reason_code": "cut"}
    perform(line, "adjust", actor=actor("finance_head"), amount=Decimal("90.00"), **change)
    assert entries.all().count() == 2


def test_the_region_says_from_which_share_on(projects):
    line = make_line(amount="100.00")
    decide("budget_used_share", Decimal("0.5"), source="号", valid_from=date(2025, 1, 1), region=line.agency.region)
    reserve(line, projects[0], "50.00")
    assert told("run_short")


def test_a_line_of_one_item_is_reserved_whole_and_nobody_is_told():
    fund(make_plan_item("APPROVED", **one_year("1000.00")))
    assert told("run_short") == set()


def test_on_1_december_it_is_told_what_is_not_spent(projects):
    for name in ("planner", "head", "budget_officer"):
        actor(name)
    line = make_line(amount="100.00")
    reserve(line, projects[0], "80.00")
    due.run(datetime(2026, 11, 30, 23, 59, tzinfo=clock.SHANGHAI))
    assert told("tell_unspent") == set()
    for _time in range(2):
        due.run(datetime(2026, 12, 1, tzinfo=clock.SHANGHAI))
    assert {"planner", "head", "budget_officer"} <= told("tell_unspent")
    entry = Entry.objects.of_subject("budgets.line", line.pk).get(transition="tell_unspent")
    assert (entry.facts["free"], entry.facts["reserved"], entry.facts["committed"]) == ("20.00", "80.00", "0.00")


def test_what_is_allocated_in_december_is_not_told():
    assert make_line(moment=datetime(2026, 12, 2, 10, tzinfo=clock.SHANGHAI)).unspent_at is None
    assert make_line().unspent_at == datetime(2026, 12, 1, tzinfo=clock.SHANGHAI)
