"""S-190: on its day each region's report of the month before is made, exactly once, and reported by the lead department."""
from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from django.utils.translation import override
from openpyxl import load_workbook

from portal import clock
from portal.accounts.demo import organisation
from portal.audit.models import Entry
from portal.files.models import Document
from portal.notifications.models import Message
from portal.reports.models import Paper
from portal.reports.proof import examine
from portal.reports.typesetting import set_paper
from portal.rules.jurisdiction import decide
from portal.workbench import demo, monthly
from portal.workbench.models import MonthlyReport
from portal.workdays import clocks_of
from portal.workflow import NotYours, perform
from tests.factories.offices import make_monthly_report
from tests.factories.people import actor
from tests.factories.plans import make_plan, one_year

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def departments() -> None:
    """The finance departments of the city and of another region."""
    for username in ("finance_head", "finance_officer", "hongshan_finance_head"):
        actor(username)


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=clock.SHANGHAI)


def client_of(username: str) -> Client:
    client = Client()
    client.force_login(actor(username).user)
    return client


def test_it_is_made_on_the_day_and_exactly_once():
    with clock.at(at(2026, 1, 9, 23)):
        assert monthly.make_due() == 0
    with clock.at(at(2026, 1, 10, 0, 5)):
        made = monthly.make_due()
        assert made == MonthlyReport.objects.count() > 0
        assert monthly.make_due() == 0
    report = MonthlyReport.objects.get(lead=organisation("finance"))
    assert (report.year, report.month, report.due_on, report.state) == (2025, 12, date(2026, 1, 10), "MADE")
    assert Entry.objects.of_subject("workbench.monthly_report", report.pk).filter(transition="make").count() == 1


def test_two_workers_at_once_make_one():
    """Who finds it there by the key or by the constraint goes away."""
    lead = organisation("finance")
    with clock.at(at(2026, 1, 10, 9)):
        assert monthly._made(lead, date(2025, 12, 1), date(2026, 1, 10)) is True
        assert monthly._made(lead, date(2025, 12, 1), date(2026, 1, 10)) is False
    assert MonthlyReport.objects.filter(lead=lead).count() == 1


def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_makes_it(monkeypatch):
    def killed(*args, **kwargs):
        raise SystemExit

    with clock.at(at(2026, 1, 10, 9)):
        with monkeypatch.context() as patched:
            patched.setattr(monthly, "store_made", killed)
            with pytest.raises(SystemExit):
                monthly.make_due()
        assert not MonthlyReport.objects.exists()
        assert not Document.objects.filter(kind="monthly_report").exists()
        assert monthly.make_due() == MonthlyReport.objects.count() > 0


def test_a_region_sets_its_day_or_none():
    region = organisation("finance").region
    decide("monthly_report_day", 0, source="通知", valid_from=date(2025, 1, 1), region=region)
    with clock.at(at(2026, 1, 28, 9)):
        monthly.make_due()
        assert not MonthlyReport.objects.filter(region=region).exists()
        decide("monthly_report_day", 15, source="通知", valid_from=date(2026, 1, 2), region=region)
        monthly.make_due()
    assert MonthlyReport.objects.get(region=region).due_on == date(2026, 1, 15)


def test_figures_are_those_of_the_month_the_month_before_and_the_year():
    plan = make_plan("DECIDED", items=[one_year("1000000.00", title="甲"), one_year("2500000.00", title="乙")])
    approved = plan.items.first().approved_at.astimezone(clock.SHANGHAI).date()
    region = organisation("finance").region
    told = {row["code"]: row for row in monthly.figures_of(region, approved.replace(day=1))}
    assert (told["plans"]["count"], told["plans"]["amount"]) == (2, Decimal("3500000.00"))
    assert (told["plans"]["count_before"], told["plans"]["count_change"], told["plans"]["count_total"]) == (0, 2, 2)
    after = {row["code"]: row for row in monthly.figures_of(region, monthly.month_after(approved.replace(day=1)))}
    assert (after["plans"]["count"], after["plans"]["count_before"], after["plans"]["count_change"]) == (0, 2, -2)
    elsewhere = monthly.figures_of(organisation("hongshan_finance").region, approved.replace(day=1))
    assert {row["count"] for row in elsewhere} == {0}


def test_a_month_with_less_than_the_one_before_has_its_report_and_each_reader_his_language():
    plan = make_plan("DECIDED", items=[one_year("3240000.00", title="甲")])
    approved = plan.items.get().approved_at.astimezone(clock.SHANGHAI).date()
    after = monthly.month_after(monthly.month_after(approved.replace(day=1)))
    with clock.at(datetime(after.year, after.month, 12, 9, tzinfo=clock.SHANGHAI)):
        assert monthly.make_due() > 0
    report = MonthlyReport.objects.get(lead=organisation("finance"))
    with override("en"):
        told = {row["code"]: row for row in monthly.shown(report)}
    assert (told["plans"]["change"], told["plans"]["amount_changed"]) == ("-1", "-3,240,000.00")
    assert told["plans"]["name"] == "Plan items approved"


def test_five_questions_however_many_projects(django_assert_max_num_queries):
    region = organisation("finance").region
    with django_assert_max_num_queries(5):
        monthly.figures_of(region, date(2026, 3, 1))


@pytest.mark.paper
def test_the_report_is_a_sound_paper_and_a_workbook():
    with clock.at(at(2026, 1, 10, 9)):
        report = make_monthly_report()
        set_paper(Paper.objects.get(document=report.document).pk)
    report.document.refresh_from_db()
    with report.document.open() as stream:
        proof = examine(stream.read())
    assert proof.is_sound
    assert (proof.data["month"], proof.data["government"]) == (12, f"{report.region.name}人民政府")
    with report.workbook.open() as stream:
        rows = list(load_workbook(BytesIO(stream.read())).worksheets[0].iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == ["批准的计划项目", "发布的采购公告", "签订的合同", "支付的款项", "确定的绩效评价"]


def test_the_lead_department_hears_of_it_has_a_dated_duty_and_does_it():
    with clock.at(at(2026, 1, 10, 9)):
        report = make_monthly_report()
        assert Message.objects.filter(user=actor("finance_head").user, event="workbench.monthly_report/make").count() == 1
        duty = clocks_of(report).live().get(name="MONTHLY_REPORT")
        assert (duty.last_day, duty.bearer) == (date(2026, 1, 10), report.lead)
        for stranger in ("planner", "auditor", "hongshan_finance_head"):
            with pytest.raises(NotYours):
                perform(report, "report", actor=actor(stranger))
        report = perform(report, "report", actor=actor("finance_head"))
        assert report.state == "REPORTED"
        assert clocks_of(report).get(name="MONTHLY_REPORT").state == "MET"


def test_pages_and_api_are_for_the_departments_of_the_region():
    with clock.at(at(2026, 1, 10, 9)):
        report = make_monthly_report()
        finance = client_of("finance_head")
        assert str(report) not in client_of("planner").get("/monthly-reports/").content.decode()
        assert "2025-12" in finance.get("/monthly-reports/").content.decode()
        page = finance.get(report.get_absolute_url()).content.decode()
        assert "批准的计划项目" in page
        assert "登记已报送政府" in page
        assert "登记已报送政府" not in client_of("auditor").get(report.get_absolute_url()).content.decode()
        for stranger in ("planner", "hongshan_finance_head", "supplier_a_officer"):
            assert client_of(stranger).get(report.get_absolute_url()).status_code == 404
            assert not Document.objects.visible_to(actor(stranger)).filter(pk=report.document_id).exists()
        told = finance.get("/api/v1/monthly-reports/").json()["results"][0]
        assert (told["year"], told["month"], len(told["figures"])) == (2025, 12, 5)
        assert finance.post(f"/api/v1/monthly-reports/{report.pk}/report/", {}).status_code == 200


def test_a_moved_demonstration_clock_brings_the_report_of_the_month_before(settings, monkeypatch):
    """Nobody waits half an hour for the beat when months have just gone by."""
    settings.DEMO = True
    monkeypatch.setattr(demo.make_monthly_reports, "delay", demo.make_monthly_reports)  # here, not in a worker
    month = monthly.month_after(clock.today().replace(day=1))
    demo.move_clock(actor("administrator"), datetime(month.year, month.month, 12, 9, tzinfo=clock.SHANGHAI))
    assert {report.month for report in MonthlyReport.objects.all()} == {monthly.month_before(month).month}
