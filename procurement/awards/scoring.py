"""From scores to ranking: exact fractions throughout, rounded once for print (R87-43 to R87-48, PF-09)."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from portal.money import round_yuan


@dataclass(frozen=True, slots=True)
class Factor:
    """A scoring factor; `price` marks the one that follows from the formula."""

    id: int
    name: str
    points: Decimal
    price: bool = False
    objective: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A bid that meets the documents. `deduction`: percent taken off for comparing (R46-07), never off the contract."""

    id: int
    price: Decimal
    deduction: Decimal = Decimal(0)

    @property
    def compared(self) -> Fraction:
        """The price it is compared with (R87-46, R46-09)."""
        return Fraction(self.price) * (100 - Fraction(self.deduction)) / 100


@dataclass(frozen=True, slots=True)
class Result:
    """One bid's outcome; every figure exact."""

    bid: int
    rank: int
    price: Decimal
    compared: Fraction
    price_score: Fraction
    factors: Mapping[int, Fraction]
    total: Fraction


def printed(value: Fraction | Decimal) -> Decimal:
    """A figure as it is printed: two places, half up, from its own exact value."""
    return round_yuan(Fraction(value))


def written(value: Fraction) -> str:
    """An exact figure as text: "1957/20", or "98" for a whole one."""
    return str(value)


def price_score(offer: Offer, offers: Sequence[Offer], points: Decimal) -> Fraction:
    """benchmark ÷ price × points; the benchmark is the lowest compared price, none is dropped (R87-43, R87-45, R87-46)."""
    benchmark = min(one.compared for one in offers)
    return benchmark / offer.compared * Fraction(points)


def evaluate(
    factors: Sequence[Factor], offers: Sequence[Offer], scores: Iterable[Mapping[tuple[int, int], Decimal]]
) -> list[Result]:
    """Everything that follows from the inputs, best first.

    `scores`: one mapping (bid, factor) → points a member. Members' points are averaged (R87-47), added to the price score
    (R87-44) and ranked by total, then by the price as bid, then parallel: 1, 1, 3 (R87-48). Raises KeyError where a score
    is missing.
    """
    sheets = list(scores)
    judged = [factor for factor in factors if not factor.price]
    priced = [factor for factor in factors if factor.price]
    rows = []
    for offer in offers:
        means = {
            factor.id: sum((Fraction(sheet[offer.id, factor.id]) for sheet in sheets), Fraction(0)) / len(sheets)
            for factor in judged
        }
        price = sum((price_score(offer, offers, factor.points) for factor in priced), Fraction(0))
        rows.append((offer, price, means, sum(means.values(), Fraction(0)) + price))
    rows.sort(key=lambda row: (-row[3], row[0].price, row[0].id))
    keys = [(-total, offer.price) for offer, _price, _means, total in rows]
    return [
        Result(
            bid=offer.id, rank=keys.index(keys[place]) + 1, price=offer.price, compared=offer.compared, price_score=price,
            factors=means, total=total,
        )
        for place, (offer, price, means, total) in enumerate(rows)
    ]
