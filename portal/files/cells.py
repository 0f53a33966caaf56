"""Cells of CSV files: what a spreadsheet program would take for a formula goes out as text and comes back as it was."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

#: First characters by which a cell becomes a formula; programs set to Chinese or Japanese take the wide ones too.
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MARK = "'"  # what a person types before a formula to have it as text


def safe_cell(value: Any) -> str:
    """The cell as it is written: text that begins like a formula, or like a mark before one, gets the mark."""
    text = "" if value is None else str(value)
    return MARK + text if text.lstrip(MARK).startswith(RISKY) or text.lstrip(" ").startswith(RISKY) else text


def safe_row(values: Iterable[Any]) -> list[str]:
    return [safe_cell(value) for value in values]


def plain_cell(text: str) -> str:
    """The cell as it was before `safe_cell`; what stands without its mark is left alone."""
    return text[1:] if text.startswith(MARK) and safe_cell(text[1:]) == text else text
