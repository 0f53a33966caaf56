"""One clock decides for every process: the server's time plus an offset that is zero outside demo mode (G4).

`now()` is what deadlines are compared with. Sign-in, sessions, tokens and heartbeats use real time and do not come here.
"""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class _Override:
    moment: datetime
    history: bool


@dataclass(slots=True)
class _Reading:
    """How far the clock that counts stood ahead of the server's own when it was last read."""

    ahead: timedelta | None = None


_override: ContextVar[_Override | None] = ContextVar("clock_override", default=None)
_reading: ContextVar[_Reading | None] = ContextVar("clock_reading", default=None)


class ClockMovesForward(Exception):
    """The demonstration clock was asked to go back, or to move where no demonstration clock exists."""


def now() -> datetime:
    """The moment that counts, in Asia/Shanghai; database time on PostgreSQL, the server's own on SQLite (one host)."""
    override = _override.get()
    if override:
        return override.moment
    return (timezone.now() + _ahead()).astimezone(SHANGHAI)


def today() -> date:
    """The calendar day of `now()` in Asia/Shanghai."""
    return now().date()


def written(moment: datetime | None, *, seconds: bool = False, absent: str = "") -> str:
    """A moment as papers, lists and sentences write it, in Asia/Shanghai, to the minute or to the second."""
    return f"{moment.astimezone(SHANGHAI):{'%Y-%m-%d %H:%M:%S' if seconds else '%Y-%m-%d %H:%M'}}" if moment else absent


def is_history() -> bool:
    """Whether a case of the past is being loaded: no legal clock starts, nothing is due, nobody is told."""
    override = _override.get()
    return bool(override and override.history)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock of this thread at a moment: a due event fired at its own time, a test."""
    yield from _hold(moment, history=False)


@contextmanager
def history(moment: datetime) -> Iterator[None]:
    """Hold the clock at a moment of the past while a known case is loaded with its true dates."""
    yield from _hold(moment, history=True)


def _hold(moment: datetime, *, history: bool) -> Iterator[None]:
    token = _override.set(_Override(moment.astimezone(SHANGHAI), history))
    try:
        yield
    finally:
        _override.reset(token)


@contextmanager
def one_reading() -> Iterator[None]:
    """Ask the database once how far ahead its clock is, and go on from there by the server's own: one request, one reading."""
    token = _reading.set(_Reading())
    try:
        yield
    finally:
        _reading.reset(token)


def _ahead() -> timedelta:
    """The distance from the server's clock to the one that counts; read anew outside a request."""
    reading = _reading.get() or _Reading()
    if reading.ahead is None:
        reading.ahead = timedelta(seconds=_offset_seconds()) if settings.DEMO else _database_ahead()
    return reading.ahead


def _database_ahead() -> timedelta:
    if connection.vendor != "postgresql":
        return timedelta()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0] - timezone.now()


def _offset_seconds() -> float:
    row = apps.get_model("workflow", "ClockOffset").objects.filter(pk=1).values_list("seconds", flat=True).first()
    return row or 0


def set_offset_so_that_now_is(moment: datetime) -> None:
    """Move the demonstration clock; it only goes forward.

    Raises ClockMovesForward outside demo mode or when `moment` is not later than now.
    """
    if not settings.DEMO:
        raise ClockMovesForward("there is no demonstration clock in this installation")
    if moment < now():
        raise ClockMovesForward("the demonstration clock only goes forward")
    seconds = (moment - timezone.now()).total_seconds()
    apps.get_model("workflow", "ClockOffset").objects.update_or_create(pk=1, defaults={"seconds": seconds})
    if reading := _reading.get():
        reading.ahead = None
