"""What was recorded in secret joins the project's record when it is secret no more, and not a moment before (R87-12, R87-28)."""
from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from django.urls import reverse

from portal import clock
from portal.audit.models import Entry
from portal.reports.runner import run_job
from portal.reports.verbs import queue_report
from portal.workbench.record import record_of, visible_entries
from portal.workflow.surfaces import chains_of
from procurement.awards.secrecy import panel_chain
from procurement.bids.models import Bid
from procurement.bids.visibility import sealed_chain
from procurement.plans.models import Project
from tests.factories.awards import make_award
from tests.factories.bids import BIDDING_AT, close, make_bid, make_bid_tender, make_opened_tender
from tests.factories.people import actor

pytestmark = pytest.mark.django_db
VERIFIER = Path(__file__).resolve().parents[3] / "verify" / "audit.py"
BIDDERS = ("supplier_a_head", "supplier_b_head", "supplier_c_head")
ORGANISERS = ("buyer", "head", "witness", "reviewer_supervision")
#: One of each role that may see the project before its result, and those who may not.
READERS = (
    *ORGANISERS, "planner", "project_officer", "reviewer_finance", "opener_a", "department", "finance_officer", "finance_head",
    "auditor", *BIDDERS, "expert_1", "evaluator_head", "administrator", "buyer_2", "head_2", "hongshan_auditor", "registrar",
)


def keys(project: Project) -> set[str]:
    return {chain.key for chain in chains_of(project)}


def seen(project: Project, who: str) -> set[str]:
    """The chains from which a reader sees entries beside the project's own."""
    return set(visible_entries(project, actor(who)).values_list("chain_id", flat=True)) - {f"project:{project.pk}"}


@pytest.fixture(autouse=True)
def still(monkeypatch):
    """No sign of life beside the one connection that a test has."""
    monkeypatch.setattr("portal.reports.runner.BEAT_SECONDS", 3600)


def archive(project: Project, who: str) -> tuple[bytes, dict]:
    job = queue_report("case_archive", actor=actor(who), parameters={"project": project.pk})
    run_job(job.pk)
    job.refresh_from_db()
    with job.document.open() as stream, zipfile.ZipFile(BytesIO(stream.read())) as packed:
        return packed.read("record.jsonl"), json.loads(packed.read("data.json"))


def verified(record: bytes, folder: Path) -> int:
    file = folder / "record.jsonl"
    file.write_bytes(record)
    return subprocess.run([sys.executable, str(VERIFIER), str(file)], capture_output=True, check=False).returncode


def test_before_the_opening_no_reader_finds_a_bid_in_the_record(client):
    tender, bids = make_bid_tender(3)
    project = tender.project
    assert Entry.objects.filter(chain_id=sealed_chain(bids[0].pk)).exists()
    assert keys(project) == {f"project:{project.pk}"}
    for who in READERS:
        assert not seen(project, who), who
    client.force_login(actor("auditor").user)
    page = client.get(reverse("workbench:record", args=[project.number])).content.decode()
    assert "投标（开标以前）" not in page


def test_from_the_opening_on_each_sees_of_the_bids_what_he_sees_of_them_anyhow(tmp_path):
    project = make_opened_tender().project
    bids = {bid.supplier_id: sealed_chain(bid.pk) for bid in Bid.objects.filter(tender__project=project)}
    assert keys(project) == {f"project:{project.pk}", *bids.values()}
    for who in READERS:
        readable = {sealed_chain(pk) for pk in Bid.objects.visible_to(actor(who)).values_list("pk", flat=True)}
        assert seen(project, who) == readable, who
    for who in BIDDERS:
        assert seen(project, who) == {bids[actor(who).organisation_id]}
    assert seen(project, "auditor") == set(bids.values())
    assert seen(project, "buyer_2") == seen(project, "expert_1") == set()
    record, data = archive(project, "auditor")
    assert {chain["key"] for chain in data["chains"]} == keys(project)
    assert [row for row in data["record"] if row["chain"] == "投标（开标以前）"]
    assert verified(record, tmp_path) == 0
    for key in bids.values():
        lines = [line for line in record.splitlines() if json.loads(line).get("chain") == key]
        assert lines
        assert verified(record.replace(lines[-1] + b"\n", b""), tmp_path) == 1  # each chain is checked to its end


def test_a_bid_that_was_never_opened_stays_the_bidders_own():
    tender, _bids = make_bid_tender(1)
    with clock.at(BIDDING_AT):
        withdrawn = make_bid(tender, "supplier_b", state="WITHDRAWN")
    close(tender)  # with fewer than three bids nothing is opened
    assert Entry.objects.filter(chain_id=sealed_chain(withdrawn.pk), transition="withdraw").exists()
    assert keys(tender.project) == {f"project:{tender.project_id}"}


def test_before_the_result_no_reader_finds_the_panel_in_the_record():
    project = make_award("DECIDED").tender.project
    chain = panel_chain(project.tenders.get().panel_draw.pk)
    assert Entry.objects.filter(chain_id=chain).exists()
    assert chain not in keys(project)
    for who in READERS:
        assert chain not in seen(project, who), who


def test_from_the_result_on_the_panels_acts_are_part_of_the_record(client, tmp_path):
    project = make_award("ANNOUNCED").tender.project
    draw = project.tenders.get().panel_draw
    chain = panel_chain(draw.pk)
    assert chain in keys(project)
    for who in (*ORGANISERS, "finance_officer", "auditor"):
        assert chain in seen(project, who), who
    for who in (*BIDDERS, "administrator", "evaluator_head", "buyer_2", "hongshan_auditor"):
        assert chain not in seen(project, who), who
    member = draw.members.filter(state="RELEASED").select_related("user").first()
    assert seen(project, member.user.username) <= {chain}  # his own acts, and those on his own sheets
    record, data = archive(project, "auditor")
    acts = [row["sentence"] for row in data["record"] if row["chain"] == "评审委员会"]
    assert any(member.user.name in sentence for sentence in acts)
    assert data["damage"] == []
    assert verified(record, tmp_path) == 0
    client.force_login(actor("auditor").user)
    address = reverse("workbench:record", args=[project.number])
    page = client.post(address).content.decode()
    assert "核验通过" in page
    assert "评审委员会链头" in page
    assert record_of(project).filter(chain_id=chain).count() == data["chains"][-1]["length"]
