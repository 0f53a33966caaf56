"""What failed behind the pages can be seen and started again; mail that was given up is sent again (L14.3)."""
from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from portal.accounts.actor import system_actor
from portal.administration import failures
from portal.administration.models import FailedTask, Letter
from portal.administration.status import backlog, parts
from portal.administration.verbs import running
from portal.audit.models import Entry
from portal.notifications import delivery
from portal.notifications.models import Message
from portal.reports import typesetting
from portal.reports.models import Paper, ReportJob
from portal.reports.verbs import make_paper
from portal.workflow import NotYours, Refused, perform
from tests.factories.people import actor, make_invitation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    monkeypatch.setattr("portal.reports.workflow.send", lambda job_id: None)
    monkeypatch.setattr("portal.administration.letters._soon", lambda: None)
    monkeypatch.setattr("portal.administration.verbs.running._deliver", lambda: None)


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(actor("administrator").user)
    return client


def failed_job() -> ReportJob:
    job = perform(ReportJob(), "queue", actor=actor("buyer"), kind="record", parameters={})
    perform(job, "run", actor=system_actor())
    return perform(job, "fail", actor=system_actor(), attempt=1, error="出错了")


def lost(username: str = "buyer") -> Message:
    return Message.objects.create(user=actor(username).user, event="reports.job/fail", values={"thing": "机密标题"}, try_at=timezone.now(),
                                  created_at=timezone.now(), attempts=delivery.ATTEMPTS, error="refused")  # fmt: skip


def test_a_failed_report_is_queued_again_by_its_requester_or_an_administrator(admin):
    job = failed_job()
    assert str(job) in admin.get("/administration/jobs/").content.decode()
    assert admin.post(f"/administration/jobs/{job.pk}/retry/").status_code == 302
    job.refresh_from_db()
    assert job.state == "QUEUED"
    assert admin.post(f"/administration/jobs/{job.pk}/retry/").status_code == 404
    with pytest.raises(NotYours):
        perform(failed_job(), "retry", actor=actor("head"))


def test_a_failed_task_is_written_down_counted_and_started_again(monkeypatch, admin):
    sent = []
    monkeypatch.setattr(running.app, "send_task", lambda name, args: sent.append((name, args)))
    sender = SimpleNamespace(name="portal.reports.tasks.run_job")
    for _time in range(2):
        failures.write_down(sender=sender, args=(7,), exception=ValueError("kaputt"))
    failed = FailedTask.objects.get()
    assert (failed.times, failed.arguments, failed.error) == (2, [7], "ValueError: kaputt")
    assert "kaputt" in admin.get("/administration/jobs/").content.decode()
    with pytest.raises(NotYours):
        running.start_again(actor=actor("head"), failed=failed)
    running.start_again(actor=actor("administrator"), failed=failed)
    with pytest.raises(Refused):
        running.start_again(actor=actor("administrator"), failed=failed)
    failures.write_down(sender=sender, args=(7,), exception=ValueError("again"))
    other = FailedTask.objects.get(settled_at=None)
    assert admin.post(f"/administration/tasks/{other.pk}/settle/", {"reason": "任务已取消"}).status_code == 302
    assert admin.post(f"/administration/tasks/{other.pk}/retry/", follow=True).status_code == 200
    assert Entry.objects.filter(transition__in=["task_started_again", "task_settled"]).count() == 2
    for path in ("retry/", "settle/"):
        assert admin.post("/administration/tasks/9999/" + path).status_code == 404


def test_what_somebody_typed_is_not_kept_and_what_is_no_task_does_not_run():
    failures.write_down(sender=SimpleNamespace(name="portal.administration.tasks.answer_forgotten"), args=("chen",), exception=OSError("x"))
    failures.write_down(sender=SimpleNamespace(name="gone.task"), args=(object(),), exception=OSError("x"))
    assert [failed.arguments for failed in FailedTask.objects.all()] == [[], []]
    for failed in FailedTask.objects.all():
        with pytest.raises(Refused) as error:
            running.start_again(actor=actor("administrator"), failed=failed)
        assert error.value.refusals[0].rule == "JOB-03"


def test_mail_that_was_given_up_is_sent_again_without_showing_what_it_says(admin):
    message = lost()
    page = admin.get("/administration/outbox/").content.decode()
    assert "报表任务" in page
    assert "refused" in page
    assert "机密标题" not in page
    assert admin.post("/administration/outbox/resend/", {"messages": [message.pk]}).status_code == 302
    assert delivery.deliver() == 1
    assert mail.outbox[0].to == [message.user.email]
    assert "没有要重发的" in admin.post("/administration/outbox/resend/", {"all": "1"}, follow=True).content.decode()
    lost()
    make_invitation()
    Letter.objects.update(attempts=delivery.ATTEMPTS, error="refused")
    assert "程新来" in admin.get("/administration/outbox/").content.decode()
    assert running.resend(actor=actor("administrator")) == 2
    with pytest.raises(NotYours):
        running.resend(actor=actor("head"))


def test_mail_of_other_regions_is_not_his_to_see():
    lost("hongshan_head")
    assert not running.undelivered(actor("administrator")).exists()


def test_the_status_page_names_parts_versions_and_what_waits(admin):
    failed_job()
    lost()
    assert [part.well for part in parts()][:2] == [True, True]
    assert {each.label: each.count for each in backlog(actor("administrator"))}["失败的报表"] == 1
    page = admin.get("/administration/status/").content.decode()
    for word in ("Django", "Celery", "失败的报表", "没有送到的通知和信件"):
        assert word in page
    assert "1 项" in admin.get("/administration/").content.decode()


def failing_paper(monkeypatch) -> Paper:
    """A paper whose typesetting ends in an error, three times over."""
    def broken(*given, **named):
        raise OSError("no font")

    monkeypatch.setattr(typesetting, "_send", lambda paper_id: None)
    monkeypatch.setattr(typesetting.pdf, "typeset", broken)
    document = make_paper("paper/record.html", {"heading": "机密标题"}, title="机密标题", data={"rows": [], "damage": []},
                          name="机密标题.pdf", actor=actor("buyer"), kind="report")  # fmt: skip
    paper = Paper.objects.get(document=document)
    for _try in range(2):  # the first was at once
        Paper.objects.filter(pk=paper.pk).update(next_try_at=timezone.now())
        typesetting.set_paper(paper.pk)
    return Paper.objects.get(pk=paper.pk)


def test_a_paper_that_keeps_failing_is_shown_without_its_name_and_tried_again(monkeypatch, admin):
    assert "OSError" not in admin.get("/administration/jobs/").content.decode()
    paper = failing_paper(monkeypatch)
    assert (paper.tries, paper.error) == (3, "OSError: no font")
    page = admin.get("/administration/jobs/").content.decode()
    assert "OSError: no font" in page
    assert "机密标题" not in page
    assert [each.count for each in backlog(actor("administrator")) if each.bad and "排版" in str(each.label)] == [1]
    before = paper.next_try_at
    assert admin.post(f"/administration/papers/{paper.pk}/retry/").status_code == 302
    paper.refresh_from_db()
    assert paper.next_try_at < before
    assert Entry.objects.filter(transition="paper_tried_again").count() == 1
    monkeypatch.setattr(typesetting.pdf, "typeset", lambda sheet, *, title, content: (b"%PDF-1.4", 1))
    typesetting.set_paper(paper.pk)
    paper.refresh_from_db()
    assert (paper.error, bool(paper.set_at)) == ("", True)
    assert admin.post(f"/administration/papers/{paper.pk}/retry/").status_code == 404
    with pytest.raises(Refused) as error:
        running.set_again(actor=actor("administrator"), paper=paper)
    assert error.value.refusals[0].rule == "G7"
    with pytest.raises(NotYours):
        running.set_again(actor=actor("head"), paper=paper)
