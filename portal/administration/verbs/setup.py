"""The first administrator of an empty installation, with the region and the organisation he works for."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor, system_actor
from portal.accounts.models import Membership, Organisation, Region, User
from portal.accounts.roles import OrganisationKind, Role
from portal.audit.models import GENERAL
from portal.audit.record import lock_chain, note
from portal.identifiers import DivisionLevel, division_level
from portal.workflow.refusals import Refusal, refuse

from .guarding import unless
from .places import no_code, read_code, stem

LEVELS = {
    DivisionLevel.PROVINCE: Region.Level.PROVINCE, DivisionLevel.CITY: Region.Level.CITY, DivisionLevel.COUNTY: Region.Level.COUNTY,
    DivisionLevel.TOWN: Region.Level.TOWN,
}


@dataclass(frozen=True, slots=True)
class Place:
    """A region of the chain from the province down to the jurisdiction."""

    code: str
    name: str


def is_set_up() -> bool:
    """Whether there is, or ever was, an administrator: then nobody becomes one by the first link any more."""
    return Membership.objects.filter(role=Role.ADMINISTRATOR).exists()


@transaction.atomic
def set_up(
    *, places: list[Place], organisation: str, code: str, username: str, name: str, email: str, password: str, actor: Actor | None = None,
) -> User:
    """Make the regions from the province down to the jurisdiction, the operating organisation and its first administrator.

    Raises Refused: when there is an administrator already, and for everything that is wrong at once.
    """
    actor = actor or system_actor()
    lock_chain(GENERAL)  # two who hold the same link come one after the other
    if is_set_up():
        unless([refuse("ADM-03", _("系统管理员已经设立，这个链接已作废。"))])
    code, wrong = read_code(code)
    unless([*_place_faults(places), *wrong, *_account_faults(username, name, email, password)])
    region = None
    for place in places:
        region, _made = Region.objects.get_or_create(
            code=place.code, defaults={"name": place.name, "level": LEVELS[division_level(place.code)], "parent": region}
        )
    body = Organisation.objects.create(code=code, name=organisation.strip(), kind=OrganisationKind.OPERATIONS, region=region)
    person = User.objects.create_user(username, password, name=name.strip(), email=email)
    Membership.objects.create(user=person, organisation=body, role=Role.ADMINISTRATOR)
    note(actor=actor, what="first_administrator", subject=f"user:{person.pk}", label=person.name, facts={
        "region": region.name, "organisation": body.name, "account": username,
    })  # fmt: skip
    return person


def _place_faults(places: list[Place]) -> Iterator[Refusal]:
    """Each code is a division's, begins with the one above it and lies below it; the first is a province."""
    above: Place | None = None
    for number, place in enumerate(places):
        level = division_level(place.code)
        field = FIELDS[number]
        if level not in LEVELS:
            yield no_code(place.code, field)
        elif above is None and level is not DivisionLevel.PROVINCE:
            yield refuse("RCV-30", _("“%(code)s”不是省级代码。"), field=field, code=place.code)
        elif above is not None and (not place.code.startswith(stem(above.code)) or stem(place.code) == stem(above.code)):
            yield refuse("RCV-30", _("“%(code)s”不在上级 %(above)s 之下。"), field=field, code=place.code, above=above.code)
        above = place


FIELDS = ("province_code", "city_code", "county_code")


def _account_faults(username: str, name: str, email: str, password: str) -> Iterator[Refusal]:
    if User.objects.filter(username__iexact=username).exists():
        yield refuse("ADM-01", _("账号“%(name)s”已有人使用，请换一个。"), field="username", name=username)
    try:
        validate_password(password, User(username=username, name=name, email=email))
    except ValidationError as error:
        for message in error.messages:
            yield refuse("ADM-03", "%(message)s", field="password", message=message)
