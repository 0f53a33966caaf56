"""The law of money as plain functions: class codes and how levels of government share a cost."""
from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from portal.money import split_exact

#: Ratios of province (region), city (prefecture) and county that papers name (R-037, R-038).
SHARING: Final = ("6:2:2", "8.5:0.5:1")
LEVELS: Final = 3
FUNCTION_CLASS: Final = re.compile(r"2\d{6}")  # 支出功能分类: class, section, item
ECONOMIC_CLASS: Final = re.compile(r"3\d{4}")  # 部门预算支出经济分类: 30227 委托业务费
_NUMBER: Final = re.compile(r"\d{1,4}(?:\.\d{1,4})?")


class NotARatio(ValueError):
    """The text names no ratio of three levels."""


def ratio_of(text: str) -> tuple[Decimal, ...]:
    """Three numbers, province first, from "6:2:2" as papers and people write it (6∶2∶2, 8.5：0.5：1). Raises NotARatio."""
    words = re.sub(r"[∶：]", ":", "".join(text.split())).split(":")
    if len(words) != LEVELS or not all(_NUMBER.fullmatch(word) for word in words):
        raise NotARatio(text)
    numbers = tuple(Decimal(word) for word in words)
    if not any(numbers):
        raise NotARatio(text)
    return numbers


def shares(amount: Decimal, ratio: str) -> list[Decimal]:
    """The yuan of each level, province first, adding up to the fen: cut off below the fen, what is left over goes to
    the largest remainders, of equal ones to the higher level (R-037, R-038). Raises NotARatio.
    """
    return split_exact(amount, ratio_of(ratio))


def is_function_class(code: str) -> bool:
    return FUNCTION_CLASS.fullmatch(code) is not None


def is_economic_class(code: str) -> bool:
    return ECONOMIC_CLASS.fullmatch(code) is not None
