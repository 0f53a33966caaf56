"""The law of panels, bands and low prices, without a database."""
from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.awards import rules

MILLION = Decimal(1_000_000)
BANDS = [{"label": "优", "from": "35", "to": "50"}, {"label": "良", "from": "20", "to": "35"}, {"label": "一般", "from": "0", "to": "20"}]


def faults(*args) -> list[str]:
    return [fault.rule for fault in rules.panel_faults(*args)]


class TestPanel:
    def test_five_of_whom_one_represents_the_purchaser(self):
        assert faults(5, 1, MILLION) == []

    def test_three_are_too_few(self):
        assert faults(3, 0, MILLION) == ["R87-26"]

    def test_an_even_number_is_refused(self):
        assert faults(6, 0, MILLION) == ["R87-26"]

    def test_three_experts_of_five_are_less_than_two_thirds(self):
        assert faults(5, 2, MILLION) == ["R87-26"]

    def test_ten_million_itself_asks_for_seven(self):
        assert faults(5, 0, 10 * MILLION) == ["R87-27"]
        assert faults(5, 0, 10 * MILLION - Decimal("0.01")) == []
        assert faults(7, 2, 10 * MILLION) == []

    def test_a_complex_project_asks_for_seven(self):
        assert faults(5, 0, MILLION, True) == ["R87-27"]

    def test_every_fault_is_named_at_once(self):
        assert faults(4, 2, 20 * MILLION) == ["R87-27", "R87-26", "R87-26"]


class TestTies:
    def test_a_tie_without_end_bars(self):
        assert rules.tie_bars(None, date(2026, 3, 24))

    @pytest.mark.parametrize(("until", "bars"), [(date(2023, 3, 24), True), (date(2023, 3, 23), False), (date(2025, 1, 1), True)])
    def test_three_years_back_the_day_of_the_event_not_counted(self, until, bars):
        assert rules.tie_bars(until, date(2026, 3, 24)) is bars

    def test_the_leap_day_falls_back(self):
        assert rules.tie_bars(date(2021, 2, 28), date(2024, 2, 29))


class TestDraw:
    numbers = st.lists(st.from_regex(r"JX\d{4}", fullmatch=True), unique=True, min_size=1, max_size=30)

    @given(numbers, st.text(min_size=1))
    def test_the_order_depends_on_the_value_alone_not_on_how_the_pool_is_listed(self, numbers, mixed):
        assert rules.drawn_order(mixed, numbers) == rules.drawn_order(mixed, sorted(numbers, reverse=True))
        assert sorted(rules.drawn_order(mixed, numbers)) == sorted(numbers)

    def test_each_part_of_the_mixture_counts(self):
        base = rules.mixed_value("seed", "digest", "words")
        assert len({base, rules.mixed_value("Seed", "digest", "words"), rules.mixed_value("seed", "Digest", "words"),
                    rules.mixed_value("seed", "digest", "Words")}) == 4

    def test_a_seed_is_never_the_same_twice(self):
        assert rules.new_seed() != rules.new_seed()
        assert len(rules.new_seed()) == 64


class TestBands:
    @pytest.mark.parametrize(("points", "label"), [("50", "优"), ("35", "优"), ("34.99", "良"), ("0", "一般")])
    def test_points_fall_into_a_band(self, points, label):
        assert rules.band_of(BANDS, Decimal(points))["label"] == label

    @pytest.mark.parametrize("points", ["50.01", "-0.01", "100"])
    def test_points_outside_every_band_fall_into_none(self, points):
        assert rules.band_of(BANDS, Decimal(points)) is None

    def test_off_the_middle_by_more_than_the_share_is_outlying(self):
        wide = [{"label": "整体", "from": "0", "to": "50"}]
        assert not rules.is_outlying(wide, Decimal(50), Decimal(40), Decimal("0.30"))
        assert rules.is_outlying(wide, Decimal(50), Decimal("40.01"), Decimal("0.30"))


class TestFindings:
    def test_objective_items_that_differ_are_found_in_every_sheet(self):
        scores = {(1, 7, 3): Decimal(30), (2, 7, 3): Decimal(15), (1, 8, 3): Decimal(30), (2, 8, 3): Decimal(30)}
        assert [(one.sheet, one.bid) for one in rules.objective_differences(scores, {3})] == [(1, 7), (2, 7)]

    def test_subjective_items_may_differ(self):
        assert rules.objective_differences({(1, 7, 4): Decimal(1), (2, 7, 4): Decimal(9)}, {3}) == []

    def test_a_total_far_off_the_others_is_abnormal(self):
        scores = {(1, 7, 4): Decimal(80), (2, 7, 4): Decimal(80), (3, 7, 4): Decimal(50)}
        assert [one.sheet for one in rules.abnormal_totals(scores, Decimal("0.30"))] == [3]

    def test_exactly_the_share_is_not(self):
        scores = {(1, 7, 4): Decimal(100), (2, 7, 4): Decimal(100), (3, 7, 4): Decimal(70)}
        assert [one.sheet for one in rules.abnormal_totals(scores, Decimal("0.30"))] == []


class TestLowPrice:
    def triggers(self, price, prices, limit="1000", **ratios):
        return rules.low_price_triggers(Decimal(price), [Decimal(p) for p in prices], Decimal(limit), rules.Ratios(**ratios))

    def test_exactly_half_of_the_average_triggers_nothing(self):
        assert self.triggers("400", ["400", "1000", "1000"]) == ["RAL-03", "RAL-04"]
        assert self.triggers("500", ["500", "500", "2000"], "1100") == []

    def test_below_half_of_the_average(self):
        assert "RAL-02" in self.triggers("499.99", ["499.99", "1000", "1500.01"], "1000")

    def test_the_second_lowest_counts_equal_prices_separately(self):
        assert "RAL-03" not in self.triggers("100", ["100", "100", "900"], "200")

    def test_of_two_bids_the_second_lowest_is_the_higher_one(self):
        assert "RAL-03" in self.triggers("499.99", ["499.99", "1000"])
        assert "RAL-03" not in self.triggers("500", ["500", "1000"])

    def test_of_one_bid_there_is_no_second(self):
        assert "RAL-03" not in self.triggers("1", ["1"])

    def test_forty_five_percent_of_the_ceiling(self):
        assert self.triggers("450", ["450", "460", "470"]) == []
        assert self.triggers("449.99", ["449.99", "460", "470"]) == ["RAL-04"]

    def test_documents_may_raise_the_ratio(self):
        assert self.triggers("600", ["600", "610", "620"], ceiling=65) == ["RAL-04"]

    @given(st.lists(st.decimals("1", "100000", places=2), min_size=2, max_size=9))
    def test_the_dearest_bid_never_triggers_by_comparison(self, prices):
        found = rules.low_price_triggers(max(prices), prices, Decimal("0.01"), rules.Ratios())
        assert found == []


@pytest.mark.parametrize(("size", "needed"), [(5, 3), (7, 4), (9, 5)])
def test_the_majority_is_more_than_half(size, needed):
    assert rules.majority(size) == needed
