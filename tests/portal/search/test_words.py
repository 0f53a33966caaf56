"""What a thing is found by, and what a typed word means."""
from decimal import Decimal

import pytest

from portal.search.words import Words, amount_meant, grams, initials, mark, plain


def test_only_letters_digits_and_characters_count():
    assert plain("XC-2020／001（养老）") == "xc2020001养老"
    assert plain("ＡＢＣ　１２") == "abc12"


def test_names_are_found_by_the_first_letters_of_their_pinyin():
    assert initials("养老服务") == "ylfw"
    assert initials("重庆长江大桥") == "cqcjdq"  # characters of several readings, read as the phrase is
    assert Words(names=["城市绿化"], numbers=["A01"]).text() == "城市绿化 cslh a01"


@pytest.mark.parametrize(("word", "yuan"), [
    ("186000", "186000"), ("186,000.50", "186000.50"), ("¥186,000", "186000"), ("￥186，000", "186000"), ("18.6万", "186000"),
    ("18.6万元", "186000"), ("1.2亿", "120000000"), ("0", "0"),
])  # fmt: skip
def test_money_is_read_as_people_write_it(word, yuan):
    assert amount_meant(word) == Decimal(yuan)


@pytest.mark.parametrize("word", ["", "万", "18.6千", "1,86", "养老", "2020-001", "1" * 40])
def test_other_words_are_no_money(word):
    assert amount_meant(word) is None


def test_an_amount_matches_as_a_whole_only():
    assert mark(Decimal("186000.50")) == "①⑧⑥⓪⓪⓪⑤⓪"
    assert "①⑧⑥⓪⓪⓪⑤⓪" in grams(Words(amounts=[Decimal("186000.50")]).text())
    assert mark(Decimal("86000.50")) not in grams(Words(amounts=[Decimal("186000.50")]).text())
    assert plain("①⑧⑥") == "186"  # what is typed never meets the digits of amounts by accident


def test_pairs_do_not_reach_from_one_part_into_the_next():
    assert grams("养老 服务") == ["养老", "服务"]
    assert grams("养 a") == ["a", "养"]
