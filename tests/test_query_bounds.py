"""No list asks the database more because there is more to show; copies for measuring are true copies."""
from __future__ import annotations

import pytest
from django.test import Client

from portal import clock
from portal.accounts.models import User
from portal.audit.record import verify
from portal.workbench.query_counts import READERS, addresses, counts, grown
from portal.workbench.simulation.rows import rows_of
from portal.workbench.simulation.run import copies_of
from procurement.plans.models import Project
from procurement.tenders.models import Tender
from tests.factories.people import actor
from tests.factories.tenders import PUBLISHED_AT, make_tender


@pytest.fixture
def tender(db) -> Tender:
    for name in filter(None, READERS):
        actor(name)
    return make_tender("PUBLISHED")


def readers() -> dict[str, Client]:
    found = {}
    for name in READERS:
        found[name] = Client()
        if name:
            found[name].force_login(User.objects.get(username=name))
    return found


def test_lists_ask_as_much_for_many_as_for_few(tender):
    with clock.at(PUBLISHED_AT):
        copies_of(tender.project, 29)
        few = counts(readers())
        copies_of(tender.project, 90)
        many = counts(readers())
    assert len(few) > 60, "the lists were not found"
    assert set(few) == set(many)
    assert not grown(few, many), "\n".join(grown(few, many))
    assert max(few.values()) <= 60


def test_a_copy_is_a_project_of_its_own_with_a_record_that_verifies(tender):
    keys = copies_of(tender.project, 3)
    assert Project.objects.filter(pk__in=keys).count() == 3
    copied = Project.objects.get(pk=keys[0])
    assert copied.number != tender.project.number
    original = {model: len(rows) for model, rows in rows_of(tender.project)}
    assert {model: len(rows) for model, rows in rows_of(copied)} == original
    assert Tender.objects.get(project=copied).factors.count() == tender.factors.count()
    assert not list(verify())


def test_every_list_has_an_address():
    assert {"/projects/", "/tenders/", "/plans/", "/notices/", "/api/v1/projects/", "/api/v1/tenders/"} <= set(addresses())
