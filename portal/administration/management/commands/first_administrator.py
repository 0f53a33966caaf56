"""Show the way in for the first administrator of an empty installation."""
from django.core.management.base import BaseCommand, CommandError

from portal.administration.links import setup_link
from portal.administration.verbs.setup import is_set_up


class Command(BaseCommand):
    help = "Print a link, good for 24 hours and once, under which the first administrator sets the portal up."

    def add_arguments(self, parser):
        parser.add_argument("--if-none", action="store_true", help="print nothing, instead of failing, when there is one")

    def handle(self, *args, **options):
        if not is_set_up():
            self.stdout.write(setup_link())
        elif not options["if_none"]:
            raise CommandError("There is an administrator already; he invites the others.")
