"""Which rows of the tables were performed, and which refusals were spoken, over a whole run.

With ROWS_SEEN naming a folder every test process leaves there what it saw. Afterwards, for one or several runs,

    python -m tests.plugins.rows FOLDER

fails when a row of a table was never performed or a `refuse(…)` of the source never spoke, and names each. Refusals are
known by the place they are written at, so that a sentence put together from a table counts as what it is: one place.
A rule of planning that was refused must have been refused while a test ran that names it (tests/test_rules_named.py).
"""
from __future__ import annotations

import ast
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ("portal", "catalogue", "procurement", "evaluation")


@dataclass
class Seen:
    """Rows as "lifecycle row", refusals as "file:line", what they said as "rule msgid" and to whom as "rule test"."""

    rows: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    sentences: set[str] = field(default_factory=set)
    heard: set[str] = field(default_factory=set)

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        content = {name: sorted(getattr(self, name)) for name in ("rows", "places", "sentences", "heard")}
        (folder / f"{os.getpid()}-{id(self)}.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")

    @classmethod
    def read(cls, folder: Path) -> Seen:
        found = cls()
        for path in folder.glob("*.json"):
            for name, values in json.loads(path.read_text("utf-8")).items():
                getattr(found, name).update(values)
        return found


# --- watching --------------------------------------------------------------------------------------------------------


def pytest_sessionstart(session) -> None:
    folder = os.environ.get("ROWS_SEEN")
    if folder and not hasattr(session.config, "workerinput") and session.config.getoption("numprocesses", None):
        return  # the process that only hands out tests
    if folder:
        session.config.rows_seen = watch()


def pytest_sessionfinish(session) -> None:
    seen = getattr(session.config, "rows_seen", None)
    if seen is not None:
        seen.write(Path(os.environ["ROWS_SEEN"]))


def watch() -> Seen:
    """Listen at the one door and where refusals are made."""
    from portal.workflow import engine, refusals

    seen = Seen()
    perform, make = engine._perform, refusals.refuse
    init = refusals.Refusal.__init__

    def performed(obj, row, *rest):
        done = perform(obj, row, *rest)
        seen.rows.add(f"{engine.lifecycle_of(done).code} {row.name}")
        return done

    def spoken(self, *given, **named):
        init(self, *given, **named)
        frame = sys._getframe(1)
        while frame.f_code is make.__code__:
            frame = frame.f_back
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(ROOT):
            seen.places.add(f"{path.relative_to(ROOT)}:{frame.f_lineno}")
        seen.sentences.add(f"{self.rule} {msgid(self.text)}")
        seen.heard.add(f"{self.rule} {running_test()}")

    engine._perform = performed
    refusals.Refusal.__init__ = spoken
    return seen


def running_test() -> str:
    """ "tests/….py::test_name" of the test that runs, without its parameters."""
    return os.environ.get("PYTEST_CURRENT_TEST", "").partition(" ")[0].partition("[")[0]


def msgid(text) -> str:
    """The untranslated sentence of a lazy message."""
    given = getattr(text, "_args", None)
    return str(given[0]) if given else str(text)


# --- comparing -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Place:
    """One `refuse(…)` in the source."""

    path: str
    first: int
    last: int
    words: str

    def was_reached(self, places: set[str]) -> bool:
        return any(f"{self.path}:{line}" in places for line in range(self.first, self.last + 1))


def refusals_in_source() -> Iterator[Place]:
    for folder in HOUSE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "refuse":
                    yield Place(str(path.relative_to(ROOT)), node.lineno, node.end_lineno, " ".join(ast.unparse(a) for a in node.args))


def named_in_vain(heard: set[str]) -> list[str]:
    """Rules of planning that were refused, but never while a test ran that names them."""
    from portal.rules.citing import citations
    from tests.test_rules_named import held_to

    spoken: dict[str, set[str]] = {}
    for each in heard:
        rule, _space, test = each.partition(" ")
        spoken.setdefault(rule, set()).add(test)
    return [rule for rule in held_to() if rule in spoken and not spoken[rule] & set(citations()[rule].tests)]


def rows_of_tables() -> set[str]:
    from portal.workflow import all_lifecycles

    return {f"{cycle.code} {row.name}" for cycle in all_lifecycles() for row in cycle.rows}


def main(folder: str) -> int:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    seen, rows, places = Seen.read(Path(folder)), rows_of_tables(), list(refusals_in_source())
    idle = sorted(rows - seen.rows)
    silent = [place for place in places if not place.was_reached(seen.places)]
    print(f"rows of tables performed: {len(rows) - len(idle)} of {len(rows)}")  # noqa: T201
    print(f"refusals spoken: {len(places) - len(silent)} of {len(places)} places, {len(seen.sentences)} sentences")  # noqa: T201
    missing = [f"row {row}" for row in idle] + [f"refusal {place.path}:{place.first} {place.words}" for place in sorted(silent)]
    missing += [f"heard by a test that names it: {rule}" for rule in named_in_vain(seen.heard)]
    for line in missing:
        print(f"  NEVER {line}")  # noqa: T201
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
