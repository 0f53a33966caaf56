"""The types of what a notice says: how a value is taken, kept as JSON, and written out in the official text."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Date
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime

from portal import clock
from portal import money as amounts

PARTY_KEYS = ("name", "address", "contact", "phone")
_PARTY_LABELS = {"name": "名称", "address": "地址", "contact": "联系人", "phone": "联系方式"}


class Unsuitable(ValueError):
    """A value that its field cannot hold."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a notice says. `bare`: the value stands alone, because the heading already names it."""

    key: str
    label: Any
    required: bool
    bare: bool
    take: Callable[[Any], Any]  # given value → JSON value; raises Unsuitable
    write: Callable[[Any], str]  # JSON value → official Chinese text
    kind: str
    columns: tuple[Field, ...] = ()
    short: Any = ""

    @property
    def name(self) -> Any:
        """What it is called where there is little room."""
        return self.short or self.label

    def is_blank(self, value: Any) -> bool:
        return value is None or value == "" or value == [] or value == {}


def text(key: str, label, *, required: bool = True, bare: bool = False, short="") -> Field:
    return Field(key, label, required, bare, _take_text, str, "text", short=short)


def money(key: str, label, *, required: bool = True, short="") -> Field:
    """Yuan with two places."""
    return Field(key, label, required, False, _take_money, lambda value: amounts.in_figures(value), "money", short=short)


def wan(key: str, label, *, required: bool = True) -> Field:
    """Given and kept in yuan, printed in 万元."""
    return Field(key, label, required, False, _take_money, lambda value: amounts.in_figures_wan(value), "wan")


def integer(key: str, label, *, required: bool = True) -> Field:
    return Field(key, label, required, False, _take_integer, str, "integer")


def flag(key: str, label, *, required: bool = True, short="") -> Field:
    return Field(key, label, required, False, _take_flag, lambda value: "是" if value else "否", "flag", short=short)


def date(key: str, label, *, required: bool = True, bare: bool = False, short="") -> Field:
    return Field(key, label, required, bare, _take_date, _write_date, "date", short=short)


def month(key: str, label, *, required: bool = True) -> Field:
    """The first day of the month; printed as year and month."""
    return Field(key, label, required, False, _take_month, _write_month, "month")


def moment(key: str, label, *, required: bool = True, short="") -> Field:
    """An aware moment; kept and printed in Asia/Shanghai, to the second."""
    return Field(key, label, required, False, _take_moment, _write_moment, "moment", short=short)


def party(key: str, label, *, required: bool = True, short="") -> Field:
    """Somebody to turn to: {name, address, contact, phone}; a name and a phone number at least."""
    return Field(key, label, required, False, _take_party, _write_party, "party", short=short)


def rows(key: str, label, columns: Sequence[Field], *, required: bool = True) -> Field:
    """A list of the same things, numbered in the text."""
    columns = tuple(columns)

    def take(value: Any) -> list[dict]:
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise Unsuitable(key)
        return [take_all(columns, item) for item in value]

    def write(value: list[dict]) -> str:
        return "\n".join(
            f"{place}. " + "；".join(f"{c.label}：{c.write(item[c.key])}" for c in columns if not c.is_blank(item.get(c.key)))
            for place, item in enumerate(value, 1)
        )

    return Field(key, label, required, False, take, write, "rows", columns=columns)


def take_all(fields: Sequence[Field], given: Mapping[str, Any]) -> dict:
    """Every field of a row taken; raises Unsuitable with the key of the first that is missing or cannot be held."""
    if not isinstance(given, Mapping) or set(given) - {field.key for field in fields}:
        raise Unsuitable(str(given))
    taken = {}
    for field in fields:
        value = given.get(field.key)
        if field.is_blank(value):
            if field.required:
                raise Unsuitable(field.key)
            continue
        taken[field.key] = field.take(value)
    return taken


def _take_text(value: Any) -> str:
    written = str(value).strip()
    if not written:
        raise Unsuitable("text")
    return written


def _take_money(value: Any) -> str:
    try:
        return format(amounts.yuan(value), "f")
    except (amounts.NotMoney, TypeError) as error:
        raise Unsuitable(str(value)) from error


def _take_integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise Unsuitable(str(value))
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise Unsuitable(str(value)) from error


def _take_flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unsuitable(str(value))
    return value


def as_date(value: Any) -> Date:
    if isinstance(value, datetime):
        return value.astimezone(clock.SHANGHAI).date()
    if isinstance(value, Date):
        return value
    found = parse_date(value) if isinstance(value, str) else None
    if found is None:
        raise Unsuitable(str(value))
    return found


def as_moment(value: Any) -> datetime:
    found = parse_datetime(value) if isinstance(value, str) else value
    if not isinstance(found, datetime) or found.tzinfo is None:
        raise Unsuitable(str(value))
    return found.astimezone(clock.SHANGHAI)


def _take_date(value: Any) -> str:
    return as_date(value).isoformat()


def _take_month(value: Any) -> str:
    return as_date(f"{value}-01" if isinstance(value, str) and len(value) == 7 else value).replace(day=1).isoformat()


def _take_moment(value: Any) -> str:
    return as_moment(value).isoformat(timespec="seconds")


def _take_party(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or set(value) - set(PARTY_KEYS):
        raise Unsuitable(str(value))
    taken = {key: str(value[key]).strip() for key in PARTY_KEYS if str(value.get(key) or "").strip()}
    if not {"name", "phone"} <= set(taken):
        raise Unsuitable("name, phone")
    return taken


def _write_date(value: str) -> str:
    day = as_date(value)
    return f"{day.year}年{day.month}月{day.day}日"


def _write_month(value: str) -> str:
    day = as_date(value)
    return f"{day.year}年{day.month}月"


def _write_moment(value: str) -> str:
    at = as_moment(value)
    return f"{_write_date(at.date().isoformat())} {at:%H:%M:%S}"


def _write_party(value: dict[str, str]) -> str:
    return "\n".join(f"{_PARTY_LABELS[key]}：{value[key]}" for key in PARTY_KEYS if key in value)
