"""Fill a throw-away portal with a province."""
from time import perf_counter

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from portal.audit.models import Entry
from portal.audit.record import seal
from portal.workbench.simulation.rows import snapshot_of
from portal.workbench.simulation.run import Simulation, Wanted
from portal.workbench.simulation.story import CHAPTERS, play
from procurement.plans.models import Project


class Command(BaseCommand):
    help = "Build one project by its verbs and copy it, in all its stages, over regions, agencies, suppliers and years; demo mode only."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--projects", type=int, default=1_000)
        parser.add_argument("--suppliers", type=int, default=300)
        parser.add_argument("--years", type=int, default=3)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--regions", type=int, default=20, help="cities and counties beside the demonstration's own")
        parser.add_argument("--agencies", type=int, default=0, help="purchasers in all, the home city's too; 0: sixteen a region")
        parser.add_argument("--deep", type=float, default=1.0, help="share of the projects that went on from planning")
        parser.add_argument("--until", choices=CHAPTERS, default=CHAPTERS[-1], help="how far the verb-made project goes")
        parser.add_argument("--no-seal", action="store_true", help="leave the record unsealed")

    def handle(self, *, until: str, no_seal: bool, **options) -> None:
        if Project.objects.filter(is_history=False).exists():
            raise CommandError("there are projects already: a province is made in an empty portal")
        wanted = Wanted(**{name: options[name] for name in ("projects", "suppliers", "years", "seed", "regions", "agencies", "deep")})
        call_command("load_cases", verbosity=0, stdout=self.stdout)
        start = perf_counter()
        snapshots = play(self._say, CHAPTERS[: CHAPTERS.index(until) + 1])
        seed = snapshots[-1].project
        snapshots.append(snapshot_of(Project.objects.get(pk=seed.pk)))
        made = perf_counter()
        self._say(f"one project by its verbs, in {len(snapshots)} stages: {made - start:.0f} s")
        rows = Simulation(snapshots, wanted, self._say).run()
        if not no_seal:
            seal()
        taken = perf_counter() - made
        entries = Entry.objects.count()
        self._say(f"{wanted.projects} copies, {rows} rows, {entries} entries: {taken:.0f} s, {rows / taken:,.0f} rows a second")
        self._say(seed.number)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
