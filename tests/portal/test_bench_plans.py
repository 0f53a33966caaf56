"""What script/bench --plans measures behind the pages is what the pages and papers do."""
from __future__ import annotations

import pytest

from portal import bench_plans
from procurement.plans import consolidated
from script import measuring_plans
from tests.factories.people import actor
from tests.factories.plans import make_plan, one_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(db):
    return make_plan("DECIDED", items=[one_year("1000.00", title="甲"), one_year("2500.00", title="乙")])


def test_the_export_is_that_of_a_region_in_one_query_however_many_items(plan, monkeypatch):
    monkeypatch.setattr(bench_plans, "EXPORTED", 2)
    monkeypatch.setattr(bench_plans, "SMALL", 1)
    found = bench_plans.export(1)
    assert (found["row"], found["aim"], found["note"]) == ("XLSX of 2 items", 3, "1 queries")


def test_an_export_that_asks_more_for_more_is_told(plan, monkeypatch):
    monkeypatch.setattr(bench_plans, "EXPORTED", 2)
    monkeypatch.setattr(bench_plans, "SMALL", 1)
    rows_of = consolidated.rows_of

    def one_by_one(items):
        for item in items:
            yield from rows_of(type(item).objects.filter(pk=item.pk))

    monkeypatch.setattr(consolidated, "rows_of", one_by_one)
    assert bench_plans.export(1)["note"] == "2 queries for 1 items, 3 for all"


def test_of_what_a_page_asks_only_what_it_shows_counts(plan):
    for name, (_path, reader) in bench_plans.PAGES.items():
        actor(reader)
        found = bench_plans.asked(name, 1)
        assert found["row"] == name
        assert 1 <= found["queries"] <= 9, "the frame of the page has its own floor"


def test_every_budget_page_that_is_held_against_its_statements_has_them_measured():
    assert {row.name: (row.path, row.person) for row in measuring_plans.BUDGETS} == bench_plans.PAGES


def test_the_paper_is_set_from_what_the_items_are(plan):
    assert bench_plans.printed(2) == 1
