"""List what is older than its term, or destroy it by a recorded act."""
import json

from django.core.management.base import BaseCommand, CommandError

from portal.accounts.actor import Actor, actor_for
from portal.accounts.models import User
from portal.operations.destruction import destroy, over_term
from portal.workflow import Refused
from procurement.plans.models import Project


class Command(BaseCommand):
    help = (
        "List the projects whose files have been kept for their whole term (R-GP-47). With --destroy the files of one of them are let "
        "go of, by a decision of its agency's head, and the act stands in the record."
    )

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--destroy", metavar="NUMBER", help="number of the project")
        parser.add_argument("--decision", default="", help="number of the paper by which the destruction was decided")
        parser.add_argument("--approved-by", metavar="USERNAME", help="head of the agency")
        parser.add_argument("--by", metavar="USERNAME", help="administrator who carries it out")

    def handle(self, *args, **options):
        if options["destroy"]:
            return self.destroy(options)
        found = over_term()
        if options["json"]:
            rows = [
                {"project": due.project.number, "agency": due.project.agency.name, "over_since": due.over_since.isoformat(),
                 "files": due.files, "bytes": due.size} for due in found
            ]  # fmt: skip
            self.stdout.write(json.dumps(rows, ensure_ascii=False))
            return None
        for due in found:
            number, agency = due.project.number, due.project.agency.name
            self.stdout.write(f"{number}  {agency}  over since {due.over_since:%Y-%m-%d}  {due.files} files, {due.size} bytes")
        self.stdout.write(f"{len(found)} projects")
        return None

    def destroy(self, options: dict) -> None:
        project = Project.objects.filter(number=options["destroy"]).first()
        if project is None:
            raise CommandError(f"there is no project {options['destroy']}")
        try:
            entry = destroy(
                project, actor=_actor(options["by"]), approved_by=_actor(options["approved_by"]), decision=options["decision"]
            )
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"{entry.facts['files']} files destroyed; entry {entry.chain_id}#{entry.seq}")


def _actor(username: str | None) -> Actor:
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"there is no account {username}; --by and --approved-by name two people")
    return actor_for(user)
