"""Walk one purchase through its whole life at a running server."""
import sys
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.workbench.walkthrough.story import StepFailed, Story

CHAPTERS = ("plan", "budget", "tender", "bids", "award", "contract", "delivery", "payment", "evaluation", "case_file")


class Command(BaseCommand):
    help = "Do the main job end to end through the HTTP API as the demonstration people; exit 0 only if every step did."

    def add_arguments(self, parser):
        parser.add_argument("--base-url", default=settings.PUBLIC_URL)
        parser.add_argument("--out", type=Path, default=settings.VAR_DIR / "walkthrough")

    def handle(self, *args, **options):
        options["out"].mkdir(parents=True, exist_ok=True)
        story = Story(base_url=options["base_url"], out=options["out"], say=self._say)
        try:
            for chapter in CHAPTERS:
                module = import_module(f"portal.workbench.walkthrough.{chapter}")
                self._say(f"── {module.TITLE}")
                module.play(story)
        except StepFailed as failure:
            self._say(f"✗ {failure}")
            sys.exit(1)
        self._say(f"{story.steps} steps, {story.probes} refusals, papers in {options['out']}")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
