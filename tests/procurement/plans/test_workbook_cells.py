"""BOOK-01, BOOK-03: every cell is read as the item form reads what is typed; a file that is none of ours says why."""
from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from portal import clock
from procurement.plans.models import (
    CostFactor,
    Indicator,
    Level,
    PlanItem,
    PlanWorkbook,
    SourceKind,
    WorkbookRow,
)
from procurement.plans.workbooks.checking import Checker, kept
from procurement.plans.workbooks.columns import GUIDE, ITEMS, KEY, PARTS, YEARS, sheets
from procurement.plans.workbooks.correcting import checked
from procurement.plans.workbooks.opening import Unusable, open_workbook, parts_by_key
from procurement.plans.workbooks.writing import render, row_of
from tests.factories.functions import make_functions
from tests.factories.hostile import zipped
from tests.factories.people import actor
from tests.factories.plans import COMPILED_AT, leaf, make_plan, make_project
from tests.factories.workbooks import book, changed, hand_in, letter, saved, upload, values

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(db):
    with clock.at(COMPILED_AT):
        yield make_plan(items=[])


def findings(found: PlanWorkbook, number: int = 1) -> list[tuple[str, str, str]]:
    row = WorkbookRow.objects.get(book=found, number=number)
    return [(each.level, each.cell, each.message) for each in checked(Checker(found), row).findings]


def said(plan, name: str, value, sheet: str = ITEMS) -> tuple[str, str]:
    """Level and sentence for one cell of an otherwise whole workbook."""
    cell = f"{letter(name, sheet)}2"
    found = findings(hand_in(plan, changed(book(values(1)), (sheet, cell, value))))
    assert len(found) == 1, found
    level, place, sentence = found[0]
    assert place == f"{sheet}!{cell}"
    return level, sentence


@pytest.mark.parametrize(("name", "value", "part"), [
    ("unit_price", "12.5万元", "应填 125000.00"),
    ("unit_price", "十元", "不是数字"),
    ("unit_price", "=1+1", "公式"),
    ("quantity", -1, "0"),
    ("quantity", 1.234, "2"),
    ("starts_on", "明年三月", "不是日期"),
    ("starts_on", "2026年2月30日", "没有"),
    ("starts_on", 46082, "设为日期"),
    ("kind", "外包", "项目购买、岗位购买"),
    ("secret", "也许", "是、否"),
    ("leaf", "Z9999 没有的", "末级事项"),
    ("predecessor", "P-1", "没有编号"),
    ("filed_request", "R-1", "目录外备案"),
    ("title", None, "必填"),
    ("unit", "平" * 31, "30"),
])  # fmt: skip
def test_what_cannot_be_taken_is_an_error_at_its_cell(plan, name, value, part):
    level, sentence = said(plan, name, value)
    assert level == "error"
    assert part in sentence


@pytest.mark.parametrize(("name", "value", "wanted"), [
    ("unit_price", "１０．００", Decimal("10.00")), ("unit_price", "10元", Decimal(10)), ("quantity", "1 00", None),
    ("starts_on", "2026年3月1日", date(2026, 3, 1)), ("starts_on", "2026/3/1", date(2026, 3, 1)),
])  # fmt: skip
def test_what_is_clear_is_taken_and_said(plan, name, value, wanted):
    level, _sentence = said(plan, name, value)
    assert level == ("note" if wanted is not None else "error")
    if wanted is not None:
        row = WorkbookRow.objects.get(book__plan=plan)
        assert row.values[name] == kept({name: wanted})[name]


def test_dates_and_numbers_of_the_program_are_taken_in_silence(plan):
    content = changed(
        book(values(1)), (ITEMS, f"{letter('starts_on')}2", datetime(2026, 3, 1)), (ITEMS, f"{letter('periods')}2", 0.1 + 0.9),
    )  # fmt: skip
    assert findings(hand_in(plan, content)) == []


def test_gaps_carry_the_rules_of_the_item_at_their_cells(plan):
    short = [{"kind": "GENERAL", "level": "CITY", "name": "", "amount": Decimal(7)}]
    found = hand_in(plan, book(values(1, scheme="", secret=True, sources=short)))
    row = WorkbookRow.objects.get(book=found)
    said = {(each.refusal.rule, each.cell) for each in checked(Checker(found), row).findings}
    assert said == {("R-009", f"{ITEMS}!{letter('secret')}2"), ("S-20", f"{ITEMS}!{letter('scheme')}2"), ("S-32", "资金来源!E2")}


def test_the_form_speaks_of_several_fields_together(plan):
    twice = [{"year": 2026, "amount": Decimal(500)}, {"year": 2026, "amount": Decimal(500)}]
    assert findings(hand_in(plan, book(values(1, years=twice))))[0][:2] == ("error", f"{YEARS}!C2")


def test_more_rows_than_the_form_takes_are_refused(plan):
    many = [{"year": 2026 + n, "amount": Decimal(1)} for n in range(6)]
    assert ("error", f"{YEARS}!A7") in [each[:2] for each in findings(hand_in(plan, book(values(1, years=many))))]


def test_everything_wrong_is_said_at_once(plan):
    names = ("unit_price", "starts_on", "kind", "leaf", "secret")
    content = changed(book(values(1)), *((ITEMS, f"{letter(name)}2", "?") for name in names))
    assert len([each for each in findings(hand_in(plan, content)) if each[0] == "error"]) == 5


def test_an_unreadable_cell_hides_nothing_else_that_is_missing(plan):
    """What is lacking beside a faulty cell is said with it (S-172); what would only follow from the fault is not."""
    lacking = values(1, scheme="", supplier_conditions="", indicators=[])
    mended = {(each.refusal.rule, each.cell) for each in all_of(plan, book(lacking)) if each.level == "gap"}
    assert {("S-20", f"{ITEMS}!{letter('scheme')}2"), ("R-008", f"{ITEMS}!{letter('supplier_conditions')}2")} <= mended
    for name in ("quantity", "unit_price", "starts_on", "leaf", "title", "secret", "method"):
        found = all_of(plan, changed(book(lacking), (ITEMS, f"{letter(name)}2", None if name == "title" else "?")))
        assert [each.name for each in found if each.level == "error"] == [name]
        assert {(each.refusal.rule, each.cell) for each in found if each.level == "gap"} == mended
    money = all_of(plan, changed(book(lacking), ("资金来源", "E2", "?")))
    assert {(each.refusal.rule, each.cell) for each in money if each.level == "gap"} == mended


def all_of(plan, content: bytes) -> list:
    found = hand_in(plan, content)
    return checked(Checker(found), WorkbookRow.objects.get(book=found)).findings


def test_a_name_that_is_in_the_plan_already_is_pointed_out(plan):
    from portal.workflow import perform
    from tests.factories.plans import one_year

    perform(PlanItem(), "draft", actor=actor("planner"), plan=plan, **one_year("1.00", title="社区服务 1"))
    assert ("note", f"{ITEMS}!B2") in [each[:2] for each in findings(hand_in(plan, book(values(1))))]


# --- files ------------------------------------------------------------------------------------------------------------


def failed(plan, content: bytes) -> list[str]:
    found = hand_in(plan, content)
    assert found.state == "FAILED"
    assert not found.rows.exists()
    return [problem["message"] for problem in found.problem_texts]


def spoilt(change) -> bytes:
    found = load_workbook(BytesIO(book(values(1))))
    change(found)
    return saved(found)


def test_merged_cells_are_named(plan):
    assert "B2:C2" in failed(plan, spoilt(lambda b: b[ITEMS].merge_cells("B2:C2")))[0]


def test_hidden_sheets_are_named_and_open_ones_are_let_be(plan):
    def hide(found):
        found.create_sheet("秘密").sheet_state = "hidden"
        found[YEARS].sheet_state = "veryHidden"

    messages = failed(plan, spoilt(hide))
    assert any("秘密" in each for each in messages)
    assert any(YEARS in each for each in messages)
    assert hand_in(plan, spoilt(lambda b: b.create_sheet("草稿纸"))).state == "READ"


def test_three_hundred_unknown_columns_are_one_sentence(plan):
    def widen(found):
        for n in range(300):
            found[ITEMS].cell(1, 80 + n, f"列{n}")

    messages = failed(plan, spoilt(widen))
    assert len(messages) == 1
    assert "300" in messages[0]


def test_an_old_template_another_year_and_missing_columns_are_told(plan):
    assert "模板版本" in failed(plan, changed(book(values(1)), (GUIDE, "B1", "2019")))[0]
    assert "2030" in failed(plan, book(values(1), year=2030))[0]
    assert KEY in failed(plan, changed(book(values(1)), (ITEMS, "A1", None)))[0]
    assert "重复" in failed(plan, changed(book(values(1)), (ITEMS, f"{letter('unit')}1", "项目名称")))[0]
    assert "填写说明" in failed(plan, spoilt(lambda b: b.remove(b[GUIDE])))[0]
    assert "没有项目" in failed_or_problem(plan, book())


def failed_or_problem(plan, content: bytes) -> str:
    return hand_in(plan, content).problem_texts[0]["message"]


def test_a_workbook_of_something_else_is_told_so(plan):
    other = Workbook()
    other.active["A1"] = "工资表"
    assert ITEMS in failed(plan, saved(other))[0]


def test_too_many_items_are_refused_before_they_are_kept(plan, monkeypatch):
    monkeypatch.setattr("procurement.plans.workbooks.reading.MOST_ITEMS", 2)
    assert "2" in hand_in(plan, book(*(values(n) for n in (1, 2, 3)))).problem_texts[0]["message"]


@pytest.mark.parametrize("content", [
    zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}),
    book.__name__.encode(),
    zipped({"[Content_Types].xml": b"<Types/>", "xl/a.xml": b"<a>" + bytes(60 * 1024 * 1024)}),
])  # fmt: skip
def test_broken_files_and_bombs_end_in_a_sentence(plan, content):
    from procurement.plans.forms.workbooks import UploadForm

    form = UploadForm({"plan": plan.pk}, {"file": upload(content)}, subject=PlanWorkbook(), actor=actor("planner"))
    if form.is_valid():
        with pytest.raises(Unusable) as unusable:
            open_workbook(BytesIO(content))
        assert unusable.value.refusals[0].rule == "BOOK-01"
    else:
        assert form.errors["file"]


def test_what_unpacks_to_too_much_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr("procurement.plans.workbooks.opening.MOST_UNPACKED", 1000)
    with pytest.raises(Unusable) as unusable:
        open_workbook(BytesIO(book()))
    assert unusable.value.refusals[0].rule == "FILE-04"


def test_half_a_file_is_broken():
    with pytest.raises(Unusable):
        open_workbook(BytesIO(book()[:5000]))


# --- import(export(x)) = x -------------------------------------------------------------------------------------------

WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn", "Zl", "Zp")), max_size=25).map(str.strip)
MONEY = st.decimals(0, 999_999_999, places=2)
YES_NO = st.sampled_from([True, False, None])


def in_order(rows: list[dict]) -> list[dict]:
    return sorted(rows, key=lambda row: CostFactor.Factor.values.index(row["factor"]))


def item_values(leaves, projects, functions) -> st.SearchStrategy:
    positive = st.decimals("0.01", 99_999_999, places=2)
    factor = st.fixed_dictionaries({"factor": st.sampled_from(CostFactor.Factor.values), "unit_amount": MONEY, "basis": WORDS})
    rows = {
        "factors": st.lists(factor, unique_by=lambda row: row["factor"], max_size=4).map(in_order),
        "sources": st.lists(st.fixed_dictionaries({"kind": st.sampled_from(SourceKind.values), "level": st.sampled_from(Level.values),
                                                   "name": WORDS, "amount": positive}), max_size=3),
        "years": st.lists(st.fixed_dictionaries({"year": st.integers(2004, 2100), "amount": positive}), unique_by=lambda row: row["year"],
                          max_size=3),
        "indicators": st.lists(st.fixed_dictionaries({
            "category": st.sampled_from(Indicator.Category.values), "group": WORDS, "name": WORDS.filter(bool),
            "direction": st.sampled_from(Indicator.Direction.values), "target": st.decimals(-9999, 9999, places=2), "unit": WORDS,
            "weight": st.decimals(0, 100, places=2), "source": WORDS}), max_size=3),
    }  # fmt: skip
    fields = {}
    for column in sheets()[ITEMS].columns:
        if "." not in column.name:
            fields[column.name] = {
                "text": WORDS, "yes_no": YES_NO, "tick": st.booleans(), "leaf": st.sampled_from([None, *leaves]),
                "project": st.sampled_from([None, *projects]), "request": st.none(), "function": st.sampled_from([None, *functions]),
                "decimal": st.none() | positive.map(lambda v: min(v, Decimal("9999.99"))),
                "integer": st.integers(1, 100), "date": st.none() | st.dates(date(2005, 1, 1), date(2090, 1, 1)),
                "choice": st.sampled_from(list(column.words.values()) or [""]),
            }[column.kind]  # fmt: skip
    fields |= {"title": WORDS.filter(bool), "periods": positive.map(lambda v: min(v, Decimal("9999.99"))),
               "kind": st.sampled_from(PlanItem.Kind.values)}
    return st.lists(st.fixed_dictionaries({**fields, **rows}), min_size=1, max_size=3)


def test_what_is_written_is_read_again_as_it_was():
    """import(export(x)) = x, for values as the item form cleans them."""
    project = make_project()
    with clock.at(COMPILED_AT.replace(year=2026)):
        plan = make_plan(year=2027, items=[])
        functions = list(make_functions("PUBLISHED").functions.all())
        checker = Checker(PlanWorkbook(plan=plan, agency=plan.agency))
    strategy = item_values([leaf(), leaf().version.items.leaves().order_by("path").last()], [project], functions)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def holds(items):
        content = render([row_of(str(n), each) for n, each in enumerate(items, start=1)], agency="甲局", year=2026)
        opened = open_workbook(BytesIO(content))
        parts = parts_by_key(opened)
        read = []
        for line in opened.lines(ITEMS, 100):
            done = checker.check(line.number, line.cells, {part: parts[part].get(line.key, []) for part in PARTS})
            assert not done.of("error"), [(each.cell, each.message) for each in done.of("error")]
            read.append(done.values)
        assert read == items

    holds()
