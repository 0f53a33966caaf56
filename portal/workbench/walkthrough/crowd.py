"""More agencies like the demonstration's, each with people of its own, so that many purchases can go side by side."""
from __future__ import annotations

from django.db import transaction

from portal.accounts.demo import PEOPLE, organisation
from portal.accounts.models import Membership, Organisation, User
from portal.identifiers import check_character

AGENCY = "agency"  # the demonstration's agency whose people walk through a purchase
STEM = "113601990145{:05}"  # 17 characters of a credit code; the demonstration's own end below 100
NAMES = tuple(account for account, _name, key, _role in PEOPLE if key == AGENCY)


def account_of(account: str, number: int) -> str:
    return f"{account}_no{number}"


def aliases(number: int) -> dict[str, str]:
    """Who plays which part in the purchase of that number: the demonstration's people in the first one, others after."""
    return {} if number == 1 else {account: account_of(account, number) for account in NAMES}


@transaction.atomic
def make_agencies(count: int) -> None:
    """Make agencies 2 to `count`, in the same city and under the same superior; what is there already stays."""
    model = organisation(AGENCY)
    for number in range(2, count + 1):
        stem = STEM.format(10_000 + number)
        agency, _made = Organisation.objects.get_or_create(
            code=stem + check_character(stem),
            defaults={
                "kind": model.kind, "name": f"{model.name}第{number}分局", "short_name": f"{model.short_name}{number}分局",
                "region": model.region, "superior": model.superior, "phone": model.phone, "address": model.address,
            },
        )
        for account, name, key, role in PEOPLE:
            if key != AGENCY:
                continue
            username = account_of(account, number)
            user, made = User.objects.get_or_create(
                username=username, defaults={"name": f"{name}{number}", "email": f"{username}@demo.invalid", "is_demo": True},
            )
            if made:
                user.set_unusable_password()
                user.save()
            Membership.objects.get_or_create(user=user, organisation=agency, role=role)
