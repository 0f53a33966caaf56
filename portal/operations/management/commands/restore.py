"""Put a backup back into an empty place, or only check it."""
import sys
from pathlib import Path

import environ
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from portal.operations.backups.container import Damaged
from portal.operations.backups.databases import CannotBackUp
from portal.operations.backups.restoring import NotEmpty, Place, check, restore


class Command(BaseCommand):
    requires_system_checks = ()
    help = (
        "Put a backup into an empty folder and database, compare every table, chain and file with what was taken, and verify the "
        "record. Exits 1 and names the place when anything differs."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--into", type=Path, help="folder that becomes PORTAL_VAR; by default this installation's")
        parser.add_argument("--database", metavar="URL", help="PostgreSQL database; by default DATABASE_URL")
        parser.add_argument("--identity", type=Path, metavar="FILE", help="file with the secret key of age")
        parser.add_argument("--check", action="store_true", help="read and check every byte, put nothing back")

    def handle(self, *args, file, into, database, identity, check: bool, **options):
        try:
            secret = _secret(identity)
            if check:
                return self.only_check(file, secret)
            restored = restore(file, secret, _place(into, database), self.stdout.write)
        except (Damaged, NotEmpty, CannotBackUp, OSError) as reason:
            raise CommandError(f"{file}: {reason}") from None
        for difference in restored.differences:
            self.stderr.write(difference)
        self.stdout.write(
            f"{restored.tables} tables with {restored.rows} rows, {restored.files} files, {restored.entries} entries of the record: "
            + ("all as it was taken" if not restored.differences else f"{len(restored.differences)} differences")
        )
        if restored.differences:
            sys.exit(1)
        return None

    def only_check(self, file: Path, secret: str) -> None:
        manifest = check(file, secret)
        self.stdout.write(
            f"{file}: whole. Taken {manifest['taken_at']}, {manifest['database']}, {len(manifest['parts'])} parts, "
            f"{sum(manifest['tables'].values())} rows, {len(manifest['chains'])} chains"
        )


def _secret(path: Path | None) -> str:
    """The line of an age identity file that holds the key."""
    if path is None:
        return ""
    lines = [line.strip() for line in path.read_text().splitlines()]
    return next((line for line in lines if line.startswith("AGE-SECRET-KEY-")), "")


def _place(into: Path | None, url: str | None) -> Place:
    database = environ.Env.db_url_config(url) if url else None
    if database:
        database = {**connection.settings_dict, "OPTIONS": {}, **database}
    elif connection.vendor != "sqlite":
        database = connection.settings_dict
    return Place.in_folder((into or settings.VAR_DIR).resolve(), database)
