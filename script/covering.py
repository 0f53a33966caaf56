"""Whether docs/coverage.md tells the truth: each named test is run and each row gets the worst of its own. Run by `script/covered`."""
from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from script.children import PYTHON, ROOT

COVERAGE = ROOT / "docs" / "coverage.md"
NAMED = re.compile(r"`(tests/[^`:]+\.py)::(\w+)`")
BAD = ("failure", "error", "skipped")  # a test that is skipped proves nothing


@dataclass(frozen=True, slots=True)
class Row:
    """One system of the reference and the tests, file and name, that it rests on; none where it does not stand yet."""

    system: str
    name: str
    tests: tuple[tuple[str, str], ...]


def rows(text: str, wanted: Iterable[str] = ()) -> list[Row]:
    """The rows of the table; of `wanted` systems only, where some are named. Raises KeyError for one that has no row."""
    found = {}
    for line in text.splitlines():
        if line.startswith("| S-"):
            system, name, _page, tests, _rules = (cell.strip() for cell in line.strip("|").split("|"))
            found[system] = Row(system, name, tuple(NAMED.findall(tests)))
    return [found[system] for system in wanted] if wanted else [row for row in found.values() if row.tests]


def outcomes(report: str) -> dict[tuple[str, str], bool]:
    """From pytest's JUnit report: file and function → all of its cases ran and passed."""
    passed: dict[tuple[str, str], bool] = {}
    for case in ElementTree.fromstring(report).iter("testcase"):
        key = case.get("classname", "").replace(".", "/") + ".py", case.get("name", "").partition("[")[0]
        passed[key] = passed.get(key, True) and not any(case.find(kind) is not None for kind in BAD)
    return passed


def verdicts(found: list[Row], passed: dict[tuple[str, str], bool]) -> list[tuple[Row, str]]:
    """Of each row "" where it holds, else what is wrong with it."""
    return [(row, wrong(row, passed)) for row in found]


def wrong(row: Row, passed: dict[tuple[str, str], bool]) -> str:
    if not row.tests:
        return "does not stand yet"
    bad = [f"{path}::{name} " + ("did not run" if (path, name) not in passed else "failed")
           for path, name in row.tests if not passed.get((path, name))]  # fmt: skip
    return ", ".join(bad)


def main() -> int:
    found = rows(COVERAGE.read_text("utf-8"), sys.argv[1:])
    files = sorted({path for row in found for path, _name in row.tests})
    names = {name for row in found for _path, name in row.tests}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [PYTHON, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", f"--junitxml={report}",
                   "-k", " or ".join(sorted(names)), *files]  # fmt: skip
        subprocess.run(command, cwd=ROOT, check=False)
        passed = outcomes(report.read_text("utf-8"))
    told = verdicts(found, passed)
    for row, fault in told:
        print(f"{'✗' if fault else '✓'} {row.system} {row.name}{': ' + fault if fault else ''}")
    print(f"{sum(not fault for _row, fault in told)} of {len(told)} systems hold")
    return 1 if any(fault for _row, fault in told) else 0


if __name__ == "__main__":
    sys.exit(main())
