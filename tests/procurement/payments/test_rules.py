"""The arithmetic of payments, by example and by property."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.payments.rules import Computation, Line, fits, late_interest, tiers, withheld

AMOUNTS = st.decimals(min_value="0.01", max_value="999999999.99", places=2)
PERCENTS = st.decimals(min_value="0.01", max_value="100.00", places=2)


def test_three_tiers_share_to_the_fen() -> None:
    """R-037: 6∶2∶2 of 100.03."""
    assert tiers(Decimal("100.03"), [Decimal(6), Decimal(2), Decimal(2)]) == [
        Decimal("60.02"),
        Decimal("20.01"),
        Decimal("20.00"),
    ]


@given(AMOUNTS, st.lists(st.integers(1, 10_000), min_size=1, max_size=5))
def test_tiers_always_add_up(amount: Decimal, ratios: list[int]) -> None:
    assert sum(tiers(amount, [Decimal(ratio) for ratio in ratios])) == amount


@given(AMOUNTS, PERCENTS)
def test_paid_and_withheld_are_the_whole(amount: Decimal, percent: Decimal) -> None:
    off = withheld(amount, percent)
    assert 0 <= off <= amount
    assert abs((amount - off) - amount * percent / 100) <= Decimal("0.005")


def test_payable_is_never_negative() -> None:
    computation = Computation(
        Decimal("100.00"), (Line("ACCEPTANCE", "", "", Decimal("80.00")), Line("RESULT", "", "", Decimal("30.00")))
    )
    assert computation.deducted == Decimal("110.00")
    assert computation.payable == 0


@pytest.mark.parametrize(("this", "answer"), [("40.00", True), ("40.01", False)])
def test_the_limit_itself_is_allowed(this: str, answer: bool) -> None:
    assert fits([Decimal("30.00"), Decimal("30.00")], Decimal(this), Decimal("100.00")) is answer


def test_interest_begins_the_day_after_the_last() -> None:
    """L10.2 edge 1: due 2026-10-08, interest from 10-09 at 0.05 % a day (RPAY-02)."""
    rate = Decimal("0.0005")
    assert late_interest(Decimal("10000.00"), date(2026, 10, 8), date(2026, 10, 8), rate) == 0
    assert late_interest(Decimal("10000.00"), date(2026, 10, 8), date(2026, 10, 9), rate) == Decimal("5.00")
    assert late_interest(Decimal("10000.00"), date(2026, 10, 8), date(2026, 10, 18), rate) == Decimal("50.00")
