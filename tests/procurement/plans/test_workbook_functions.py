"""The function that an item carries out goes through a workbook and back (S-14, BOOK-03)."""
from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook

from portal import clock
from procurement.plans.models import PlanItem
from procurement.plans.workbooks.checking import ERROR, Checker
from procurement.plans.workbooks.columns import CHOICES, ITEMS
from procurement.plans.workbooks.papers import function_words
from procurement.plans.workbooks.showing import checked
from procurement.plans.workbooks.writing import prefilled, render
from tests.factories.functions import function, make_functions
from tests.factories.people import organisation
from tests.factories.plans import COMPILED_AT, make_plan
from tests.factories.workbooks import book, changed, hand_in, letter, put_in, values

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(db):
    with clock.at(COMPILED_AT):
        make_functions("PUBLISHED")
        yield make_plan(items=[])


def test_it_is_chosen_from_the_departments_list_and_kept(plan):
    put_in(hand_in(plan, book(values(1, function=function("C-3")), values(2))))
    assert [item.function and item.function.number for item in PlanItem.objects.filter(plan=plan).order_by("id")] == ["C-3", None]


def test_a_number_that_the_list_has_not_is_said_at_its_cell(plan):
    found = hand_in(plan, changed(book(values(1)), (ITEMS, f"{letter('function')}2", "Z-9 别的")))
    assert found.error_count == 1
    [finding] = checked(Checker(found), found.staged_rows.get()).of(ERROR)
    assert (finding.name, finding.refusal.rule) == ("function", "BOOK-03")
    assert "Z-9" in finding.refusal.message


def test_the_template_offers_the_list_and_fills_in_only_what_is_still_in_use(plan):
    put_in(hand_in(plan, book(values(1, function=function("C-3")))))
    items = PlanItem.objects.filter(plan=plan).select_related("function__catalogue")
    words = function_words(organisation("agency"))
    assert words == ["C-1 城市管理行政处罚", "C-2 市容环境评价", "C-3 城市道路清扫保洁"]
    sheets = load_workbook(BytesIO(render(prefilled(items), agency="市城管局", year=2027, leaves=["A1001 甲"], functions=words)))
    assert [cell.value for cell in sheets[CHOICES]["B"]][:4] == ["所履行的职能", *words]
    assert sheets[ITEMS][f"{letter('function')}2"].value == "C-3 城市道路清扫保洁"
    rule = next(rule for rule in sheets[ITEMS].data_validations.dataValidation if f"{letter('function')}2" in str(rule.sqref))
    assert rule.formula1 == f"'{CHOICES}'!$B$2:$B$4" or rule.formula1 == f"{CHOICES}!$B$2:$B$4"
    with clock.at(COMPILED_AT):
        make_functions("PUBLISHED", title="后一份清单")
    [row] = prefilled(PlanItem.objects.filter(plan=plan).select_related("function__catalogue"))
    assert row.cells.get("function") is None
