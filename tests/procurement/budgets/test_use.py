"""Budget use: sums by agency, source, branch and year, the entries behind each, as page, program and paper (S-27, R-101)."""
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from portal import clock
from portal.money import ZERO
from portal.reports.models import ReportJob
from portal.reports.runner import run_job
from portal.reports.verbs import queue_report
from portal.workflow import Refused, perform
from procurement.budgets.models import Encumbrance
from procurement.budgets.use import NO_BRANCH, By, branches, counted, groups, told, totals
from procurement.budgets.use_report import data_of
from tests.factories.budgets import ALLOCATED_AT, fund, make_line
from tests.factories.people import actor
from tests.factories.plans import YEAR, make_plan_item, one_year

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def money(db):
    """100 of an approved item, reserved; 50 special money, 1 of it taken out again; 7 asked for."""
    item = make_plan_item("APPROVED", **one_year("100.00"))
    project = fund(item)
    special = make_line(amount="51.00", source="SPECIAL")
    with clock.at(ALLOCATED_AT):
        perform(special, "adjust", actor=actor("finance_head"), amount=Decimal("50.00"), document="号", reason_code="cut", reason="减")
        make_line("SUBMITTED", amount="7.00")
        yield project


def rows(by: By, who: str = "finance_officer") -> dict:
    return {row["key"]: row for row in (told(row, by) for row in groups(counted(actor(who)), by))}


def test_every_dimension_adds_up_to_the_same(money):
    whole = totals(counted(actor("finance_officer")))
    assert (whole["allocated"], whole["reserved"], whole["free"], whole["share"]) == (150, 100, 50, Decimal("66.7"))
    for by in By:
        found = rows(by).values()
        assert sum((row["allocated"] for row in found), ZERO) == 150, by
        assert sum((row["free"] for row in found), ZERO) == 50, by
    assert {key: row["allocated"] for key, row in rows(By.SOURCE).items()} == {"GENERAL": 100, "SPECIAL": 50}
    assert rows(By.AGENCY)[money.agency_id]["name"] == money.agency.name
    assert rows(By.YEAR)[YEAR]["share"] == Decimal("66.7")


def test_a_branch_is_the_second_level_of_the_catalogue(money):
    leaf = money.items.get().leaf
    branch = leaf
    while branch.level > 2:
        branch = branch.parent
    assert branches(counted(actor("finance_officer"))) == [(branch.code, f"{branch.code} {branch.name}")]
    assert {key: row["allocated"] for key, row in rows(By.BRANCH).items()} == {branch.code: 100, NO_BRANCH: 50}


def test_an_agency_sees_its_own_and_a_supplier_nothing(money):
    assert totals(counted(actor("planner")))["allocated"] == 150
    assert not counted(actor("supplier_a_officer")).exists()


def page(client, address: str, who: str = "finance_officer", **asked) -> str:
    client.force_login(actor(who).user, backend=BACKEND)
    answer = client.get(address, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_figure_opens_the_entries_that_make_it(client, money):
    shown = page(client, reverse("budgets:use"), by="source")
    assert "150.00" in shown
    for bucket, source, net in (("OUTSIDE", "SPECIAL", "50.00"), ("RESERVED", "GENERAL", "100.00"), ("FREE", "SPECIAL", "50.00")):
        address = f"{reverse('budgets:ledger')}?year={YEAR}&amp;source={source}&amp;bucket={bucket}"
        assert address in shown
        assert f"净额 {net} 元" in page(client, address.replace("&amp;", "&"))
    narrowed = page(client, reverse("budgets:use"), by="branch", source="SPECIAL")
    assert f"branch={NO_BRANCH}" in narrowed
    lines = page(client, reverse("budgets:list"), branch=NO_BRANCH, year=YEAR, source="SPECIAL")
    assert money.items.get().budget_lines.get().number not in lines
    assert "城市维护" in lines
    branch = branches(counted(actor("finance_officer")))[0][0]
    assert money.items.get().budget_lines.get().number in page(client, reverse("budgets:ledger"), branch=branch)
    assert "没有这样的记账" in page(client, reverse("budgets:ledger"), q="没有")
    assert "下达" in page(client, reverse("budgets:use"), by="nonsense", q="局")


def test_the_page_asks_a_bounded_number_of_queries(client, money):
    """Sums, rows, their number and the branches: four beside what every page asks."""
    client.force_login(actor("finance_officer").user, backend=BACKEND)
    client.get(reverse("budgets:use"))
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("budgets:use"))
    own = [query["sql"] for query in asked if "budgets_budgetline" in query["sql"] and "SUM(" in query["sql"].upper()]
    assert len(own) <= 3
    assert len([query for query in asked if "budgets_" in query["sql"]]) <= 6


def test_programs_read_the_same_sums_and_entries(client, money):
    client.force_login(actor("finance_officer").user, backend=BACKEND)
    answer = client.get("/api/v1/budget-use/?by=source").json()
    assert (answer["count"], [(row["key"], row["allocated"]) for row in answer["results"]]) == (
        2, [("GENERAL", "100.00"), ("SPECIAL", "50.00")],
    )  # fmt: skip
    postings = client.get(f"/api/v1/budget-postings/?bucket=RESERVED&year={YEAR}").json()["results"]
    assert [(row["amount"], row["target_bucket"]) for row in postings] == [("100.00", "RESERVED")]
    assert client.get(f"/api/v1/budget-lines/?branch={NO_BRANCH}&source=SPECIAL").json()["results"][0]["allocated"] == "50.00"
    client.force_login(actor("supplier_a_officer").user, backend=BACKEND)
    assert client.get("/api/v1/budget-postings/").json()["results"] == []
    assert client.get("/api/v1/budget-use/").json()["results"] == []


def made(form: str, username: str = "finance_officer", year: int = YEAR) -> ReportJob:
    job = queue_report("budget_use", actor=actor(username), parameters={"year": year, "form": form})
    run_job(job.pk)
    return ReportJob.objects.get(pk=job.pk)


def test_the_workbook_holds_every_part_and_the_total(money):
    job = made("xlsx", "planner")
    assert job.state == "COMPLETED"
    with job.document.open() as stream:
        found = list(load_workbook(BytesIO(stream.read())).worksheets[0].iter_rows(values_only=True))
    assert len(found) == 1 + 1 + 2 + 2 + 1
    assert found[-1][2] == pytest.approx(150)


def test_the_paper_is_set_with_a_digest_of_its_sums(money):
    job = made("pdf", "auditor")
    assert (job.state, job.rows) == ("COMPLETED", 5)
    assert job.data_digest
    assert data_of(actor("auditor"), YEAR)["total"]["paid"] == 0


def test_other_years_and_people_get_no_report(money):
    assert made("pdf", year=2031).state == "FAILED"
    with pytest.raises(Refused) as refused:
        queue_report("budget_use", actor=actor("supplier_a_officer"), parameters={"year": YEAR, "form": "pdf"})
    assert refused.value.refusals[0].rule == "JOB-01"
    assert Encumbrance.objects.exists()
