"""The bodies of a simulated province: every region has what the demonstration's city has, agencies and suppliers are more."""
from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from random import Random

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models

from portal.accounts.models import Membership, Organisation, Region, User
from portal.accounts.roles import OrganisationKind as Kind
from portal.identifiers import check_character
from procurement.plans.models import Plan, Project
from procurement.suppliers.models import Supplier

from . import words

REGIONAL = {Kind.FINANCE, Kind.ESTABLISHMENT, Kind.HUMAN_RESOURCES, Kind.JOINT_MEETING, Kind.CIVIL_AFFAIRS, Kind.AUDIT, Kind.OPERATIONS}
BATCH = 2_000
UNUSABLE = UNUSABLE_PASSWORD_PREFIX  # nobody signs in as an invented person
WEEKS_A_YEAR = 52


@dataclass(slots=True)
class Agency:
    """One purchaser: how the template's bodies, people and region are called where it buys."""

    body: Organisation
    bodies: dict[int, Organisation]
    users: dict[int, User]
    regions: dict[int, Region]
    plans: dict[int, int] = field(default_factory=dict)  # year → plan
    serial: int = 0  # the last that a copy took, whatever its year: a purchase takes numbers of several years


class Province:
    """Makes regions, bodies, people, plans and suppliers like those that a verb-made project speaks of."""

    def __init__(self, project: Project, rng: Random, *, regions: int, suppliers: int, years: range, agencies: int = 0) -> None:
        """`agencies`: so many purchasers in all, the same number in every region; 0: every region but the home one has its bureaux."""
        self.project, self.rng, self.years = project, rng, years
        self.home = project.region
        self.agency = project.agency
        self.number = Organisation.objects.count()
        self.people = _people()
        home = Agency(self.agency, {}, {}, {})
        self.agencies: list[Agency] = [home]
        self._plans([home])
        made = list(self._regions(regions))
        share, more = divmod(max(0, agencies - 1), len(made) + 1) if agencies else (len(words.BUREAUX), 0)
        if agencies:
            staff = {self.agency.superior_id: self.agency.superior}
            self._purchasers(self.home, staff, {}, share + (more > 0))
        for number, region in enumerate(made, 1):
            self._furnish(region, share + (number < more))
        self.suppliers = self._suppliers(suppliers)

    def _regions(self, count: int) -> Iterator[Region]:
        """The first cities with their counties, at most `count` in all."""
        province, made = self.home.parent, 0
        for city_number, (city, counties) in enumerate(words.CITIES.items(), 1):
            code = f"{province.code}{city_number:02d}"
            parent = None
            for county_number, name in enumerate([city, *counties.split()]):
                if made == count:
                    return
                level = Region.Level.COUNTY if county_number else Region.Level.CITY
                full = f"{code}{county_number:02d}" if county_number else f"{code}00"
                region = Region(code=full, name=name, level=level, parent=parent or province)
                region.save()
                parent = parent or region
                made += 1
                yield region

    def _furnish(self, region: Region, count: int) -> None:
        """The departments of a region and so many purchasers."""
        bodies: dict[int, Organisation] = {}
        departments = [each for each in Organisation.objects.filter(region=self.home) if each.kind in REGIONAL]
        if self.agency.superior:
            departments.append(self.agency.superior)
        for old in departments:
            bodies[old.pk] = self._body(old, region, old.name.replace(self.home.name.partition("（")[0], region.name))
        Organisation.objects.bulk_create(bodies.values())
        self._purchasers(region, bodies, self._staff(bodies), count, {self.home.pk: region})

    def _purchasers(self, region: Region, bodies: dict, shared: dict, count: int, regions: dict | None = None) -> None:
        """`bodies`, `shared`: the departments of the region and their people, by those of the template."""
        called = region.name.partition("（")[0]
        taken = set(Organisation.objects.filter(region=region).values_list("name", flat=True)) if region == self.home else set()
        names = list(islice((called + each for each in words.purchasers() if called + each not in taken), count))
        if len(names) < count:
            raise ValueError(f"a region has at most {len(names)} purchasers, not {count}: more regions are needed")
        agencies = [self._body(self.agency, region, name, bodies.get(self.agency.superior_id)) for name in names]
        Organisation.objects.bulk_create(agencies)
        own = [self._staff({self.agency.pk: body}) for body in agencies]
        made = [
            Agency(body, {**bodies, self.agency.pk: body}, {**shared, **staff}, regions or {})
            for body, staff in zip(agencies, own, strict=True)
        ]
        self._plans(made)
        self.agencies += made

    def _body(self, old: Organisation, region: Region, name: str, superior: Organisation | None = None) -> Organisation:
        self.number += 1
        stem = f"11{region.code}{self.number:09d}"
        return Organisation(kind=old.kind, code=stem + check_character(stem), name=name, region=region, superior=superior, phone=old.phone,
                            address=f"{region.name}{self.rng.choice('人民解放建设文化')}路 {self.rng.randrange(1, 400)} 号")  # fmt: skip

    def _staff(self, bodies: dict[int, Organisation]) -> dict[int, User]:
        """For each person of the old bodies one of the new, in the same roles."""
        users: dict[int, User] = {}
        memberships = []
        for old, body in bodies.items():
            for membership in self.people[old]:
                if membership.user_id not in users:
                    users[membership.user_id] = User(
                        username=f"sim-{body.code}-{len(users)}", name=words.person(self.rng), password=UNUSABLE,
                    )  # fmt: skip
                memberships.append((users[membership.user_id], body, membership))
        User.objects.bulk_create(users.values(), batch_size=BATCH)
        Membership.objects.bulk_create(
            [Membership(user=user, organisation=body, role=old.role, since=old.since) for user, body, old in memberships], batch_size=BATCH
        )
        return users

    def _plans(self, agencies: list[Agency]) -> None:
        """A plan for each year, like the one that the project came from."""
        item = self.project.item
        plans = []
        for agency in agencies:
            for year in self.years:
                if agency.body.pk == self.agency.pk and year == item.plan.year:
                    agency.plans[year] = item.plan_id
                    continue
                plan = copied(item.plan)
                plan.agency, plan.year = agency.body, year
                plan.number = f"{agency.body.code[8:17]}-JH-{year}-0001"
                _shift(plan, timedelta(weeks=WEEKS_A_YEAR * (year - item.plan.year)))
                plans.append((agency, year, plan))
        Plan.objects.bulk_create([plan for _agency, _year, plan in plans], batch_size=BATCH)
        for agency, year, plan in plans:
            agency.plans[year] = plan.pk

    def _suppliers(self, count: int) -> list[tuple[Organisation, dict[int, User]]]:
        """Registered suppliers, each with the two people of the demonstration's first; that one's papers stand for theirs."""
        old = Supplier.objects.filter(organisation__region=self.home).select_related("organisation").order_by("pk").first()
        regions = list(Region.objects.filter(path__startswith=self.home.parent.path).exclude(level=Region.Level.PROVINCE))
        bodies = []
        for number in range(count):
            region = self.rng.choice(regions)
            name, prefix = words.firm(self.rng, region.name.rstrip("市县区").partition("（")[0], number)
            stem = f"{prefix}{region.code:0<6}MA{number:07d}"
            code = stem + check_character(stem)
            bodies.append(Organisation(kind=Kind.SUPPLIER, code=code, name=name, region=region, phone=old.phone))
        Organisation.objects.bulk_create(bodies, batch_size=BATCH)
        rows = []
        for body in bodies:
            row = copied(old)
            row.organisation, row.code, row.legal_representative = body, body.code, words.person(self.rng)
            row.contact, row.staff = row.legal_representative, int(self.rng.paretovariate(1.2) * 6)
            rows.append(row)
        Supplier._base_manager.bulk_create(rows, batch_size=BATCH)
        staff = self._staff_of_suppliers(old.organisation_id, bodies)
        return list(zip(bodies, staff, strict=True))

    def _staff_of_suppliers(self, old: int, bodies: list[Organisation]) -> list[dict[str, User]]:
        roles = sorted({membership.role for membership in self.people[old]})
        users = [
            {role: User(username=f"sim-{body.code}-{role.lower()}"[:60], name=words.person(self.rng), password=UNUSABLE) for role in roles}
            for body in bodies
        ]
        User.objects.bulk_create([user for each in users for user in each.values()], batch_size=BATCH)
        Membership.objects.bulk_create([
            Membership(user=user, organisation=body, role=role)
            for body, each in zip(bodies, users, strict=True) for role, user in each.items()
        ], batch_size=BATCH)  # fmt: skip
        return users


def copied(row: models.Model) -> models.Model:
    """The same row as a new one."""
    made = copy.copy(row)
    made._state = copy.copy(row._state)
    made._state.adding, made._state.fields_cache, made.pk = True, {}, None
    if hasattr(made, "made_by_key"):
        made.made_by_key = None
    return made


def _shift(row: models.Model, by: timedelta) -> None:
    """Every moment of a row as it was in another year."""
    for each in row._meta.concrete_fields:
        value = getattr(row, each.attname)
        if isinstance(value, datetime):
            setattr(row, each.attname, value + by)


def _people() -> dict[int, list[Membership]]:
    """The demonstration's people by body."""
    found: dict[int, list[Membership]] = defaultdict(list)
    for membership in Membership.objects.filter(user__is_demo=True).order_by("pk"):
        found[membership.organisation_id].append(membership)
    return found
