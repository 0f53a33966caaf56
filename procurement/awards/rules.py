"""The law of panels and scores as pure functions (R87-25 to R87-48, RAL-02 to RAL-06, REX-01 to REX-03). No database."""
from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

PANEL_SIZE: Final = 5  # R87-26
LARGE_PANEL_SIZE: Final = 7  # R87-27
LARGE_PANEL_FROM: Final = Decimal(10_000_000)  # yuan; the figure itself is within (R00-04)
MINIMUM_BIDDERS: Final = 3  # R87-23, R87-24, R-GP-50
DRAW_LEAD_DAYS: Final = 2  # working days, REX-01
RECUSAL_YEARS: Final = 3  # R-GP-20, REX-03
LOW_PRICE_MINUTES: Final = 30  # RAL-07
LOW_PRICE_FROM: Final = date(2026, 2, 1)  # RAL-01


@dataclass(frozen=True, slots=True)
class Fault:
    """What the law has against something: rule, sentence with placeholders, their values."""

    rule: str
    text: Any
    params: dict


def smallest_panel(budget: Decimal, complex_project: bool = False) -> int:
    """How many members at least: five, seven from ten million yuan or for complex projects (R87-26, R87-27)."""
    return LARGE_PANEL_SIZE if complex_project or budget >= LARGE_PANEL_FROM else PANEL_SIZE


def panel_faults(size: int, representatives: int, budget: Decimal, complex_project: bool = False) -> Iterator[Fault]:
    """Size, odd number, and experts at least two thirds (R87-26, R87-27)."""
    least = smallest_panel(budget, complex_project)
    if size < least:
        yield Fault(
            "R87-26" if least == PANEL_SIZE else "R87-27", _("评审委员会须有 %(least)s 人以上，现定 %(size)s 人。"),
            {"least": least, "size": size},
        )
    if size % 2 == 0:
        yield Fault("R87-26", _("评审委员会人数须为单数，现定 %(size)s 人。"), {"size": size})
    if (size - representatives) * 3 < size * 2:
        yield Fault(
            "R87-26", _("评审专家不得少于成员总数的三分之二，现定 %(size)s 人中专家 %(experts)s 人。"),
            {"size": size, "experts": size - representatives},
        )


def tie_bars(until: date | None, on: date) -> bool:
    """Whether a tie that ended then still bars on a day: it does for three years, the day of the event not counted (R-GP-20)."""
    return until is None or until >= _years_before(on, RECUSAL_YEARS)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


# --- the draw ----------------------------------------------------------------------------------------------------
def new_seed() -> str:
    """Thirty-two bytes nobody chose, in hexadecimal."""
    return secrets.token_hex(32)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def mixed_value(seed: str, opening_digest: str, witness_words: str) -> str:
    """What the draw is done with: the sealed seed, the digest published at the closing, and the witness's words.

    The first was fixed before the other two were known to it, so that no one person controls the result.
    """
    return sha256(f"{seed}\n{opening_digest}\n{witness_words}")


def drawn_order(mixed: str, numbers: Iterable[str]) -> list[str]:
    """The order in which experts are asked: by the digest of the mixed value and each one's number (R87-29)."""
    return sorted(numbers, key=lambda number: (sha256(f"{mixed}\n{number}"), number))


# --- scores ------------------------------------------------------------------------------------------------------
def band_of(bands: Sequence[dict], points: Decimal) -> dict | None:
    """The band points fall into; None when they lie outside every band (R22-09)."""
    return next((band for band in bands if Decimal(band["from"]) <= points <= Decimal(band["to"])), None)


def is_outlying(bands: Sequence[dict], full: Decimal, points: Decimal, share: Decimal) -> bool:
    """Whether points lie off the middle of their band by more than a share of the factor's full points (R87-50)."""
    band = band_of(bands, points)
    if band is None:
        return True
    middle = (Decimal(band["from"]) + Decimal(band["to"])) / 2
    return abs(points - middle) > share * full


@dataclass(frozen=True, slots=True)
class Finding:
    """What the system found in the scores: kind, whose sheet, which bid and factor (R87-50)."""

    kind: str  # OBJECTIVE, ABNORMAL
    sheet: int
    bid: int
    factor: int | None


def objective_differences(scores: dict[tuple[int, int, int], Decimal], objective: set[int]) -> list[Finding]:
    """Objective factors on which members differ (PF-10); keys are (sheet, bid, factor)."""
    given: dict[tuple[int, int], set[Decimal]] = {}
    for (_sheet, bid, factor), points in scores.items():
        if factor in objective:
            given.setdefault((bid, factor), set()).add(points)
    split = {place for place, values in given.items() if len(values) > 1}
    return [Finding("OBJECTIVE", sheet, bid, factor) for sheet, bid, factor in sorted(scores) if (bid, factor) in split]


def abnormal_totals(scores: dict[tuple[int, int, int], Decimal], share: Decimal) -> list[Finding]:
    """Totals that one member gives far off the others' mean, by more than a share of that mean (R87-50)."""
    totals: dict[tuple[int, int], Decimal] = {}
    for (sheet, bid, _factor), points in scores.items():
        totals[sheet, bid] = totals.get((sheet, bid), Decimal(0)) + points
    found = []
    for (sheet, bid), total in sorted(totals.items()):
        others = [value for (other, same), value in totals.items() if same == bid and other != sheet]
        if others:
            mean = sum(others, Decimal(0)) / len(others)
            if abs(total - mean) > share * mean:
                found.append(Finding("ABNORMAL", sheet, bid, None))
    return found


# --- low prices --------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Ratios:
    """Percent below which a price is looked into (RAL-02 to RAL-04, RAL-06)."""

    average: int = 50
    second: int = 50
    ceiling: int = 45


def low_price_triggers(price: Decimal, prices: Sequence[Decimal], limit: Decimal, ratios: Ratios) -> list[str]:
    """Which triggers a price meets, all strictly "below" and on original prices (RAL-01 to RAL-04).

    `prices`: of all bids that passed the conformity review, this one included; `limit`: the ceiling, else the budget.
    """
    met = []
    if price * len(prices) * 100 < sum(prices, Decimal(0)) * ratios.average:
        met.append("RAL-02")
    if len(prices) > 1 and price * 100 < sorted(prices)[1] * ratios.second:
        met.append("RAL-03")
    if price * 100 < limit * ratios.ceiling:
        met.append("RAL-04")
    return met


def majority(size: int) -> int:
    """How many votes decide: more than half of the whole panel (R87-32)."""
    return size // 2 + 1
