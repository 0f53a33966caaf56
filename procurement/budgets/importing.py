"""Workbooks of budget lines: looked through cell by cell, then drafted wholly or not at all, and once (BOOK-01 to BOOK-04)."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Organisation, Region
from portal.accounts.roles import OrganisationKind
from portal.files.verbs import store
from portal.identifiers import Series
from portal.money import ZERO
from portal.workflow import Act, Refusal, refuse
from portal.workflow.engine import begin_all
from procurement.plans.models import PlanItem
from procurement.plans.numbers import next_numbers
from procurement.plans.rules import year_end
from procurement.plans.workbooks.cells import Raw, Unreadable, taken
from procurement.plans.workbooks.columns import Column

from . import rules
from .book_reading import read_book
from .books import COLUMNS, SHEET
from .forms import BOOK, LineForm
from .models import BudgetLine, LineBook

BATCH = 500
#: Two lines of one agency and item with the same of these are the same line.
SAME = ("title", "year", "source", "level", "function_class", "economic_class", "purpose", "requested")


@dataclass(slots=True)
class Row:
    """One line as a workbook says it, what a draft would take from it, and what is wrong at which of its cells."""

    number: int
    cells: Mapping[str, Raw]
    values: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, list[Refusal]] = field(default_factory=lambda: defaultdict(list))


class Check:
    """The rows of a workbook held against the form and against what the portal knows today; four queries, however many rows."""

    def __init__(self, book: LineBook):
        self.book, self.own = book, book.organisation
        self.rows = [Row(number, cells) for number, cells in book.rows]
        for row in self.rows:
            for column in COLUMNS:
                self._read(row, column)
        self._find_places()
        for row in self.rows:
            self._place(row)
        self._find_twins()

    @property
    def faults(self) -> list[Refusal]:
        """Everything that is wrong, in the order of the file."""
        return [fault for row in self.rows for column in COLUMNS for fault in row.faults.get(column.name, ())]

    @property
    def total(self):
        """Yuan asked for by the rows whose sum can be read."""
        return sum((row.values["requested"] for row in self.rows if row.values.get("requested")), ZERO)

    def wrong(self, at: Row, name: str, rule: str, sentence, **params) -> None:
        said = str(sentence) % params if params else str(sentence)
        cell = f"{SHEET}!{self.book.letters.get(name, 'A')}{at.number}"
        at.faults[name].append(refuse(rule, _("%(cell)s：%(said)s"), field="file", cell=cell, said=said))

    def _read(self, row: Row, column: Column) -> None:
        """The value of one cell as the form would take it (BOOK-03, RTR-06, S-27)."""
        try:
            text = (taken(column, row.cells.get(column.name)).text or "").strip()
            value = text if column.name in POINTED else LineForm.base_fields[column.name].clean(text)
        except Unreadable as unreadable:
            self.wrong(row, column.name, "BOOK-03", unreadable.sentence, **unreadable.params)
            return
        except forms.ValidationError as error:
            self.wrong(row, column.name, "BOOK-03", "%(said)s", said=" ".join(error.messages))
            return
        row.values[column.name] = value
        if column.name == "function_class" and not rules.is_function_class(value):
            self.wrong(row, column.name, "RTR-06", _("支出功能分类须为 2 开头的七位编码。"))
        elif column.name == "economic_class" and not rules.is_economic_class(value):
            self.wrong(row, column.name, "RTR-06", _("部门预算支出经济分类须为 3 开头的五位编码。"))
        elif column.name == "requested" and value <= 0:
            self.wrong(row, column.name, "S-27", _("金额须大于零。"))

    def _find_places(self) -> None:
        """What names, codes and numbers mean to whoever handed the book in."""
        agencies = Organisation.objects.filter(kind=OrganisationKind.AGENCY).select_related("region")
        is_agency = self.own.kind == OrganisationKind.AGENCY
        agencies = agencies.filter(pk=self.own.pk) if is_agency else agencies.filter(region=self.own.region_id)
        above = Region.objects.filter(code__in=self.own.region.path.strip("/").split("/"))
        numbers = {row.values["item"] for row in self.rows if row.values.get("item")}
        items = PlanItem.objects.filter(project__number__in=numbers, state__in=["APPROVED", "EXECUTED"], agency__in=agencies)
        self.places = {
            "agency": {agency.name: agency for agency in agencies},
            "paying_region": {key: region for region in above for key in (region.code, region.name)},
            "item": {item.project.number: item for item in items.select_related("project")},
        }

    def _place(self, row: Row) -> None:
        for name, sentence in POINTED.items():
            written = row.values.pop(name, "")
            if written in self.places[name]:
                row.values[name] = self.places[name][written]
            elif written:
                self.wrong(row, name, "BOOK-03", sentence, written=written[:60])
        if "agency" not in row.values and "agency" not in row.faults:
            if self.own.kind == OrganisationKind.AGENCY:
                row.values["agency"] = self.own
            else:
                self.wrong(row, "agency", "BOOK-03", _("请填预算单位。"))
        item, agency = row.values.get("item"), row.values.get("agency")
        if item is not None and agency is not None and item.agency_id != agency.pk:
            self.wrong(row, "item", "BOOK-03", _("项目 %(item)s 不是这个预算单位的。"), item=item.project.number)

    def _find_twins(self) -> None:
        """The same line twice in the file, or here already (BOOK-02)."""
        whole = [row for row in self.rows if not row.faults]
        agencies, years = {row.values["agency"] for row in whole}, {row.values["year"] for row in whole}
        kept = BudgetLine.objects.filter(agency__in=agencies, year__in=years).exclude(state="CANCELLED")
        if self.book.pk:
            kept = kept.exclude(book=self.book)
        standing = {_key(vars(line), line.agency_id, line.item_id): line.number for line in kept}
        seen: dict[tuple, int] = {}
        for row in whole:
            item = row.values.get("item")
            key = _key(row.values, row.values["agency"].pk, item.pk if item else None)
            if key in seen:
                self.wrong(row, "title", "BOOK-02", _("与第 %(row)s 行相同。"), row=seen[key])
            elif key in standing:
                self.wrong(row, "title", "BOOK-02", _("与已有指标 %(line)s 相同。"), line=standing[key])
            seen.setdefault(key, row.number)


#: Cells that name something, and what is said of a name that nobody knows.
POINTED = {
    "agency": _("没有名为“%(written)s”、可由您编报的预算单位。"),
    "paying_region": _("“%(written)s”不是本地区或上级地区的名称或代码。"),
    "item": _("没有编号为“%(written)s”的已批准项目。"),
}


def _key(values: Mapping[str, Any], agency: int, item: int | None) -> tuple:
    return (agency, item, *(values[name] for name in SAME))


# --- effects ------------------------------------------------------------------------------------------------------
def upload(book: LineBook, act: Act) -> dict:
    """Keep the file and its cells as they were written; nothing is drafted yet."""
    reading = read_book(act.data["file"])
    book.organisation, book.rows, book.letters = act.actor.organisation, reading.rows, reading.letters
    book.document = store(act.data["file"], actor=act.actor, kind=BOOK, subject=book)
    book.digest, book.count, book.total = book.document.digest, len(reading.rows), Check(book).total
    return {"file": book.document.name, "count": book.count, "digest": book.digest}


def take_in(book: LineBook, act: Act) -> dict:
    """Every line drafted by whoever takes the book in: one act, one entry with the digest of the file, all or nothing."""
    check = Check(book)
    lines = [BudgetLine(book=book, **row.values) for row in check.rows]
    series = defaultdict(list)
    for line in lines:
        line.paying_region = line.paying_region if line.paying_region_id else line.agency.region
        line.closes_at = year_end(line.year)
        series[line.agency, line.year].append(line)
    for (agency, year), those in series.items():
        for line, number in zip(those, next_numbers(Series.BUDGET, agency, year, len(those)), strict=True):
            line.number = number
    begin_all(lines, "draft", act)
    BudgetLine.objects.bulk_create(lines, batch_size=BATCH)
    book.count, book.total = len(lines), check.total
    return {"count": book.count, "total": book.total, "digest": book.digest}


def discard(book: LineBook, act: Act) -> dict:
    """Given up: the file stays with the record of its upload, its cells go."""
    book.rows = []
    return {"digest": book.digest}
