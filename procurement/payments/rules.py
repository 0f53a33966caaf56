"""Arithmetic of a payment, without the database: what is payable, who bears it, what lateness costs. Yuan, exact."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.money import ZERO, percent_of, round_yuan, split_exact, yuan


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a computation: what is taken off and why."""

    cause: str
    reference: str
    formula: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Computation:
    """What an instalment comes to: the contract's sum less every deduction (S-95)."""

    agreed: Decimal
    lines: tuple[Line, ...]

    @property
    def deducted(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def payable(self) -> Decimal:
        """Never negative: what is deducted beyond the instalment is not owed here."""
        return max(self.agreed - self.deducted, ZERO)


def withheld(amount: Decimal, percent: Decimal) -> Decimal:
    """What is not paid when only `percent` of an amount is earned; paid and withheld add up exactly."""
    return yuan(amount) - percent_of(amount, percent)


def tiers(amount: Decimal, ratios: Sequence[Decimal]) -> list[Decimal]:
    """Share a payment among the tiers by their ratios: 6∶2∶2 of 100.03 is 60.02 + 20.01 + 20.00 (R-037)."""
    return split_exact(amount, ratios)


def fits(paid: Iterable[Decimal], this: Decimal, limit: Decimal) -> bool:
    """Whether payments so far and this one stay within a limit, inclusive (S-93, R00-04)."""
    return sum(paid, ZERO) + this <= limit


def late_interest(amount: Decimal, last_day: date, paid_on: date, daily: Decimal) -> Decimal:
    """Interest on a payment made after its last day: amount × days late × daily rate, to the fen (RPAY-02)."""
    days = max((paid_on - last_day).days, 0)
    return round_yuan(yuan(amount) * days * daily)
