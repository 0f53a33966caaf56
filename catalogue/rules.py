"""Pure rules of the catalogue: what two versions differ in, what deviates from the list above, when a day begins."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from portal.clock import SHANGHAI


@dataclass(frozen=True, slots=True)
class Line:
    """What counts of an item when versions are compared."""

    code: str
    name: str
    parent_code: str
    retired: bool = False
    deviation: str = ""
    is_leaf: bool = True


@dataclass(slots=True)
class Difference:
    """What a version changes against another (S-07). `renamed`, `moved`: (before, after)."""

    added: list[Line] = field(default_factory=list)
    retired: list[Line] = field(default_factory=list)
    renamed: list[tuple[Line, Line]] = field(default_factory=list)
    moved: list[tuple[Line, Line]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        return {name: len(getattr(self, name)) for name in ("added", "retired", "renamed", "moved")}

    def __bool__(self) -> bool:
        return any(self.counts.values())


def compare(before: Iterable[Line], after: Iterable[Line]) -> Difference:
    """Added, retired (gone or marked so), renamed (same code) and moved (same name, alone on both sides) lines."""
    old = {line.code: line for line in before if not line.retired}
    new = {line.code: line for line in after if not line.retired}
    gone = {code: line for code, line in old.items() if code not in new}
    come = {code: line for code, line in new.items() if code not in old}
    difference = Difference(renamed=[
        (old[code], line) for code, line in new.items() if code in old and old[code].name != line.name
    ])
    gone_names, come_names = _alone(gone.values()), _alone(come.values())
    for name, line in come_names.items():
        if name in gone_names:
            difference.moved.append((gone.pop(gone_names[name].code), come.pop(line.code)))
    difference.added, difference.retired = list(come.values()), list(gone.values())
    return difference


def _alone(lines: Iterable[Line]) -> dict[str, Line]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.name, []).append(line)
    return {name: same[0] for name, same in found.items() if len(same) == 1}


def unexplained(own: Iterable[Line], above: Iterable[Line]) -> list[Line]:
    """Leaves that the list above does not have under this code and name, and that give no reason (R102-16, X-03)."""
    known = {(line.code, line.name) for line in above if not line.retired}
    return [
        line for line in own
        if line.is_leaf and not line.retired and not line.deviation and (line.code, line.name) not in known
    ]


def start_of(day: date) -> datetime:
    """00:00 of a day in Asia/Shanghai."""
    return datetime.combine(day, time(), SHANGHAI)
