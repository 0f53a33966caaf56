"""What is written into the index, and how a typed word is matched with it.

Everything is reduced to small letters, digits and Chinese characters; blanks, dashes and brackets fall away, so that
XC-2020-001 is found by "xc2020001" and by "2020-001". Of every name the first letters of its pinyin are kept beside it.
An amount of money is kept in digits of its own, so that only the whole amount matches.
"""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from pypinyin import Style, lazy_pinyin

HAN = re.compile(r"[一-鿿]")
OWN_DIGITS = "⓪①②③④⑤⑥⑦⑧⑨"  # of amounts; plain() turns what is typed into ordinary ones
FACTORS = {None: Decimal(1), "万": Decimal(10_000), "亿": Decimal(100_000_000)}
SHORTEST = 2  # characters that a search needs
LONGEST = 80  # characters of a search; more is cut off
MOST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Words:
    """What one thing is found by: names (also by their pinyin initials), numbers and amounts in yuan."""

    names: Iterable[str] = ()
    numbers: Iterable[str] = ()
    amounts: Iterable[Decimal | None] = ()

    def text(self) -> str:
        """The line kept in the index: its parts between blanks."""
        names = [plain(name) for name in self.names if name]
        parts = [
            *names, *(initials(name) for name in names if HAN.search(name)), *(plain(number) for number in self.numbers if number),
            *(mark(amount) for amount in self.amounts if amount is not None),
        ]
        return " ".join(dict.fromkeys(part for part in parts if part))


def plain(text: str) -> str:
    """Only letters, digits and characters, in one width and one case."""
    return "".join(each for each in unicodedata.normalize("NFKC", str(text)).casefold() if each.isalnum())


def initials(name: str) -> str:
    """First letters of the pinyin: 养老服务 is found by "ylfw"."""
    return plain("".join(lazy_pinyin(name, style=Style.FIRST_LETTER)))


def mark(amount: Decimal) -> str:
    """An amount as one word of the index, in fen and in digits that no typed word can hold: 1.20 yuan is "①②⓪"."""
    return "".join(OWN_DIGITS[int(digit)] for digit in str(int(Decimal(amount) * 100)))


def amount_meant(word: str) -> Decimal | None:
    """The yuan that a typed word stands for, if it can be read as money: "186,000", "¥186000.00", "18.6万"."""
    typed = unicodedata.normalize("NFKC", word)
    found = re.fullmatch(r"¥?(\d{1,3}(?:,\d{3})+|\d{1,15})(\.\d{1,6})?(万|亿)?元?", typed)
    if not found:
        return None
    return Decimal(found[1].replace(",", "") + (found[2] or "")) * FACTORS[found[3]]


def grams(text: str) -> list[str]:
    """Every pair of neighbouring characters of every part; an amount, and a part of one character, stay whole."""
    pairs: set[str] = set()
    for part in text.split():
        whole = len(part) == 1 or part[0] in OWN_DIGITS
        pairs |= {part} if whole else {part[at : at + 2] for at in range(len(part) - 1)}
    return sorted(pairs)


def sign(kind: str) -> str:
    """The word of the index that says of what kind a thing is: longer than any pair, so that nothing typed is taken for it."""
    return plain(kind)


def typed(query: str) -> list[str]:
    """The words of a search, each of which must be found."""
    return query[:LONGEST].split()[:MOST_WORDS]
