"""Where adjustments are read: pages, list, workbook, paper, annex of the plan, API."""
from __future__ import annotations

from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from portal import clock
from procurement.plans import book
from procurement.plans.adjustment_paper import adjustment_data
from procurement.plans.documents import adjusted_data
from procurement.plans.models import Adjustment
from tests.factories.adjustments import ADJUSTED_AT, ask, price_of, through
from tests.factories.people import actor
from tests.factories.plans import make_plan, one_year

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_march():
    with clock.at(ADJUSTED_AT):
        yield


@pytest.fixture
def applied() -> Adjustment:
    plan = make_plan("PUBLISHED", items=[one_year("300000.00")])
    return through(ask(plan.items.get(), supplier_conditions="有作业车辆十台。", risk_list="暴雨。", **price_of("3500.00")), "APPLIED")


def body(client, url: str, who: str = "", **query) -> str:
    if who:
        client.force_login(actor(who).user)
    else:
        client.logout()
    answer = client.get(url, query)
    assert answer.status_code == 200, url
    return answer.content.decode()


def test_both_versions_stand_side_by_side_and_everybody_reads_what_is_public(applied, client):
    page = body(client, applied.get_absolute_url(), "finance_officer")
    assert "供应商条件" in page
    assert "风险清单" in page
    assert "赣江联席〔2026〕3号" in page
    public = body(client, applied.get_absolute_url())
    assert "供应商条件" in public
    assert "风险清单" not in public
    assert "赣江联席" not in public


def test_the_plan_and_the_item_list_what_was_adjusted(applied, client):
    for url in (applied.item.plan.get_absolute_url(), applied.item.get_absolute_url()):
        page = body(client, url)
        assert applied.number in page
        assert "350,000.00" in page


def test_what_is_not_decided_is_not_public(client):
    plan = make_plan("PUBLISHED", items=[one_year("300000.00")])
    asked = ask(plan.items.get(), objective="另一目标。")
    assert client.get(asked.get_absolute_url()).status_code == 404
    assert asked.number not in body(client, plan.get_absolute_url())
    client.force_login(actor("planner_2").user)
    assert client.get(asked.get_absolute_url()).status_code == 404


def test_finance_filters_the_list_by_year_agency_and_kind(applied, client):
    url = reverse("plans:adjustments")
    assert applied.number in body(client, url, "finance_officer", year=2026, agency=applied.agency_id, kind="INCREASE")
    assert "+50,000.00" in body(client, url, "finance_officer")
    assert applied.number not in body(client, url, "finance_officer", year=2025)
    assert applied.number not in body(client, url, "finance_officer", kind="CANCEL")
    client.force_login(actor("supplier_a_head").user)
    assert client.get(url).status_code == 404


def test_the_list_as_a_workbook(applied, client):
    client.force_login(actor("finance_officer").user)
    sheet = load_workbook(BytesIO(client.get(reverse("plans:adjustments_workbook")).content)).active
    assert any(applied.number in [cell.value for cell in row] for row in sheet.iter_rows())


def test_the_form_on_which_it_is_decided(applied):
    data = adjustment_data(Adjustment.objects.get(pk=applied.pk))
    assert (data["difference"], data["words"]) == ("+50,000.00", "叁拾伍万元整")
    assert [step["name"] for step in data["steps"]] == ["单位负责人报送", "财政部门审核", "财政部门负责人批准"]
    assert {change["label"]: change["after"] for change in data["changes"]}["供应商条件"] == "有作业车辆十台。"


def test_the_plan_as_annex_and_register_says_what_was_adjusted(applied):
    plan, reader = applied.item.plan, actor("finance_officer")
    content = book.render(plan, [applied.item], as_of="2026-03-10 10:00", adjustments=[applied])
    sheet = load_workbook(BytesIO(content))["调整情况表"]
    assert [cell.value for cell in sheet[6]][:4] == [1, applied.item.title, applied.number, "追加金额"]
    assert adjusted_data(plan, reader)[0]["number"] == applied.number


def test_programs_ask_decide_and_read_both_versions(client):
    plan = make_plan("PUBLISHED", items=[one_year("300000.00")])
    item = plan.items.get()
    client.force_login(actor("planner").user)
    given = {"objective": "另一目标。", "reason": "改", "reason_code": "need"}
    answer = client.post(f"/api/v1/plan-items/{item.pk}/ask_adjust/", given, content_type="application/json")
    assert answer.status_code == 200, answer.content
    asked = Adjustment.objects.get()
    read = client.get(f"/api/v1/plan-adjustments/{asked.pk}/").json()
    assert read["changes"] == [{"field": "objective", "label": "目标", "before": ["道路整洁，绿地完好。"], "after": ["另一目标。"]}]
    assert len(client.get("/api/v1/plan-adjustments/?kind=CONTENT&year=2026").json()["results"]) == 1


def test_the_page_sends_everything_and_only_what_changed_counts(client):
    item = make_plan("PUBLISHED", items=[one_year("300000.00")]).items.get()
    client.force_login(actor("planner").user)
    url = f"/act/plans.item/{item.pk}/ask_adjust/"
    form = client.get(url).context["form"]
    given = {"whole": "1", "reason": "改", "reason_code": "need"}
    for bound in form:
        rows = getattr(bound.field, "row_form", None)
        value = bound.value()
        if rows is not None:
            given |= {f"{bound.name}-{n}-{key}": each for n, row in enumerate(value) for key, each in row.items()}
        elif value not in (None, "", False) and bound.name not in given:
            given[bound.name] = value
    answer = client.post(url, {**given, "risk_list": "暴雨。"})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    read = client.get(f"/api/v1/plan-adjustments/{Adjustment.objects.get().pk}/").json()
    assert [change["field"] for change in read["changes"]] == ["risk_list"]
