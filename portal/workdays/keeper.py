"""The engine's hand on the clocks: what `starts`, `stops` and `voids` in a transition table come to."""
from __future__ import annotations

from django.db.models import Model

from portal.workflow.engine import Act

from . import verbs


class ClockKeeper:
    """Starts, stops and voids the clocks named in a row, for the thing the row was done to."""

    def start(self, name: str, subject: Model | None, act: Act) -> None:
        """Start a period; a path that leads nowhere starts nothing."""
        if subject is not None:
            verbs.start_clock(name, subject, act)

    def stop(self, name: str, subject: Model | None, act: Act) -> None:
        """The act it waits for is done; without such a clock nothing happens."""
        if subject is not None:
            verbs.stop_clock(name, subject, act)

    def void(self, subject: Model | None, act: Act, name: str = "*") -> None:
        """The live clocks of a thing, or the named one, lose their meaning."""
        if subject is not None:
            verbs.void_clocks(subject, act, None if name == "*" else [name])
