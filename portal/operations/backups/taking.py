"""Taking a backup while the portal runs."""
from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from portal.files.stores import Stored, stored_files
from portal.workflow.models import Heartbeat

from . import container, databases

HEARTBEAT = "backup"  # when the last whole backup was taken
SUFFIX = ".portal-backup"


@dataclass(slots=True)
class Taken:
    """What a backup came to."""

    path: Path
    size: int = 0
    files: int = 0
    tables: int = 0
    missing: list[str] = field(default_factory=list)  # named by the database, not in the store
    damaged: list[str] = field(default_factory=list)  # copied, but not the bytes whose digest was recorded

    @property
    def is_sound(self) -> bool:
        return not (self.missing or self.damaged)


def take(path: Path, recipients: list[str], say: Callable[[str], None] = lambda line: None) -> Taken:
    """Write the database, every file that it names and the installation's key into one file.

    The database is a single moment; files are written before the row that names them and are never changed, so what that
    moment names lies in the store and can be copied afterwards. A file that was let go of in between is no loss. One
    that is missing or changed is named in the result, and the backup of all else is still made.
    """
    taken = Taken(path)
    with (
        tempfile.TemporaryDirectory(dir=settings.VAR_DIR, prefix="backup-") as scratch,
        databases.standing_still(Path(scratch)) as (view, dump),
        container.written_to(path, recipients) as writer,
    ):
        counted = databases.counts(view)
        say(f"database: {sum(counted.values())} rows in {len(counted)} tables")
        manifest = {
            "taken_at": timezone.now().isoformat(), "database": connection.vendor, "audit_digest": settings.AUDIT_DIGEST,
            "tables": counted, "chains": databases.heads(view), "migrations": databases.migrations(view),
        }
        with dump.open("rb") as stream:
            writer.add("database", stream, dump.stat().st_size)
        for stored in stored_files(view):
            _copy(stored, writer, taken)
        _add_keys(writer)
        writer.finish({**manifest, "missing": taken.missing, "damaged": taken.damaged})
    taken.size, taken.tables = path.stat().st_size, len(counted)
    Heartbeat.objects.update_or_create(
        pk=HEARTBEAT, defaults={"beaten_at": timezone.now(), "detail": f"{path.name}, {taken.size} bytes"[:200]}
    )
    return taken


def _copy(stored: Stored, writer: container.Writer, taken: Taken) -> None:
    try:
        stream = default_storage.open(stored.path, "rb")
    except FileNotFoundError:
        if any(still.path == stored.path for still in stored_files()):
            taken.missing.append(stored.path)
        return
    with stream:
        if hashlib.file_digest(stream.file, stored.algorithm).hexdigest() != stored.digest:
            taken.damaged.append(stored.path)
        stream.seek(0)
        writer.add(f"files/{stored.path}", stream.file, stream.size)
    taken.files += 1


def _add_keys(writer: container.Writer) -> None:
    """The installation's key, and that of its seal where it made one itself."""
    for name in container.KEYS:
        folder, base = (settings.SEAL_DIR, Path(name).name) if name.startswith("seal/") else (settings.VAR_DIR, name)
        key = folder / base
        if key.exists():
            with key.open("rb") as stream:
                writer.add(name, stream, key.stat().st_size)


def name_for(moment: datetime, *, encrypted: bool) -> str:
    """Names sort by time."""
    return f"portal-{moment:%Y%m%dT%H%M%SZ}{SUFFIX}{'.age' if encrypted else ''}"


def forget_old(folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest `keep` backups of a folder; whatever else lies there stays."""
    old = sorted(path for path in folder.glob(f"portal-*{SUFFIX}*") if path.suffix in (SUFFIX, ".age"))[:-keep]
    for path in old:
        path.unlink()
    return old
