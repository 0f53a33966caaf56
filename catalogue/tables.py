"""Tables as people hand them in: CSV or a workbook, told apart by their first bytes, as lines of plain text."""
from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from portal.files.cells import plain_cell
from portal.files.workbooks import scanned

#: More than this unpacked is no list of a catalogue.
MOST_UNPACKED = 60 * 1024**2
MOST_COLUMNS = 60
NAMED = 10  # of many alike, so many are named
LOOKED_AT = 200  # rows of a sheet that should be empty


class NoTable(Exception):
    """The file is no table, or none that is taken as it stands; `faults`: (line, why, what its words need), all at once."""

    def __init__(self, *faults: tuple[int, Any, dict]):
        super().__init__("; ".join(str(reason) for _line, reason, _params in faults))
        self.faults = faults


Lines = list[tuple[int, list[str]]]


def lines_of_file(content: bytes, most: int) -> Lines:
    """The lines that hold anything, each with its number in the file. Raises NoTable; stops one line after `most`."""
    return _workbook(content, most) if content.startswith(b"PK\x03\x04") else _csv(content)


def _csv(content: bytes) -> Lines:
    """UTF-8, or GB 18030 as spreadsheets save it."""
    try:
        text = _decode(content)
    except UnicodeDecodeError:
        raise NoTable((1, _("文件不是 UTF-8 或 GB 18030 编码的文本"), {})) from None
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        return [(reader.line_num, [plain_cell(cell.strip()) for cell in cells]) for cells in reader if any(map(str.strip, cells))]
    except csv.Error:
        raise NoTable((reader.line_num, _("这一行不是逗号分隔的文本"), {})) from None


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _workbook(content: bytes, most: int) -> Lines:
    """The first sheet of a workbook, if it holds everything that there is to see, as it is seen.

    Hidden sheets, a second one with content, merged cells and formulas are refused by name, all at once: what they mean would
    be guessed, or lost in silence.
    """
    stream = io.BytesIO(content)
    try:
        with zipfile.ZipFile(stream) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise NoTable((1, _("工作簿解开后过大"), {}))
        book = load_workbook(stream, read_only=True, keep_links=False)
        faults = list(_unseen(book))
        sheet = next((sheet for sheet in book.worksheets if sheet.sheet_state == "visible"), book.worksheets[0])
        if merged := scanned(stream, book)[sheet.title][0]:
            faults.append((1, _("有 %(count)s 处合并的单元格（%(cells)s），请取消合并，逐行填写"),
                           {"count": len(merged), "cells": "、".join(merged[:NAMED])}))
        found, formulas = _cells(sheet, most)
    except NoTable:
        raise
    except Exception as error:  # whatever openpyxl meets in a file that only looks like a workbook
        raise NoTable((1, _("工作簿打不开，可能已损坏或有密码"), {})) from error
    faults += [(line, _("%(cell)s 是公式，请改为填写数值"), {"cell": cell}) for line, cell in formulas[:NAMED]]
    if len(formulas) > NAMED:
        faults.append((1, _("共有 %(count)s 个公式"), {"count": len(formulas)}))
    if faults:
        raise NoTable(*faults)
    return _trimmed(found)


def _unseen(book) -> Iterator[tuple[int, Any, dict]]:
    """Sheets whose content nobody would see taken in: hidden ones, and those after the first."""
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    if hidden:
        yield 1, _("有隐藏的工作表“%(sheet)s”，平台不读取看不见的内容；请删除后再上传"), {"sheet": "、".join(hidden[:NAMED])}
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    for sheet in shown:
        sheet.reset_dimensions()  # what a file says of its size is a claim; rows are read as they come
    more = [sheet.title for sheet in shown[1:] if any(any(row) for row in sheet.iter_rows(max_row=LOOKED_AT, values_only=True))]
    if more:
        yield 1, _("只读第一张工作表；“%(sheet)s”里还有内容，请删除或分开上传"), {"sheet": "、".join(more[:NAMED])}


def _cells(sheet, most: int) -> tuple[Lines, list[tuple[int, str]]]:
    """The lines that hold anything, and the cells that hold a formula: (line, name of the cell)."""
    found: Lines = []
    formulas = []
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
        formulas += [(number, f"{get_column_letter(cell.column)}{number}") for cell in row if cell.data_type == "f"]
        cells = [_text(cell.value) for cell in row]
        if any(cells):
            found.append((number, cells))
        if len(found) > most:
            break
    return found, formulas


def _text(value: Any) -> str:
    """A cell as text; a whole number without its empty decimals."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _trimmed(lines: Lines) -> Lines:
    """Lines as wide as their head: empty cells to the right of a workbook's table are none."""
    if not lines:
        return lines
    width = max((place for place, cell in enumerate(lines[0][1], start=1) if cell), default=0)
    return [(number, (cells + [""] * width)[:max(width, _last(cells))]) for number, cells in lines]


def _last(cells: list[str]) -> int:
    return max((place for place, cell in enumerate(cells, start=1) if cell), default=0)
