"""Write the documents that are made from the code, or say which are stale."""
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.workflow import docs


class Command(BaseCommand):
    help = "Writes the generated documents (docs/rules.md and others); --check only says which are stale."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when something is stale")
        parser.add_argument("--root", type=Path, default=settings.BASE_DIR, help="folder the paths count from")

    def handle(self, *, check: bool, root: Path, **options) -> None:
        if check:
            if found := list(docs.stale(root)):
                raise CommandError(f"stale: {', '.join(found)}; run manage.py write_docs")
            self.stdout.write(f"{len(docs.texts())} generated documents are up to date")
            return
        for path in docs.write(root):
            self.stdout.write(f"written: {path}")
