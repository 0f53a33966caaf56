"""`manage.py search_index [--anew]`: write what the search box does not know yet, or everything again."""
from django.core.management.base import BaseCommand

from portal.search.sources import sources


class Command(BaseCommand):
    help = "Writes into the index of the search box what is missing there; with --anew everything again."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--anew", action="store_true", help="forget the index first; after names were changed in bulk")

    def handle(self, *args, **options) -> None:
        for source in sources():
            written = source.fill(anew=options["anew"])
            if written:
                self.stdout.write(f"{source.kind}: {written}")
