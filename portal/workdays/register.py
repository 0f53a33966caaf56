"""The register of legal clocks as the design fixes it (lifecycles 0.6): every period once, with its rule.

A length marked as a setting is the default of the jurisdiction; a decision stored under `clock.<name>` replaces it
from its day on.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise

from portal.rules.jurisdiction import Setting, declare, setting
from portal.rules.register import rule

from .deadlines import Unit


class UnknownClock(LookupError):
    """A clock that is not in the register."""


class Kind(StrEnum):
    """What a period demands: an act within it, no act before its end, or nothing: it runs by itself."""

    WITHIN = "≤"
    NOT_BEFORE = "≥"
    BY_ITSELF = "="


@dataclass(frozen=True, slots=True)
class ClockDefinition:
    """One period of the register.

    `length` in `unit`; None where the subject names it or its last day (`ClockTerms`). `variants`: (length, unit) by
    procurement method. `lead`: counted back and checked, never started. `setting`: the law is silent on the length.
    `right`: a chance to act, not a duty: letting it pass is no breach.
    """

    name: str
    label: Promise
    length: int | None
    unit: str
    kind: Kind
    rule_ids: tuple[str, ...]
    start_event: Promise | str = ""
    rolls: bool = True
    pausable: bool = False
    setting: bool = False
    lead: bool = False
    right: bool = False
    variants: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def rule_id(self) -> str:
        return self.rule_ids[0]

    @property
    def citation(self) -> str:
        return rule(self.rule_id).citation

    @property
    def binding(self) -> bool:
        """Whether an act is owed within it, so that it can be exceeded."""
        return self.kind is Kind.WITHIN and not self.right

    @property
    def setting_name(self) -> str:
        return f"clock.{self.name}"

    def period(self, variant: str = "", region: Any = None, rules_as_of: date | None = None) -> tuple[int | None, str]:
        """Length and unit for a method, in a region, by the rules of a day (G5)."""
        length, unit = self.variants.get(variant, (self.length, self.unit))
        if self.setting and length is not None and variant not in self.variants:
            length = setting(self.setting_name, region, rules_as_of)
        return length, unit


_definitions: dict[str, ClockDefinition] = {}


def register(definition_: ClockDefinition) -> ClockDefinition:
    """Add a period. Raises ValueError for a second one of that name, UnknownRule for a rule not in the register."""
    if definition_.name in _definitions:
        raise ValueError(f"clock {definition_.name} is there twice")
    for rule_id in definition_.rule_ids:
        rule(rule_id)
    if definition_.setting and definition_.length is not None:
        unit = Unit(definition_.unit).label
        declare(Setting(definition_.setting_name, definition_.label, definition_.length, definition_.rule_id, unit, least=1))
    _definitions[definition_.name] = definition_
    return definition_


def definition(name: str) -> ClockDefinition:
    """The period of a name. Raises UnknownClock."""
    try:
        return definitions()[name]
    except KeyError:
        raise UnknownClock(name) from None


def definitions() -> Mapping[str, ClockDefinition]:
    """Every period by name, in the order of the design."""
    from . import periods  # noqa: F401  registers them on first import

    return _definitions
