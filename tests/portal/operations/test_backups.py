"""A backup holds everything, is taken while people work, tells of every changed byte, and comes back only into emptiness."""
from __future__ import annotations

import random
import tarfile
import threading
from dataclasses import replace

import pyrage
import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, connections
from storages.backends.s3 import S3Storage

from portal.audit.models import Entry
from portal.files.models import Document
from portal.files.stores import paths_in, stored_files
from portal.files.verbs import discard, store_made
from portal.operations.backups import container, databases
from portal.operations.backups.restoring import NotEmpty, check, restore
from portal.operations.backups.taking import forget_old, name_for, take
from portal.signing import certificates
from portal.workflow.models import Heartbeat
from tests.factories.buckets import make_bucket
from tests.factories.installations import write_something
from tests.factories.people import actor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def key():
    return pyrage.x25519.Identity.generate()


@pytest.fixture
def backup(portal, tmp_path):
    path = tmp_path / "one.portal-backup"
    certificates.material()  # the installation has sealed something
    assert take(path, []).is_sound
    return path


def test_everything_comes_back(backup, empty_place):
    restored = restore(backup, "", empty_place)
    assert restored.differences == []
    assert (restored.files, restored.entries) == (20, Entry.objects.count())
    assert (empty_place.folder / "secret_key").read_bytes()
    assert (empty_place.folder / "seal" / "key.pem").read_bytes() == (settings.SEAL_DIR / "key.pem").read_bytes()
    assert (empty_place.folder / "seal" / "key.pem").stat().st_mode & 0o077 == 0
    with databases.alias(databases.RESTORED, empty_place.database) as using:
        assert databases.counts(using)["files_document"] == 20
        assert databases.heads(using) == databases.heads("default")


def test_a_backup_is_one_moment_while_people_work(portal, empty_place, tmp_path):
    stop, written, failures = threading.Event(), [], []

    def work():
        try:
            number = 1000
            while not stop.is_set():
                write_something(number)
                written.append(number)
                number += 1
        except Exception as error:  # noqa: BLE001  told to the test below
            failures.append(error)
        finally:
            connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        while len(written) < 5:
            stop.wait(0.01)
        before = len(written)
        taken = take(tmp_path / "busy.portal-backup", [])
        during = len(written) - before
    finally:
        stop.set()
        worker.join()
    assert not failures
    assert during > 0, "nothing was written while the backup was taken"
    assert taken.is_sound
    restored = restore(taken.path, "", empty_place)
    assert restored.differences == []
    assert 20 + before <= restored.files <= 20 + len(written)


@pytest.mark.parametrize("encrypted", [False, True])
def test_any_changed_byte_is_noticed(portal, tmp_path, key, encrypted):
    path = tmp_path / "copy"
    take(path, [str(key.to_public())] if encrypted else [])
    whole = path.read_bytes()
    assert check(path, str(key))["parts"]
    generator = random.Random(7)
    places = {0, len(whole) - 1, len(whole) - 60, *(generator.randrange(len(whole)) for _ in range(150))}
    for place in places:
        changed = bytearray(whole)
        changed[place] ^= 1 << generator.randrange(8)
        path.write_bytes(changed)
        with pytest.raises(container.Damaged):
            check(path, str(key))


def test_the_part_that_was_changed_is_named(backup, empty_place):
    document = Document.objects.order_by("pk")[7]
    with tarfile.open(backup) as tar:
        place = tar.getmember(f"files/{document.path}").offset_data + 100
    content = bytearray(backup.read_bytes())
    content[place] ^= 1
    backup.write_bytes(content)
    with pytest.raises(container.Damaged, match=f"^changed: files/{document.path}$"):
        restore(backup, "", empty_place)
    assert not [path for path in empty_place.folder.rglob("*") if path.is_file()]


def test_a_backup_that_breaks_off_is_noticed(backup):
    whole = backup.read_bytes()
    for length in (0, 10, 600, len(whole) // 2, len(whole) - 1):
        backup.write_bytes(whole[:length])
        with pytest.raises(container.Damaged):
            check(backup, "")


def test_who_has_no_key_reads_nothing(portal, tmp_path, key, empty_place):
    path = tmp_path / "secret.age"
    take(path, [str(key.to_public())])
    assert container.is_encrypted(path)
    assert b"manifest.json" not in path.read_bytes()
    with pytest.raises(container.Damaged, match="identity"):
        check(path, "")
    with pytest.raises(container.Damaged):
        check(path, str(pyrage.x25519.Identity.generate()))
    assert restore(path, str(key), empty_place).differences == []


def test_it_is_readable_by_its_owner_alone_and_by_tar(backup):
    assert backup.stat().st_mode & 0o077 == 0
    with tarfile.open(backup) as tar:
        assert {"database", "secret_key", container.MANIFEST} <= set(tar.getnames())


def test_nothing_is_put_over_anything(backup, empty_place, tmp_path):
    restore(backup, "", empty_place)
    with pytest.raises(NotEmpty):
        restore(backup, "", empty_place)
    with pytest.raises(CommandError, match="never replaces"):
        call_command("backup", str(backup))


def test_a_missing_and_a_changed_file_are_named_and_the_rest_is_kept(portal, tmp_path, empty_place):
    gone, changed = Document.objects.order_by("pk")[:2]
    default_storage.delete(gone.path)
    with open(default_storage.path(changed.path), "r+b") as file:
        file.write(b"X")
    taken = take(tmp_path / "copy", [])
    assert (taken.missing, taken.damaged, taken.files) == ([gone.path], [changed.path], 19)
    assert restore(taken.path, "", empty_place).differences == [
        f"file {path} is missing or changed, as it was when the backup was taken" for path in (gone.path, changed.path)
    ]


def test_what_was_let_go_of_is_not_missed(portal, tmp_path, empty_place):
    discard(store_made(b"made again any day", name="report.pdf", content_type="application/pdf", actor=actor("buyer"), kind="report"))
    taken = take(tmp_path / "copy", [])
    assert (taken.is_sound, taken.files) == (True, 20)
    assert restore(taken.path, "", empty_place).differences == []


def test_a_row_changed_in_the_restored_database_would_be_told(backup, empty_place, monkeypatch):
    put_back = databases.put_back

    def tampered(settings, dump):
        put_back(settings, dump)
        with databases.alias("tampering", settings) as using, connections[using].cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET session_replication_role = replica")
            cursor.execute("UPDATE audit_entry SET reason = 'other' WHERE chain_id = 'project:1' AND seq = 2")
            cursor.execute("DELETE FROM workflow_heartbeat")
            cursor.execute("UPDATE audit_chain SET head = 'forged' WHERE key = 'project:2'")

    monkeypatch.setattr(databases, "put_back", tampered)
    said = "\n".join(restore(backup, "", empty_place).differences)
    assert "project:1#2" in said
    assert "chain project:2" in said


def test_a_backup_of_a_newer_version_is_refused(portal, tmp_path, empty_place, monkeypatch):
    monkeypatch.setattr(databases, "migrations", lambda using: ["files.9999_tomorrow"])
    take(tmp_path / "copy", [])
    with pytest.raises(databases.CannotBackUp, match=r"newer version.*files\.9999_tomorrow"):
        restore(tmp_path / "copy", "", empty_place)
    empty_place.demand_empty()


def test_the_commands_say_what_they_did(portal, tmp_path, key, capsys):
    folder, identity = tmp_path / "backups", tmp_path / "identity"
    folder.mkdir()
    identity.write_text(f"# made for a test\n{key}\n")
    call_command("backup", str(folder), recipient=[str(key.to_public())], keep=2)
    (made,) = folder.iterdir()
    assert made.name.endswith(".portal-backup.age")
    call_command("restore", str(made), check=True, identity=identity)
    assert "20 files, encrypted" in (said := capsys.readouterr().out)
    assert "whole. Taken" in said
    assert Heartbeat.objects.get(pk="backup").detail.startswith(made.name)
    with pytest.raises(CommandError, match="identity"):
        call_command("restore", str(made), check=True)


def test_the_newest_are_kept_and_other_files_stay(tmp_path):
    from datetime import UTC, datetime, timedelta

    start = datetime(2026, 1, 1, tzinfo=UTC)
    names = [name_for(start + timedelta(days=day), encrypted=day % 2 == 0) for day in range(5)]
    for name in [*names, "notes.txt"]:
        (tmp_path / name).touch()
    forget_old(tmp_path, 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*names[3:], "notes.txt"])


def test_every_file_in_the_store_is_named_by_somebody(portal):
    """Whatever a new app keeps must be told to the backup: nothing lies in the store that no row names."""
    lying = {*paths_in(default_storage, "documents"), *paths_in(default_storage, "sealed")}
    assert lying == {stored.path for stored in stored_files()}


def test_files_come_out_of_a_bucket_and_go_into_another(bucket, endpoint, portal, empty_place, tmp_path):
    taken = take(tmp_path / "one.portal-backup", [])
    assert (taken.is_sound, taken.files) == (True, 20)
    elsewhere = replace(empty_place, files=S3Storage(**make_bucket(endpoint, "elsewhere")))
    assert restore(taken.path, "", elsewhere).differences == []
    assert set(paths_in(elsewhere.files, "documents")) == set(paths_in(default_storage, "documents"))
    with pytest.raises(NotEmpty):
        restore(taken.path, "", elsewhere)
    gone = Document.objects.order_by("pk")[0].path
    default_storage.delete(gone)
    assert take(tmp_path / "two.portal-backup", []).missing == [gone]
