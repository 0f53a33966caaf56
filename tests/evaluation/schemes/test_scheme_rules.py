"""The arithmetic of schemes and results, by example and by property."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.schemes import rules
from evaluation.schemes.frames import PROJECT_SPENDING
from evaluation.schemes.rules import Node

SCORES = st.decimals(min_value=0, max_value=100, places=2)
WEIGHTS = st.decimals(min_value="0.01", max_value="100.00", places=2)


def nodes(*rows: tuple[str, str]) -> list[Node]:
    return [Node(code, code, Decimal(weight)) for code, weight in rows]


def test_a_third_three_times_is_not_one_hundred() -> None:
    """L11.1 edge 1: 33.33 × 3 = 99.99."""
    rows = nodes(*((f"{n}{tail}", "33.33") for n in (1, 2, 3) for tail in ("", ".1", ".1.1")))
    assert [(fault.level, fault.total) for fault in rules.unequal_weights(rows)] == [
        (1, Decimal("99.99")),
        (2, Decimal("99.99")),
        (3, Decimal("99.99")),
    ]


def test_children_must_make_their_parent_even_when_the_level_is_right() -> None:
    rows = nodes(("1", "50"), ("2", "50"), ("1.1", "60"), ("2.1", "40"), ("1.1.1", "60"), ("2.1.1", "40"))
    assert {(fault.parent, fault.total, fault.wanted) for fault in rules.unequal_weights(rows)} == {
        ("1", Decimal(60), Decimal(50)),
        ("2", Decimal(40), Decimal(50)),
    }


def test_the_frame_to_start_from_is_whole() -> None:
    rows = [Node(row["code"], row["name"], Decimal(row["weight"])) for row in PROJECT_SPENDING]
    assert not rules.unequal_weights(rows)
    assert not rules.orphans(rows)
    assert not rules.childless(rows)


@pytest.mark.parametrize(
    ("code", "fits"),
    [("1", True), ("1.2.10", True), ("1.2.3.4", False), ("01", False), ("a", False), ("0", False), ("1.", False)],
)
def test_codes(code: str, fits: bool) -> None:
    assert rules.well_formed(code) is fits


@pytest.mark.parametrize(
    ("score", "grade"),
    [
        ("79.995", "FAIR"),
        ("80", "GOOD"),
        ("79.999999999", "FAIR"),
        ("90", "EXCELLENT"),
        ("89.99", "GOOD"),
        ("60", "FAIR"),
        ("59.99", "POOR"),
    ],
)
def test_the_grade_is_that_of_the_exact_score(score: str, grade: str) -> None:
    assert rules.grade(Fraction(score)) == grade


def test_shown_is_rounded_exact_stands_beside() -> None:
    """L11.4 edge 1."""
    assert rules.shown(Fraction("79.995")) == Decimal("80.00")
    assert rules.exact(Fraction("79.995")) == "79.995"
    assert rules.exact(Fraction(250, 3)) == "250/3"
    assert Fraction(rules.exact(Fraction(250, 3))) == Fraction(250, 3)


def test_a_score_lies_between_0_and_100() -> None:
    with pytest.raises(ValueError, match="between 0 and 100"):
        rules.grade(Fraction("100.01"))


def test_rescaling_brings_those_present_to_one_hundred() -> None:
    """X-28: 30 and 50 of three parties become 37.5 and 62.5."""
    weights = {"PURCHASER": Decimal(30), "RECIPIENTS": Decimal(20), "THIRD_PARTY": Decimal(50)}
    assert rules.rescaled(weights, ["PURCHASER", "THIRD_PARTY"]) == {
        "PURCHASER": Fraction("37.5"),
        "THIRD_PARTY": Fraction("62.5"),
    }
    with pytest.raises(ValueError, match="nobody"):
        rules.rescaled({"PURCHASER": Decimal(0)}, ["PURCHASER"])


@given(st.lists(st.tuples(WEIGHTS, SCORES), min_size=1, max_size=20))
def test_a_party_never_leaves_the_range_of_its_scores(rows: list) -> None:
    found = rules.party_score(rows)
    assert min(score for _weight, score in rows) <= found <= max(score for _weight, score in rows)


@given(st.lists(WEIGHTS, min_size=1, max_size=3), st.data())
def test_the_result_lies_between_the_parties(weights: list, data) -> None:
    names = ["PURCHASER", "RECIPIENTS", "THIRD_PARTY"][: len(weights)]
    shares = rules.rescaled(dict(zip(names, weights, strict=True)), names)
    scores = {name: Fraction(data.draw(SCORES)) for name in names}
    total = rules.overall(shares, scores)
    assert sum(shares.values()) == 100
    assert min(scores.values()) <= total <= max(scores.values())
    assert abs(Fraction(rules.shown(total)) - total) <= Fraction(1, 200)


@given(SCORES)
def test_a_better_score_never_has_a_lower_grade(score: Decimal) -> None:
    assert rules.lower(
        rules.grade(Fraction(score)), rules.grade(min(Fraction(score) + 1, Fraction(100)))
    ) == rules.grade(Fraction(score))
