"""Write the record to a file that an outsider can verify with `verify/audit.py`."""
from pathlib import Path

from django.core.management.base import BaseCommand

from portal.audit.record import export_lines, seal


class Command(BaseCommand):
    help = "Export the record as JSON lines (a checkpoint is sealed first)."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *args, **options):
        seal()
        with options["file"].open("wb") as out:
            for line in export_lines():
                out.write(line + b"\n")
