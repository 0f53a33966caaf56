"""A finding is one sentence that says what is wrong and what to do; each check yields as many as it has."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module

from django.db import DatabaseError
from django.utils.translation import gettext, gettext_noop

#: Modules of checks, in the order in which a person would look.
ROOMS = ("safety", "services", "machine", "content")


class Level(StrEnum):
    """An error endangers people's rights or data, or keeps the portal from working; a warning will, some day."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be. `sentence` is a message of the catalogue, with its values beside it."""

    code: str
    level: Level
    sentence: str
    values: dict

    def __str__(self) -> str:
        return gettext(self.sentence) % self.values

    def as_row(self) -> dict:
        return {"code": self.code, "level": str(self.level), "message": str(self)}


Check = Callable[[], Iterator[Finding]]
_checks: dict[str, Check] = {}


def check(function: Check) -> Check:
    """Register a check under the name of its function."""
    _checks[function.__name__] = function
    return function


def error(code: str, sentence: str, **values) -> Finding:
    return Finding(code, Level.ERROR, sentence, values)


def warning(code: str, sentence: str, **values) -> Finding:
    return Finding(code, Level.WARNING, sentence, values)


def checks() -> dict[str, Check]:
    """All checks by name."""
    for room in ROOMS:
        import_module(f"{__package__}.{room}")
    return _checks


def examine() -> list[Finding]:
    """Run every check; one that needs the database says so when there is none."""
    found: list[Finding] = []
    for name, function in checks().items():
        try:
            found += function()
        except DatabaseError as reason:
            said = gettext_noop("检查“%(check)s”读不到数据库：%(reason)s。请先检查 DATABASE_URL，并运行 manage.py migrate。")
            found.append(error("database", said, check=name, reason=str(reason).strip().splitlines()[0]))
    return found
