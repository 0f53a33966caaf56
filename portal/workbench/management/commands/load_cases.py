"""Load the demonstration: people, suppliers, experts, the worked cases; set the demonstration clock once."""
from datetime import datetime

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from portal import clock
from portal.accounts.demo import load_people
from portal.workbench.cases.w01 import load_w01
from portal.workbench.cases.w04 import load_w04
from portal.workbench.cases.w09 import load_w09
from portal.workflow.models import ClockOffset
from procurement.awards.demo import load_demo_experts
from procurement.suppliers.demo import load_demo_suppliers

#: W-09 begins: the plan is submitted on 28 November, two days before the cut-off.
STORY_BEGINS = datetime(2025, 11, 28, 8, 30, tzinfo=clock.SHANGHAI)


class Command(BaseCommand):
    help = "Load the demonstration people and the worked cases; what is there already stays as it is."

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError("the worked cases are for demo mode only (PORTAL_DEMO=1)")
        load_people()
        with transaction.atomic():
            if not ClockOffset.objects.filter(pk=1).exists():
                ClockOffset.objects.create(pk=1, seconds=(STORY_BEGINS - timezone.now()).total_seconds())
        load_demo_suppliers()
        load_demo_experts()
        load_w01()
        load_w04()
        load_w09()
        self.stdout.write(f"worked cases loaded; the demonstration clock shows {clock.now():%Y-%m-%d %H:%M}")
