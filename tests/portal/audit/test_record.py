"""The record can only grow, and whoever changes it behind its back is named (house style, rule 16; D-05)."""
from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from portal.accounts.actor import system_actor
from portal.audit.models import AppendOnly, Chain, Checkpoint, Entry
from portal.audit.record import append, note, seal, verify
from tests.factories.tampering import behind_the_back

pytestmark = pytest.mark.django_db
VERIFIER = Path(__file__).resolve().parents[3] / "verify" / "audit.py"


def write(chain: str, count: int) -> None:
    for number in range(count):
        append(
            chain_key=chain, actor=system_actor(), lifecycle="note", subject=str(number), subject_label="测试事项",
            transition="noted", facts={"number": number, "text": "㐀镕㎡"},
        )


def places() -> list[tuple[str, int]]:
    return [(damage.chain, damage.seq) for damage in verify()]


@pytest.fixture
def record(tmp_path):
    write("project:1", 5)
    write("project:2", 3)
    note(actor=system_actor(), what="something")
    seal()
    return tmp_path / "record.jsonl"


def outsider(path: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, VERIFIER, path, *arguments], capture_output=True, text=True, check=False)


def test_an_untouched_record_is_sound_for_the_portal_and_for_an_outsider(record):
    assert places() == []
    call_command("verify_audit")
    call_command("export_audit", str(record))
    result = outsider(record, "--checkpoint", Checkpoint.objects.last().digest)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("sql", "parameters", "place"), [
    ("UPDATE audit_entry SET subject_label = '测试事顷' WHERE chain_id = %s AND seq = 3", ["project:1"], ("project:1", 3)),
    ("DELETE FROM audit_entry WHERE chain_id = %s AND seq = 2", ["project:1"], ("project:1", 2)),
    ("DELETE FROM audit_entry WHERE chain_id = %s AND seq = 3", ["project:2"], ("project:2", 3)),
], ids=["one byte altered", "deleted in the middle", "last one deleted"])
def test_damage_is_named_by_both_verifiers(record, sql, parameters, place, capsys):
    behind_the_back(sql, *parameters)
    assert place in places()
    with pytest.raises(SystemExit) as exit_:
        call_command("verify_audit", "--json")
    assert exit_.value.code == 1
    damages = json.loads(capsys.readouterr().out)["damages"]
    assert {"chain": place[0], "seq": place[1]}.items() <= damages[0].items()
    call_command("export_audit", str(record))
    result = outsider(record)
    assert result.returncode == 1
    assert f"{place[0]}#{place[1]}" in result.stdout


def test_two_entries_that_change_places_are_named(record):
    behind_the_back("UPDATE audit_entry SET seq = 99 WHERE chain_id = %s AND seq = 1", "project:1")
    behind_the_back("UPDATE audit_entry SET seq = 1 WHERE chain_id = %s AND seq = 2", "project:1")
    behind_the_back("UPDATE audit_entry SET seq = 2 WHERE chain_id = %s AND seq = 99", "project:1")
    assert ("project:1", 1) in places()


def test_a_rewritten_end_is_found_by_the_checkpoint_though_the_chain_fits_again(record):
    """Whoever deletes the last entry and mends the head is found by the seal taken before."""
    last = Entry.objects.get(chain="project:2", seq=2)
    behind_the_back("DELETE FROM audit_entry WHERE chain_id = %s AND seq = 3", "project:2")
    Chain.objects.filter(pk="project:2").update(count=2, head=last.digest)
    assert ("project:2", 3) in places()


def test_a_removed_checkpoint_is_found(record):
    write("project:1", 1)
    seal()
    behind_the_back("DELETE FROM audit_checkpoint WHERE number = 1")
    assert ("checkpoint", 1) in places()


def test_the_orm_neither_updates_nor_deletes(record):
    entry = Entry.objects.first()
    entry.reason = "别的"
    for attempt in (entry.save, entry.delete, Entry.objects.all().delete, lambda: Entry.objects.update(reason="")):
        with pytest.raises(AppendOnly):
            attempt()


def test_nothing_new_gives_no_checkpoint(record):
    assert seal() is None
