"""Prices, means, totals and ranks: exact throughout, rounded once (PF-09)."""
from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from procurement.awards.scoring import Factor, Offer, evaluate, price_score, printed

PRICE = Factor(1, "价格", Decimal(10), price=True)
PLAN = Factor(2, "方案", Decimal(60))
RECORD = Factor(3, "业绩", Decimal(30), objective=True)
FACTORS = [PRICE, PLAN, RECORD]


def scores(rows: dict[int, tuple[str, str]]) -> dict:
    return {(bid, factor): Decimal(value) for bid, values in rows.items() for factor, value in zip((2, 3), values, strict=True)}


def test_the_worked_example_of_the_price_formula():
    """R87-53: 100 (micro firm, 10 %), 92, 95 give 10.00, 9.78, 9.47."""
    offers = [Offer(1, Decimal(100), Decimal(10)), Offer(2, Decimal(92)), Offer(3, Decimal(95))]
    assert [str(printed(price_score(offer, offers, Decimal(10)))) for offer in offers] == ["10.00", "9.78", "9.47"]


def test_the_deduction_changes_benchmark_and_price_alike():
    """R46-09: weight 20, small 100 with 10 %, large 95 and 110 give 20.00, 18.95, 16.36."""
    offers = [Offer(1, Decimal(100), Decimal(10)), Offer(2, Decimal(95)), Offer(3, Decimal(110))]
    assert [str(printed(price_score(offer, offers, Decimal(20)))) for offer in offers] == ["20.00", "18.95", "16.36"]


def test_equal_totals_are_ranked_by_the_price_as_bid():
    same = {1: ("50", "30"), 2: ("50", "30"), 3: ("40", "30")}
    offers = [Offer(1, Decimal(100), Decimal(10)), Offer(2, Decimal(90)), Offer(3, Decimal(90))]
    results = evaluate(FACTORS, offers, [scores(same)])
    assert [(row.bid, row.rank) for row in results] == [(2, 1), (1, 2), (3, 3)]


def test_equal_totals_and_prices_stand_side_by_side():
    same = {1: ("50", "30"), 2: ("50", "30"), 3: ("40", "30")}
    results = evaluate(FACTORS, [Offer(key, Decimal(90)) for key in (1, 2, 3)], [scores(same)])
    assert [row.rank for row in results] == [1, 1, 3]


def test_what_prints_alike_may_still_rank_apart():
    """Ranking is by the exact total: a third of a hundredth decides though it does not show."""
    sheets = [scores({1: ("50", "30"), 2: ("50", "30")}), scores({1: ("50", "30"), 2: ("50", "30")}),
              scores({1: ("50.01", "30"), 2: ("50", "30")})]
    results = evaluate(FACTORS, [Offer(1, Decimal(100)), Offer(2, Decimal(100))], sheets)
    assert [row.rank for row in results] == [1, 2]
    assert printed(results[0].total) == printed(results[1].total) == Decimal("90.00")


def test_members_points_are_averaged_exactly():
    sheets = [scores({1: (points, "30")}) for points in ("50", "51", "51")]
    result = evaluate(FACTORS, [Offer(1, Decimal(100))], sheets)[0]
    assert result.factors[2] == Fraction(152, 3)
    assert result.total == Fraction(152, 3) + 30 + 10
    assert str(printed(result.total)) == "90.67"


prices = st.decimals("1", "999999999.99", places=2)
rates = st.sampled_from([Decimal(0), Decimal(10), Decimal(15), Decimal(20)])
points = st.decimals("0", "60", places=2)


@st.composite
def evaluations(draw):
    count, members = draw(st.integers(1, 5)), draw(st.integers(1, 7))
    offers = [Offer(key, draw(prices), draw(rates)) for key in range(1, count + 1)]
    sheets = [{(key, factor): min(draw(points), limit) for key in range(1, count + 1) for factor, limit in ((2, 60), (3, 30))}
              for _member in range(members)]
    return offers, sheets


@given(evaluations())
def test_the_lowest_compared_price_gets_all_points_and_nobody_more(world):
    offers, sheets = world
    results = {row.bid: row for row in evaluate(FACTORS, offers, sheets)}
    lowest = min(offers, key=lambda offer: offer.compared)
    assert results[lowest.id].price_score == 10
    assert all(0 < row.price_score <= 10 and 0 <= row.total <= 100 for row in results.values())


@given(evaluations())
def test_ranks_follow_totals_and_prices(world):
    offers, sheets = world
    results = evaluate(FACTORS, offers, sheets)
    keys = [(-row.total, row.price) for row in results]
    assert keys == sorted(keys)
    assert [row.rank for row in results] == [keys.index(key) + 1 for key in keys]


@given(evaluations(), st.randoms(use_true_random=False))
def test_neither_order_of_bids_nor_of_members_matters(world, random):
    offers, sheets = world
    shuffled, others = list(offers), list(sheets)
    random.shuffle(shuffled)
    random.shuffle(others)
    assert evaluate(FACTORS, offers, sheets) == evaluate(FACTORS, shuffled, others)


@given(evaluations())
def test_a_higher_score_never_costs_a_place(world):
    offers, sheets = world
    before = {row.bid: row.rank for row in evaluate(FACTORS, offers, sheets)}
    key = offers[0].id
    better = [{**sheet, (key, 2): Decimal(60)} for sheet in sheets]
    assert {row.bid: row.rank for row in evaluate(FACTORS, offers, better)}[key] <= before[key]
