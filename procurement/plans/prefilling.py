"""What the line of the catalogue already says stands in the form of an item that falls under it (S-29, S-30, S-31, S-162).

Nothing is stored here: the planner sees what was taken over, changes it and saves it.
"""
from __future__ import annotations

from decimal import Decimal

from catalogue.models import CatalogueItem
from portal.money import split_exact

from .models import PlanItem


def target_rows(leaf: CatalogueItem) -> list[dict]:
    """The line's indicator templates as rows of the form; weights are equal shares of 100."""
    if not leaf.indicators:
        return []
    weights = split_exact(Decimal(100), [1] * len(leaf.indicators))
    return [
        {**{name: row.get(name, "") for name in ("category", "name", "direction", "target", "unit")}, "weight": weight}
        for row, weight in zip(leaf.indicators, weights, strict=True)
    ]


def taken_over(leaf: CatalogueItem | None, item: PlanItem) -> dict:
    """Field of the form → what the line gives for it, as far as the item says nothing of its own."""
    if leaf is None:
        return {}
    found = {}
    if leaf.guide_price is not None and item.guide_price is None:
        found["guide_price"] = leaf.guide_price
    if leaf.guide_unit and not item.unit:
        found["unit"] = leaf.guide_unit
    if (rows := target_rows(leaf)) and not (item.pk and item.indicators.exists()):
        found["indicators"] = rows
    return found


def ceiling_of(item: PlanItem) -> Decimal | None:
    """The guide price that a higher unit price is explained against: the line's where it counts by the same unit, else the item's."""
    leaf = item.leaf
    if leaf is not None and leaf.guide_price is not None and leaf.guide_unit == item.unit:
        return leaf.guide_price
    return item.guide_price
