"""Workbooks: rows under a frozen head, numbers as numbers, and text that no spreadsheet program takes for a formula."""
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from portal import clock
from portal.files.cells import RISKY

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {"money": "#,##0.00", "integer": "#,##0", "date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm"}
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
LONGEST = 32_767  # characters a cell can hold


@dataclass(frozen=True, slots=True)
class Column:
    """`key` into each row; `kind`: text, money (yuan), integer, date, moment; `width` in characters."""

    key: str
    title: Any
    kind: str = "text"
    width: int = 18


def render_xlsx(columns: Sequence[Column], rows: Iterable[dict], *, title: str = "", notes: Sequence[tuple] = ()) -> bytes:
    """A workbook of one table, written row by row; a second sheet says what it is (`notes`: label and text).

    Text that begins like a formula is marked as text: it is shown as it is and never computed.
    """
    book = Workbook(write_only=True)
    try:
        _fill(book, columns, rows, title, notes)
    except BaseException:
        for sheet in book.worksheets:  # half-written parts lie in temporary files
            sheet.close()
        book.save(BytesIO())
        raise
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _fill(book: Workbook, columns: Sequence[Column], rows: Iterable[dict], title: str, notes: Sequence[tuple]) -> None:
    sheet = book.create_sheet(_sheet_name(title))
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.append([_head(sheet, column) for column in columns])
    pens = [(column.key, Pen(sheet, column.kind)) for column in columns]
    count = 0
    for row in rows:
        sheet.append([pen.cell(row.get(key)) for key, pen in pens])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count + 1}"
    if notes:
        about = book.create_sheet(_("说明"))
        about.column_dimensions["A"].width, about.column_dimensions["B"].width = 18, 90
        for label, text in notes:
            about.append([Pen(about, "text").cell(str(each)) for each in (label, text)])


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", title).strip()[:31] or "1"


def _head(sheet, column: Column) -> WriteOnlyCell:
    cell = Pen(sheet, "text").cell(str(column.title))
    cell.font = Font(bold=True)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


class Pen:
    """Writes the cells of one column: a cell of each look is dressed once, and goes to the sheet again with every row."""

    def __init__(self, sheet, kind: str) -> None:
        self.sheet, self.kind = sheet, kind
        self.cells: dict[tuple[bool, bool], WriteOnlyCell] = {}

    def cell(self, value: Any) -> WriteOnlyCell | None:
        """The cell with this value, good until the next is asked for. Raises TypeError for what is not of the column's kind."""
        if value is None or value == "":
            return None
        if self.kind == "text":
            return self._text(str(value))
        if isinstance(value, datetime):
            value = value.astimezone(clock.SHANGHAI).replace(tzinfo=None)
        elif not isinstance(value, date | int | Decimal):
            raise TypeError(f"{value!r} is not a {self.kind}")
        cell = self._dressed()
        cell.value = value
        return cell

    def _text(self, value: str) -> WriteOnlyCell:
        """Risky text gets the mark that a person sets by typing an apostrophe first; long text is wrapped."""
        cell = self._dressed(value.startswith(RISKY), len(value) > 40)
        cell.value = written_text(value)
        cell.data_type = "s"
        return cell

    def _dressed(self, risky: bool = False, wrapped: bool = False) -> WriteOnlyCell:
        if (risky, wrapped) not in self.cells:
            cell = self.cells[risky, wrapped] = WriteOnlyCell(self.sheet)
            if self.kind == "text":
                cell.quotePrefix = risky
                cell.alignment = Alignment(wrap_text=wrapped, vertical="top")
            else:
                cell.number_format = FORMATS[self.kind]
        return self.cells[risky, wrapped]


def written_text(value: str) -> str:
    """Text as a cell can hold it: without characters that XML forbids, no longer than a cell."""
    return _ILLEGAL.sub("", value)[:LONGEST]
