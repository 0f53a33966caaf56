"""The record on paper: a true PDF, with what its requester may see and nothing else."""
from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.audit import record
from portal.audit.canonical import canonical_json, digest
from portal.reports import documents
from portal.reports.models import Paper, ReportJob
from portal.reports.proof import examine
from portal.reports.runner import NOT_FOUND, run_job
from portal.reports.verbs import queue_report
from portal.workflow import perform
from tests.factories.people import actor
from tests.factories.tampering import behind_the_back

pytestmark = pytest.mark.django_db


def made(username: str = "buyer", **parameters) -> ReportJob:
    job = queue_report("record", actor=actor(username), parameters=parameters)
    run_job(job.pk)
    job.refresh_from_db()
    return job


def paper_of(job: ReportJob):
    with job.document.open() as stream:
        return examine(stream.read())


def test_the_record_becomes_a_sound_paper(sent):
    cancelled = queue_report("record", actor=actor("buyer"))
    perform(cancelled, "cancel", actor=actor("buyer"))
    job = made()
    proof = paper_of(job)
    assert proof.is_sound
    assert (proof.title, proof.language) == ("办理记录", "zh-CN")
    assert [row["sentence"] for row in proof.data["rows"]][:2] == [
        f"赣江市城市管理局 林晓东 生成报表：办理记录 #{cancelled.pk}", f"赣江市城市管理局 林晓东 取消生成：办理记录 #{cancelled.pk}",
    ]
    assert proof.data["damage"] == []
    assert digest(canonical_json(proof.data)) == job.data_digest
    assert job.rows == len(proof.data["rows"])
    assert Paper.objects.get(document=job.document).pages == proof.pages


def test_only_what_the_requester_may_see_is_printed(sent):
    queue_report("record", actor=actor("head_2"))
    seen = paper_of(made()).data["rows"]
    assert seen
    assert not [row for row in seen if "民政局" in row["sentence"]]


def test_the_period_limits_the_record(sent):
    queue_report("record", actor=actor("buyer"))
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    assert paper_of(made(since=tomorrow)).data["rows"] == []
    assert paper_of(made(until=clock.today().isoformat())).data["rows"]


def test_a_changed_entry_is_named_on_the_paper(sent):
    job = queue_report("record", actor=actor("buyer"))
    behind_the_back("UPDATE audit_entry SET actor_name = '别人' WHERE lifecycle = 'reports.job' AND subject = %s", str(job.pk))
    assert paper_of(made()).data["damage"] == ["general#1"]


def test_a_project_that_is_not_there_or_not_his_fails_with_the_reason(sent):
    job = made(project=10**6)
    assert (job.state, job.error) == (ReportJob.State.FAILED, NOT_FOUND)


def test_too_long_a_record_is_to_be_cut_into_periods(sent, monkeypatch):
    monkeypatch.setattr(documents, "MOST", 1)
    queue_report("record", actor=actor("buyer"))
    job = made()
    assert (job.state, job.error) == (ReportJob.State.FAILED, documents.TOO_LONG)


def test_subjects_are_asked_once_a_chunk_not_once_an_entry(sent, django_assert_max_num_queries):
    for _turn in range(30):
        queue_report("record", actor=actor("buyer"))
    job = queue_report("record", actor=actor("buyer"))
    job.actor = actor("buyer")
    with django_assert_max_num_queries(8):
        assert len(documents._visible_entries(job, lambda *args, **values: None)) == 31


def test_notes_of_others_are_not_in_it(sent):
    record.note(actor=actor("auditor"), what="export", label="案卷")
    assert not [row for row in paper_of(made()).data["rows"] if "案卷" in row["sentence"]]
