"""Acts of administration that have no lifecycle: everything against them is said at once, and they are recorded."""
from __future__ import annotations

from collections.abc import Iterable

from portal.accounts.actor import Actor
from portal.accounts.roles import Role
from portal.workflow.refusals import NotYours, Refusal, Refused


def administers(actor: Actor) -> None:
    """Only an administrator who may act. Raises NotYours."""
    if actor.read_only or not actor.has(Role.ADMINISTRATOR):
        raise NotYours


def unless(refusals: Iterable[Refusal]) -> None:
    """Raise Refused with every reason, if there is one (S-172)."""
    found = list(refusals)
    if found:
        raise Refused(found)
