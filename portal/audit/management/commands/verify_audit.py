"""Check the whole record and name every place that does not fit."""
import json
import sys

from django.core.management.base import BaseCommand

from portal.audit.models import Chain, Checkpoint, Entry
from portal.audit.record import verify


class Command(BaseCommand):
    help = "Verify the chained record; exits 1 and names the place when an entry was altered, removed or re-ordered."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument("--chain", help="verify one chain only, e.g. project:17")

    def handle(self, *args, **options):
        damages = list(verify(*filter(None, [options["chain"]])))
        summary = {
            "chains": Chain.objects.count(), "entries": Entry.objects.count(), "checkpoints": Checkpoint.objects.count(),
            "damages": [{"chain": d.chain, "seq": d.seq, "what": d.what} for d in damages],
        }
        if options["json"]:
            self.stdout.write(json.dumps(summary, ensure_ascii=False))
        else:
            for damage in damages:
                self.stdout.write(str(damage))
            self.stdout.write(
                f"{summary['entries']} entries in {summary['chains']} chains, {summary['checkpoints']} checkpoints: "
                + ("damaged" if damages else "sound")
            )
        if damages:
            sys.exit(1)
