"""Who must have a second factor on this installation (`SECOND_FACTOR`)."""
from __future__ import annotations

from django.conf import settings

from portal.accounts.actor import Actor
from portal.accounts.presence import HAS_FACTOR
from portal.accounts.roles import Role
from portal.workflow.stepping_up import roles_that_step_up

NONE, ACTING, EVERYBODY = "none", "acting", "everybody"


def roles_with_second_factor() -> frozenset[str]:
    """The roles that may not work without: none, those that open, sign, pay or administer, or all."""
    if settings.SECOND_FACTOR == NONE:
        return frozenset()
    if settings.SECOND_FACTOR == EVERYBODY:
        return frozenset(Role.values)
    return roles_that_step_up() | {Role.ADMINISTRATOR}


def must_enrol(actor: Actor, session) -> bool:
    """Whether the person must enrol a second factor before anything else; one-click people of the demonstration need not."""
    if actor.is_public or session.get(HAS_FACTOR) or actor.user.is_one_click:
        return False
    return not roles_with_second_factor().isdisjoint(actor.reach | actor.dormant)
