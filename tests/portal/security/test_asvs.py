"""The account of ASVS 5.0.0 is whole: every requirement of level 1 and 2 once, and the tests it names are there."""
from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEXT = (ROOT / "docs/security/asvs.md").read_text()
ROW = re.compile(r"^\| (V[\d.]+) \| (\d) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
ROWS = ROW.findall(TEXT)
STATES = ("met", "partly", "not met", "operator", "n/a")

#: Section → the levels of its requirements of level 1 and 2, in order: V1.2 has five of level 1 and four of level 2.
SECTIONS = {
    "V1.1": "22", "V1.2": "111112222", "V1.3": "11222222222", "V1.4": "222", "V1.5": "12", "V2.1": "122", "V2.2": "112",
    "V2.3": "1222", "V2.4": "2", "V3.2": "11", "V3.3": "1222", "V3.4": "112222", "V3.5": "11122", "V3.7": "22", "V4.1": "122",
    "V4.2": "2", "V4.3": "22", "V4.4": "1222", "V5.1": "2", "V5.2": "112", "V5.3": "11", "V5.4": "222", "V6.1": "122",
    "V6.2": "111111112222", "V6.3": "1122", "V6.4": "1122", "V6.5": "22222", "V6.6": "222", "V6.8": "2222", "V7.1": "222",
    "V7.2": "1111", "V7.3": "22", "V7.4": "11222", "V7.5": "22", "V7.6": "22", "V8.1": "12", "V8.2": "112", "V8.3": "1", "V8.4": "2",
    "V9.1": "111", "V9.2": "1222", "V10.1": "22", "V10.2": "22", "V10.3": "2222", "V10.4": "11111222222", "V10.5": "22222",
    "V10.6": "22", "V10.7": "222", "V11.1": "22", "V11.2": "222", "V11.3": "112", "V11.4": "1222", "V11.5": "2", "V11.6": "2",
    "V12.1": "122", "V12.2": "11", "V12.3": "2222", "V13.1": "2", "V13.2": "22222", "V13.3": "22", "V13.4": "12222", "V14.1": "22",
    "V14.2": "1222", "V14.3": "122", "V15.1": "122", "V15.2": "122", "V15.3": "1222222", "V16.1": "2", "V16.2": "22222",
    "V16.3": "2222", "V16.4": "222", "V16.5": "222", "V17.1": "2", "V17.2": "2222", "V17.3": "22",
}  # fmt: skip


def test_every_requirement_stands_there_once_with_its_level():
    wanted = [(f"{section}.{number}", level) for section, levels in SECTIONS.items() for number, level in enumerate(levels, 1)]
    assert [(number, level) for number, level, *_rest in ROWS] == wanted
    assert len(wanted) == 253


@pytest.mark.parametrize(("number", "_level", "state", "how", "shown"), ROWS, ids=[row[0] for row in ROWS])
def test_each_says_how_or_why_not_and_names_tests_that_are_there(number, _level, state, how, shown):
    assert state in STATES
    assert len(how.strip()) > 4
    for path in re.findall(r"`([^`]+)`", shown):
        assert (ROOT / path).is_file(), path
        assert "def test_" in (ROOT / path).read_text(), path


def test_the_sums_are_right():
    counted = Counter(state for _number, _level, state, _how, _shown in ROWS)
    for state in STATES:
        assert f"| {state} | {counted[state]} |" in TEXT
