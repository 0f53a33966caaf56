"""The arithmetic of contracts: months, quotas, what is due on a date, periods (L9.1, L9.4, lifecycles 15.5)."""
from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from procurement.contracts import rules
from procurement.contracts.rules import Progress

STARTS, ENDS = date(2020, 7, 14), date(2021, 7, 13)


@pytest.mark.parametrize(("starts", "ends", "months"), [
    (STARTS, ENDS, 12),  # not 12 months and a day
    (STARTS, date(2021, 7, 14), 13),
    (date(2026, 6, 1), date(2028, 5, 31), 24),
    (date(2026, 1, 31), date(2026, 2, 27), 1),
    (date(2026, 5, 1), date(2026, 5, 1), 1),
])
def test_months_of_a_term(starts, ends, months):
    assert rules.months_of(starts, ends) == months


def test_half_year_of_w01_is_183_days_the_start_day_not_counted():
    assert rules.elapsed_days(STARTS, ENDS, date(2021, 1, 13)) == (183, 364)


@pytest.mark.parametrize(("quota", "period", "of_term", "due"), [
    (3, "WEEK", 156, 78), (12, "YEAR", 12, 6), (1, "QUARTER", 4, 2), (1, "TWO_MONTHS", 6, 3), (2, "YEAR", 2, 1), (5, "TERM", 5, 2),
    (1, "MONTH", 12, 6),
])
def test_quota_times_elapsed_by_period_rounded_down(quota, period, of_term, due):
    """W-01 at half time: 78 posts, 6 trainings, 2 team buildings, 3 journals, 1 assessment (S-76)."""
    exact = rules.quota_of_term(Decimal(quota), period, STARTS, ENDS)
    assert rules.floor(exact) == of_term
    assert rules.target_on(exact, STARTS, ENDS, date(2021, 1, 13)) == due


def test_a_term_of_24_months_has_its_exact_weeks_and_months():
    starts, ends = date(2026, 6, 1), date(2028, 5, 31)
    assert rules.quota_of_term(Decimal(12), "YEAR", starts, ends) == 24
    assert rules.quota_of_term(Decimal(3), "WEEK", starts, ends) == Fraction(3 * 730, 7)


def test_the_last_day_owes_everything_the_first_nothing_and_nothing_falls_between():
    quota, last = Fraction(156), Decimal(0)
    assert rules.target_on(quota, STARTS, ENDS, STARTS) == 0
    for offset in range((ENDS - STARTS).days + 1):
        due = rules.target_on(quota, STARTS, ENDS, STARTS + timedelta(days=offset))
        assert due >= last
        last = due
    assert last == 156
    assert rules.target_on(quota, STARTS, ENDS, ENDS + timedelta(days=90)) == 156
    assert rules.target_on(quota, STARTS, ENDS, STARTS - timedelta(days=1)) == 0


def test_a_term_of_one_day_owes_all_of_it_that_day():
    assert rules.target_on(Fraction(7), STARTS, STARTS, STARTS) == 7


@pytest.mark.parametrize(("actual", "due", "over", "state"), [
    (78, 78, False, Progress.ON_TRACK), (79, 78, False, Progress.AHEAD), (77, 78, False, Progress.BEHIND),
    (156, 156, True, Progress.MET), (155, 156, True, Progress.BEHIND), (200, 156, True, Progress.MET),
])
def test_a_count_against_what_is_due(actual, due, over, state):
    assert rules.measured(Decimal(actual), Decimal(due), Decimal(156), over=over) is state


def test_report_periods_end_with_the_term():
    periods = rules.report_periods(date(2026, 6, 1), date(2028, 5, 31), "QUARTER")
    assert len(periods) == 8
    assert periods[0] == (date(2026, 6, 1), date(2026, 8, 31))
    assert periods[-1][1] == date(2028, 5, 31)
    assert rules.report_periods(STARTS, ENDS, "HALF_YEAR") == [(STARTS, date(2021, 1, 13)), (date(2021, 1, 14), ENDS)]
    assert rules.report_periods(date(2026, 1, 31), date(2026, 3, 15), "MONTH")[-1] == (date(2026, 2, 28), date(2026, 3, 15))


def test_inspection_periods_follow_the_calendar_and_are_cut_to_the_term():
    quarters = list(rules.inspection_periods("QUARTER", date(2026, 5, 1), date(2027, 4, 30)))
    assert quarters[0] == (date(2026, 5, 1), date(2026, 6, 30))
    assert quarters[-1] == (date(2027, 4, 1), date(2027, 4, 30))
    assert len(quarters) == 5
    weeks = list(rules.inspection_periods("WEEK", date(2026, 1, 1), date(2026, 12, 31)))
    assert weeks[0] == (date(2026, 1, 1), date(2026, 1, 4))
    assert all(first.weekday() == 0 for first, _last in weeks[1:])


def test_report_bound_instalments_spread_over_the_reports():
    assert [rules.default_report_gate(n, 1, 8) for n in (1,)] == [4]
    assert [rules.default_report_gate(n, 3, 8) for n in (1, 2, 3)] == [2, 4, 6]
    assert rules.default_report_gate(1, 1, 1) == 1
