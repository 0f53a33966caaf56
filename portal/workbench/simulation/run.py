"""Fills a throw-away portal with a province."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from django.db import models

from catalogue.models import CatalogueItem
from portal import query_planner
from portal.accounts.models import Membership, Organisation
from portal.accounts.roles import OrganisationKind
from portal.search.sources import sources
from procurement.plans.models import Project, Serial

from .places import Agency, Province
from .rows import Snapshot, snapshot_of
from .stamp import Place, Template
from .words import project_title
from .writing import Writer

AT_ONCE = 10_000  # copies between two commits
PLANNED = (Project.State.PROPOSED, Project.State.APPROVED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How big the province is to be, and from which seed; one seed gives one province."""

    projects: int
    suppliers: int = 300
    years: int = 3
    seed: int = 1
    regions: int = 20
    agencies: int = 0  # purchasers in all; 0: sixteen in every region
    deep: float = 1.0  # share of the projects that went on from planning


class Simulation:
    """Copies of one verb-made project in all its stages, over regions, agencies, suppliers and years."""

    def __init__(self, snapshots: list[Snapshot], wanted: Wanted, say: Callable[[str], None]) -> None:
        self.wanted, self.say, self.snapshots = wanted, say, snapshots
        self.rng = Random(wanted.seed)  # noqa: S311  (to be reproducible, not to be secret)
        self.writer = Writer()
        project = snapshots[0].project
        self.years = range(project.year - wanted.years + 1, project.year + 1)
        self.project = project
        # those who were there before the province was made: their part is played by an invented supplier in every copy
        self.bidders = list(Organisation.objects.filter(kind=OrganisationKind.SUPPLIER, region=project.region).order_by("pk"))
        self.province = Province(project, self.rng, regions=wanted.regions, suppliers=wanted.suppliers, years=self.years,
                                 agencies=wanted.agencies)  # fmt: skip
        say(f"{len(self.province.agencies)} agencies, {len(self.province.suppliers)} suppliers")
        self.leaves = list(CatalogueItem.objects.filter(version=project.leaf.version, is_leaf=True, retired=False).order_by("code"))
        self.planned = [n for n, each in enumerate(snapshots) if each.project.state in PLANNED] or [0]
        self.templates: dict[tuple[int, int], Template] = {}
        self.weights = [1 / (rank + 3) for rank in range(len(self.province.agencies))]  # a few buy much, many buy little
        self.roles = {m.user_id: (m.organisation_id, m.role) for m in Membership.objects.filter(organisation__in=self.bidders)}

    def template(self, number: int, years: int) -> Template:
        if (number, years) not in self.templates:
            self.templates[number, years] = Template(self.snapshots[number], self.writer, years=years)
        return self.templates[number, years]

    def run(self) -> int:
        """Writes the copies; returns how many rows that made."""
        start = Project.objects.count()
        for first in range(0, self.wanted.projects, AT_ONCE):
            with self.writer.unchecked():
                for number in range(first, min(first + AT_ONCE, self.wanted.projects)):
                    self.stamp_one(start + number + 1)
            self.say(f"{min(first + AT_ONCE, self.wanted.projects)} projects, {self.writer.written} rows")
        self._serials()
        self._index()
        return self.writer.written

    def stamp_one(self, serial: int) -> None:
        agency = self.rng.choices(self.province.agencies, self.weights)[0]
        year = self.rng.choices(self.years, [2 + number for number in range(len(self.years))])[0]
        template = self.template(self._stage(year), year - self.project.year)
        self.stamp(template, agency, year, serial)

    def _stage(self, year: int) -> int:
        """Years that are over are mostly finished; this year's projects stand anywhere."""
        last = len(self.snapshots) - 1
        if self.rng.random() >= self.wanted.deep:
            return self.rng.choice(self.planned)
        if year < self.years[-1] and self.rng.random() < 0.95:
            return last
        return self.rng.randint(0, last)

    def stamp(self, template: Template, agency: Agency, year: int, serial: int) -> None:
        agency.serial += 1
        leaf = self.rng.choice(self.leaves)
        region = agency.regions.get(self.project.region_id, self.project.region)
        place = Place(
            serial=serial, agency_serial=agency.serial, year=year, leaf=leaf, plan_id=agency.plans.get(year),
            title=project_title(self.rng, region.name, year, leaf.name), factor=self._factor(template.divisor),
            bodies=dict(agency.bodies), users=dict(agency.users), regions=agency.regions,
        )  # fmt: skip
        self._bidders(place)
        template.stamp(place, self.rng)

    def _factor(self, divisor: int) -> Decimal:
        """Most purchases are small, a few are large; every amount stays whole cents."""
        return Decimal(max(1, round(self.rng.lognormvariate(-1.2, 1.1) * divisor))) / divisor

    def _bidders(self, place: Place) -> None:
        if len(self.province.suppliers) < len(self.bidders):
            return
        chosen = self.rng.sample(range(len(self.province.suppliers)), len(self.bidders))
        for old, number in zip(self.bidders, chosen, strict=True):
            body, staff = self.province.suppliers[number]
            place.bodies[old.pk] = body
            for user, (organisation, role) in self.roles.items():
                if organisation == old.pk and role in staff:
                    place.users[user] = staff[role]

    def _index(self) -> None:
        """The search box and the planner of queries learn what was written past the doors."""
        for source in sources():
            self.say(f"search: {source.kind} {source.fill()}")
        query_planner.refresh()

    def _serials(self) -> None:
        """Whoever goes on by hand gets numbers that nobody has."""
        Serial.objects.update(last=models.F("last") + self.wanted.projects * 50)


def copies_of(project: Project, count: int) -> list[int]:
    """So many copies of one project at its own place, for tests; returns their primary keys."""
    writer, rng, start = Writer(), Random(project.pk), Project.objects.count()  # noqa: S311
    template, made = Template(snapshot_of(project), writer), []
    with writer.unchecked():
        for serial in range(start, start + count):
            place = Place(serial=serial, agency_serial=serial, year=project.year, title=project.title, factor=Decimal(1))
            template.stamp(place, rng)
            made.append(place.firsts[Project])
    return made
