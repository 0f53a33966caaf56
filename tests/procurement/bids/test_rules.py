"""Pure rules: the check list, words before figures, digests over receipts."""
from __future__ import annotations

from decimal import Decimal

import pytest

from procurement.bids import rules


@pytest.mark.parametrize(("figures", "words", "amount", "by_words"), [
    ("3680000.00", "叁佰陆拾捌万元整", "3680000.00", False),
    ("3680000.00", "人民币叁佰陆拾捌万元整", "3680000.00", False),
    ("3860000.00", "叁佰陆拾捌万元整", "3680000.00", True),  # words win (R87-33)
    ("nonsense", "叁佰陆拾捌万元整", "3680000.00", True),
    ("3680000.00", "读不出", "3680000.00", False),
])
def test_words_win_over_figures(figures, words, amount, by_words):
    assert rules.price_of(figures, words) == rules.Price(Decimal(amount), by_words)


def test_a_price_that_nobody_can_read():
    assert rules.price_of("nonsense", "读不出") == rules.Price(None, False)


def test_the_check_list_names_what_is_missing_in_its_order():
    assert rules.missing_parts([]) == ["PRICE", "RESPONSE", "BID_DOCUMENT", "QUALIFICATION"]
    assert rules.missing_parts(["ATTACHMENT", "RESPONSE", "PRICE", "RESPONSE"]) == ["BID_DOCUMENT", "QUALIFICATION"]
    assert rules.missing_parts(rules.REQUIRED_PARTS) == []


def test_the_digest_of_digests_depends_on_every_receipt_and_not_on_their_order():
    whole = rules.digest_of_digests("T-1", ["a", "b", "c"])
    assert whole == rules.digest_of_digests("T-1", ["c", "a", "b"])
    assert len({whole, rules.digest_of_digests("T-1", ["a", "b"]), rules.digest_of_digests("T-1", ["a", "b", "d"]),
                rules.digest_of_digests("T-2", ["a", "b", "c"])}) == 4
