"""A line of the log says what happened and under which number, and nothing that somebody typed."""
from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator

import pytest
from django.test import Client

from portal.accounts.actor import system_actor
from portal.logs import JsonFormatter, LineFormatter, numbered, request_number
from tests.factories.logs import Written, portal_log

NUMBER = "0123456789abcdef" * 2


def line(record: logging.LogRecord) -> dict:
    return json.loads(JsonFormatter().format(record))


def record(name: str, message: str, *args, exc_info=None, **extra) -> logging.LogRecord:
    return logging.getLogger(name).makeRecord(name, logging.INFO, "f.py", 1, message, args, exc_info, extra=extra)


@pytest.fixture
def written() -> Iterator[Written]:
    with portal_log() as log:
        yield log


def test_a_line_is_one_json_object_with_the_number_of_its_request():
    with numbered(NUMBER):
        found = line(record("portal.x", "moved %s", 7, status=200, secret="x"))
    assert found["message"] == "moved 7"
    assert found["request_id"] == NUMBER
    assert found["status"] == 200
    assert "secret" not in found
    assert line(record("portal.x", "a\nb"))["message"] == "a\nb"


def test_what_libraries_say_is_told_without_its_values():
    found = line(record("django.request", "Not Found: %s", "/reset/MjM/secret-token/"))
    assert found["message"] == "Not Found: %s"


def test_a_fault_is_told_by_kind_and_place_without_its_words():
    def fails():
        try:
            raise ValueError("陈思远 13800000000")
        except ValueError as reason:
            raise KeyError("918273.45") from reason

    try:
        fails()
    except KeyError:
        made = record("portal.x", "broken", exc_info=sys.exc_info())
    for text in (JsonFormatter().format(made), LineFormatter().format(made)):
        assert "陈思远" not in text
        assert "918273.45" not in text
        assert "builtins.KeyError" in text
        assert "test_logs.py" in text


def test_a_number_that_is_none_of_ours_is_not_taken():
    for given in ("", "x" * 32, "../../etc", NUMBER.upper()):
        with numbered(given) as number:
            assert number != given
            assert request_number() == number
    assert request_number() == ""


def test_what_the_system_does_carries_the_number():
    with numbered(NUMBER):
        assert system_actor().request_id == NUMBER


@pytest.mark.django_db
def test_each_request_leaves_one_line_without_what_was_asked_for(client: Client, written):
    answer = client.get("/notices/?q=陈思远")
    client.get("/verify/abcdef0123456789/")
    client.get("/no/such/陈思远/")
    client.get("/healthz")
    lines = [row for row in written.lines if row["logger"] == "portal.access"]
    assert [row["status"] for row in lines] == [200, 200, 404]
    assert lines[0]["request_id"] == answer["X-Request-Id"]
    assert lines[0]["route"] == "notices/"
    assert lines[0]["milliseconds"] > 0
    assert "陈思远" not in json.dumps(written.lines, ensure_ascii=False)
    assert "abcdef0123456789" not in json.dumps(written.lines)


@pytest.mark.django_db
def test_a_broken_page_is_found_by_the_number_the_reader_was_given(written, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("陈思远")

    monkeypatch.setattr("portal.notices.views.render", broken)
    client = Client(raise_request_exception=False)
    answer = client.get("/notices/")
    assert answer.status_code == 500
    found = [row for row in written.lines if row["request_id"] == answer["X-Request-Id"]]
    assert {row["logger"] for row in found} == {"django.request", "portal.access"}
    assert any(row.get("error") == "builtins.RuntimeError" for row in found)
    assert "陈思远" not in json.dumps(found, ensure_ascii=False)


@pytest.mark.django_db(transaction=True)
def test_a_task_carries_the_number_of_the_request_that_queued_it(celery_worker):
    from time import monotonic, sleep

    from portal.celery import app
    from tests.conftest import VAR

    log = VAR / "log" / "worker.log"
    with numbered() as number:
        app.send_task("portal.reports.tasks.run_job", args=["陈思远"])  # no such job: the task breaks, and says so
    deadline = monotonic() + 30
    ended: list[dict] = []
    while not ended:  # the task's own line is its last
        assert monotonic() < deadline, log.read_text()[-2000:]
        sleep(0.1)
        lines = [json.loads(text) for text in log.read_text().splitlines(keepends=True) if number in text and text.endswith("\n")]
        ended = [row for row in lines if row["logger"] == "portal.tasks"]
    assert ended[0]["outcome"] == "failure"
    assert "陈思远" not in log.read_text()
