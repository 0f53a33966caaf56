"""Shares of the tiers add up to the fen, whatever the amount (R-037, R-038)."""
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from procurement.budgets import rules


def test_the_worked_shares():
    assert rules.shares(Decimal("100.03"), "6:2:2") == [Decimal("60.02"), Decimal("20.01"), Decimal("20.00")]
    assert rules.shares(Decimal("0.10"), "8.5:0.5:1") == [Decimal("0.09"), Decimal("0.00"), Decimal("0.01")]


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.sampled_from(sorted(rules.SHARING)))
def test_shares_add_up(amount, scheme):
    assert sum(rules.shares(amount, scheme)) == amount


def test_class_codes():
    assert rules.is_function_class("2120501")
    assert not rules.is_function_class("212050")
    assert rules.is_economic_class("30227")
    assert not rules.is_economic_class("40227")
