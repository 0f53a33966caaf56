"""`script/covered` says of each system whether its tests exist, ran and passed; a skipped test proves nothing."""
import pytest

from script.covering import outcomes, rows, verdicts

TABLE = """
| id | system | page | test | rules |
|---|---|---|---|---|
| S-01 | 一体化 | `/projects/` | `tests/a/test_one.py::test_good`, `tests/a/test_two.py::test_bad` | S-01 |
| S-02 | 九项 | – | not yet | – |
| S-03 | 主体 | `/plans/` | `tests/a/test_one.py::test_good` | R-010 |
| S-04 | 承接 | `/suppliers/` | `tests/a/test_one.py::test_gone`, `tests/a/test_one.py::test_skipped` | S-04 |
"""
REPORT = """<testsuites><testsuite>
<testcase classname="tests.a.test_one" name="test_good[x]"/><testcase classname="tests.a.test_one" name="test_good[y]"/>
<testcase classname="tests.a.test_two" name="test_bad[x]"/><testcase classname="tests.a.test_two" name="test_bad[y]"><failure/></testcase>
<testcase classname="tests.a.test_one" name="test_skipped"><skipped/></testcase>
</testsuite></testsuites>"""


def test_a_row_holds_when_all_cases_of_all_its_tests_passed():
    told = {row.system: fault for row, fault in verdicts(rows(TABLE), outcomes(REPORT))}
    assert told == {
        "S-01": "tests/a/test_two.py::test_bad failed", "S-03": "",
        "S-04": "tests/a/test_one.py::test_gone did not run, tests/a/test_one.py::test_skipped failed",
    }


def test_a_named_system_that_does_not_stand_is_said_to():
    assert [fault for _row, fault in verdicts(rows(TABLE, ["S-02"]), {})] == ["does not stand yet"]
    with pytest.raises(KeyError):
        rows(TABLE, ["S-99"])
