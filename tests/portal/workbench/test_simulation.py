"""A simulated province: believable, sound, found by the search box, and the same for the same seed."""
from __future__ import annotations

from collections import Counter

import pytest
from django.apps import apps
from django.db import models, transaction
from django.db.models import Sum

from portal.accounts.actor import PUBLIC
from portal.accounts.models import Organisation
from portal.accounts.roles import OrganisationKind
from portal.audit.record import seal, verify
from portal.search.sources import source_of
from portal.workbench.simulation.rows import snapshot_of
from portal.workbench.simulation.run import Simulation, Wanted
from procurement.plans.models import Plan, Project
from tests.factories.bids import make_opened_tender

WANTED = {"projects": 24, "suppliers": 8, "years": 2, "regions": 2, "seed": 5}


@pytest.fixture
def snapshots(db) -> list:
    return [snapshot_of(make_opened_tender().project)]


def simulate(snapshots: list, **changes) -> None:
    Simulation(snapshots, Wanted(**{**WANTED, **changes}), say=lambda line: None).run()


def totals() -> dict[str, tuple]:
    """Rows of every table, and what their amounts come to."""
    found = {}
    for model in apps.get_models():
        sums = {each.name: Sum(each.name) for each in model._meta.concrete_fields if isinstance(each, models.DecimalField)}
        rows = model._base_manager.all()
        found[model._meta.label] = (rows.count(), rows.aggregate(**sums) if sums else None)
    return found


def after(snapshots: list, **changes) -> tuple[dict, list]:
    """Totals and titles of a simulation that is taken back."""
    with transaction.atomic():
        simulate(snapshots, **changes)
        found = totals(), list(Project.objects.order_by("pk").values_list("number", "title", "amount"))
        transaction.set_rollback(True)
    return found


def test_one_seed_gives_one_province(snapshots):
    first, again, other = after(snapshots), after(snapshots), after(snapshots, seed=6)
    assert first == again
    assert other[0]["plans.Project"][0] == first[0]["plans.Project"][0]
    assert other != first


def test_what_was_asked_for_is_there(snapshots):
    agencies = Organisation.objects.filter(kind=OrganisationKind.AGENCY).count()
    suppliers = Organisation.objects.filter(kind=OrganisationKind.SUPPLIER).count()
    before = Project.objects.count()
    simulate(snapshots)
    assert Project.objects.count() == before + 24
    assert Project.objects.values("number").distinct().count() == before + 24
    assert len(set(Project.objects.values_list("year", flat=True))) == 2
    assert Organisation.objects.filter(kind=OrganisationKind.SUPPLIER).count() == suppliers + 8
    assert Organisation.objects.filter(kind=OrganisationKind.AGENCY).count() > agencies + 2
    sizes = Counter(Project.objects.values_list("agency", flat=True)).most_common()
    assert sizes[0][1] > sizes[-1][1]
    amounts = sorted(Project.objects.values_list("amount", flat=True))
    assert amounts[-1] > 4 * amounts[len(amounts) // 2] > 0
    assert all(amount == round(amount, 2) for amount in amounts)


def test_so_many_agencies_are_spread_over_all_regions(snapshots):
    home = snapshots[0].project.region
    there = set(Organisation.objects.filter(kind=OrganisationKind.AGENCY).values_list("pk", flat=True))
    simulate(snapshots, agencies=60, years=3)
    agencies = Organisation.objects.filter(kind=OrganisationKind.AGENCY).exclude(pk__in=there)
    regional = Counter(agencies.filter(plans__isnull=False).distinct().values_list("region", flat=True))
    assert sum(regional.values()) == 59, "the demonstration's own agency is the sixtieth"
    assert sorted(regional.values()) == [19, 20, 20]
    assert regional[home.pk] == 20
    assert agencies.values("name").distinct().count() == agencies.count()
    plans = Plan.objects.filter(agency=agencies.filter(region=home).first()).order_by("year")
    assert [plan.cut_off.year - plan.year for plan in plans] == [-1, -1, -1]


def test_more_agencies_than_a_region_has_names_for_are_refused(snapshots):
    with pytest.raises(ValueError, match="more regions"):
        simulate(snapshots, agencies=2000)


def test_the_record_of_the_copies_is_sound_and_sealed(snapshots):
    simulate(snapshots)
    seal()
    assert not list(verify())


def test_the_copies_are_found(snapshots):
    simulate(snapshots)
    copy = Project.objects.order_by("-pk").first()
    assert copy.title != snapshots[0].project.title
    assert [found.url for found in source_of(Project).find(copy.number, PUBLIC)] == [copy.get_absolute_url()]


def test_many_suppliers_do_not_lengthen_the_copying(snapshots):
    """Only the suppliers of the copied purchase are played by others, not those that the province itself brought."""
    before = set(Organisation.objects.filter(kind=OrganisationKind.SUPPLIER).values_list("pk", flat=True))
    simulation = Simulation(snapshots, Wanted(**{**WANTED, "suppliers": 60}), say=lambda line: None)
    assert {body.pk for body in simulation.bidders} <= before
