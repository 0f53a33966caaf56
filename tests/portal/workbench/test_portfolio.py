"""W-04: the pilots of Xuancheng as a portfolio; every sum and share of the digest comes out (F-031…F-042)."""
from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from portal.accounts.actor import system_actor
from portal.audit.record import verify
from portal.money import percentage
from portal.reports.proof import examine
from portal.reports.runner import run_job
from portal.reports.verbs import queue_report
from portal.workbench.cases.w04 import load_w04
from portal.workbench.cases.w04_figures import CITY, PILOTS, YEAR
from portal.workbench.portfolio import Line, portfolio
from portal.workflow import Refused, due, perform
from procurement.payments.models import PaymentRequest
from procurement.plans.models import PlanItem, Project
from tests.catalogue.test_surfaces import signed_in
from tests.factories.keeping import made, rolled_back
from tests.factories.people import actor
from tests.factories.plans import leaf

pytestmark = pytest.mark.django_db
FINANCE = "xuancheng_finance_officer"


def case() -> list[int]:
    actor("planner")
    leaf()
    return [project.pk for project in load_w04()]


@pytest.fixture(scope="module")
def _loaded_keys(django_db_setup, django_db_blocker) -> Iterator[list[int]]:
    with django_db_blocker.unblock(), rolled_back():
        yield made(case)


@pytest.fixture
def loaded(_loaded_keys, db, settings, tmp_path) -> list[Project]:
    settings.MEDIA_ROOT = tmp_path
    return list(Project.objects.filter(pk__in=_loaded_keys).order_by("pk"))


def named(group: str) -> dict[str, Line]:
    with translation.override("zh-hans"):
        return {line.name: line for line in getattr(portfolio(actor(FINANCE), YEAR), group)}


def test_the_sums_and_shares_of_the_report_come_out(loaded):
    regions, total = named("regions"), portfolio(actor(FINANCE), YEAR).total
    city, langxi = regions["宣城市本级"], regions["郎溪县"]
    assert (city.count, city.open) == (11, 1)
    assert (city.planned, city.agreed, city.paid) == (Decimal(45_000_000), Decimal(37_270_000), Decimal(29_570_000))
    assert (city.saved, city.unpaid) == (Decimal(7_730_000), Decimal(7_700_000))
    assert (city.rate, percentage(city.saved, city.planned)) == (Decimal("79.3"), Decimal("17.2"))
    assert len({each.leaf[:3] for each in PILOTS}) == 5  # five classes
    assert [each.method for each in PILOTS].count("") == 6  # by quota subsidy; the others by procurement
    assert (langxi.count, langxi.planned, langxi.paid) == (15, Decimal(39_140_000), Decimal(23_473_400))
    assert percentage(langxi.paid, langxi.planned, 2) == Decimal("59.97")
    assert Project.objects.filter(region__code="341821", year=YEAR).values("agency").distinct().count() == 8
    assert (total.coming_count, total.coming) == (57, Decimal(115_480_000))
    assert (city.coming_count, city.coming) == (15, Decimal(32_280_000))
    assert percentage(city.coming, total.coming, 2) == Decimal("27.95")
    assert total.coming - city.coming == Decimal(83_200_000)
    assert set(regions) == {"宣城市本级", "郎溪县", "宣州区", "广德县", "绩溪县", "旌德县"}
    assert (city.growth, city.share) == (Decimal("-28.3"), Decimal("28.0"))
    assert regions["宣州区"].growth is None  # nothing is known of this year
    for group in ("regions", "branches", "classes", "methods", "standings"):
        lines = named(group).values()
        for name in ("count", "signed", "planned", "agreed", "paid"):
            assert sum(getattr(line, name) for line in lines) == getattr(total, name)
        assert group == "standings" or sum(line.coming for line in lines) == total.coming


def test_it_is_history_loaded_once_and_its_next_year_goes_on_from_it(loaded):
    still = [project.title for project in loaded if project.region.code == CITY and not project.contracts.exists()]
    assert still == ["公共养老服务"]
    after = PlanItem.objects.filter(year=YEAR + 1)
    assert after.filter(predecessor__year=YEAR).count() == 26
    added = after.filter(predecessor=None, agency__region__code=CITY).values_list("title", flat=True)
    assert set(added) == {"电视手语新闻", "残疾人协理员", "宛陵湖景区物业管理", "彩螺广场管护"}
    assert [project.pk for project in load_w04()] == [project.pk for project in loaded]
    assert all(project.is_history for project in loaded)
    assert due.run() == 0
    assert not list(verify())
    term = loaded[0].contracts.get().payment_terms.get()
    with pytest.raises(Refused) as refused:  # a payment of the past is recorded only in history
        perform(PaymentRequest(contract=term.contract, term=term), "record_history", amount=Decimal(1), source="", paid_on=None,
                actor=system_actor())
    assert [refusal.rule for refusal in refused.value.refusals] == ["G4"]


def test_finance_reads_it_on_a_page_and_by_program(loaded, client, django_assert_max_num_queries):
    url, finance = reverse("workbench:portfolio-year", args=[YEAR]), signed_in(FINANCE)
    page = finance.get(url).content.decode()
    for words in ("4,500.00", "3,727.00", "2,957.00", "79.3 %", "11,548.00", "宣城市本级", "社会保障服务", "其他方式（如定额补助）"):
        assert words in page
    with django_assert_max_num_queries(40):
        finance.get(url)
    assert finance.get(reverse("workbench:portfolio")).context["portfolio"].year == YEAR + 1
    assert finance.get(reverse("workbench:portfolio-year", args=[2001])).status_code == 404
    assert signed_in("planner").get(url).status_code == 403
    assert signed_in("finance_officer").get(url).status_code == 404  # another city's
    assert client.get(url).status_code == 302
    answer = finance.get(f"/api/v1/portfolios/{YEAR}/").json()
    assert answer["total"]["coming"] == "115480000.00"
    assert (answer["regions"][0]["planned"], answer["regions"][0]["rate"]) == ("45000000.00", "79.3")
    assert signed_in("planner").get(f"/api/v1/portfolios/{YEAR}/").status_code == 403
    assert finance.get("/api/v1/portfolios/2001/").status_code == 404


@pytest.mark.paper
def test_finance_takes_it_away_on_paper_and_as_a_workbook(loaded, monkeypatch):
    monkeypatch.setattr("portal.reports.runner.BEAT_SECONDS", 3600)
    proof = examine(taken_away("pdf"))
    assert proof.is_sound
    assert str(proof.data["total"]["paid"]) == "53043400.00"
    rows = list(load_workbook(BytesIO(taken_away("xlsx"))).worksheets[0].iter_rows(values_only=True))
    assert len(rows) == 1 + 26 + 1
    assert rows[-1][7:10] == (84_140_000, 76_410_000, 53_043_400)
    assert taken_away("pdf", year=2011) is None  # nothing was planned for that year


def taken_away(form: str, year: int = YEAR) -> bytes | None:
    job = queue_report("portfolio", actor=actor(FINANCE), parameters={"year": year, "form": form})
    run_job(job.pk)
    job.refresh_from_db()
    if not job.is_finished:
        return None
    with job.document.open() as stream:
        return stream.read()
