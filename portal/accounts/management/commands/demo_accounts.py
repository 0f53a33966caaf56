"""Print who can sign in to the demonstration."""
from django.core.management.base import BaseCommand

from portal.accounts.models import Membership


class Command(BaseCommand):
    help = "List the demonstration accounts: person, organisation, role."

    def handle(self, *args, **options):
        rows = (
            Membership.objects.live().filter(user__is_demo=True)
            .select_related("user", "organisation").order_by("organisation__region__path", "organisation_id", "id")
        )
        for m in rows:
            self.stdout.write(f"  {m.user.username:26} {m.user.name}  {m.organisation.name} · {m.get_role_display()}")
