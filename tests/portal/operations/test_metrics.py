"""/metrics tells machines how the portal does; who may not read it finds nothing there."""
from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from portal.accounts.actor import system_actor
from portal.audit.models import Chain
from portal.audit.record import append, note, seal
from portal.operations import metrics

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-more-than-twenty-letters"


@pytest.fixture
def read(client, settings):
    settings.METRICS_TOKEN = TOKEN

    def numbers() -> dict[str, float]:
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        lines = [text.rsplit(" ", 1) for text in answer.content.decode().splitlines() if text and not text.startswith("#")]
        return {name: float(value) for name, value in lines}

    return numbers


def test_it_is_not_there_for_whom_it_is_not_meant(client, settings):
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer 错"}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_an_address_counts_only_where_no_proxy_stands_between(client, settings):
    settings.METRICS_ADDRESSES = ["10.1.0.0/16"]
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="10.2.2.3").status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3", headers={"X-Forwarded-For": "9.9.9.9"}).status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="").status_code == 404


def test_requests_are_counted_by_view_and_status(read, client):
    name = 'portal_request_seconds_count{method="GET",status="200",view="notices:list"}'
    before = read().get(name, 0)
    client.get("/notices/")
    client.get("/notices/?q=x")
    found = read()
    assert found[name] == before + 2
    assert found['portal_request_seconds_bucket{le="30.0",method="GET",status="200",view="notices:list"}'] == before + 2


def test_the_state_of_the_portal(read, settings, tmp_path):
    from portal.accounts.demo import load_people
    from portal.notifications.models import Message

    user = load_people()["buyer"]
    late = timezone.now() - timedelta(minutes=5)
    for attempts in (0, 1, 5):
        Message.objects.create(user=user, event="plans.plan/draft", created_at=late, try_at=late, attempts=attempts)
    note(actor=system_actor(), what="something")
    seal()
    note(actor=system_actor(), what="something", project_id=7)
    found = read()
    assert found["portal_outbox_waiting"] == 2
    assert found["portal_outbox_failed"] == 1
    assert 290 < found["portal_outbox_late_seconds"] < 400
    assert (found["portal_record_chains"], found["portal_record_entries"], found["portal_record_unsealed"]) == (2, 2, 1)
    assert found['portal_report_jobs{state="QUEUED"}'] == 0
    assert found["portal_clocks_overdue"] == found["portal_clocks_late"] == 0
    assert found["portal_queue_length"] >= 0


def test_nothing_tells_how_many_bids_there_are(read):
    append(chain_key="sealed:1", actor=system_actor(), lifecycle="note", subject="1", subject_label="", transition="noted")
    assert Chain.objects.get(pk="sealed:1").withheld
    assert read()["portal_record_chains"] == 0


def test_a_broker_that_does_not_answer_is_no_number(settings):
    from script.children import free_port

    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert metrics.queue_length() != metrics.queue_length()  # NaN


def test_the_queue_of_the_embedded_broker_is_its_files(settings, tmp_path):
    settings.REDIS_URL = ""
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": str(tmp_path)}
    (tmp_path / "1.msg").touch()
    assert metrics.queue_length() == 1


def test_names_follow_the_custom(read):
    for name in read():
        assert re.match(r"portal_[a-z_]+(\{|$)", name), name
