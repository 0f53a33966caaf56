"""How an article of a law is written in each language: "59" is 第五十九条 and Article 59."""
from __future__ import annotations

import re
from typing import Final

_DIGITS: Final = "零一二三四五六七八九"
_REFERENCE: Final = re.compile(r"(\d+)(?:\((\d+)\))?(?:-(\d+)(?:\((\d+)\))?)?")


def chinese_numeral(value: int) -> str:
    """A number from 1 to 999 as articles are counted: 十, 十五, 三十, 一百零八, 一百一十."""
    if not 1 <= value <= 999:
        raise ValueError(f"no article has the number {value}")
    hundreds, tens, units = value // 100, value // 10 % 10, value % 10
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += f"{_DIGITS[tens] if tens > 1 or hundreds else ''}十"
    elif hundreds and units:
        text += "零"
    return text + (_DIGITS[units] if units else "")


def in_chinese(reference: str) -> str:
    """ "59" → 第五十九条; "10(1)" → 第十条第一项; "29-31" → 第二十九条至第三十一条; "41, 45" → 第四十一条、第四十五条.

    "part 3" → 第三部分. Raises ValueError for anything else.
    """
    if reference.startswith("part "):
        return f"第{chinese_numeral(int(reference[5:]))}部分"
    return "、".join(_one_in_chinese(part) for part in _parts(reference))


def in_english(reference: str) -> str:
    """ "59" → Article 59; "29-31" → Articles 29–31; "41, 45" → Articles 41 and 45; "part 3" → Part 3."""
    if reference.startswith("part "):
        return f"Part {int(reference[5:])}"
    parts = [part.replace("-", "–") for part in _parts(reference)]
    plural = len(parts) > 1 or "–" in parts[0]
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"Article{'s' if plural else ''} {listed}"


def _parts(reference: str) -> list[str]:
    parts = [part.strip() for part in reference.split(",")]
    if not all(_REFERENCE.fullmatch(part) for part in parts):
        raise ValueError(f"{reference!r} is not an article")
    return parts


def _one_in_chinese(part: str) -> str:
    first, item, last, last_item = _REFERENCE.fullmatch(part).groups()
    text = f"第{chinese_numeral(int(first))}条" + (f"第{chinese_numeral(int(item))}项" if item else "")
    if last:
        text += f"至第{chinese_numeral(int(last))}条" + (f"第{chinese_numeral(int(last_item))}项" if last_item else "")
    return text
