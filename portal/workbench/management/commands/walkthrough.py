"""Walk purchases through their whole life at a running server."""
import sys
import threading
import time
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.workbench.walkthrough.crowd import aliases, make_agencies
from portal.workbench.walkthrough.side_by_side import Step
from portal.workbench.walkthrough.story import StepFailed, Story

#: Parts of the main job that are walked alone.
CASES = {"W-09-plan": ("plan_cycle",)}
CHAPTERS = ("plan", "budget", "tender", "bids", "award", "contract", "delivery", "payment", "evaluation", "case_file")


class Command(BaseCommand):
    help = "Do the main job end to end through the HTTP API as the demonstration people; exit 0 only if every step did."

    def add_arguments(self, parser):
        parser.add_argument("--base-url", action="append", help="address of the portal; several are used in turn")
        parser.add_argument("--out", type=Path, default=settings.VAR_DIR / "walkthrough")
        parser.add_argument(
            "--purchases", type=int, default=1, metavar="N",
            help="N purchases side by side, each of an agency of its own, which are made in the database of this installation",
        )
        parser.add_argument("--case", choices=CASES, help="walk this case alone instead of a whole purchase")
        parser.add_argument(
            "--patience", type=float, default=0, metavar="SECONDS",
            help="send again for so long what gets no answer; every act then has a key, so that none is done twice",
        )

    def handle(self, *args, base_url, out: Path, purchases: int, patience: float, case: str | None, **options):
        self.chapters = CASES[case] if case else CHAPTERS
        addresses = base_url or [settings.PUBLIC_URL]
        if purchases < 1:
            raise CommandError("--purchases takes a number from 1")
        if purchases > 1:
            make_agencies(purchases)
        stories = [
            Story(
                base_url=addresses[number % len(addresses)], addresses=addresses, out=out / (str(number + 1) if purchases > 1 else ""),
                say=self.saying(f"{number + 1:>2} " if purchases > 1 else ""), aliases=aliases(number + 1),
                patience=patience, job_patience=180.0 * purchases + 5 * patience,
            )
            for number in range(purchases)
        ]
        began = time.monotonic()
        fine = [self.play(stories[0])] if purchases == 1 else self.play_together(stories)
        self.sum_up(stories, fine, time.monotonic() - began)
        if not all(fine):
            sys.exit(1)

    def play(self, story: Story) -> bool:
        """Whether every step did what it should."""
        story.out.mkdir(parents=True, exist_ok=True)
        try:
            for chapter in self.chapters:
                module = import_module(f"portal.workbench.walkthrough.{chapter}")
                story.say(f"── {module.TITLE}")
                module.play(story)
        except Exception as failure:  # noqa: BLE001  the others go on; this one is told and counted
            story.say(f"✗ {failure if isinstance(failure, StepFailed) else repr(failure)}")
            return False
        return True

    def play_together(self, stories: list[Story]) -> list[bool]:
        first = stories[0]
        step = Step(len(stories), now=first.now, turn=lambda moment: first.turn_clock(moment, "所有采购一起前进"))
        fine = [False] * len(stories)

        def walk(number: int) -> None:
            try:
                fine[number] = self.play(stories[number])
            finally:
                step.leave()

        threads = [threading.Thread(target=walk, args=[number], name=f"purchase {number + 1}") for number in range(len(stories))]
        for number, (story, thread) in enumerate(zip(stories, threads, strict=True)):
            story.wait_for = lambda moment, number=number: step.wait_for(number, moment)
            thread.start()
        for thread in threads:
            thread.join()
        return fine

    def sum_up(self, stories: list[Story], fine: list[bool], seconds: float) -> None:
        steps, probes = sum(story.steps for story in stories), sum(story.probes for story in stories)
        self.stdout.write(f"{steps} steps, {probes} refusals, papers in {stories[0].out}")
        if len(stories) > 1 or stories[0].patience:
            again, broken = (sum(getattr(story, name) for story in stories) for name in ("sent_again", "broken_answers"))
            self.stdout.write(
                f"{sum(fine)} of {len(stories)} purchases ended in {seconds:.0f} s; {again} calls sent again, {broken} answers 5xx"
            )
            for line in sorted({line for story in stories for person in story.people.values() for line in person.broken})[:20]:
                self.stdout.write(f"  {line[:300]}")

    def saying(self, prefix: str):
        def say(line: str) -> None:
            self.stdout.write(prefix + line)
            self.stdout.flush()

        return say
