"""Shares of the levels add up to the fen, whatever the amount and the ratio (R-037, R-038)."""
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.budgets import rules, sharing

numbers = st.decimals(min_value=0, max_value=9999, places=4, allow_nan=False).map(lambda number: format(number, "f"))
ratios = st.lists(numbers, min_size=3, max_size=3).filter(lambda found: any(map(Decimal, found)))


def yuan(*amounts: str) -> list[Decimal]:
    return [Decimal(amount) for amount in amounts]


@pytest.mark.parametrize(("amount", "ratio", "parts"), [
    ("1000000.00", "6:2:2", ("600000.00", "200000.00", "200000.00")),
    ("1000000.00", "8.5:0.5:1", ("850000.00", "50000.00", "100000.00")),
    ("100.03", "6:2:2", ("60.02", "20.01", "20.00")),  # 60.018, 20.006, 20.006: rounded one by one 100.04
    ("0.10", "8.5:0.5:1", ("0.09", "0.00", "0.01")),
    ("0.01", "6:2:2", ("0.01", "0.00", "0.00")),
    ("0.02", "1:1:1", ("0.01", "0.01", "0.00")),  # of equal remainders the higher level first
    ("999999999999.99", "6:2:2", ("599999999999.99", "200000000000.00", "200000000000.00")),
])  # fmt: skip
def test_the_worked_shares(amount, ratio, parts):
    assert rules.shares(Decimal(amount), ratio) == yuan(*parts)
    assert sum(yuan(*parts)) == Decimal(amount)


@given(st.decimals(min_value=0, max_value=10**9, places=2), ratios)
def test_shares_are_the_whole_and_none_is_a_fen_from_its_exact_part(amount, ratio):
    found = rules.shares(amount, ":".join(ratio))
    assert sum(found) == amount
    whole = sum(map(Decimal, ratio))
    for share, number in zip(found, map(Decimal, ratio), strict=True):
        assert share >= 0
        assert abs(share - amount * number / whole) < Decimal("0.01")


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.sampled_from(rules.SHARING))
def test_with_those_who_benefit_the_parts_are_still_the_whole(fen, own, ratio):
    amount, beneficiary = Decimal(fen + own) / 100, Decimal(own) / 100
    parts = sharing.parts(amount, ratio, beneficiary)
    assert sum(part[3] for part in parts) == amount
    assert [part[3] for part in parts if part[1] == "BENEFICIARY"] == ([beneficiary] if beneficiary else [])


@pytest.mark.parametrize("written", ["6:2:2", "6∶2∶2", "6：2：2", " 6 : 2 : 2 "])
def test_a_ratio_is_read_as_papers_write_it(written):
    assert rules.ratio_of(written) == (6, 2, 2)


@pytest.mark.parametrize("written", ["", "6:2", "6:2:2:1", "六:二:二", "0:0:0", "-1:2:2", "6/2/2", "1e3:1:1", "99999:1:1"])
def test_what_is_no_ratio_is_refused(written):
    with pytest.raises(rules.NotARatio):
        rules.ratio_of(written)


def test_class_codes():
    assert rules.is_function_class("2120501")
    assert not rules.is_function_class("212050")
    assert rules.is_economic_class("30227")
    assert not rules.is_economic_class("40227")
