"""Workbooks of plan items as agencies send them: whole, spoilt in one place, or spoilt as files."""
from __future__ import annotations

from decimal import Decimal
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from portal.reports.workbook import CONTENT_TYPE
from portal.workflow import perform
from procurement.plans.models import Plan, PlanWorkbook
from procurement.plans.workbooks.columns import CHOICES, GUIDE, ITEMS, sheets
from procurement.plans.workbooks.reading import read_workbook
from procurement.plans.workbooks.writing import render, row_of
from tests.factories.people import actor
from tests.factories.plans import one_year


def values(number: int = 1, **changes) -> dict:
    """A complete item as the form cleans it, without its paper."""
    found = one_year(f"{1000 * number}.00", title=f"社区服务 {number}", **changes)
    found.pop("feasibility")
    return found


def book(*items: dict, year: int = 2026, agency: str = "市城管局") -> bytes:
    return render([row_of(str(number), item) for number, item in enumerate(items, start=1)], agency=agency, year=year)


def changed(content: bytes, *changes: tuple[str, str, object]) -> bytes:
    """The workbook with other cells: (sheet, cell, value)."""
    found = load_workbook(BytesIO(content))
    for sheet, cell, value in changes:
        found[sheet][cell] = value
    return saved(found)


def saved(found) -> bytes:
    stream = BytesIO()
    found.save(stream)
    return stream.getvalue()


def letter(name: str, sheet: str = ITEMS) -> str:
    return sheets()[sheet].letter(name)


def upload(content: bytes, name: str = "计划.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, CONTENT_TYPE)


def hand_in(plan: Plan, content: bytes, *, read: bool = True, username: str = "planner") -> PlanWorkbook:
    """Upload it by the form of its row, and read it."""
    from procurement.plans.forms.workbooks import UploadForm

    form = UploadForm({"plan": plan.pk}, {"file": upload(content)}, subject=PlanWorkbook(), actor=actor(username))
    assert form.is_valid(), form.errors
    made = perform(PlanWorkbook(), "upload", actor=actor(username), **form.cleaned_data)
    if read:
        read_workbook(made.pk)
        made.refresh_from_db()
    return made


def put_in(found: PlanWorkbook, username: str = "planner") -> PlanWorkbook:
    from procurement.plans.forms.workbooks import CommitForm

    form = CommitForm({}, subject=found, actor=actor(username))
    assert form.is_valid()
    return perform(found, "commit", actor=actor(username), **form.cleaned_data)


__all__ = ["CHOICES", "GUIDE", "ITEMS", "Decimal", "book", "changed", "hand_in", "letter", "put_in", "saved", "upload", "values"]
