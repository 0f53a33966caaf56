"""A list for programs reads the columns it tells of, and no row asks for another."""
from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework import serializers

from catalogue.entries import EntryFilter, PilotFilter
from catalogue.views.outside import RequestFilter
from catalogue.views.policy import PolicyFilter
from evaluation.assessments.views.engagement import EngagementFilter
from evaluation.assessments.views.results import AssessmentFilter
from evaluation.schemes.views import SchemeFilter
from portal import urls
from portal.workflow.api import StagedSerializer, narrowed
from procurement.budgets.filters import LedgerFilter, LineFilter, UseFilter
from procurement.plans.api import ProjectSerializer
from procurement.plans.models import Project
from procurement.plans.views.intentions import IntentionFilter, PublicIntentionFilter
from procurement.plans.views.plans import ItemFilter, PlanFilter
from procurement.plans.views.progress import ProgressFilter
from procurement.plans.views.totals import TotalsForm
from tests.factories.catalogue import make_version
from tests.factories.people import actor
from tests.factories.plans import make_plan_item

pytestmark = pytest.mark.django_db


class TellingMore(ProjectSerializer):
    """Works something out that no column holds."""

    heads = serializers.SerializerMethodField()

    class Meta(ProjectSerializer.Meta):
        fields = [*ProjectSerializer.Meta.fields, "heads"]

    def get_heads(self, project) -> str:
        return project.is_history and str(project.region)


def deferred(serializer: type[StagedSerializer], *joined: str) -> set[str]:
    return narrowed(Project.objects.select_related(*joined), serializer).get().get_deferred_fields()


def test_columns_that_are_not_told_are_not_read():
    project = make_plan_item("APPROVED").project
    left_out = deferred(ProjectSerializer, "agency")
    assert "approved_at" in left_out
    assert not left_out & {"id", "number", "title", "agency_id", "leaf_id", "state", "state_since"}
    client = Client()
    client.force_login(actor("finance_officer").user)
    with CaptureQueriesContext(connection) as asked:
        told = client.get("/api/v1/projects/").json()["results"]
    assert [row["agency_name"] for row in told] == [project.agency.name]
    about = [query["sql"] for query in asked if "plans_project" in query["sql"]]
    assert len(about) == 1
    assert "approved_at" not in about[0]


def test_what_is_worked_out_reads_whole_rows():
    make_plan_item("APPROVED")
    assert not deferred(TellingMore, "agency")
    assert not deferred(ProjectSerializer, "agency", "region")


@pytest.mark.parametrize("viewset", [each for _prefix, each, _name in urls.router.registry if hasattr(each, "lifecycle")])
def test_every_list_is_filtered_by_state(viewset):
    """A program that asks for one state and is given all would act on what it did not mean."""
    given = getattr(viewset, "filterset_class", None)
    assert "state" in (given.base_filters if given else viewset.filterset_fields)


def test_a_list_asked_for_one_state_holds_no_other():
    version, client = make_version("CONSULTING"), Client()
    client.force_login(actor("finance_officer").user)
    for state, keys in (("CONSULTING", [version.pk]), ("DRAFTED", []), ("ISUED", [])):
        answer = client.get("/api/v1/catalogue-versions/", {"state": state}).json()
        assert [row["id"] for row in answer["results"]] == keys


# --- words of a query ------------------------------------------------------------------------------------------------


LISTS = [prefix for prefix, viewset, _name in urls.router.registry if hasattr(viewset, "list")]
OTHERS = ["plan-totals", "portfolios/2026", "next-year/2026", "plans/progress", "catalogue-versions/compare", ""]


@pytest.mark.parametrize("path", [*LISTS, *OTHERS])
def test_a_word_that_is_not_known_is_refused_with_those_that_are(path):
    """Passed over, `?yaer=2026` would answer with every year."""
    client = Client()
    client.force_login(actor("finance_officer").user)
    answer = client.get(f"/api/v1/{path}/".replace("//", "/"), {"yaer": "2026"})
    assert answer.status_code == 400, answer.content
    assert answer.json()["unknown"] == ["yaer"]
    assert "yaer" in answer.json()["detail"]
    assert "yaer" not in answer.json()["known"]


def test_what_is_known_is_named_and_answered():
    client = Client()
    client.force_login(actor("finance_officer").user)
    known = client.get("/api/v1/review-comments/?step_id=1").json()["known"]
    assert known == ["cursor", "field", "format", "item", "page_size", "state", "step"]
    assert client.get("/api/v1/review-comments/", {"state": "OPEN", "page_size": "5", "format": "json"}).status_code == 200
    assert client.get("/api/v1/budget-use/", {"by": "source", "page": "1"}).status_code == 200
    assert client.get("/api/v1/budget-use/?by=colour").status_code == 400
    assert client.get("/api/v1/plans/?progress=1").status_code == 400


def test_who_may_not_call_hears_nothing_of_words():
    assert Client().get("/api/v1/plans/?yaer=1").status_code in (401, 403)
    client = Client()
    client.force_login(actor("supplier_a_officer").user)
    assert client.get("/api/v1/portfolios/2026/?yaer=1").status_code == 403


@pytest.mark.parametrize(("path", "shown"), [
    ("plans", PlanFilter), ("plan-items", ItemFilter), ("intentions", PublicIntentionFilter), ("intentions", IntentionFilter),
    ("out-of-catalogue", RequestFilter), ("policies", PolicyFilter), ("implementation-entries", EntryFilter),
    ("implementation-entries", PilotFilter), ("budget-lines", LineFilter), ("budget-postings", LedgerFilter), ("budget-use", UseFilter),
    ("assessments", AssessmentFilter), ("engagements", EngagementFilter), ("schemes", SchemeFilter), ("plans/progress", ProgressFilter),
    ("plan-totals", TotalsForm),
])  # fmt: skip
def test_programs_narrow_a_list_by_every_word_of_its_page(path, shown):
    client = Client()
    client.force_login(actor("finance_officer").user)
    words = set(getattr(shown, "base_filters", None) or shown.base_fields)
    assert words <= set(client.get(f"/api/v1/{path}/?yaer=1").json()["known"])
