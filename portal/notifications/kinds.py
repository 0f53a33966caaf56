"""Kinds of messages: one for each app that tells people something, named as the app is.

An app whose messages have legal effect for the reader (`AppConfig.mail_is_owed`) is always written about at once.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps

from portal.workflow.table import all_lifecycles

from .events import known_codes


@dataclass(frozen=True, slots=True)
class Kind:
    """Messages of one app: its label, its name, and whether mail about it cannot be put off or switched off."""

    code: str
    name: Any
    owed: bool


def kind_code(event: str) -> str:
    """The kind of an event: "plans.item/return" is of "plans"."""
    return event.split(".", 1)[0]


def kinds() -> list[Kind]:
    """Every kind of which a message can come, in the order of the floors."""
    telling = {cycle.code for cycle in all_lifecycles() if any(row.tells for row in cycle.rows)}
    codes = {kind_code(code) for code in telling | known_codes()}
    return [
        Kind(config.label, config.verbose_name, getattr(config, "mail_is_owed", False))
        for config in apps.get_app_configs() if config.label in codes
    ]


def owed() -> frozenset[str]:
    return frozenset(kind.code for kind in kinds() if kind.owed)
