"""The law of money as plain functions: class codes, tier shares, carry-over at year end."""
from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from portal.money import split_exact

#: Shares of province (region), city (prefecture) and county in two sharing schemes (R-037, R-038).
SHARING: Final[Mapping[str, tuple[Decimal, ...]]] = {
    "6:2:2": (Decimal(6), Decimal(2), Decimal(2)), "8.5:0.5:1": (Decimal("8.5"), Decimal("0.5"), Decimal(1)),
}  # fmt: skip
FUNCTION_CLASS: Final = re.compile(r"2\d{6}")  # 支出功能分类: class, section, item
ECONOMIC_CLASS: Final = re.compile(r"3\d{4}")  # 部门预算支出经济分类: 30227 委托业务费


def shares(amount: Decimal, scheme: str) -> list[Decimal]:
    """The amount of each tier, higher tiers first, adding up to the fen (R-037, R-038). Raises KeyError."""
    return split_exact(amount, SHARING[scheme])


def is_function_class(code: str) -> bool:
    return FUNCTION_CLASS.fullmatch(code) is not None


def is_economic_class(code: str) -> bool:
    return ECONOMIC_CLASS.fullmatch(code) is not None
