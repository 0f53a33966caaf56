"""Rows that open, sign or pay ask once more whether it is the person himself (step-up)."""
from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.actor import Actor
from portal.accounts.presence import Way, ask_presence, is_present

from .refusals import Refusal, refuse
from .table import Transition, all_lifecycles


def programs_barred(row: Transition, actor: Actor) -> Iterable[Refusal]:
    """A token does not open, sign or pay, unless a person made it for that (AUTH-02)."""
    if row.step_up and actor.is_program and not is_present(actor):
        yield refuse(
            "AUTH-02", _("“%(act)s”须由本人当场确认，此接口令牌不能办理；本人可在“我的账号”另行生成能办理此类事项的令牌。"), act=row.label,
        )


def ask(row: Transition, actor: Actor) -> None:
    """Raise StepUpNeeded when nothing else stands against the act but that the person has not shown himself lately.

    The system acts as consequence of an act that was confirmed; past cases are told, not done: neither is asked.
    """
    if row.step_up and not clock.is_history():
        ask_presence(actor)


def asked_first(fields: Iterable[forms.Field]) -> bool:
    """Whether a page asks before it is filled in: files and what is typed blind could not wait while it asks afterwards."""
    return any(
        isinstance(field, forms.FileField) or isinstance(field.widget, forms.PasswordInput) for field in fields
    )


def notice(row: Transition, actor: Actor) -> Any:
    """What the act's page says beforehand; "" for rows that ask nothing."""
    if not row.step_up:
        return ""
    if actor.stepped_up_by == Way.DEMONSTRATION:
        return _("这一步要确认是本人办理；演示人员免验，记录里会写明。")
    return _("这一步会请您再确认一次身份，之后一段时间内不再重复询问。") if not is_present(actor) else ""


def facts(row: Transition, actor: Actor) -> dict[str, Any]:
    """What the record keeps of it: how the person showed himself, and when."""
    if not row.step_up or actor.is_system or not actor.stepped_up_by:
        return {}
    return {"confirmed_by": str(actor.stepped_up_by), "confirmed_at": actor.stepped_up_at}


@cache
def roles_that_step_up() -> frozenset[str]:
    """The roles that open, sign or pay: all who may do a row that asks for it."""
    return frozenset(who.role for cycle in all_lifecycles() for row in cycle.rows if row.step_up for who in row.who)
