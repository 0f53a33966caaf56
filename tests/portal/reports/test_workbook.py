"""Workbooks: numbers are numbers, text is text, nothing is computed that came in as text."""
from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from portal import clock
from portal.reports.workbook import Column, render_xlsx

COLUMNS = [
    Column("name", "名称"), Column("amount", "金额（元）", "money"), Column("count", "数量", "integer"),
    Column("day", "日期", "date"), Column("at", "时间", "moment"),
]


def sheet_of(rows, **options):
    return load_workbook(BytesIO(render_xlsx(COLUMNS, rows, **options)))


def test_values_keep_their_kind():
    at = datetime(2026, 1, 5, 9, 30, tzinfo=clock.SHANGHAI)
    book = sheet_of([{"name": "养护", "amount": Decimal("1316400.00"), "count": 3, "day": date(2026, 1, 5), "at": at}], title="清单")
    sheet = book["清单"]
    assert [cell.value for cell in sheet[1]] == ["名称", "金额（元）", "数量", "日期", "时间"]
    name, amount, count, day, moment = sheet[2]
    assert (name.value, amount.value, count.value) == ("养护", 1316400, 3)
    assert amount.number_format == "#,##0.00"
    assert day.value.date() == date(2026, 1, 5)
    assert moment.value == datetime(2026, 1, 5, 9, 30)
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:E2"


@pytest.mark.parametrize("text", ["=1+1", "+8610", "-甲", "@SUM(A1)", '=HYPERLINK("http://x","y")', "\t=1"])
def test_text_is_never_a_formula(text):
    cell = sheet_of([{"name": text}]).worksheets[0]["A2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert cell.value == text


def test_a_row_keeps_nothing_of_the_row_before():
    long = "很长的名称" * 10
    rows = [{"name": "=1", "amount": Decimal(2), "day": date(2026, 1, 5)}, {"name": "养护"}, {"name": long, "amount": Decimal("3.5")}]
    book = load_workbook(BytesIO(render_xlsx(COLUMNS, (row for row in rows))))
    sheet = book.worksheets[0]
    assert [[cell.value for cell in row[:4]] for row in sheet.iter_rows(min_row=2)] == [
        ["=1", 2, None, datetime(2026, 1, 5)], ["养护", None, None, None], [long, 3.5, None, None],
    ]  # fmt: skip
    assert [(bool(row[0].quotePrefix), bool(row[0].alignment.wrap_text)) for row in sheet.iter_rows(min_row=2)] == [
        (True, False), (False, False), (False, True),
    ]  # fmt: skip
    assert (sheet["D2"].number_format, sheet["B4"].number_format) == ("yyyy-mm-dd", "#,##0.00")


def test_notes_say_what_it_is_and_empty_is_empty():
    book = sheet_of([{"name": None, "amount": None}], title="a/b:c", notes=[("数据时间", "2026-01-05"), ("范围", "=本单位")])
    assert book.sheetnames[0] == "a b c"
    assert [cell.value for cell in book.worksheets[1][2]] == ["范围", "=本单位"]
    assert book.worksheets[0]["A2"].value is None


def test_what_is_no_number_is_a_fault_of_the_program():
    with pytest.raises(TypeError):
        render_xlsx(COLUMNS, [{"amount": "1,00"}])
    with pytest.raises(TypeError):
        render_xlsx(COLUMNS, [{"amount": 1.5}])
    assert sheet_of([{"name": "控制\x01符"}]).worksheets[0]["A2"].value == "控制符"
