"""L14.3: long work runs behind the page, once, with today's rights, and ends well or with a button."""
from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from portal import clock
from portal.accounts.models import Membership
from portal.audit.models import Entry
from portal.files.models import Document
from portal.notifications.models import Message
from portal.reports import runner
from portal.reports.models import Paper, ReportJob
from portal.reports.runner import requeue_lost, run_job
from portal.reports.verbs import queue_report
from portal.reports.workflow import REPORT_JOB
from portal.workflow import NotYours, Refused, WrongState, available_actions, due, perform
from portal.workflow.refusals import Refusal
from tests.factories.people import actor
from tests.factories.reports import text_result

State = ReportJob.State
pytestmark = pytest.mark.django_db


def queued(**options) -> ReportJob:
    return queue_report("plain", actor=actor("buyer"), **options)


def silence(job: ReportJob, minutes: int = 3) -> None:
    ReportJob.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(minutes=minutes))


def rules(refused) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals if isinstance(refusal, Refusal)]


def test_a_job_runs_to_its_file(plain_kind, sent, django_capture_on_commit_callbacks):
    plain_kind()
    with django_capture_on_commit_callbacks(execute=True):
        job = queued()
    assert sent == [job.pk]
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.progress, job.attempt, job.rows) == (State.COMPLETED, 100, 1, 3)
    assert job.document.is_intact()
    assert job.as_of
    assert job.expires_at - job.completed_at == timedelta(days=90)
    entry = Entry.objects.of_subject("reports.job", job.pk).get(transition="complete")
    assert entry.facts["digest"] == job.document.digest
    told = Message.objects.get(user=actor("buyer").user)
    assert told.link == job.get_absolute_url()
    assert job.document in Document.objects.visible_to(actor("buyer"))
    assert job.document not in Document.objects.visible_to(actor("head"))  # a report is its requester's alone


def test_a_second_run_does_nothing(plain_kind, sent):
    plain_kind()
    job = queued()
    run_job(job.pk)
    run_job(job.pk)
    run_job(10**9)
    assert Document.objects.count() == 1
    assert Entry.objects.of_subject("reports.job", job.pk).filter(transition="complete").count() == 1


def test_a_press_twice_makes_one_job(plain_kind, sent):
    plain_kind()
    queued(key="once")
    with pytest.raises(WrongState):
        queued(key="once")
    assert ReportJob.objects.count() == 1


def test_an_unknown_report_or_one_for_others_is_refused(plain_kind, sent):
    with pytest.raises(Refused) as refused:
        queue_report("nonsense", actor=actor("buyer"))
    assert rules(refused) == ["JOB-01"]
    plain_kind(allowed=lambda who: who.has("AUDITOR"))
    with pytest.raises(Refused) as refused:
        queued()
    assert rules(refused) == ["JOB-01"]
    assert queue_report("plain", actor=actor("auditor")).state == State.QUEUED


def test_progress_is_written_and_cancel_stops_the_work(plain_kind, sent, monkeypatch):
    monkeypatch.setattr(runner, "WRITE_EVERY", 0)
    seen = []

    def build(job, progress):
        progress(1, 4, "正在排版，共 %(rows)s 条记录", rows=7)
        now = ReportJob.objects.get(pk=job.pk)
        seen.append((now.progress, now.step_text))
        perform(now, "cancel", actor=actor("buyer"))
        progress(2, 4, "再一步")
        raise AssertionError("not reached")

    plain_kind(build)
    job = queued()
    run_job(job.pk)
    assert seen == [(25, "正在排版，共 7 条记录")]
    job.refresh_from_db()
    assert job.state == State.CANCELLED
    assert not Document.objects.exists()


def test_a_fault_fails_the_job_with_a_button(plain_kind, sent, caplog):
    plain_kind(lambda job, progress: 1 / 0)
    job = queued()
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert job.error_text == "生成时出错，管理员已收到通知。可以点“重新生成”。"
    assert "ZeroDivisionError" in caplog.text
    assert set(Message.objects.values_list("user__username", flat=True)) == {"buyer", "administrator"}
    assert [action.name for action in available_actions(job, actor("buyer"))] == ["retry"]
    assert job in ReportJob.objects.visible_to(actor("administrator"))  # who was told can look, and start it again
    assert [action.name for action in available_actions(job, actor("administrator"))] == ["retry"]
    with pytest.raises(NotYours):
        perform(job, "retry", actor=actor("head"))
    retried = perform(job, "retry", actor=actor("buyer"))
    assert (retried.state, retried.error, retried.progress) == (State.QUEUED, "", 0)


def test_a_lost_right_fails_the_job_with_that_reason(plain_kind, sent):
    plain_kind()
    job = queued()
    Membership.objects.filter(user=actor("buyer").user).update(ends_at=timezone.now() - timedelta(days=1))
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == (State.FAILED, runner.RIGHT_LOST)
    assert not Document.objects.exists()


def test_a_lost_worker_is_replaced_three_times_then_the_job_fails(plain_kind, sent):
    plain_kind()
    job = queued()
    for turn in (1, 2, 3):
        perform(job, "run", actor=runner.system_actor())
        assert requeue_lost() == 0  # it breathes
        silence(job)
        assert requeue_lost() == 1
        job.refresh_from_db()
        assert (job.state, job.attempt, job.interruptions) == (State.QUEUED, turn, turn)
    perform(job, "run", actor=runner.system_actor())
    with pytest.raises(Refused) as refused:
        perform(ReportJob.objects.get(pk=job.pk), "requeue", actor=runner.system_actor(), attempt=4)
    assert rules(refused) == ["JOB-03"]
    silence(job)
    requeue_lost()
    job.refresh_from_db()
    assert (job.state, job.error) == (State.FAILED, runner.INTERRUPTED)


def test_a_worker_that_was_given_up_brings_no_second_file(plain_kind, sent):
    """Edge 1: killed at 60 %, re-queued, never two files — also when the first one was only slow."""

    def build(job, progress):
        if job.attempt == 1:
            silence(job)
            requeue_lost()
            run_job(job.pk)  # another worker takes it over and finishes first
        return text_result(b"attempt %d" % job.attempt)

    plain_kind(build)
    job = queued()
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == State.COMPLETED
    with job.document.open() as stream:
        assert stream.read() == b"attempt 2"
    assert Document.objects.count() == 1


def test_a_sign_of_life_after_all_keeps_the_job(plain_kind, sent):
    plain_kind()
    job = perform(queued(), "run", actor=runner.system_actor())
    with pytest.raises(Refused) as refused:
        perform(job, "requeue", actor=runner.system_actor(), attempt=1, silent_since=timezone.now() - timedelta(minutes=2))
    assert rules(refused) == ["JOB-02"]
    with pytest.raises(Refused) as refused:
        perform(job, "complete", actor=runner.system_actor(), attempt=2, result=text_result())
    assert rules(refused) == ["JOB-02"]


def test_a_job_nobody_fetched_is_sent_again(plain_kind, sent):
    plain_kind()
    job = queued()
    assert requeue_lost() == 0
    silence(job)
    assert requeue_lost() == 1
    assert sent == [job.pk]
    assert requeue_lost() == 0


def test_the_pulse_beats_while_one_step_takes_long(plain_kind, sent, monkeypatch):
    job = perform(queued_plain(plain_kind), "run", actor=runner.system_actor())
    beats = []
    monkeypatch.setattr(runner, "BEAT_SECONDS", 0.01)

    class Alive:
        def update(self, **values):
            beats.append(values["heartbeat_at"])
            return len(beats) < 3

    monkeypatch.setattr(ReportJob.objects, "filter", lambda **where: Alive())
    with runner.Pulse(job) as pulse:
        pulse.thread.join(timeout=5)
    assert len(beats) == 3  # the third found the job gone and stopped


def queued_plain(plain_kind) -> ReportJob:
    plain_kind()
    return queued()


def test_a_file_is_let_go_when_its_term_is_over(plain_kind, sent, django_capture_on_commit_callbacks):
    plain_kind()
    job = queued()
    run_job(job.pk)
    job.refresh_from_db()
    with clock.at(job.expires_at - timedelta(seconds=1)):
        assert due.run() == 0
    with clock.at(job.expires_at), django_capture_on_commit_callbacks(execute=True):
        due.run()
    job.refresh_from_db()
    assert job.state == State.EXPIRED
    assert job.document.discarded_at
    assert not job.document.is_intact()


def test_an_official_report_is_kept(plain_kind, sent):
    plain_kind(keeps=True)
    job = queued()
    run_job(job.pk)
    job.refresh_from_db()
    assert job.expires_at is None


def test_jobs_are_seen_by_their_requester_alone(plain_kind, sent):
    plain_kind()
    job = queued()
    assert list(ReportJob.objects.visible_to(actor("buyer"))) == [job]
    for other in ("head", "auditor", "administrator", "supplier_a_head"):
        assert not ReportJob.objects.visible_to(actor(other)).exists()


@pytest.mark.parametrize("name", ["run", "complete", "fail", "requeue", "expire"])
def test_what_the_system_does_nobody_else_may(plain_kind, sent, name):
    plain_kind()
    job = queued()
    with pytest.raises(NotYours):
        perform(job, name, actor=actor("buyer"))


def test_every_row_starts_only_where_the_table_says(plain_kind, sent):
    plain_kind()
    job = queued()
    for name in ("complete", "requeue", "expire"):
        with pytest.raises(WrongState):
            perform(job, name, actor=runner.system_actor())
    with pytest.raises(WrongState):
        perform(job, "retry", actor=actor("buyer"))
    assert {row.name for row in REPORT_JOB.rows} == {
        "queue", "run", "complete", "fail", "requeue", "retry", "cancel", "expire"
    }


def test_a_paper_of_a_job_can_be_looked_up(plain_kind, sent):
    from portal.reports.registry import ReportResult

    plain_kind(lambda job, progress: ReportResult(
        filename="a.pdf", content=b"%PDF-1.7", title="样表", data_digest="d" * 64, template_version="v", pages=2
    ))
    job = queued()
    run_job(job.pk)
    job.refresh_from_db()
    assert [paper.document_id for paper in Paper.objects.of_digest("d" * 64)] == [job.document_id]
    assert Paper.objects.of_digest(job.document.digest).get().pages == 2
