"""Opening a workbook: is it one of ours, whole and plain? Everything wrong with the file itself is said at once."""
from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from portal.files.workbooks import scanned
from portal.workflow import Refusal, refuse

from .cells import Raw, raw_of
from .columns import CHOICES, GUIDE, ITEMS, KEY, PARTS, Sheet, sheets, template_version

MOST_ITEMS = 10_000
MOST_ROWS = 60_000  # of a sheet of parts
MOST_COLUMNS = 400  # looked at in a head
MOST_UNPACKED = 400 * 1024**2
MOST_STRINGS = 120 * 1024**2  # the table of texts is read whole
NAMED = 10  # of many alike, so many are named
BROKEN = (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, OSError, EOFError, IndexError, SyntaxError)


class Unusable(Exception):
    """The file cannot be read as a workbook of plan items; every reason."""

    def __init__(self, refusals: list[Refusal]):
        super().__init__("; ".join(refusal.message for refusal in refusals))
        self.refusals = refusals


@dataclass(slots=True)
class Line:
    """One row of a sheet: its number in the file, its key, the cells that hold something by field."""

    number: int
    key: str
    cells: dict[str, Raw]


@dataclass(slots=True)
class Opened:
    """A workbook whose sheets and heads were found in order; `letters`: sheet → field → column letter in this file."""

    book: Any
    places: dict[str, dict[int, str]]  # sheet → index of the column → field ("" = the key)
    letters: dict[str, dict[str, str]]
    year: str = ""
    agency: str = ""
    expected: int = 0
    notes: list[Refusal] = field(default_factory=list)

    def lines(self, title: str, most: int) -> Iterator[Line]:
        """The rows of a sheet under its head that hold anything. Raises Unusable beyond `most` of them."""
        if title not in self.places:
            return
        places = self.places[title]
        sheet, width, count = self.book[title], max(places) + 1, 0
        for number, row in enumerate(sheet.iter_rows(min_row=2, max_col=width), start=2):
            key, cells = "", {}
            for index, cell in enumerate(row):
                if cell.value is None or index not in places:
                    continue
                raw = raw_of(cell.value, cell.data_type)
                if raw is None:
                    continue
                if places[index]:
                    cells[places[index]] = raw
                else:
                    key = _key(raw)
            if not key and not cells:
                continue
            count += 1
            if count > most:
                raise Unusable([refuse("BOOK-01", _("工作表“%(sheet)s”超过 %(most)s 行，请分成几份上传。"), sheet=title, most=most)])
            yield Line(number, key, cells)

    def close(self) -> None:
        self.book.close()


def _key(raw: Raw) -> str:
    return (raw if isinstance(raw, str) else raw[1]).strip()[:40]


def open_workbook(stream: BinaryIO) -> Opened:
    """Open a file that was sniffed as XLSX. Raises Unusable with everything that is wrong with it as a file."""
    bounded(stream)
    try:
        stream.seek(0)
        book = load_workbook(stream, read_only=True, data_only=False, keep_links=False)
        return _looked_over(book, scanned(stream, book))
    except BROKEN as error:
        raise Unusable([refuse("BOOK-01", _("工作簿打不开，可能已损坏。请用表格软件打开后另存为 XLSX，再上传。"))]) from error


def bounded(stream: BinaryIO) -> None:
    """Raises Unusable for what is no archive, or would fill the memory when unpacked (FILE-04)."""
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as error:
        raise Unusable([refuse("BOOK-01", _("工作簿打不开，可能已损坏。请用表格软件打开后另存为 XLSX，再上传。"))]) from error
    strings = sum(entry.file_size for entry in entries if entry.filename.lower().endswith("sharedstrings.xml"))
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED or strings > MOST_STRINGS:
        raise Unusable([refuse("FILE-04", _("工作簿解开后过大，请删去多余的工作表和格式，或分成几份上传。"))])


def _looked_over(book, found: dict[str, tuple[list[str], int]]) -> Opened:
    known = sheets()
    wrong: list[Refusal] = []
    opened = Opened(book, {}, {})
    names = {sheet.title: sheet for sheet in book.worksheets}
    if ITEMS not in names:
        raise Unusable([refuse("BOOK-01", _("没有找到工作表“%(sheet)s”，请用平台下载的模板填写。"), sheet=ITEMS)])
    wrong += _other_sheets(names)
    wrong += _guide(names.get(GUIDE), opened)
    for title, sheet in known.items():
        if title not in names:
            continue
        wrong += _merges(title, found[title][0])
        wrong += _head(names[title], sheet, opened)
    opened.expected = max(1, min(found[ITEMS][1] - 1, MOST_ITEMS))
    for sheet in names.values():
        sheet.reset_dimensions()  # what a file says of its size is a claim; rows are read as they come
    if wrong:
        raise Unusable(wrong)
    return opened


def _other_sheets(names: dict) -> Iterator[Refusal]:
    for title, sheet in names.items():
        if title in sheets() and sheet.sheet_state != "visible":
            yield refuse("BOOK-01", _("工作表“%(sheet)s”被隐藏，请取消隐藏并核对后再上传。"), sheet=title)
        elif title not in (*sheets(), GUIDE, CHOICES) and sheet.sheet_state != "visible":
            yield refuse("BOOK-01", _("有隐藏的工作表“%(sheet)s”，平台不读取看不见的内容；请删除后再上传。"), sheet=title)


def _guide(sheet, opened: Opened) -> Iterator[Refusal]:
    if sheet is None:
        yield refuse("BOOK-01", _("没有工作表“%(sheet)s”，无法核对模板版本；请用平台下载的模板填写。"), sheet=GUIDE)
        return
    told = {str(row[0].value): str(row[1].value or "") for row in sheet.iter_rows(min_row=1, max_row=4, max_col=2) if len(row) > 1}
    version = told.get("模板版本", "")
    opened.agency, opened.year = told.get("购买主体", ""), told.get("计划年度", "")
    if version != template_version():
        yield refuse(
            "BOOK-01", _("模板版本是“%(found)s”，现行模板是“%(wanted)s”；请下载现行模板，把内容粘贴过去。"), found=version or "—",
            wanted=template_version(),
        )


def _merges(title: str, ranges) -> Iterator[Refusal]:
    if ranges:
        named = "、".join(ranges[:NAMED])
        yield refuse("BOOK-01", _("工作表“%(sheet)s”有 %(count)s 处合并的单元格（%(cells)s），请取消合并，逐行填写。"), sheet=title,
                     count=len(ranges), cells=named)


def _head(sheet, known: Sheet, opened: Opened) -> Iterator[Refusal]:
    """The first row names the columns: none unknown, none twice, key and name among them."""
    wanted = {KEY: "", **{column.title: column.name for column in known.columns}}
    head = next(iter(sheet.iter_rows(min_row=1, max_row=1, max_col=MOST_COLUMNS)), ())
    places, unknown, twice = {}, [], []
    for index, cell in enumerate(head):
        title = "".join(str(cell.value or "").split()).rstrip("*")
        if not title:
            continue
        if title not in wanted:
            unknown.append(f"{get_column_letter(index + 1)}1“{title[:20]}”")
        elif wanted[title] in places.values():
            twice.append(title)
        else:
            places[index] = wanted[title]
    if unknown:
        yield refuse("BOOK-01", _("工作表“%(sheet)s”有 %(count)s 列不是模板里的列（%(columns)s），请删去或改回模板的列名。"),
                     sheet=known.title, count=len(unknown), columns="、".join(unknown[:NAMED]))
    if twice:
        yield refuse("BOOK-01", _("工作表“%(sheet)s”有重复的列：%(columns)s。"), sheet=known.title, columns="、".join(twice))
    missing = [title for title in known.titles[:2] if wanted[title] not in places.values()]
    if missing:
        yield refuse("BOOK-01", _("工作表“%(sheet)s”缺少列：%(columns)s。第一行必须是模板的列名。"), sheet=known.title,
                     columns="、".join(missing))
    opened.places[known.title] = places
    opened.letters[known.title] = {name or KEY: get_column_letter(index + 1) for index, name in places.items()}


def parts_by_key(opened: Opened) -> dict[str, dict[str, list[Line]]]:
    """The rows of sources, years and targets: part → key → lines."""
    found: dict[str, dict[str, list[Line]]] = {part: {} for part in PARTS}
    for part, title in PARTS.items():
        for line in opened.lines(title, MOST_ROWS):
            found[part].setdefault(line.key, []).append(line)
    return found
