"""Exact money: rounding, sharing, figures and words."""
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import money

amounts = st.integers(0, 99_999_999_999_999).map(money.from_cents)

PRINTED = [  # RCV-12, RCV-13
    ("3800.00", "叁仟捌佰元整"),
    ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
    ("325.04", "叁佰贰拾伍元零肆分"),
    ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
    ("107000.53", "壹拾万柒仟元零伍角叁分"),
    ("6007.14", "陆仟零柒元壹角肆分"),
    ("0.05", "伍分"),
    ("0.00", "零元整"),
    ("1000010.00", "壹佰万零壹拾元整"),
    ("100000000.00", "壹亿元整"),
    ("10.00", "壹拾元整"),
    ("0.50", "伍角整"),
    ("2.30", "贰元叁角整"),
    ("100001000.00", "壹亿零壹仟元整"),
    ("100100000.00", "壹亿零壹拾万元整"),
    ("1000000000.01", "壹拾亿元零壹分"),
    ("50000005.00", "伍仟万零伍元整"),
    ("999999999999.99", "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
]


@pytest.mark.parametrize(("figures", "words"), PRINTED)
def test_words_as_printed_on_a_bill(figures, words):
    assert money.in_words(figures) == words
    assert money.from_words("人民币" + words) == Decimal(figures)


@pytest.mark.parametrize(
    ("words", "figures"),
    [
        ("壹拾万零柒仟元伍角叁分", "107000.53"),  # RCV-11: 零 is open at the round 万 and the round 元
        ("壹仟陆佰捌拾元叁角贰分", "1680.32"),
        ("贰元叁角", "2.30"),
        ("叁仟捌佰圆正", "3800.00"),
        (" 人民币 叁仟捌佰元整 ", "3800.00"),
    ],
)
def test_every_allowed_form_is_understood(words, figures):
    assert money.from_words(words) == Decimal(figures)


@pytest.mark.parametrize(
    "words",
    ["元整", "叁仟捌佰元", "叁仟零捌佰元整", "拾元整", "壹佰零零伍元整", "三千元整", "伍分整", "壹万亿元整", "壹元贰分"],
)
def test_words_no_amount_is_written_with_are_refused(words):
    with pytest.raises(money.NotMoney):
        money.from_words(words)
    with pytest.raises(money.NotMoney):
        money.from_words(words[:0])


@given(amounts)
def test_words_lead_back_to_the_amount(amount):
    words = money.in_words(amount)
    assert money.from_words(words) == amount
    assert "零零" not in words
    assert money.words_agree(words, amount)


@given(amounts, amounts)
def test_different_amounts_have_different_words(one, other):
    assert money.words_agree(money.in_words(one), other) == (one == other)


def test_words_and_figures_that_differ_do_not_agree():
    assert not money.words_agree("叁仟捌佰元整", "3800.01")
    assert not money.words_agree("三千八百元", "3800")


@pytest.mark.parametrize("value", ["1000000000000", "-0.01", "0.005", "", "eins", "NaN", "Infinity", Decimal("1.001")])
def test_what_is_no_amount_is_refused(value):
    with pytest.raises(money.NotMoney):
        money.yuan(value)


def test_a_float_is_never_money():
    with pytest.raises(TypeError):
        money.yuan(0.1)
    with pytest.raises(TypeError):
        money.from_wan(0.1)


@pytest.mark.parametrize(
    ("given_value", "amount"), [("1,234.5", "1234.50"), (7, "7.00"), (Decimal("2.5E+3"), "2500.00"), ("-0.00", "0.00")]
)
def test_amounts_are_exact_and_have_two_places(given_value, amount):
    assert str(money.yuan(given_value)) == amount


def test_ten_thousands():
    assert money.in_wan("13164000") == Decimal("1316.40")
    assert money.in_wan("49.99", 2) == Decimal("0.00")
    assert money.in_wan("50", 2) == Decimal("0.01")
    assert money.from_wan("3,727") == Decimal("37270000.00")
    assert money.in_figures("1316400") == "1,316,400.00"
    assert money.in_figures_wan("13164000") == "1,316.40"
    with pytest.raises(money.NotMoney):
        money.from_wan("0.0000001")
    with pytest.raises(money.NotMoney):
        money.from_wan("zehn")


def test_rounding_is_half_up_and_once():
    assert money.round_yuan(Decimal("0.125")) == Decimal("0.13")
    assert money.round_yuan(Decimal("-0.125")) == Decimal("-0.13")
    assert money.round_yuan(Decimal("79.995")) == Decimal("80.00")


def test_percent():
    assert money.percent_of("45000000", 2) == Decimal("900000.00")
    assert money.percent_of("0.25", 50) == Decimal("0.13")
    assert money.percentage("29570000", "37270000") == Decimal("79.3")  # W-04
    assert money.percentage("1", "0") == Decimal("0")
    assert money.within_percent("20", 2, "1000")  # the limit is within (R00-04)
    assert not money.within_percent("20.01", 2, "1000")
    assert not money.within_percent("0.13", 50, "0.25")  # the rounded half would have passed


@pytest.mark.parametrize(
    ("amount", "ratios", "shares"),
    [  # L3.1 edge 2
        ("100.03", ["6", "2", "2"], ["60.02", "20.01", "20.00"]),
        ("0.10", ["8.5", "0.5", "1"], ["0.09", "0.00", "0.01"]),
        ("0.01", [1, 1, 1], ["0.01", "0.00", "0.00"]),
        ("5.00", [0, 1], ["0.00", "5.00"]),
    ],
)
def test_sharing_between_tiers(amount, ratios, shares):
    assert money.split_exact(amount, ratios) == [Decimal(share) for share in shares]


@given(amounts, st.lists(st.decimals(0, 1000, places=3), min_size=1, max_size=8).filter(any))
def test_shares_always_add_up_and_stay_within_a_fen(amount, ratios):
    shares = money.split_exact(amount, ratios)
    total = sum(ratios)
    assert sum(shares) == amount
    for share, ratio in zip(shares, ratios, strict=True):
        assert abs(share * total - amount * ratio) < Decimal("0.01") * total
        assert ratio or not share


@pytest.mark.parametrize("ratios", [[], [0, 0], [-1, 2]])
def test_ratios_that_share_nothing_are_refused(ratios):
    with pytest.raises(ValueError, match="ratios"):
        money.split_exact("1", ratios)
