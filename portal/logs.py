"""What stands in the logs: one JSON object a line, with the number of the request or task that caused it.

Logs are read by people who run machines, not by those whose business the portal holds. So a line never carries what
somebody typed: addresses are told by their pattern, faults by their kind and place in the program without their words, and
what libraries say without the values they say it of. Who did what stands in the record, under the same number.
"""
from __future__ import annotations

import json
import logging
import re
import traceback
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = ("portal", "catalogue", "procurement", "evaluation")
#: Further fields that a line may have; whatever else a program hangs on a record is left out.
FIELDS = ("method", "route", "keys", "status", "milliseconds", "task", "outcome", "attempt", "queue")
_NUMBER = re.compile(r"[0-9a-f]{32}")

_number: ContextVar[str] = ContextVar("request_number", default="")


def request_number() -> str:
    """The number of the request or task under way, or ""."""
    return _number.get()


@contextmanager
def numbered(number: str = "") -> Iterator[str]:
    """Everything logged, recorded or queued inside carries this number; a new one when it is none of ours."""
    given = number if _NUMBER.fullmatch(number or "") else uuid.uuid4().hex
    token = _number.set(given)
    try:
        yield given
    finally:
        _number.reset(token)


class JsonFormatter(logging.Formatter):
    """A line of the log as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"), "level": record.levelname,
            "logger": record.name, "message": words(record), "request_id": getattr(record, "request_number", "") or request_number(),
            "process": record.process,
        }
        line |= {name: record.__dict__[name] for name in FIELDS if name in record.__dict__}
        if record.exc_info and record.exc_info[0]:
            line |= {"error": kind(record.exc_info[1]), "where": places(record.exc_info[1])}
        return json.dumps(line, ensure_ascii=False, default=str)


class LineFormatter(logging.Formatter):
    """The same content for the eye, while somebody works on the portal."""

    def format(self, record: logging.LogRecord) -> str:
        shown = " ".join(f"{name}={record.__dict__[name]}" for name in FIELDS if name in record.__dict__)
        text = f"{self.formatTime(record)} {record.levelname} {record.name} {words(record)} {shown}".rstrip()
        if record.exc_info and record.exc_info[0]:
            text += f"\n{kind(record.exc_info[1])}\n  " + "\n  ".join(places(record.exc_info[1]))
        return text


def words(record: logging.LogRecord) -> str:
    """Our own sentences with their values, which are chosen; those of libraries without."""
    if record.name.split(".")[0] in OURS:
        return record.getMessage()
    return str(record.msg)


def kind(error: BaseException | None) -> str:
    """The class of a fault, not its words: they may quote what somebody typed."""
    return f"{type(error).__module__}.{type(error).__qualname__}"


def places(error: BaseException | None) -> list[str]:
    """Where it happened, the innermost last, with the faults that led to it."""
    found = []
    while error is not None:
        found = [
            f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
        ] + found
        cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if cause is not None:
            found = [f"-- {kind(cause)}", *found] if not cause.__traceback__ else found
        error = cause
    return found


def _short(path: str) -> str:
    return path.removeprefix(f"{ROOT}/").split("site-packages/")[-1]
