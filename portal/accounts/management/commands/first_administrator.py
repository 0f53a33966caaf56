"""Make the first administrator of an empty installation."""
import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal.accounts.actor import system_actor
from portal.accounts.models import Membership, Organisation, Region, User
from portal.accounts.roles import OrganisationKind, Role
from portal.audit.record import note
from portal.identifiers import is_credit_code


class Command(BaseCommand):
    help = "Make the first administrator, with the organisation and region he works for; refused when one exists."

    def add_arguments(self, parser):
        parser.add_argument("--username", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--organisation", required=True, help="name of the operating organisation")
        parser.add_argument("--code", required=True, help="its unified social credit code")
        parser.add_argument("--region-code", required=True)
        parser.add_argument("--region-name", required=True)
        parser.add_argument("--password-from-stdin", action="store_true")

    @transaction.atomic
    def handle(self, *args, **options):
        if Membership.objects.filter(role=Role.ADMINISTRATOR).exists():
            raise CommandError("there is an administrator already; he makes the others")
        if not is_credit_code(options["code"]):
            raise CommandError("the unified social credit code has a wrong check digit (RCV-21)")
        password = input() if options["password_from_stdin"] else getpass.getpass()
        try:
            validate_password(password)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        region, _made = Region.objects.get_or_create(
            code=options["region_code"], defaults={"name": options["region_name"], "level": Region.Level.CITY}
        )
        organisation, _made = Organisation.objects.get_or_create(
            code=options["code"],
            defaults={"name": options["organisation"], "kind": OrganisationKind.OPERATIONS, "region": region},
        )
        user = User.objects.create_user(options["username"], password, name=options["name"])
        Membership.objects.create(user=user, organisation=organisation, role=Role.ADMINISTRATOR)
        note(actor=system_actor(), what="first_administrator", subject=str(user.pk), label=user.name)
        self.stdout.write(f"{user.username} may sign in now.")
