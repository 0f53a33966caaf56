"""S-25, R-101: the plans of a region on one paper and in one workbook, with sums that add up."""
from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook

from catalogue.models import OutOfCatalogueRequest
from portal.money import in_figures
from portal.reports.models import ReportJob
from portal.reports.runner import run_job
from portal.reports.verbs import queue_report
from portal.workflow import Refused
from procurement.plans.consolidated import data_of, items_of, leaf_words, rows_of
from procurement.plans.models import PlanItem
from tests.factories.people import actor
from tests.factories.plans import YEAR, make_plan, one_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(db):
    return make_plan("DECIDED", items=[one_year("1000.00", title="甲"), one_year("2500.00", title="乙")])


def made(form: str, username: str = "finance_officer", year: int = YEAR) -> ReportJob:
    job = queue_report("region_plan", actor=actor(username), parameters={"year": year, "form": form})
    run_job(job.pk)
    return ReportJob.objects.get(pk=job.pk)


def test_sums_are_those_of_the_agencies_and_of_all(plan):
    data = data_of(rows_of(items_of(actor("finance_officer"), YEAR)))
    head, *items = data["rows"]
    assert (data["count"], data["asked"]) == (2, in_figures(plan.total))
    assert (head["agency"], head["count"]) == (plan.agency.name, 2)
    assert [each["title"] for each in items] == ["甲", "乙"]
    assert head["granted"] == data["granted"] == in_figures(plan.approved_total)


def test_the_rows_are_read_in_one_query_without_what_nobody_sees(plan, django_assert_num_queries):
    items = items_of(actor("finance_officer"), YEAR)
    with django_assert_num_queries(1) as asked:
        assert len(list(rows_of(items))) == 2
    assert "supplier_conditions" not in asked.captured_queries[0]["sql"]


def test_the_workbook_holds_every_item_and_the_total(plan):
    job = made("xlsx")
    assert (job.state, job.rows) == ("COMPLETED", 2)
    with job.document.open() as stream:
        rows = list(load_workbook(BytesIO(stream.read())).worksheets[0].iter_rows(values_only=True))
    assert [row[2] for row in rows[1:3]] == ["甲", "乙"]
    assert rows[-1][0] == "合计"
    assert rows[-1][6] == pytest.approx(float(plan.total))


def test_the_register_is_a_paper_with_a_digest(plan):
    job = made("pdf", "auditor")
    assert (job.state, job.rows) == ("COMPLETED", 2)
    assert job.data_digest


def test_other_years_and_people_get_nothing(plan):
    assert made("pdf", year=2031).state == "FAILED"
    for name in ("planner", "supplier_a_officer"):
        with pytest.raises(Refused) as refused:
            queue_report("region_plan", actor=actor(name), parameters={"year": YEAR, "form": "pdf"})
        assert refused.value.refusals[0].rule == "JOB-01"


def test_what_an_item_rests_on_is_told_as_the_item_tells_it(plan):
    told = {row["title"]: row["leaf"] for row in rows_of(items_of(actor("finance_officer"), YEAR))}
    assert told == {item.title: item.catalogue_words for item in plan.items.all()}
    assert all(told.values())


def test_an_item_outside_the_catalogue_names_its_filing(plan):
    """The workbook reads values, not items: it must say the same (R1787-07)."""
    outside = {"leaf__code": None, "leaf__name": None, "filed_request__title": "夜间巡护", "filed_request__number": "W-1"}
    assert leaf_words(outside) == PlanItem(filed_request=OutOfCatalogueRequest(pk=1, title="夜间巡护", number="W-1")).catalogue_words
    assert leaf_words({**outside, "filed_request__title": None, "filed_request__number": None}) == PlanItem().catalogue_words == ""
