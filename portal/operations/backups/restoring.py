"""Putting a backup back into an empty place, and proving that it is the same portal."""
from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, default_storage

from portal.audit.record import verify
from portal.files.stores import paths_in, stored_files

from . import container, databases

SPOOL = 8 * 1024 * 1024  # bytes of a file that are held in memory on its way


class NotEmpty(Exception):
    """A backup is never put over anything that is there."""


@dataclass(slots=True)
class Restored:
    """What came back, and every difference from what was taken."""

    tables: int = 0
    rows: int = 0
    files: int = 0
    entries: int = 0
    differences: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a backup goes: a folder for what lies in `PORTAL_VAR`, a database, a store of files."""

    folder: Path
    database: dict
    files: Storage

    @classmethod
    def in_folder(cls, folder: Path, database: dict | None) -> Place:
        """`database`: settings of a PostgreSQL database, or None for the embedded one inside the folder."""
        embedded = databases.of_sqlite(folder / "portal.sqlite3")
        local = isinstance(default_storage._wrapped or default_storage, FileSystemStorage)
        return cls(folder, database or embedded, FileSystemStorage(folder / "media") if local else default_storage)

    def demand_empty(self) -> None:
        """Raises NotEmpty."""
        if not databases.is_empty(self.database):
            raise NotEmpty(f"the database {self.database['NAME']} is not empty")
        for name in ("documents", "sealed"):
            if found := next(paths_in(self.files, name), None):
                raise NotEmpty(f"the store of files already holds {found}")


def check(path: Path, identity: str) -> dict:
    """Read every byte of a backup without keeping any; returns its manifest. Raises Damaged."""
    return container.read(path, identity, lambda name, stream: None)


def restore(path: Path, identity: str, place: Place, say: Callable[[str], None] = lambda line: None) -> Restored:
    """Put a backup back and compare. Raises Damaged, NotEmpty or CannotBackUp; then nothing is left in the place.

    Database and key get their names only when every byte was read and found right.
    """
    place.demand_empty()
    place.folder.mkdir(parents=True, exist_ok=True)
    scratch = place.folder / ".restoring"
    scratch.mkdir()
    written: list[str] = []

    def keep(name: str, stream: BinaryIO) -> None:
        if name.startswith("files/"):
            kept = name.removeprefix("files/")
            if ".." in PurePosixPath(kept).parts:
                raise container.Damaged(f"{name} leads outside the store")
            written.append(kept)
            with tempfile.SpooledTemporaryFile(SPOOL, dir=scratch) as whole:  # a bucket asks for the size first
                shutil.copyfileobj(stream, whole, container.CHUNK)
                whole.seek(0)
                if place.files.save(kept, File(whole, kept)) != kept:
                    raise NotEmpty(f"the store of files already holds {kept}")
        elif name == "database" or name in container.KEYS:
            (scratch / name).parent.mkdir(exist_ok=True)
            with (scratch / name).open("wb") as out:
                shutil.copyfileobj(stream, out, container.CHUNK)

    try:
        manifest = container.read(path, identity, keep)
        say(f"{len(manifest['parts'])} parts read, every digest fits")
        _demand_software(manifest, place)
        databases.put_back(place.database, scratch / "database")
        for key in filter(Path.exists, (scratch / name for name in container.KEYS)):
            kept = place.folder / key.relative_to(scratch)
            kept.parent.mkdir(exist_ok=True)
            key.chmod(0o600)
            key.replace(kept)
    except BaseException:
        for name in written:
            place.files.delete(name)
        raise
    finally:
        shutil.rmtree(scratch)
    say("database and files are in place; comparing")
    return _compare(manifest, place)


def _demand_software(manifest: dict, place: Place) -> None:
    """The right kind of database, and no migration that this version does not know. Raises CannotBackUp."""
    from django.db.migrations.loader import MigrationLoader

    vendor = "sqlite" if place.database["ENGINE"].endswith("sqlite3") else "postgresql"
    if manifest["database"] != vendor:
        raise databases.CannotBackUp(f"it holds a database of {manifest['database']}, and the place is one of {vendor}")
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    unknown = sorted(set(manifest["migrations"]) - known)
    if unknown:
        raise databases.CannotBackUp(f"it was taken by a newer version of the portal, which has {', '.join(unknown[:3])}")


def _compare(manifest: dict, place: Place) -> Restored:
    """Rows of each table, heads of the chains, every entry of the record, the digest of every file."""
    done = Restored(tables=len(manifest["tables"]), rows=sum(manifest["tables"].values()))
    with databases.alias(databases.RESTORED, place.database) as using:
        for what, was, now in (
            ("rows of", manifest["tables"], databases.counts(using)), ("chain", manifest["chains"], databases.heads(using)),
        ):
            done.differences += [
                f"{what} {key}: {was.get(key)} in the backup, {now.get(key)} restored"
                for key in sorted(was.keys() | now.keys()) if was.get(key) != now.get(key)
            ]
        done.differences += [f"record {damage}" for damage in verify(using=using)]
        done.entries = manifest["tables"].get("audit_entry", 0)
        excused = {*manifest["missing"], *manifest["damaged"]}
        for stored in stored_files(using):
            done.files += 1
            try:
                with place.files.open(stored.path, "rb") as stream:
                    intact = hashlib.file_digest(stream.file, stored.algorithm).hexdigest() == stored.digest
            except FileNotFoundError:
                intact = f"files/{stored.path}" not in manifest["parts"] and stored.path not in excused
            if not intact:
                known = ", as it was when the backup was taken" if stored.path in excused else ""
                done.differences.append(f"file {stored.path} is missing or changed{known}")
    return done
