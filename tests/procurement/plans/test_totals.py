"""What published plans come to, by agency, catalogue branch and method (R1787-06)."""
from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from portal.workflow import perform
from procurement.plans.models import Plan
from procurement.plans.totals import totals_of
from tests.factories.people import actor
from tests.factories.plans import leaf, make_plan, one_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    items = [
        one_year("1000000.00"), one_year("200000.00", leaf=leaf("B0801"), method="CONSULTATION"),
        one_year("300000.00", leaf=leaf("B0801")),
    ]  # fmt: skip
    return make_plan("DECIDED", items=items)


def shown(totals) -> dict[str, list[tuple]]:
    return {key: [(line.label, line.count, line.amount) for line in lines] for key, _title, lines in totals.groups}


def test_a_plan_counts_once_it_is_published(plan):
    assert totals_of(plan.year).count == 0
    perform(plan, "publish", actor=actor("head"))
    found = totals_of(plan.year)
    assert (found.plans, found.count, found.amount) == (1, 3, Decimal("1500000.00"))
    assert found.budget == Decimal("1500000.00")


def test_each_breakdown_adds_up_to_the_same(plan):
    perform(plan, "publish", actor=actor("head"))
    groups = shown(totals_of(plan.year))
    assert groups["agencies"] == [(plan.agency.name, 3, Decimal("1500000.00"))]
    assert [(count, amount) for _label, count, amount in groups["branches"]] == [(1, Decimal("1000000.00")), (2, Decimal("500000.00"))]
    assert groups["branches"][0][0].startswith("公共服务 ")
    assert groups["branches"][1][0].startswith("政府履职辅助性服务 B08")
    assert groups["methods"] == [("公开招标", 2, Decimal("1300000.00")), ("竞争性磋商", 1, Decimal("200000.00"))]


def test_another_region_or_year_has_none_of_it(plan):
    perform(plan, "publish", actor=actor("head"))
    assert totals_of(plan.year + 1, plan.agency.region).count == 0
    other = actor("hongshan_head").organisation.region
    assert totals_of(plan.year, other).count == 0
    assert totals_of(plan.year, plan.agency.region).count == 3


def test_the_page_the_workbook_and_the_data_say_the_same_without_an_account(plan):
    visitor = Client()
    assert "还没有公布的购买计划" in visitor.get("/plans/totals/").content.decode()
    perform(plan, "publish", actor=actor("head"))
    html = visitor.get(f"/plans/totals/?year={plan.year}&region={plan.agency.region.code}").content.decode()
    assert "1,500,000.00" in html
    assert "政府履职辅助性服务 B08" in html
    data = visitor.get(f"/plans/totals/data.json?year={plan.year}").json()
    assert (data["count"], data["amount"], len(data["methods"])) == (3, "1500000.00", 2)
    sheet = load_workbook(BytesIO(visitor.get("/plans/totals/list.xlsx").content)).worksheets[0]
    assert [cell.value for cell in sheet[sheet.max_row]] == ["合计", None, 3, 1500000]
