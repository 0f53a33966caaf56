"""What a line of the catalogue says stands ready in the form of an item under it, and its guide price binds (S-30, S-31)."""
from decimal import Decimal

import pytest

from catalogue.models import CatalogueItem
from portal import clock
from procurement.plans.completeness import missing
from procurement.plans.models import PlanItem
from procurement.plans.prefilling import taken_over, target_rows
from tests.catalogue.test_surfaces import signed_in
from tests.factories.plans import COMPILED_AT, leaf, make_plan_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(db) -> CatalogueItem:
    found = leaf()
    templates = [
        {"category": "OUTPUT", "name": "道路本色率", "direction": "AT_LEAST", "target": "92", "unit": "%"},
        {"category": "EFFECT", "name": "投诉", "direction": "AT_MOST", "target": "3", "unit": "次"},
        {"category": "SATISFACTION", "name": "满意度", "direction": "AT_LEAST", "target": "90", "unit": "%"},
    ]
    found.guide_price, found.guide_unit, found.cost_factors, found.indicators = Decimal("12.00"), "平方米", "人员工资、耗材", templates
    found.save()
    return found


def reasons(item) -> list[tuple[str, str]]:
    return [(refusal.rule, refusal.field) for refusal in missing(item)]


def test_templates_become_rows_whose_weights_make_a_hundred(line):
    rows = target_rows(line)
    assert [(row["name"], row["direction"], row["target"]) for row in rows] == [
        ("道路本色率", "AT_LEAST", "92"), ("投诉", "AT_MOST", "3"), ("满意度", "AT_LEAST", "90"),
    ]
    assert sum(row["weight"] for row in rows) == 100
    assert target_rows(leaf("B0101")) == []


def test_a_new_item_begun_from_a_line_shows_what_the_line_says(line):
    planner = signed_in("planner")
    assert f"?leaf={line.pk}" in planner.get(line.get_absolute_url()).content.decode()
    assert f"?leaf={line.pk}" not in signed_in("finance_officer").get(line.get_absolute_url()).content.decode()
    page = planner.get(f"/plans/items/new/?leaf={line.pk}")
    text = page.content.decode()
    assert page.context["form"].fields["leaf"].initial == line.pk
    assert page.context["form"].fields["guide_price"].initial == Decimal("12.00")
    assert "道路本色率" in text
    assert "人员工资、耗材" in text
    assert planner.get("/plans/items/new/?leaf=x").context["given"] == []


def test_what_an_item_says_itself_is_never_overwritten(line):
    item = make_plan_item()
    assert taken_over(line, item) == {"guide_price": Decimal("12.00")}
    item.indicators.all().delete()
    assert set(taken_over(line, item)) == {"guide_price", "indicators"}
    with clock.at(COMPILED_AT):
        page = signed_in("planner").get(f"/plans/items/{item.pk}/edit/")
    assert len(page.context["form"].fields["indicators"].initial) == 3
    assert PlanItem.objects.get(pk=item.pk).indicators.count() == 0


def test_a_unit_price_above_the_lines_guide_price_is_explained_whatever_the_item_names(line):
    item = PlanItem.objects.select_related("leaf__version").get(pk=make_plan_item(guide_price=Decimal("99.00")).pk)
    assert ("S-30", "price_reason") in reasons(item)  # 13.50 a square metre; the line says 12.00
    item.price_reason = "作业路段坡度大。"
    assert ("S-30", "price_reason") not in reasons(item)
    item.price_reason, item.unit = "", "公里"
    assert ("S-30", "price_reason") not in reasons(item)  # another unit cannot be compared: the item's own figure counts
