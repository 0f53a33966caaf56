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
    details: tuple[str, ...] = ()  # what else it says: item code, note, guide price, cost factors, indicators
    depth: int = 1


KINDS = ("added", "retired", "renamed", "moved", "changed")


@dataclass(slots=True)
class Difference:
    """What a version changes against another (S-07). `renamed`, `moved`, `changed`: (before, after)."""

    added: list[Line] = field(default_factory=list)
    retired: list[Line] = field(default_factory=list)
    renamed: list[tuple[Line, Line]] = field(default_factory=list)
    moved: list[tuple[Line, Line]] = field(default_factory=list)
    changed: list[tuple[Line, Line]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        return {name: len(getattr(self, name)) for name in KINDS}

    def __bool__(self) -> bool:
        return any(self.counts.values())


def compare(before: Iterable[Line], after: Iterable[Line]) -> Difference:
    """Lines added, retired (gone or marked so), renamed (same code), moved (same name, alone on both sides) and changed (the rest)."""
    old = {line.code: line for line in before if not line.retired}
    new = {line.code: line for line in after if not line.retired}
    gone = {code: line for code, line in old.items() if code not in new}
    come = {code: line for code, line in new.items() if code not in old}
    difference = Difference(renamed=[
        (old[code], line) for code, line in new.items() if code in old and old[code].name != line.name
    ])
    difference.changed = [
        (old[code], line) for code, line in new.items()
        if code in old and old[code].name == line.name and old[code].details != line.details
    ]
    gone_names, come_names = _alone(gone.values()), _alone(come.values())
    for name, line in come_names.items():
        if name in gone_names:
            difference.moved.append((gone.pop(gone_names[name].code), come.pop(line.code)))
    difference.added, difference.retired = list(come.values()), list(gone.values())
    return difference


@dataclass(frozen=True, slots=True)
class Pair:
    """One row of two lists side by side; `kind` is one of KINDS, or "" where nothing differs."""

    before: Line | None
    after: Line | None
    kind: str


def side_by_side(before: Iterable[Line], after: Iterable[Line]) -> list[Pair]:
    """Both lists in one: in the order of the later, what is gone behind the line that stood before it."""
    before = [line for line in before if not line.retired]
    after = [line for line in after if not line.retired]
    difference = compare(before, after)
    met = {line.code: (earlier, kind) for kind in ("renamed", "moved", "changed") for earlier, line in getattr(difference, kind)}
    met |= {line.code: (None, "added") for line in difference.added}
    same = {line.code: line for line in before}
    pairs = [Pair(*_first_and_kind(line, met, same)) for line in after]
    place = {pair.before.code: number for number, pair in enumerate(pairs) if pair.before}
    gone: dict[int, list[Line]] = {}
    last = -1
    for line in before:
        last = place.get(line.code, last)
        if line.code not in place:
            gone.setdefault(last, []).append(line)
    found = [Pair(line, None, "retired") for line in gone.get(-1, ())]
    for number, pair in enumerate(pairs):
        found += [pair, *(Pair(line, None, "retired") for line in gone.get(number, ()))]
    return found


def _first_and_kind(line: Line, met: dict, same: dict[str, Line]) -> tuple[Line | None, Line, str]:
    if line.code in met:
        earlier, kind = met[line.code]
        return earlier, line, kind
    return same[line.code], line, ""


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
