"""Reading a workbook of budget lines: the file whole and plain or every reason against it, then its cells as they were written."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from portal.files.workbooks import scanned
from portal.workflow import Refusal, refuse
from procurement.plans.workbooks.cells import Raw, raw_of
from procurement.plans.workbooks.columns import Column
from procurement.plans.workbooks.opening import BROKEN, MOST_COLUMNS, NAMED, Unusable, bounded

from .books import COLUMNS, GUIDE, MOST_LINES, SHEET, TOLD


@dataclass(slots=True)
class Reading:
    """The rows that hold anything: number in the file, and cells by field; `letters`: field → column letter in this file."""

    rows: list[tuple[int, dict[str, Raw]]] = field(default_factory=list)
    letters: dict[str, str] = field(default_factory=dict)
    faults: list[Refusal] = field(default_factory=list)

    def wrong(self, sentence, **params) -> None:
        self.faults.append(refuse("BOOK-01", sentence, field="file", **params))


def read_book(stream: BinaryIO) -> Reading:
    """Read a workbook; what is wrong with the file itself is said all at once (BOOK-01, FILE-04), and then no rows are given."""
    reading = Reading()
    try:
        bounded(stream)
        stream.seek(0)
        book = load_workbook(stream, read_only=True, data_only=False, keep_links=False)
        try:
            _read(book, scanned(stream, book), reading)
        finally:
            book.close()
    except Unusable as unusable:
        reading.faults += unusable.refusals
    except BROKEN:
        reading.wrong(_("工作簿打不开，可能已损坏。请用表格软件打开后另存为 XLSX，再上传。"))
    finally:
        stream.seek(0)
    if reading.faults:
        reading.rows = []
    return reading


def _read(book, found: dict[str, tuple[list[str], int]], reading: Reading) -> None:
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    if SHEET not in sheets:
        reading.wrong(_("没有找到工作表“%(sheet)s”，请用平台下载的模板填写。"), sheet=SHEET)
        return
    if hidden := [title for title, sheet in sheets.items() if sheet.sheet_state != "visible"]:
        reading.wrong(_("有隐藏的工作表“%(sheet)s”，平台不读取看不见的内容；请删除后再上传。"), sheet="、".join(hidden[:NAMED]))
    if strange := [title for title in sheets if title not in (SHEET, GUIDE, *hidden)]:
        reading.wrong(_("工作表“%(sheet)s”不是模板里的，平台不读取；请删除后再上传。"), sheet="、".join(strange[:NAMED]))
    if merged := found[SHEET][0]:
        reading.wrong(_("工作表“%(sheet)s”有 %(count)s 处合并的单元格（%(cells)s），请取消合并，逐行填写。"),
                      sheet=SHEET, count=len(merged), cells="、".join(merged[:NAMED]))
    sheet = sheets[SHEET]
    sheet.reset_dimensions()  # what a file says of its size is a claim; rows are read as they come
    places = _head(sheet, reading)
    if not reading.faults:
        _rows(sheet, places, reading)


def _head(sheet, reading: Reading) -> dict[int, Column]:
    """The first row names the columns: none unknown, none twice, none missing that must be there."""
    known, told = {column.title: column for column in COLUMNS}, {column.title for column in TOLD}
    head = next(iter(sheet.iter_rows(min_row=1, max_row=1, max_col=MOST_COLUMNS)), ())
    places: dict[int, Column] = {}
    unknown, twice = [], []
    for index, cell in enumerate(head):
        title = "".join(str(cell.value or "").split()).rstrip("*")
        if not title or title in told:
            continue
        if title not in known:
            unknown.append(f"{get_column_letter(index + 1)}1“{title[:20]}”")
        elif known[title] in places.values():
            twice.append(title)
        else:
            places[index] = known[title]
            reading.letters[known[title].name] = get_column_letter(index + 1)
    missing = [column.title for column in COLUMNS if column.required and column not in places.values()]
    for names, sentence in (
        (unknown, _("工作表“%(sheet)s”有 %(count)s 列不是模板里的列（%(columns)s），请删去或改回模板的列名。")),
        (twice, _("工作表“%(sheet)s”有重复的列：%(columns)s。")),
        (missing, _("工作表“%(sheet)s”缺少列：%(columns)s。第一行必须是模板的列名。")),
    ):
        if names:
            reading.wrong(sentence, sheet=SHEET, count=len(names), columns="、".join(names[:NAMED]))
    return places


def _rows(sheet, places: dict[int, Column], reading: Reading) -> None:
    for number, row in enumerate(sheet.iter_rows(min_row=2, max_col=max(places) + 1), start=2):
        read = {places[index].name: raw_of(cell.value, cell.data_type) for index, cell in enumerate(row) if index in places}
        cells = {name: raw for name, raw in read.items() if raw is not None}
        if not cells:
            continue
        if len(reading.rows) == MOST_LINES:
            reading.wrong(_("工作表“%(sheet)s”超过 %(most)s 行，请分成几份上传。"), sheet=SHEET, most=MOST_LINES)
            return
        reading.rows.append((number, cells))
    if not reading.rows:
        reading.wrong(_("工作表“%(sheet)s”里没有指标。"), sheet=SHEET)
