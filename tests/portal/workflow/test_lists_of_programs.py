"""A list for programs reads the columns it tells of, and no row asks for another."""
from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework import serializers

from portal import urls
from portal.workflow.api import StagedSerializer, narrowed
from procurement.plans.api import ProjectSerializer
from procurement.plans.models import Project
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
