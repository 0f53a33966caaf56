"""docs/coverage.md names every system of the reference once, with tests and rules that exist."""
from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from portal.rules.register import rule

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in (ROOT / "docs/coverage.md").read_text("utf-8").splitlines() if line.startswith("| S-")
]  # fmt: skip
SYSTEMS = [f"S-{number:02d}" for number in range(1, 217)]


def test_every_system_of_the_reference_has_its_row():
    assert [row[0] for row in ROWS] == SYSTEMS
    assert all(len(row) == 5 and row[1] for row in ROWS)


def test_the_count_at_the_top_is_that_of_the_rows():
    done = sum("not yet" not in row[3] for row in ROWS)
    assert f"{done} of {len(ROWS)} systems stand." in (ROOT / "docs/coverage.md").read_text("utf-8")


@pytest.mark.parametrize("row", [row for row in ROWS if row[3] != "not yet"], ids=lambda row: row[0])
def test_what_stands_names_its_page_its_test_and_its_rules(row):
    _system, _name, page, tests, rules = row
    assert page.startswith("`/")
    named = re.findall(r"`tests/([^`:]+)::(\w+)`", tests)
    assert named
    for path, name in named:
        tree = ast.parse((ROOT / "tests" / path).read_text("utf-8"))
        assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, f"{path} has no {name}"
    for each in rules.split(", ") if rules != "–" else ():
        assert rule(each)
