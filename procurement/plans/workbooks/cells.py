"""One cell: as it was read from a file, as a field of the form wants it, and back."""
from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from .columns import NO, YES, Column

#: A cell as it lies in the staging table: text, or a mark of its type and its text ("n" number, "d" date, "b" yes or no,
#: "f" formula, "e" error value of the program).
Raw = str | list | None
FORMULA, FAULT, NUMBER, DATE, TRUTH = "f", "e", "n", "d", "b"
_WRITTEN_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_WITH_UNIT = re.compile(r"[¥￥]?\s*(-?[\d,]+(?:\.\d+)?)\s*(亿元|亿|万元|万|千元|百元|元整|元)?")
_TIMES = {"亿元": 10**8, "亿": 10**8, "万元": 10**4, "万": 10**4, "千元": 1000, "百元": 100}


class Unreadable(Exception):
    """The cell cannot be taken; carries the sentence for the person who wrote it."""

    def __init__(self, sentence, **params):
        super().__init__(sentence)
        self.sentence, self.params = sentence, params


@dataclass(slots=True)
class Taken:
    """What a field is asked to clean, and what was understood on the way (a lazy sentence with its values)."""

    text: str | None
    note: Any = None
    params: dict | None = None


def raw_of(value: Any, data_type: str) -> Raw:
    """The cell of a file as the staging table keeps it; None when it is empty."""
    if value is None:
        return None
    if data_type == "f":
        return [FORMULA, str(getattr(value, "text", value))[:200]]
    if data_type == "e":
        return [FAULT, str(value)[:20]]
    if isinstance(value, bool):
        return [TRUTH, "1" if value else ""]
    if isinstance(value, int | float):
        return [NUMBER, plain_number(value)]
    if isinstance(value, datetime):
        return [DATE, value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="minutes")]
    if isinstance(value, date):
        return [DATE, value.isoformat()]
    text = str(value)
    return text if text.strip() else None


def plain_number(value: float) -> str:
    """The number a person sees: fifteen digits, as the programs keep them, without an exponent."""
    try:
        return format(Decimal(format(value, ".15g")), "f")
    except InvalidOperation:
        return str(value)


def shown(raw: Raw) -> str:
    """The cell as text for a page."""
    if raw is None:
        return ""
    if isinstance(raw, str):
        return raw
    return {TRUTH: YES if raw[1] else NO, FORMULA: raw[1]}.get(raw[0], raw[1])


def taken(column: Column, raw: Raw) -> Taken:
    """What the column's field shall clean. Raises Unreadable for what nobody could take for it."""
    if isinstance(raw, list) and raw[0] == FORMULA:
        raise Unreadable(_("单元格里是公式“%(formula)s”，请改为公式的结果（复制后只粘贴数值）。"), formula=raw[1][:60])
    if isinstance(raw, list) and raw[0] == FAULT:
        raise Unreadable(_("单元格里是错误值 %(fault)s，请改为应填的内容。"), fault=raw[1])
    if raw is None:
        return Taken(None)
    return _READERS.get(column.kind, _text)(column, raw)


def _text(column: Column, raw: Raw) -> Taken:
    return Taken(shown(raw))


def _number(column: Column, raw: Raw) -> Taken:
    if isinstance(raw, list):
        if raw[0] != NUMBER:
            raise Unreadable(_("这里要填数字，单元格里是“%(written)s”。"), written=shown(raw))
        return Taken(raw[1])
    narrow = unicodedata.normalize("NFKC", raw).strip()
    found = _WITH_UNIT.fullmatch(narrow)
    if not found:
        raise Unreadable(_("“%(written)s”不是数字，请只填阿拉伯数字。"), written=raw[:60])
    figure = found[1].replace(",", "")
    if found[2] in _TIMES:
        value = format((Decimal(figure) * _TIMES[found[2]]).quantize(Decimal("0.01")), "f")
        raise Unreadable(_("“%(written)s”带有单位，这里以元计，应填 %(value)s。"), written=raw[:60], value=value)
    if figure != raw:
        return Taken(figure, _("“%(written)s”按 %(value)s 读取。"), {"written": raw[:60], "value": figure})
    return Taken(figure)


def _date(column: Column, raw: Raw) -> Taken:
    if isinstance(raw, list):
        if raw[0] == NUMBER:
            raise Unreadable(_("单元格里是数字 %(written)s，请把单元格格式设为日期。"), written=raw[1])
        return Taken(shown(raw)[:10])
    found = _WRITTEN_DATE.fullmatch(unicodedata.normalize("NFKC", raw).strip())
    if not found:
        raise Unreadable(_("“%(written)s”不是日期，请填成 2027-03-01 的样子。"), written=raw[:60])
    try:
        value = date(*(int(part) for part in found.groups())).isoformat()
    except ValueError:
        raise Unreadable(_("没有“%(written)s”这一天。"), written=raw[:60]) from None
    if value == raw:
        return Taken(value)
    return Taken(value, _("文本“%(written)s”按日期 %(value)s 读取。"), {"written": raw[:60], "value": value})


def _word(column: Column, raw: Raw) -> Taken:
    text = shown(raw).strip()
    for tried in (text, unicodedata.normalize("NFKC", text)):
        if tried in column.words:
            return Taken(column.words[tried])
    raise Unreadable(_("“%(written)s”不在可选项内，可填：%(words)s。"), written=text[:60], words="、".join(column.words))


_READERS = {"integer": _number, "decimal": _number, "date": _date, "choice": _word, "yes_no": _word, "tick": _word}


def written(column: Column, value: Any) -> Raw:
    """A value of the form as the staging table, and the file, keep it: the other way of `taken`."""
    if value is None or value == "":
        return None
    if column.kind in ("integer", "decimal"):
        return [NUMBER, format(value, "f") if isinstance(value, Decimal) else str(value)]
    if column.kind == "date":
        return [DATE, value.isoformat()]
    if column.kind in ("yes_no", "tick"):
        return YES if value else (NO if column.kind == "yes_no" else None)
    if column.kind == "choice":
        return next((word for word, known in column.words.items() if known == str(value)), str(value))
    if column.kind == "leaf":
        return f"{value.code} {value.name}"
    if column.kind == "function":
        return f"{value.number} {value.name}"
    if column.kind in ("project", "request"):
        return value.number
    return str(value)
