"""The table of a workbook on a page: the columns that hold anything here, every fault under its cell."""
from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext

from procurement.plans.models import WorkbookRow

from .cells import shown
from .checking import Checker, Finding
from .columns import ITEMS, PARTS, sheets
from .correcting import checked

ALWAYS = ("title", "leaf", "quantity", "unit_price")


@dataclass(slots=True)
class Cell:
    """What stands in it, and what is said of it; `minor`: telephones leave the column out, `aside`: so does the short table."""

    title: str
    kind: str
    text: str
    findings: list[Finding] = field(default_factory=list)
    minor: bool = False
    aside: bool = False

    @property
    def level(self) -> str:
        levels = {finding.level for finding in self.findings}
        return next((level for level in ("error", "gap", "note") if level in levels), "")


@dataclass(slots=True)
class Line:
    """One item: its staging row, its cells in the order of the columns, and what is said of no single column."""

    row: WorkbookRow
    cells: list[Cell]
    others: list[Finding]


@dataclass(slots=True)
class Table:
    lines: list[Line]

    @property
    def head(self) -> list[Cell]:
        """The first line's cells say the columns."""
        return self.lines[0].cells


def table_of(checker: Checker, rows: list[WorkbookRow]) -> Table:
    """Columns that are empty on this page and faultless are left out; parts of an item are one column each."""
    said = {row.pk: checked(checker, row).findings for row in rows}
    columns = [column for column in sheets()[ITEMS].columns if column.name in ALWAYS or any(
        row.cells.get(column.name) is not None or _of(said[row.pk], ITEMS, column.name) for row in rows
    )]  # fmt: skip
    parts = [(part, title) for part, title in PARTS.items() if any(row.parts.get(part) or _sheet(said[row.pk], title) for row in rows)]
    lines = []
    for row in rows:
        cells = [
            Cell(spoken(column.title), column.kind, shown(row.cells.get(column.name)), _of(said[row.pk], ITEMS, column.name))
            for column in columns
        ]
        cells += [Cell(spoken(title), "text", _part(row, part, title), _sheet(said[row.pk], title)) for part, title in parts]
        named = {column.name for column in columns}
        others = [finding for finding in said[row.pk] if finding.sheet == ITEMS and finding.name not in named]
        lines.append(Line(row, cells, others))
    for place in range(1, len(columns) + len(parts)):
        quiet = all(line.cells[place].level in ("", "note") for line in lines)
        aside = quiet and not (place < len(columns) and columns[place].name in ALWAYS)
        for line in lines:
            line.cells[place].minor, line.cells[place].aside = quiet, aside
    return Table(lines)


def spoken(title: str) -> str:
    """The head of a column, which is Chinese in the file, in the reader's language."""
    return "·".join(gettext(words) for words in title.split("·"))


def _of(findings: list[Finding], sheet: str, name: str) -> list[Finding]:
    return [finding for finding in findings if finding.sheet == sheet and finding.name == name]


def _sheet(findings: list[Finding], sheet: str) -> list[Finding]:
    return [finding for finding in findings if finding.sheet == sheet]


def _part(row: WorkbookRow, part: str, title: str) -> str:
    """The rows of a part in one cell: what each says, one after the other."""
    names = [column.name for column in sheets()[title].columns]
    lines = [cells for _line, cells in row.parts.get(part, ())]
    return "；".join(" ".join(shown(cells[name]) for name in names if cells.get(name) is not None) for cells in lines)
