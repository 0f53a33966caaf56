"""Tables as people hand them in: CSV or a workbook, told apart by their first bytes, as lines of plain text."""
from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook

from portal.files.cells import plain_cell

#: More than this unpacked is no list of a catalogue.
MOST_UNPACKED = 60 * 1024**2
MOST_COLUMNS = 60


class NoTable(Exception):
    """The file is no table; `reason` says why, `line` where."""

    def __init__(self, reason: Any, line: int = 1):
        super().__init__(str(reason))
        self.reason, self.line = reason, line


Lines = list[tuple[int, list[str]]]


def lines_of_file(content: bytes, most: int) -> Lines:
    """The lines that hold anything, each with its number in the file. Raises NoTable; stops one line after `most`."""
    return _workbook(content, most) if content.startswith(b"PK\x03\x04") else _csv(content)


def _csv(content: bytes) -> Lines:
    """UTF-8, or GB 18030 as spreadsheets save it."""
    try:
        text = _decode(content)
    except UnicodeDecodeError:
        raise NoTable(_("文件不是 UTF-8 或 GB 18030 编码的文本")) from None
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        return [(reader.line_num, [plain_cell(cell.strip()) for cell in cells]) for cells in reader if any(map(str.strip, cells))]
    except csv.Error:
        raise NoTable(_("这一行不是逗号分隔的文本"), reader.line_num) from None


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _workbook(content: bytes, most: int) -> Lines:
    """The first sheet of a workbook, its formulas as they were last computed."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise NoTable(_("工作簿解开后过大"))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        found: Lines = []
        for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), start=1):
            cells = [_text(value) for value in row]
            if any(cells):
                found.append((number, cells))
            if len(found) > most:
                break
    except NoTable:
        raise
    except Exception as error:  # whatever openpyxl meets in a file that only looks like a workbook
        raise NoTable(_("工作簿打不开，可能已损坏或有密码")) from error
    return _trimmed(found)


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
