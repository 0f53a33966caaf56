"""Rules of bids and openings that need no database."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from portal import money
from portal.audit.canonical import canonical_json, digest

MINIMUM_BIDDERS = 3  # R87-21
OPENERS_NEEDED = 2  # SEAL-01
PASSPHRASE_LENGTH = 12  # SEAL-02
WRONG_PASSPHRASES = 5  # SEAL-03
LOCKED_FOR = timedelta(minutes=10)
ATTENDANCE_FROM = timedelta(hours=1)  # before the opening time
CONFIRM_WITHIN = timedelta(minutes=30)  # R87-22; silence is consent
REQUIRED_PARTS = ("PRICE", "RESPONSE", "BID_DOCUMENT", "QUALIFICATION")  # SEAL-05


def missing_parts(kinds: Iterable[str]) -> list[str]:
    """What the check list still lacks, in its order."""
    there = set(kinds)
    return [kind for kind in REQUIRED_PARTS if kind not in there]


@dataclass(frozen=True, slots=True)
class Price:
    """The price a bid counts with, in yuan, and whether words had to overrule figures."""

    amount: Decimal | None
    by_words: bool


def price_of(figures: str, words: str) -> Price:
    """Words win over figures where the two differ (R87-33, RCV-14); figures stand when the words say no amount."""
    try:
        in_figures = money.yuan(figures)
    except money.NotMoney:
        in_figures = None
    try:
        in_words = money.from_words(words)
    except money.NotMoney:
        return Price(in_figures, by_words=False)
    return Price(in_words, by_words=in_words != in_figures)


def receipt_digest(facts: dict) -> str:
    """Digest over what one envelope held: tender, bidder, version, each part with its own digest and moment."""
    return digest(canonical_json(facts))


def digest_of_digests(tender_number: str, receipts: Iterable[str]) -> str:
    """The one figure published at the deadline: changes when any receipt is changed, added or taken away (SEAL-01)."""
    return digest(canonical_json({"tender": tender_number, "receipts": sorted(receipts)}))
