"""The database's own ways: a view that stands still, a dump of exactly that view, and putting it back."""
from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, connections, transaction

SNAPSHOT = "snapshot"  # alias of the view that stands still
RESTORED = "restored"  # alias of the database that a backup was put back into


class CannotBackUp(Exception):
    """Something that a backup or a restore needs is missing; the text says what."""


@contextmanager
def alias(name: str, settings: dict) -> Iterator[str]:
    """One more connection of this process for a while."""
    connections.databases[name] = {**settings, "CONN_MAX_AGE": 0}
    try:
        yield name
    finally:
        connections[name].close()
        del connections[name], connections.databases[name]


def of_sqlite(path: Path, **options) -> dict:
    """Settings of a connection to a SQLite file."""
    return {**_bare(connection.settings_dict), "ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": options}


def _bare(settings: dict) -> dict:
    return {**settings, "USER": "", "PASSWORD": "", "HOST": "", "PORT": ""}


# --- taking ----------------------------------------------------------------------------------------------------------
@contextmanager
def standing_still(folder: Path) -> Iterator[tuple[str, Path]]:
    """(alias, dump): one moment of the database to read from, and the file that holds exactly this moment.

    Writers are not held up: SQLite's own backup copies pages under a read lock, PostgreSQL exports a snapshot that
    `pg_dump` and our counting share.
    """
    dump = folder / "database"
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with sqlite3.connect(dump) as copy:
            connection.connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
        copy.close()
        with alias(SNAPSHOT, of_sqlite(f"file:{dump}?mode=ro&immutable=1")) as view:
            yield view, dump
        return
    settings = {**connection.settings_dict, "OPTIONS": {**connection.settings_dict.get("OPTIONS", {})}}
    settings["OPTIONS"]["isolation_level"] = 2  # REPEATABLE READ of psycopg2
    with alias(SNAPSHOT, settings) as view, transaction.atomic(using=view):
        with connections[view].cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
        run_postgresql(settings, "pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={dump}")
        yield view, dump


def run_postgresql(settings: dict, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on a database; the password goes by its environment. Raises CannotBackUp."""
    if not shutil.which(program):
        raise CannotBackUp(f"{program} is not installed; on Debian: apt-get install postgresql-client")
    given = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    environment = {**os.environ, **{name: str(settings[key]) for name, key in given.items() if settings.get(key)}}
    done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise CannotBackUp(f"{program}: {done.stderr.strip()[-500:]}")


# --- what can be compared --------------------------------------------------------------------------------------------
def counts(using: str) -> dict[str, int]:
    """Rows of every table."""
    found = {}
    with connections[using].cursor() as cursor:
        for table in sorted(connections[using].introspection.table_names(cursor)):
            cursor.execute(f"SELECT COUNT(*) FROM {connections[using].ops.quote_name(table)}")  # noqa: S608  names of our tables
            found[table] = cursor.fetchone()[0]
    return found


def heads(using: str) -> dict[str, list]:
    """Length and last digest of every chain of the record."""
    from portal.audit.models import Chain

    return {key: [count, head] for key, count, head in Chain.objects.using(using).values_list("key", "count", "head")}


def migrations(using: str) -> list[str]:
    """What the database has been raised to, as "app.name"."""
    from django.db.migrations.recorder import MigrationRecorder

    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connections[using]).applied_migrations())


# --- putting back ----------------------------------------------------------------------------------------------------
def is_empty(settings: dict) -> bool:
    """Whether a database holds no table yet."""
    if settings["ENGINE"].endswith("sqlite3"):
        return not Path(settings["NAME"]).exists()
    with alias(RESTORED, settings) as using, connections[using].cursor() as cursor:
        return not connections[using].introspection.table_names(cursor)


def put_back(settings: dict, dump: Path) -> None:
    """Put a dump into an empty database, wholly or not at all. Raises CannotBackUp."""
    if settings["ENGINE"].endswith("sqlite3"):
        target = Path(settings["NAME"])
        dump.chmod(0o640)
        shutil.move(dump, target)
        return
    run_postgresql(
        settings, "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
        f"--dbname={settings['NAME']}", str(dump),
    )
