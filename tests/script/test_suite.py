"""script/test says in its last line what came of it, fails on any failure, and passes over nothing."""
import re

import pytest

from script import suite as module
from script.children import CannotStart
from script.suite import Result, Suite


@pytest.fixture
def suite():
    made = Suite(["--fast"])
    yield made
    made.close()


def last_line(capsys) -> str:
    return capsys.readouterr().out.splitlines()[-1]


def test_the_last_line_adds_up_and_a_failure_fails_the_whole(suite, capsys):
    suite.results = [Result("style", 1, 0, 0.1), Result("tests", 41, 0, 2.0)]
    assert suite.summary()
    assert last_line(capsys) == "42 passed, 0 failed"
    suite.results.append(Result("walkthrough", 0, 1, 9.0))
    assert not suite.summary()
    assert last_line(capsys) == "42 passed, 1 failed"


def test_a_check_passes_or_fails_by_its_exit_code(suite):
    suite.command("good", "-c", "pass")
    suite.command("bad", "-c", "raise SystemExit(2)")
    assert [(result.passed, result.failed) for result in suite.results] == [(1, 0), (0, 1)]


@pytest.mark.parametrize(("body", "passed", "failed", "note"), [
    ("def test_one(): pass\ndef test_two(): pass", 2, 0, ""),
    ("def test_one(): pass\ndef test_two(): assert False", 1, 1, ""),
    ("import pytest\ndef test_one(): pytest.skip('not today')", 0, 1, "skipped"),
    ("import pytest\n@pytest.fixture\ndef broken(): raise OSError\ndef test_one(broken): pass", 0, 1, ""),
    ("import nothing_of_this_name", 0, 1, ""),
    ("", 0, 1, "pytest ended with 5"),
])  # fmt: skip
def test_a_test_run_is_counted_and_a_skipped_test_counts_as_failed(suite, tmp_path, body, passed, failed, note):
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_sample.py").write_text(body)
    suite.tests("sample", {}, where=str(tmp_path), how=("-n", "0"))
    result = suite.results[0]
    assert (result.passed, result.failed) == (passed, failed)
    assert note in result.note


def test_a_service_that_cannot_be_had_fails_with_one_line(suite, capsys, monkeypatch):
    def no_service():
        raise CannotStart("PostgreSQL cannot be had: no server is installed (initdb is missing).")

    monkeypatch.setattr(module, "postgresql", no_service)
    suite.tests_on_services()
    assert not suite.summary()
    assert len(re.findall("PostgreSQL cannot be had", capsys.readouterr().out)) == 1


def test_what_a_developer_has_set_for_himself_does_not_reach_the_tests(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://mine/portal")
    monkeypatch.setenv("PORTAL_DEMO", "1")
    made = Suite([])
    assert "DATABASE_URL" not in made.env
    assert "PORTAL_DEMO" not in made.env
    assert made.env["PORTAL_VAR"] == str(made.scratch / "var")
    made.close()
    assert not made.scratch.exists()
