"""Money of the portal: exact decimal yuan, never a float, never rounded behind anybody's back.

Every amount is a `Decimal` with at most two places between zero and one fen below a trillion yuan. Rounding happens
once, half up, and only where a function says so. Amounts in words follow RCV-10 to RCV-13: the form printed is the one
of the bill rules' own examples; every form they allow is understood.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from itertools import product
from typing import Final

CENT: Final = Decimal("0.01")
ZERO: Final = Decimal("0.00")
MAXIMUM: Final = Decimal("999999999999.99")
COLUMN: Final = {"max_digits": 14, "decimal_places": 2}  # every money field is a models.DecimalField(..., **COLUMN)

_TEN_THOUSAND: Final = 10_000
_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("仟", "佰", "拾", "")


class NotMoney(ValueError):
    """What was given is no amount the portal can hold: no number, negative, too large, or finer than a fen."""


def yuan(value: Decimal | int | str) -> Decimal:
    """An exact amount in yuan, with two places; nothing is rounded, what is finer than a fen is refused.

    Strings may carry thousands separators ("1,234.5"). Raises NotMoney, and TypeError for a float.
    """
    if isinstance(value, float):
        raise TypeError("money is never a float; pass a Decimal, an int or a string")
    try:
        amount = Decimal(value.replace(",", "").strip() if isinstance(value, str) else value)
    except InvalidOperation as error:
        raise NotMoney(f"{value!r} is not an amount") from error
    if not amount.is_finite():
        raise NotMoney(f"{value!r} is not an amount")
    if amount < 0 or amount > MAXIMUM:
        raise NotMoney(f"{value} is outside 0 to {MAXIMUM}")
    exact = amount.quantize(CENT, ROUND_HALF_UP)
    if exact != amount:
        raise NotMoney(f"{value} is finer than a fen")
    return abs(exact)  # abs: there is no negative zero


def round_yuan(value: Decimal | Fraction | int) -> Decimal:
    """A computed sum brought to the fen, half up, once, at the end of the computation (PF-09). May be negative."""
    return _round(Fraction(value), 2)


def cents(amount: Decimal | int | str) -> int:
    """The amount as a whole number of fen."""
    return int(yuan(amount).scaleb(2))


def from_cents(count: int) -> Decimal:
    """The amount of `count` fen, in yuan."""
    return yuan(Decimal(count).scaleb(-2))


def in_wan(amount: Decimal | int | str, places: int = 2) -> Decimal:
    """The amount in 万元 (ten thousand yuan) for showing, rounded half up; never compute on with it."""
    return _round(Fraction(yuan(amount)) / _TEN_THOUSAND, places)


def from_wan(value: Decimal | int | str) -> Decimal:
    """Yuan of an amount given in 万元. Raises NotMoney where that is finer than a fen."""
    if isinstance(value, float):
        raise TypeError("money is never a float; pass a Decimal, an int or a string")
    try:
        wan = Decimal(value.replace(",", "").strip() if isinstance(value, str) else value)
    except InvalidOperation as error:
        raise NotMoney(f"{value!r} is not an amount") from error
    return yuan(wan * _TEN_THOUSAND)


def in_figures(amount: Decimal | int | str) -> str:
    """The amount as printed beside its words: thousands separated, two places ("1,316,400.00")."""
    return f"{yuan(amount):,.2f}"


def in_figures_wan(amount: Decimal | int | str, places: int = 2) -> str:
    """The amount in 万元 as printed in a column headed 万元 ("131.64")."""
    return f"{in_wan(amount, places):,.{places}f}"


def percent_of(amount: Decimal | int | str, percent: Decimal | int | str) -> Decimal:
    """So many percent of an amount, rounded half up to the fen; a ceiling is tested with `within_percent`, exactly."""
    return _round(Fraction(yuan(amount)) * Fraction(Decimal(percent)) / 100, 2)


def within_percent(part: Decimal | int | str, percent: Decimal | int | str, whole: Decimal | int | str) -> bool:
    """Whether `part` is at most `percent` percent of `whole`, compared exactly; the limit itself is within (R00-04)."""
    return Fraction(yuan(part)) * 100 <= Fraction(Decimal(percent)) * Fraction(yuan(whole))


def percentage(part: Decimal | int | str, whole: Decimal | int | str, places: int = 1) -> Decimal:
    """What share of `whole` the `part` is, in percent, for showing. A share of nothing is 0."""
    total = Fraction(yuan(whole))
    return _round(Fraction(yuan(part)) * 100 / total if total else Fraction(0), places)


def split_exact(amount: Decimal | int | str, ratios: Sequence[Decimal | int | str]) -> list[Decimal]:
    """Share an amount in the given ratios so that the shares add up to it, to the fen (R-037, R-038).

    Each share is cut off below the fen; the fen left over go to the largest remainders, the earlier (higher) tier
    first where remainders are equal. Ratios need not add up to anything. Raises ValueError without a positive ratio,
    or with a negative one.
    """
    parts = [Fraction(Decimal(ratio)) for ratio in ratios]
    total = sum(parts, Fraction(0))
    if total <= 0 or any(part < 0 for part in parts):
        raise ValueError("ratios must be positive or zero, and not all zero")
    fen = cents(amount)
    exact = [fen * part / total for part in parts]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda tier: (shares[tier] - exact[tier], tier))
    for tier in by_remainder[: fen - sum(shares)]:
        shares[tier] += 1
    return [from_cents(share) for share in shares]


# --- amounts in words (人民币大写) ----------------------------------------------------------------------------------


def in_words(amount: Decimal | int | str) -> str:
    """The amount in words as on a bill, without the leading 人民币 (RCV-10 to RCV-13).

    整 follows 元 and 角, never 分; inner zeros give one 零. Where the bill rules leave 零 open it stands before 角
    after a round 元 and not before 仟, as in their examples (壹仟陆佰捌拾元零叁角贰分, 壹拾万柒仟元).
    Raises NotMoney.
    """
    return _compose(cents(amount), zero_before_jiao=True, zero_before_thousands=False, whole_after_jiao=True)


def from_words(text: str) -> Decimal:
    """The amount that words state; every form the bill rules allow is understood, nothing else is (RCV-10, RCV-11).

    人民币 may lead, 圆 stands for 元 and 正 for 整. Raises NotMoney for words that no amount is written with.
    """
    words = "".join(text.split()).removeprefix("人民币").replace("圆", "元").replace("正", "整")
    fen = _read(words)
    if fen is None or words not in _ways_to_write(fen):
        raise NotMoney(f"{text!r} is not an amount in words")
    return from_cents(fen)


def words_agree(words: str, amount: Decimal | int | str) -> bool:
    """Whether an amount in words says the same as the figures (RCV-14). Words that cannot be read do not agree."""
    try:
        return from_words(words) == yuan(amount)
    except NotMoney:
        return False


def _ways_to_write(fen: int) -> Iterator[str]:
    return (_compose(fen, *choice) for choice in product((True, False), repeat=3))


def _compose(fen: int, zero_before_jiao: bool, zero_before_thousands: bool, whole_after_jiao: bool) -> str:
    whole, jiao, rest = fen // 100, fen // 10 % 10, fen % 10
    words = _compose_whole(whole, zero_before_thousands) + "元" if whole or not fen else ""
    if not jiao and not rest:
        return words + "整"
    if words and (not jiao or (whole % 10 == 0 and zero_before_jiao)):
        words += "零"
    if jiao:
        words += _DIGITS[jiao] + "角"
    return words + (_DIGITS[rest] + "分" if rest else "整" if whole_after_jiao else "")


def _compose_whole(whole: int, zero_before_thousands: bool) -> str:
    """Whole yuan, below 10^12, in groups of four digits."""
    if not whole:
        return "零"
    words, higher = "", 0
    for unit, divisor in (("亿", 10**8), ("万", 10**4), ("", 1)):
        group = whole // divisor % _TEN_THOUSAND
        if group:
            inner_zeros = group < 1000 or higher % _TEN_THOUSAND == 0
            if words and (inner_zeros or (higher % 10 == 0 and zero_before_thousands)):
                words += "零"
            words += _compose_group(group) + unit
        higher = whole // divisor
    return words


def _compose_group(group: int) -> str:
    words, pending = "", False
    for digit, place in zip(f"{group:04d}", _PLACES, strict=True):
        if digit == "0":
            pending = bool(words)
            continue
        words += ("零" if pending else "") + _DIGITS[int(digit)] + place
        pending = False
    return words


def _read(words: str) -> int | None:
    """What the characters add up to in fen, however they are put together; None for an unknown character."""
    worth = {"拾": 10, "佰": 100, "仟": 1000}
    total = group = digit = 0
    for character in words:
        if character in _DIGITS:
            digit = _DIGITS.index(character)
        elif character in worth:
            group, digit = group + digit * worth[character], 0
        elif character in "万亿":
            total, group, digit = total + (group + digit) * (10**4 if character == "万" else 10**8), 0, 0
        elif character == "元":
            total, group, digit = (total + group + digit) * 100, 0, 0
        elif character in "角分":
            total, digit = total + digit * (10 if character == "角" else 1), 0
        elif character != "整":
            return None
    return total if total <= cents(MAXIMUM) else None


def _round(value: Fraction, places: int) -> Decimal:
    """Half up (away from zero), exact for any fraction."""
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if value >= 0 else -whole).scaleb(-places)
