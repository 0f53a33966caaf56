"""Arithmetic of a scheme, without the database: weights that add up, indicators in a tree, grades, exact scores.

Scores are 0 to 100, weights are points of one hundred; everything is kept as fractions and rounded only to be shown.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

HUNDRED = Decimal(100)
#: Lowest exact score of each grade (RPE-02).
GRADES = (("EXCELLENT", 90), ("GOOD", 80), ("FAIR", 60), ("POOR", 0))


@dataclass(frozen=True, slots=True)
class Node:
    """One indicator as typed: its code says its place ("2.1.3")."""

    code: str
    name: str
    weight: Decimal

    @property
    def level(self) -> int:
        return self.code.count(".") + 1

    @property
    def parent(self) -> str:
        return self.code.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Unequal:
    """Weights that do not add up: under which parent ("" = the whole level), which level, the sum and what it must be."""

    level: int
    parent: str
    total: Decimal
    wanted: Decimal


def well_formed(code: str) -> bool:
    """Whether a code is one of three levels of positive numbers ("1", "1.2", "1.2.10")."""
    parts = code.split(".")
    return 1 <= len(parts) <= 3 and all(part.isdecimal() and part.isascii() and part == str(int(part)) and int(part) for part in parts)


def sort_key(code: str) -> tuple[int, ...]:
    return tuple(int(part) for part in code.split("."))


def unequal_weights(nodes: Iterable[Node]) -> list[Unequal]:
    """Every place where weights do not add up: each level to one hundred, children exactly to their parent (S-108)."""
    found = []
    rows = list(nodes)
    for level in (1, 2, 3):
        total = sum((node.weight for node in rows if node.level == level), Decimal(0))
        if total != HUNDRED:
            found.append(Unequal(level, "", total, HUNDRED))
    for node in rows:
        children = [child.weight for child in rows if child.parent == node.code]
        if children and sum(children) != node.weight:
            found.append(Unequal(node.level + 1, node.code, sum(children, Decimal(0)), node.weight))
    return found


def orphans(nodes: Iterable[Node]) -> list[Node]:
    """Indicators whose parent is not there."""
    rows = list(nodes)
    codes = {node.code for node in rows}
    return [node for node in rows if node.parent and node.parent not in codes]


def childless(nodes: Iterable[Node]) -> list[Node]:
    """First and second level indicators without a lower level: the tree must reach the third level everywhere."""
    rows = list(nodes)
    parents = {node.parent for node in rows}
    return [node for node in rows if node.level < 3 and node.code not in parents]


def party_score(scores: Iterable[tuple[Decimal, Decimal]]) -> Fraction:
    """Weighted mean of one party's indicators from (weight, score); exact. Raises ValueError without any weight."""
    rows = [(Fraction(weight), Fraction(score)) for weight, score in scores]
    whole = sum((weight for weight, _score in rows), Fraction(0))
    if whole <= 0:
        raise ValueError("a party scores at least one indicator")
    return sum((weight * score for weight, score in rows), Fraction(0)) / whole


def rescaled(weights: Mapping[str, Decimal], present: Iterable[str]) -> dict[str, Fraction]:
    """Party → share of the result in percent when only some parties take part: their weights brought back to one hundred.

    Raises ValueError when none of those present has a weight (X-28).
    """
    there = [party for party in weights if party in set(present)]
    whole = sum((Fraction(weights[party]) for party in there), Fraction(0))
    if whole <= 0:
        raise ValueError("nobody is left to score")
    return {party: Fraction(weights[party]) * 100 / whole for party in there}


def overall(shares: Mapping[str, Fraction], scores: Mapping[str, Fraction]) -> Fraction:
    """The result: every party's score times its share."""
    return sum((shares[party] * scores[party] for party in shares), Fraction(0)) / 100


def grade(score: Fraction | Decimal) -> str:
    """Grade of the exact score, never of a rounded one: 79.995 is FAIR, 80 is GOOD (RPE-02). Raises ValueError outside 0–100."""
    if not 0 <= score <= 100:
        raise ValueError(f"a score lies between 0 and 100: {score}")
    return next(name for name, least in GRADES if score >= least)


def lower(one: str, other: str) -> str:
    """The lower of two grades."""
    order = [name for name, _least in GRADES]
    return max(one, other, key=order.index)


def shown(value: Fraction | Decimal, places: int = 2) -> Decimal:
    """Rounded half up for printing; the exact value stands beside it."""
    scaled = Fraction(value) * 10**places
    return Decimal((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)).scaleb(-places)


def exact(value: Fraction) -> str:
    """The value without rounding: as a decimal when it ends, else as a fraction ("79.995", "5683/72")."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    number = Decimal(value.numerator) / Decimal(value.denominator)
    return format(number.normalize(), "f")
