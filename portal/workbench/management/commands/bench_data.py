"""Fill a throw-away portal with projects to measure it by."""
from django.core.management import call_command
from django.core.management.base import BaseCommand

from portal.workbench.bulk import build, copy_project
from procurement.plans.models import Project


class Command(BaseCommand):
    help = "Build one project by its verbs and copy it until there are N; the last line is the number of one of them."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--projects", type=int, default=1000)

    def handle(self, *, projects: int, **options) -> None:
        call_command("load_cases", verbosity=0, stdout=self.stdout)
        seed = Project.objects.filter(is_history=False).order_by("pk").first() or build(self._say)
        made = copy_project(seed, max(0, projects - Project.objects.count()))
        self._say(f"{len(made)} copies, {Project.objects.count()} projects")
        self._say(seed.number)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
