"""/healthz and /readyz say which part of the portal does not answer, and nothing more."""
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from portal import health
from portal.workflow import tasks
from portal.workflow.models import Heartbeat

pytestmark = pytest.mark.django_db


def beaten(name: str, ago: timedelta = timedelta()) -> None:
    Heartbeat.objects.update_or_create(pk=name, defaults={"beaten_at": timezone.now() - ago})


def test_the_web_process_says_that_it_lives_without_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_ready_only_when_every_part_answers(client):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "database": "ok", "broker": "ok", "worker": "no sign of life yet", "beat": "no sign of life yet",
    }  # fmt: skip
    beaten("worker")
    beaten("beat")
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert set(answer.json().values()) == {"ok"}


@pytest.mark.parametrize("silent", ["worker", "beat"])
def test_a_process_that_fell_silent_is_named(client, silent):
    beaten("worker")
    beaten("beat")
    beaten(silent, ago=health.ALIVE_WITHIN + timedelta(seconds=5))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert [name for name, state in answer.json().items() if state != "ok"] == [silent]
    assert answer.json()[silent].startswith("silent for 12")


def test_the_task_that_beat_sends_is_the_workers_sign_of_life():
    assert health.worker() != "ok"
    tasks.beat_heartbeat()
    assert health.worker() == "ok"


def test_a_database_that_does_not_answer_is_named(client, monkeypatch):
    def broken(*arguments, **options):
        raise DatabaseError

    monkeypatch.setattr(health.connection, "cursor", broken)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "does not answer"
    assert answer.json()["worker"] == "unknown without the database"


def test_a_broker_that_does_not_answer_is_named(settings, tmp_path):
    from script.children import free_port

    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert health.broker() == "does not answer"
    settings.REDIS_URL = ""
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": str(tmp_path)}
    assert health.broker() == "ok"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": str(tmp_path / "gone")}
    assert health.broker() == "its folder cannot be written"


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_takes_what_beat_sends_and_both_are_seen(client, celery_worker):
    from time import monotonic, sleep

    from portal.celery import app

    app.send_task("portal.workflow.tasks.beat_heartbeat")
    deadline = monotonic() + 20
    while client.get("/readyz").status_code != 200:
        assert monotonic() < deadline, client.get("/readyz").json()
        sleep(0.1)
