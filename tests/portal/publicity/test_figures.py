"""The front page counts anew for every reader while a year is small, and not more than every five minutes when it is large."""
import pytest
from django.core.cache import cache
from django.test import Client

from portal import clock
from portal.publicity import figures
from procurement.plans.models import Project
from tests.factories.plans import make_plan_item

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()
    yield
    cache.clear()


def one_more(project: Project) -> None:
    known = ("agency", "region", "year", "rules_as_of", "state", "state_since", "created_at", "amount", "approved_at", "title")
    Project.objects.create(number=f"PL-{Project.objects.count()}", **{name: getattr(project, name) for name in known})


def year_of(project: Project) -> figures.Figures:
    return figures.figures_of(clock.now().replace(year=project.year))


def test_a_small_year_is_counted_anew():
    project = make_plan_item("APPROVED").project
    before = year_of(project)["projects"]
    one_more(project)
    assert year_of(project)["projects"] == before + 1
    assert Client().get("/").status_code == 200


def test_a_large_year_is_kept_with_its_moment(monkeypatch):
    monkeypatch.setattr(figures, "FEW", 0)
    project = make_plan_item("APPROVED").project
    before = year_of(project)
    one_more(project)
    assert year_of(project) == before
    cache.clear()
    assert year_of(project)["projects"] == before["projects"] + 1


def test_a_clock_that_is_turned_back_does_not_show_what_is_yet_to_come(monkeypatch):
    monkeypatch.setattr(figures, "FEW", 0)
    project = make_plan_item("APPROVED").project
    moment = clock.now().replace(year=project.year, month=6, day=2)
    figures.figures_of(moment)
    one_more(project)
    assert figures.figures_of(moment.replace(day=1))["moment"] == moment.replace(day=1)


def test_what_is_served_today_counts_whatever_its_year():
    project = make_plan_item("APPROVED").project
    Project.objects.filter(pk=project.pk).update(state="PERFORMING")
    later = clock.now().replace(year=project.year + 1, month=3, day=2)
    told = figures.figures_of(later)
    assert (told["performing"], told["projects"]) == (1, 0)
