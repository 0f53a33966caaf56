"""Who is told what: resolved from the table, written with the act, sent after it, tried a bounded number of times."""
from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portal import clock
from portal.accounts.models import Membership
from portal.accounts.roles import Role
from portal.notifications import delivery, events
from portal.notifications.events import TransitionEvent, event, people
from portal.notifications.inbox import mark_read, unread_count
from portal.notifications.models import Message
from portal.notifications.tasks import deliver_outbox
from portal.reports.models import ReportJob
from portal.reports.workflow import REPORT_JOB
from portal.workflow import Who, perform
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    monkeypatch.setattr("portal.reports.workflow.send", lambda job_id: None)
    monkeypatch.setattr(events, "_events", dict(events._events))


def failed_job(username: str = "buyer") -> ReportJob:
    """An act that tells its requester and the administrator: the simplest one there is."""
    job = perform(ReportJob(), "queue", actor=actor(username), kind="record", parameters={})
    perform(job, "run", actor=actor_system())
    return perform(job, "fail", actor=actor_system(), attempt=1, error="出错了")


def actor_system():
    from portal.accounts.actor import system_actor

    return system_actor()


def names(tells, subject) -> set[str]:
    return set(people(tells, subject).values_list("username", flat=True))


def test_people_are_found_by_role_and_place():
    head = actor("head")
    subject = SimpleNamespace(
        agency=head.organisation, plan=SimpleNamespace(agency=head.organisation), member=SimpleNamespace(user=actor("expert_3").user),
        nothing=None,
    )
    assert names([Who(Role.HEAD, at="agency")], subject) == {"head"}
    assert names([Who(Role.HEAD, at="plan__agency")], subject) == {"head"}
    assert names([Who(Role.FINANCE_OFFICER, region="agency__region")], subject) == {"finance_officer"}  # not of 红山区
    assert names([Who(Role.EXPERT, person="member__user")], subject) == {"expert_3"}
    assert names([Who(Role.ADMINISTRATOR)], subject) == {"administrator"}
    assert names([Who(Role.HEAD, at="nothing")], subject) == set()
    assert names([Who(Role.HEAD, at="agency"), Who(Role.AUDITOR, region="agency__region")], subject) == {"head", "auditor"}
    assert names([], subject) == set()


def test_who_left_is_not_told():
    head = actor("head")
    Membership.objects.filter(user=head.user).update(ends_at=timezone.now() - timedelta(days=1))
    assert names([Who(Role.HEAD, at="agency")], SimpleNamespace(agency=head.organisation)) == set()


def test_a_row_that_tells_writes_one_message_a_reader():
    job = failed_job()
    assert set(Message.objects.values_list("user__username", flat=True)) == {"buyer", "administrator"}
    message = Message.objects.get(user=actor("buyer").user)
    assert message.event == "reports.job/fail"
    assert message.title == f"生成失败：{job}"
    assert "系统于" in message.body
    assert message.link == job.get_absolute_url()
    assert "生成失败" not in str(message.values)  # the label is read from the table, never stored


def test_the_one_who_acts_is_not_told(monkeypatch):
    job = perform(ReportJob(), "queue", actor=actor("buyer"), kind="record", parameters={})
    monkeypatch.setitem(REPORT_JOB._by_name, "cancel", _with(REPORT_JOB["cancel"], tells=[Who(Role.OFFICER, person="requested_by")]))
    perform(job, "cancel", actor=actor("buyer"))
    assert not Message.objects.exists()


def _with(row, **changes):
    from dataclasses import replace

    return replace(row, **changes)


def test_no_act_no_message():
    with transaction.atomic():
        failed_job()
        transaction.set_rollback(True)
    assert not Message.objects.exists()


def test_in_history_nobody_is_told():
    with clock.history(clock.now() - timedelta(days=400)):
        failed_job()
    assert not Message.objects.exists()


def test_an_event_may_have_words_and_readers_of_its_own():
    @event("reports.job", "cancel")
    class Cancelled(TransitionEvent):
        heading = "不做了：%(thing)s"
        text = "共 %(count)s 条"

        def recipients(self, row, subject, act):
            return people([Who(Role.AUDITOR)], subject)

        def values(self, row, subject, entry, act):
            return {**super().values(row, subject, entry, act), "count": 3}

        def link(self, subject):
            return "/reports/"

    job = perform(ReportJob(), "queue", actor=actor("buyer"), kind="record", parameters={})
    perform(job, "cancel", actor=actor("buyer"))
    told = Message.objects.get(user=actor("auditor").user)
    assert (told.title, told.body, told.link) == (f"不做了：{job}", "共 3 条", "/reports/")


def test_mail_goes_out_after_commit_once(django_capture_on_commit_callbacks, settings, monkeypatch):
    called = []
    monkeypatch.setattr(events, "_deliver", lambda: called.append(1))
    with django_capture_on_commit_callbacks() as callbacks:
        failed_job()
    assert not mail.outbox
    assert callbacks
    deliver_outbox()
    deliver_outbox()
    assert sorted(message.to[0] for message in mail.outbox) == ["administrator@demo.invalid", "buyer@demo.invalid"]
    assert mail.outbox[0].subject.startswith(f"[{settings.JURISDICTION}] 生成失败")
    assert f"{settings.PUBLIC_URL}/reports/" in mail.outbox[0].body
    assert not Message.objects.filter(sent_at=None).exists()


def test_who_has_no_address_gets_no_mail_but_the_message():
    type(actor("buyer").user).objects.filter(username="buyer").update(email="")
    failed_job()
    deliver_outbox()
    assert [message.to[0] for message in mail.outbox] == ["administrator@demo.invalid"]
    assert unread_count(actor("buyer")) == 1


class Broken(BaseEmailBackend):
    """A server that takes the connection and then goes away."""

    def send_messages(self, messages):
        raise ConnectionRefusedError


class Away(Broken):
    """A server that does not take the connection."""

    def open(self):
        raise ConnectionRefusedError


@pytest.mark.parametrize("backend", ["Broken", "Away"])
def test_a_mail_server_that_is_away_is_tried_a_bounded_number_of_times(settings, backend):
    failed_job()
    settings.EMAIL_BACKEND = f"tests.portal.notifications.test_notifications.{backend}"
    for attempt in range(1, delivery.ATTEMPTS + 3):
        deliver_outbox()
        deliver_outbox()  # not again before its time
        assert set(Message.objects.values_list("attempts", flat=True)) == {min(attempt, delivery.ATTEMPTS)}
        Message.objects.update(try_at=timezone.now())
    assert Message.objects.filter(sent_at=None).count() == 2


def test_reading_is_marked_by_a_press_never_by_looking(client):
    failed_job()
    client.force_login(actor("buyer").user)
    page = client.get(reverse("notifications:inbox"))
    assert page.status_code == 200
    assert "生成失败" in page.content.decode()
    assert unread_count(actor("buyer")) == 1
    message = Message.objects.get(user=actor("buyer").user)
    opened = client.post(reverse("notifications:read"), {"id": message.pk, "open": "1"})
    assert opened.url == message.link
    assert unread_count(actor("buyer")) == 0
    assert "没有消息" in client.get(reverse("notifications:inbox"), {"unread": "1"}).content.decode()


def test_nobody_marks_what_is_anothers(client):
    failed_job()
    others = Message.objects.get(user=actor("administrator").user)
    client.force_login(actor("buyer").user)
    for wrong in (others.pk, "", "x", "9" * 30, "²"):
        assert client.post(reverse("notifications:read"), {"id": wrong}).status_code == 404
    assert mark_read(actor=actor("buyer"), message_ids=[others.pk]) == 0
    assert client.post(reverse("notifications:read"), {"all": "1"}).status_code == 302
    assert unread_count(actor("administrator")) == 1
    assert unread_count(actor("buyer")) == 0


def test_the_inbox_costs_the_same_for_many(client, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    failed_job()
    client.force_login(actor("buyer").user)
    client.get(reverse("notifications:inbox"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("notifications:inbox"))
    for _turn in range(30):
        failed_job()
    with django_assert_num_queries(len(few)):
        page = client.get(reverse("notifications:inbox"))
    assert len(page.context["page"].object_list) == 25


def test_programs_read_their_inbox_too(client):
    failed_job()
    client.force_login(actor("buyer").user)
    listed = client.get("/api/v1/inbox/").json()["results"]
    assert [item["event"] for item in listed] == ["reports.job/fail"]
    assert client.post(f"/api/v1/inbox/{listed[0]['id']}/read/").json() == {"marked": 1}
    assert client.post("/api/v1/inbox/read/").json() == {"marked": 0}
    others = Message.objects.get(user=actor("administrator").user)
    assert client.get(f"/api/v1/inbox/{others.pk}/").status_code == 404
