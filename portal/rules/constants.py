"""Numbers of the law, each with its rule and the day it holds from: a procedure keeps the numbers of its day (G5).

Periods of time are not here but in the register of legal clocks (portal/workdays/register.py).
"""
from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from .register import FOLDER, RegisterError, UnknownRule, rule


class UnknownConstant(LookupError):
    """A constant that is not in the register, or did not hold yet on the day asked about."""


@dataclass(frozen=True, slots=True)
class Constant:
    """One number through time: `values` are (valid from, value), oldest first."""

    name: str
    rule_id: str
    values: tuple[tuple[date, Decimal | int], ...]

    def on(self, day: date) -> Decimal | int:
        """The value in force on a day. Raises UnknownConstant before its first day."""
        for valid_from, value in reversed(self.values):
            if valid_from <= day:
                return value
        raise UnknownConstant(f"{self.name} did not hold on {day}")


def constant(name: str, rules_as_of: date) -> Decimal | int:
    """The value of a constant for a procedure that started on `rules_as_of`. Raises UnknownConstant."""
    try:
        return constants()[name].on(rules_as_of)
    except KeyError:
        raise UnknownConstant(name) from None


@cache
def constants() -> Mapping[str, Constant]:
    """Every constant by name. Raises RegisterError for one without rule or order."""
    found = {}
    for name, entry in tomllib.loads((FOLDER / "constants.toml").read_text("utf-8"), parse_float=Decimal).items():
        try:
            values = tuple((valid_from, value) for valid_from, value in entry["values"])
            found[name] = Constant(name, rule(entry["rule"]).id, values)
        except (KeyError, ValueError, UnknownRule) as error:
            raise RegisterError(f"constants.toml: {name}: {error}") from error
        if not values or list(values) != sorted(values):
            raise RegisterError(f"constants.toml: {name}: values must be there, oldest first")
    return found
