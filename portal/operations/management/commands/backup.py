"""Take a backup while the portal runs."""
import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.operations.backups.container import Damaged
from portal.operations.backups.databases import CannotBackUp
from portal.operations.backups.taking import forget_old, name_for, take


class Command(BaseCommand):
    help = (
        "Write database, files and key of this portal into one file that can be checked to the last byte. Exits 1 when a "
        "file that the database names is missing or changed; the backup is made all the same, and names it."
    )

    def add_arguments(self, parser):
        parser.add_argument("out", type=Path, help="a file, or a folder in which it gets a name with the time")
        parser.add_argument(
            "--recipient", action="append", default=[], metavar="age1…",
            help="encrypt to this public key of age (several times for several); by default what BACKUP_RECIPIENT names",
        )
        parser.add_argument("--keep", type=int, metavar="N", help="with a folder: remove all but its newest N backups afterwards")

    def handle(self, *args, out, recipient, keep, **options):
        recipients = recipient or settings.BACKUP_RECIPIENTS
        folder = out if out.is_dir() else None
        if keep is not None and (keep < 1 or folder is None):
            raise CommandError("--keep takes a number from 1, and a folder")
        path = folder / name_for(timezone.now(), encrypted=bool(recipients)) if folder else out
        if path.exists():
            raise CommandError(f"{path} exists; a backup never replaces another")
        try:
            taken = take(path, recipients, self.stdout.write)
        except (CannotBackUp, Damaged, ValueError) as reason:
            raise CommandError(str(reason)) from None
        self.stdout.write(
            f"{path}: {taken.size} bytes, {taken.tables} tables, {taken.files} files, "
            + ("encrypted" if recipients else "NOT encrypted: it can be read by whoever holds it")
        )
        if folder and keep:
            for old in forget_old(folder, keep):
                self.stdout.write(f"removed {old.name}")
        for what, paths in (("missing from the store", taken.missing), ("not what was recorded", taken.damaged)):
            for each in paths:
                self.stderr.write(f"{what}: {each}")
        if not taken.is_sound:
            sys.exit(1)
