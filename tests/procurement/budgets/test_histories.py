"""Whatever happens to the money, in whatever order, nothing goes below zero and every total is the sum of its entries (L3.2)."""
import random
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.accounts.actor import system_actor
from portal.workflow import Refused, WrongState, perform
from procurement.budgets.ledger import FLOWS, totals_from_postings, unbalanced
from procurement.budgets.models import BudgetLine, Encumbrance, Posting
from procurement.plans.models import Plan, Project
from tests.factories.budgets import make_line
from tests.factories.hands import together
from tests.factories.people import actor, also
from tests.factories.plans import make_plan, one_year

pytestmark = pytest.mark.django_db
IN_DECEMBER = datetime(2026, 12, 10, 10, tzinfo=clock.SHANGHAI)
REASON = {"reason": "理由", "document": "号"}
#: What a clerk, a head and the system may try on a line and on what is held there.
ON_LINES = {
    "adjust": ("finance_head", "moved"), "freeze": ("finance_head", ""), "unfreeze": ("finance_head", ""),
    "carry_over": ("finance_head", ""),
}  # fmt: skip
ON_HELD = {
    "commit": (None, ""), "pay": (None, ""), "refund": ("budget_officer", "rejected"), "release": ("finance_head", ""),
    "change": ("finance_officer", "line"),
}  # fmt: skip
fen = st.integers(1, 12_000).map(lambda count: Decimal(count) / 100)
steps = st.lists(
    st.tuples(st.sampled_from(["reserve", "reserve", *ON_LINES, *ON_HELD, *ON_HELD, "close"]), st.integers(0, 7), st.integers(0, 7), fen),
    min_size=4, max_size=14,
)  # fmt: skip


def setting_out(year: int) -> tuple[list[BudgetLine], list[Project]]:
    """Two lines and three projects of a year, with sums that binary fractions cannot hold."""
    with clock.at(datetime(year, 1, 20, 10, tzinfo=clock.SHANGHAI)):
        items = make_plan("DECIDED", year=year, items=[one_year("70.00", year=year), one_year("100.00", year=year)]).items.all()
        return [make_line(amount="100.30", year=year), make_line(amount="60.70", year=year)], [item.project for item in items]


def take(step: tuple, lines: list[BudgetLine], projects: list[Project]) -> None:
    """One attempt; what is refused changes nothing, and that is the point."""
    name, first, second, amount = step
    line = BudgetLine.objects.get(pk=lines[first % len(lines)].pk)
    try:
        if name == "reserve":
            project = projects[second % len(projects)]
            perform(Encumbrance(), "reserve", actor=actor("finance_officer"), project=project, line=line, amount=amount)
        elif name == "close":
            perform(line, "close", actor=system_actor())
        elif name in ON_LINES:
            who, code = ON_LINES[name]
            perform(line, name, actor=actor(who), reason_code=code, amount=amount, **REASON)
        else:
            held = list(Encumbrance.objects.filter(project__in=projects).order_by("id"))
            who, code = ON_HELD[name]
            if held:
                perform(held[second % len(held)], name, actor=actor(who) if who else system_actor(), reason="理由", reason_code=code,
                        amount=amount, line=line, reference="凭证")  # fmt: skip
    except (Refused, WrongState):
        return


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_no_history_unbalances_the_ledger(history):
    year = 2026 + Plan.objects.count()
    lines, projects = setting_out(year)
    with clock.at(datetime(year, 12, 10, 10, tzinfo=clock.SHANGHAI)):
        for step in history:
            take(step, lines, projects)
            assert not unbalanced().exists(), step
    for line in BudgetLine.objects.filter(year__in=[year, year + 1]):
        assert totals_from_postings(line) == {name: getattr(line, name) for name in FLOWS}
        assert min(line.free, *(getattr(line, name) for name in FLOWS)) >= 0


def test_a_sum_that_was_written_past_the_ledger_is_found():
    line = make_line(amount="100.00")
    assert not unbalanced().exists()
    BudgetLine.objects.filter(pk=line.pk).update(allocated=Decimal("100.01"))
    assert list(unbalanced()) == [line]


TRIED = ["reserve", "reserve", "reserve", "commit", "pay", "release", "change", "adjust", "refund", "freeze", "unfreeze", "carry_over"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [1, 2])
def test_many_hands_at_once_never_unbalance_the_ledger(seed):
    """Four people, each his own random history, on the same two lines at the same time; nobody meets a database error."""
    lines, projects = setting_out(2026)
    for username in ("finance_officer", "finance_head", "budget_officer"):
        actor(username)

    def history(hand: int):
        choice = random.Random(10 * seed + hand)

        def work() -> None:
            for _number in range(8):
                amount = Decimal(choice.randrange(1, 6000)) / 100
                take((choice.choice(TRIED), choice.randrange(8), choice.randrange(8), amount), lines, projects)

        return work

    assert together(*(history(hand) for hand in range(4)), moment=IN_DECEMBER) == []
    assert not unbalanced().exists()
    assert Posting.objects.filter(encumbrance__isnull=False).exists()
    for line in BudgetLine.objects.all():
        assert totals_from_postings(line) == {name: getattr(line, name) for name in FLOWS}
        assert min(line.free, *(getattr(line, name) for name in FLOWS)) >= 0


@pytest.mark.django_db(transaction=True)
def test_of_four_hands_on_the_last_yuan_exactly_one_gets_it():
    """Two officers of finance, two attempts each, for one yuan that is left (edge 1 of L3.1)."""
    lines, projects = setting_out(2026)
    officer, colleague = actor("finance_officer"), also("budget_officer", "FINANCE_OFFICER")
    line = lines[0]
    with clock.at(IN_DECEMBER):
        perform(Encumbrance(), "reserve", actor=officer, project=projects[1], line=line, amount=line.allocated - 1)
    outcomes = []

    def grab(who):
        def work() -> None:
            try:
                perform(Encumbrance(), "reserve", actor=who, project=projects[0], line=line, amount=Decimal(1))
                outcomes.append("reserved")
            except Refused as refused:
                outcomes.append(refused.refusals[0].params["free"])

        return work

    assert together(*(grab(who) for who in (officer, colleague, officer, colleague)), moment=IN_DECEMBER) == []
    assert sorted(outcomes) == ["0.00", "0.00", "0.00", "reserved"]
    line.refresh_from_db()
    assert line.free == 0
    assert not unbalanced().exists()
