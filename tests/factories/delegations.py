"""Delegations in the states that tests need."""
from __future__ import annotations

from datetime import date, timedelta

from portal import clock
from portal.delegations.models import Delegation
from portal.workflow import perform
from tests.factories.people import actor


def terms(delegate: str = "project_officer", role: str = "PLANNER", *, starts_on: date | None = None, days: int = 10, **changes) -> dict:
    """What a delegation says; from today, for some days."""
    first = starts_on or clock.today()
    return {
        "role": role, "codes": [], "delegate": actor(delegate).user, "starts_on": first, "ends_on": first + timedelta(days=days - 1),
        "note": "出差", **changes,
    }


def make_delegation(principal: str = "planner", delegate: str = "project_officer", role: str = "PLANNER", *, state: str = "GRANTED",
                    **changes) -> Delegation:
    """A delegation DRAFTED or GRANTED by its principal."""
    delegation = perform(Delegation(), "draft", actor=actor(principal), **terms(delegate, role, **changes))
    return delegation if state == "DRAFTED" else perform(delegation, "grant", actor=actor(principal))
