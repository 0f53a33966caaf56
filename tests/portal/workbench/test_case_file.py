"""The case file: whole, sound, within the rights of who asks, and checkable without the portal."""
from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from portal.audit.canonical import canonical_json, digest
from portal.audit.models import Entry
from portal.audit.record import chain_key_of
from portal.files.models import Document
from portal.reports.models import Paper, ReportJob
from portal.reports.proof import examine
from portal.reports.runner import requeue_lost, run_job
from portal.reports.verbs import queue_report
from portal.workflow import Refused
from procurement.plans.models import Project
from tests.factories.bids import make_bid_tender, make_opened_tender
from tests.factories.people import actor

pytestmark = pytest.mark.django_db
VERIFIER = Path(__file__).resolve().parents[3] / "verify" / "audit.py"


@pytest.fixture(autouse=True)
def media(settings, tmp_path, monkeypatch):
    """Files of their own; no sign of life beside the one connection that a test has."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("portal.reports.runner.BEAT_SECONDS", 3600)


def made(kind: str, who: str, project: Project | None = None) -> ReportJob:
    job = queue_report(kind, actor=actor(who), parameters={"project": project.pk} if project else {})
    run_job(job.pk)
    job.refresh_from_db()
    return job


def content(job: ReportJob) -> bytes:
    assert job.is_finished, job.error_text
    with job.document.open() as stream:
        return stream.read()


def opened(job: ReportJob) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content(job)))


def verified(record: bytes, folder: Path) -> subprocess.CompletedProcess:
    file = folder / "record.jsonl"
    file.write_bytes(record)
    return subprocess.run([sys.executable, str(VERIFIER), str(file)], capture_output=True, text=True, check=False)


@pytest.mark.paper
def test_the_book_is_a_sound_paper_with_contents_and_record():
    project = make_opened_tender().project
    job = made("case_file", "auditor", project)
    proof = examine(content(job))
    assert proof.is_sound
    assert not proof.missing_glyphs
    assert proof.pages > 5
    assert digest(canonical_json(proof.data)) == job.data_digest
    data = proof.data
    assert data["project"]["number"] == project.number
    told = {stage["code"] for stage in data["stages"]}
    assert {"plans.item", "plans.project", "budgets.encumbrance", "tenders.tender", "bids.bid"} <= told
    assert data["money"]["postings"]
    assert data["notices"]
    assert data["documents"]
    assert not data["damage"]
    assert max(row["seq"] for row in data["record"]) <= data["chains"][0]["length"]
    assert Paper.objects.of_digest(job.data_digest).exists()


def test_the_archive_proves_itself(tmp_path):
    project = make_opened_tender().project
    job = made("case_archive", "auditor", project)
    with opened(job) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert {row["path"] for row in manifest["files"]} == set(archive.namelist()) - {"manifest.json"}
        for row in manifest["files"]:
            assert digest(archive.read(row["path"])) == row["digest"]
        assert digest(archive.read("data.json")) == job.data_digest
        stored = Document.objects.visible_to(actor("auditor")).filter(project_id=project.pk).exclude(kind="report")
        kept = {digest(archive.read(name)) for name in archive.namelist() if name.startswith("documents/")}
        assert {document.digest for document in stored} == kept
        record = archive.read("record.jsonl")
    sound = verified(record, tmp_path)
    assert sound.returncode == 0
    assert "sound" in sound.stdout
    damaged = verified(record.replace(b'"actor_name":"', b'"actor_name":"X', 1), tmp_path)
    assert damaged.returncode == 1
    assert f"project:{project.pk}#" in damaged.stdout
    note = Entry.objects.of_chain(chain_key_of(project.pk)).get(transition="case_file_exported")
    assert note.facts["files"] == len(kept)


def test_an_export_is_noted_once_although_a_worker_was_killed_over_it(monkeypatch):
    project = make_bid_tender(1)[0].project
    job = queue_report("case_archive", actor=actor("auditor"), parameters={"project": project.pk})
    with monkeypatch.context() as dying:
        def killed(*args, **data):
            raise KeyboardInterrupt

        dying.setattr("portal.reports.runner._end", killed)
        with pytest.raises(KeyboardInterrupt):
            run_job(job.pk)
    noted = Entry.objects.of_chain(chain_key_of(project.pk)).filter(transition="case_file_exported")
    assert not noted.exists()
    ReportJob.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(minutes=3))
    assert requeue_lost() == 1
    run_job(job.pk)
    assert noted.get().facts["job"] == job.pk


def test_what_the_reader_may_not_see_is_withheld_yet_linked(tmp_path):
    tender, bids = make_bid_tender(2)
    job = made("case_archive", "auditor", tender.project)
    with opened(job) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist() if not name.endswith(".pdf"))
        record = archive.read("record.jsonl")
    rows = [json.loads(line) for line in record.splitlines()]
    hidden = [row for row in rows if row.get("withheld")]
    assert hidden
    assert all(set(row) == {"type", "withheld", "chain", "seq", "previous", "digest"} for row in hidden)
    assert not [row for row in rows if row.get("lifecycle") == "bids.bid"]
    for bid in bids:
        assert bid.supplier.name.encode() not in everything
    assert verified(record, tmp_path).returncode == 0
    gone = b"".join(line + b"\n" for line in record.splitlines() if json.loads(line).get("seq") != hidden[0]["seq"])
    assert verified(gone, tmp_path).returncode == 1


def test_only_officials_of_its_scope_get_it():
    project = make_bid_tender(1)[0].project
    for who in ("supplier_a_head", "expert_1", "evaluator", "administrator"):
        with pytest.raises(Refused):
            queue_report("case_file", actor=actor(who), parameters={"project": project.pk})
    for stranger in ("planner_2", "hongshan_auditor"):
        job = made("case_file", stranger, project)
        assert job.state == ReportJob.State.FAILED
        assert job.document is None


def test_a_file_that_the_store_lost_or_changed_stops_the_archive():
    project = make_opened_tender().project
    document = Document.objects.visible_to(actor("auditor")).filter(project_id=project.pk).exclude(kind="report").first()
    default_storage.delete(document.path)
    job = made("case_archive", "auditor", project)
    assert job.state == ReportJob.State.FAILED
    assert document.name in job.error_text


def test_the_auditor_takes_the_whole_record_and_nobody_else(tmp_path):
    make_bid_tender(1)
    sound = verified(content(made("record_file", "auditor")), tmp_path)
    assert sound.returncode == 0
    assert sound.stdout.strip() == "sound"
    for who in ("head", "finance_head", "supplier_a_head", "administrator"):
        with pytest.raises(Refused):
            queue_report("record_file", actor=actor(who))
