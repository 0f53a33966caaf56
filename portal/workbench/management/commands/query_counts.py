"""Print how many queries every list costs, as JSON."""
import json

from django.core.management.base import BaseCommand
from django.test import Client

from portal.accounts.models import User
from portal.workbench.query_counts import READERS, counts


class Command(BaseCommand):
    help = "Queries of every page and API list that needs nothing in its address, for several readers."

    def handle(self, **options) -> None:
        readers = {}
        for name in READERS:
            readers[name] = Client()
            if name:
                readers[name].force_login(User.objects.get(username=name))
        self.stdout.write(json.dumps(counts(readers)))
