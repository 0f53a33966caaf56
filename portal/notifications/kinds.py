"""Kinds of messages: one for each app that tells people something, named as the app is.

An app whose messages have legal effect for the reader (`AppConfig.mail_is_owed`) is always written about at once.
"""
from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.workflow.table import all_lifecycles

from .deadlines import roles_by_clock
from .events import known_codes, told_roles

#: What is told about time reaches whoever can stop a clock, and the next levels above him (reminders.py).
TIME = "workdays"
ABOVE = frozenset({Role.HEAD, Role.SUPPLIER_HEAD, Role.FINANCE_HEAD, Role.EVALUATOR_HEAD, Role.CONVENER, Role.AUDITOR})
GROUPS = {"portal": _("平台"), "evaluation": _("绩效评价")}
SHOWN = 4  # acts named as examples


@dataclass(frozen=True, slots=True)
class Kind:
    """Messages of one app: its label, its name, and whether mail about it cannot be put off or switched off."""

    code: str
    name: Any
    owed: bool
    group: Any = ""
    examples: tuple[Any, ...] = ()  # acts that such a message can speak of


def kind_code(event: str) -> str:
    """The kind of an event: "plans.item/return" is of "plans"."""
    return event.split(".", 1)[0]


def kinds() -> list[Kind]:
    """Every kind of which a message can come, in the order of the floors."""
    telling = {cycle.code for cycle in all_lifecycles() if any(row.tells for row in cycle.rows)}
    codes = {kind_code(code) for code in telling | known_codes()}
    return [
        Kind(config.label, config.verbose_name, getattr(config, "mail_is_owed", False),
             GROUPS.get(config.name.partition(".")[0], _("购买与履约")))
        for config in apps.get_app_configs() if config.label in codes
    ]


def kinds_for(roles: Collection[str]) -> list[Kind]:
    """Those of which somebody with these roles can get a message, each with what it can speak of."""
    acts: dict[str, dict[str, None]] = {}
    for cycle in all_lifecycles():
        for row in cycle.rows:
            if not told_roles(cycle.code, row).isdisjoint(roles):
                acts.setdefault(kind_code(cycle.code), {})[str(row.label)] = None
    if ABOVE.union(*roles_by_clock().values()).intersection(roles):
        acts.setdefault(TIME, {})
    return [replace(kind, examples=tuple(acts[kind.code])[:SHOWN]) for kind in kinds() if kind.code in acts]


def owed() -> frozenset[str]:
    return frozenset(kind.code for kind in kinds() if kind.owed)
