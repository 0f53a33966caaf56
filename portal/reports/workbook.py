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
    count = 0
    for row in rows:
        sheet.append([_cell(sheet, row.get(column.key), column.kind) for column in columns])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count + 1}"
    if notes:
        about = book.create_sheet(_("说明"))
        about.column_dimensions["A"].width, about.column_dimensions["B"].width = 18, 90
        for label, text in notes:
            about.append([_cell(about, str(label), "text"), _cell(about, str(text), "text")])


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", title).strip()[:31] or "1"


def _head(sheet, column: Column) -> WriteOnlyCell:
    cell = _cell(sheet, str(column.title), "text")
    cell.font = Font(bold=True)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _cell(sheet, value: Any, kind: str) -> WriteOnlyCell:
    if value is None or value == "":
        return WriteOnlyCell(sheet, None)
    if kind == "text":
        return _text(sheet, str(value))
    if isinstance(value, datetime):
        value = value.astimezone(clock.SHANGHAI).replace(tzinfo=None)
    elif not isinstance(value, date | int | Decimal):
        raise TypeError(f"{value!r} is not a {kind}")
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = FORMATS[kind]
    return cell


def written_text(value: str) -> str:
    """Text as a cell can hold it: without characters that XML forbids, no longer than a cell."""
    return _ILLEGAL.sub("", value)[:LONGEST]


def _text(sheet, value: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, written_text(value))
    cell.data_type = "s"
    cell.quotePrefix = value.startswith(RISKY)  # the mark a person sets by typing an apostrophe first
    cell.alignment = Alignment(wrap_text=len(value) > 40, vertical="top")
    return cell
