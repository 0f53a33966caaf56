"""Budget lines and funded projects, reached by running the verbs."""
from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from portal import clock
from portal.workflow import perform
from procurement.budgets.books import COLUMNS, SHEET
from procurement.budgets.models import BudgetLine, Encumbrance, LineBook, Sharing
from procurement.plans.models import PlanItem, Project
from tests.factories.people import actor
from tests.factories.plans import YEAR, make_plan_item

ALLOCATED_AT = datetime(2026, 1, 20, 10, 0, tzinfo=clock.SHANGHAI)


def make_line(
    state: str = "ALLOCATED", *, amount: str | Decimal = "1000000.00", year: int = YEAR, item: PlanItem | None = None,
    moment: datetime | None = None, **values,
) -> BudgetLine:
    """A line DRAFTED, SUBMITTED or ALLOCATED; without item it is existing budget."""
    data = {
        "title": "城市维护服务经费", "year": year, "source": "GENERAL", "level": "CITY", "function_class": "2120501",
        "economic_class": "30227", "purpose": "", "requested": Decimal(amount), **values,
    }  # fmt: skip
    if item is not None:
        data["item"] = item
    with clock.at(moment or ALLOCATED_AT.replace(year=year)):
        line = perform(BudgetLine(), "draft", actor=actor("planner"), **data)
        if state == "DRAFTED":
            return line
        line = perform(line, "submit", actor=actor("head"))
        if state == "SUBMITTED":
            return line
        return perform(line, "allocate", actor=actor("finance_head"), approval_document="赣江财预〔2026〕1号")


def fund(item: PlanItem, *, moment: datetime | None = None) -> Project:
    """Give an approved item its money: this year's line (reserved by itself) and pledges for later years."""
    moment = moment or ALLOCATED_AT.replace(year=item.year)
    with clock.at(moment):
        for year, amount in item.approved_years().items():
            if year == item.year:
                make_line(amount=amount, year=year, item=item, moment=moment)
            else:
                perform(Encumbrance(), "pledge", actor=actor("finance_head"), project=item.project, year=year, amount=amount)
    return Project.objects.get(pk=item.project_id)


def make_funded_project(*, year: int = YEAR, **values) -> Project:
    """A project with approved plan and money: everything a tender needs to start. `values` change the plan item."""
    return fund(make_plan_item("APPROVED", year=year, **values))


def make_sharing(state: str = "DRAFTED", *, item: PlanItem, ratio: str = "6:4:0", **values) -> Sharing:
    """The cost of an approved item shared by province and city, DRAFTED or SUBMITTED."""
    data = {
        "item": item, "year": item.year, "ratio": ratio, "beneficiary": Decimal(0), "document": "财农〔2025〕12号",
        "function_class": "2130234", "economic_class": "30227", **values,
    }  # fmt: skip
    with clock.at(ALLOCATED_AT.replace(year=item.year)):
        found = perform(Sharing(), "draft", actor=actor("planner"), **data)
        return found if state == "DRAFTED" else perform(found, "submit", actor=actor("head"))


def sheet(*rows: dict, head: tuple[str, ...] | None = None, change=None) -> SimpleUploadedFile:
    """A workbook of budget lines as a person hands it in: one complete line, changed row by row; `change(book)` spoils the file."""
    book = Workbook()
    table = book.active
    table.title = SHEET
    table.append(head or [column.title for column in COLUMNS])
    complete = {
        "agency": "", "title": "城市维护服务经费", "year": YEAR, "source": "一般公共预算", "level": "市级", "paying_region": "",
        "function_class": "2120501", "economic_class": "30227", "purpose": "", "item": "", "requested": Decimal("100000.00"),
    }  # fmt: skip
    for row in rows:
        table.append([{**complete, **row}[column.name] for column in COLUMNS])
    if change is not None:
        change(book)
    stream = BytesIO()
    book.save(stream)
    return SimpleUploadedFile("指标.xlsx", stream.getvalue())


def make_book(*rows: dict, state: str = "IMPORTED", who: str = "planner", **options) -> LineBook:
    """A workbook of lines RECEIVED or IMPORTED."""
    with clock.at(ALLOCATED_AT):
        book = perform(LineBook(), "upload", actor=actor(who), file=sheet(*rows, **options))
        return book if state == "RECEIVED" else perform(book, "take_in", actor=actor(who))
