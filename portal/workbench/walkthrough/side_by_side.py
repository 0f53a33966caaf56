"""Many purchases at once, in step: the clock moves on when each has done what it does at this moment.

Every purchase runs in a thread. When it asks for a later moment it waits; when all wait, the clock moves to the earliest
moment that anybody waits for, and whoever waits for that moment goes on.
"""
from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

#: Purchases that do the same thing at the same time ask for moments seconds apart; they go on together.
TOGETHER = timedelta(minutes=20)


class Step:
    """The common clock of several purchases. `turn(moment)` moves the portal's clock; `now()` reads it."""

    def __init__(self, count: int, *, now: Callable[[], datetime], turn: Callable[[datetime], None]) -> None:
        self._now, self._turn = now, turn
        self._changed = threading.Condition()
        self._walking = count
        self._waiting: dict[int, datetime] = {}
        self.moves = 0

    def wait_for(self, who: int, moment: datetime) -> None:
        """Come back when the portal's clock has reached the moment."""
        with self._changed:
            if moment <= self._now():
                return
            self._waiting[who] = moment
            self._move_on()
            while who in self._waiting:
                self._changed.wait()

    def leave(self) -> None:
        """One purchase is over; the others need not wait for it any more."""
        with self._changed:
            self._walking -= 1
            self._move_on()

    def _move_on(self) -> None:
        """When all wait: to the last of the moments that lie close to the earliest."""
        if not self._waiting or len(self._waiting) < self._walking:
            return
        earliest = min(self._waiting.values())
        moment = max(each for each in self._waiting.values() if each - earliest <= TOGETHER)
        self._turn(moment)
        self.moves += 1
        for who in [who for who, wanted in self._waiting.items() if wanted <= moment]:
            del self._waiting[who]
        self._changed.notify_all()
