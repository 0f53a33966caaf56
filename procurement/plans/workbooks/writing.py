"""Writing a workbook of plan items: the empty template, last year's items in it, or what was uploaded with every fault at its cell."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from portal.files.cells import RISKY
from portal.reports.workbook import _ILLEGAL, LONGEST

from .cells import DATE, FAULT, FORMULA, NUMBER, Raw, shown, written
from .columns import CHOICES, FACTOR, GUIDE, ITEMS, KEY, PARTS, Column, Sheet, sheets, template_version

FORMATS = {"decimal": "#,##0.00", "integer": "0", "date": "yyyy-mm-dd"}
VALIDATED_ROWS = 10_001
RED, YELLOW, HEAD = (PatternFill("solid", fgColor=colour) for colour in ("F8C9C4", "FFF1C2", "E8EDF4"))


@dataclass(slots=True)
class Row:
    """One item to write: its key, its cells, the rows of its parts, and what is to be said at which cell."""

    key: str
    cells: dict[str, Raw]
    parts: dict[str, list[dict[str, Raw]]] = field(default_factory=dict)
    #: sheet → place of the row among this item's rows of that sheet → field → (is an error, text)
    marks: dict[str, dict[int, dict[str, tuple[bool, str]]]] = field(default_factory=dict)


def row_of(key: str, values: dict[str, Any]) -> Row:
    """The cells that these cleaned values of the item form make."""
    columns = {column.name: column for column in sheets()[ITEMS].columns}
    cells = {name: written(column, values.get(name)) for name, column in columns.items() if not name.startswith(f"{FACTOR}.")}
    for row in values.get(FACTOR) or ():
        for name in ("unit_amount", "basis"):
            full = f"{FACTOR}.{row['factor']}.{name}"
            cells[full] = written(columns[full], row.get(name))
    parts = {
        part: [{column.name: written(column, row.get(column.name)) for column in sheets()[title].columns} for row in values.get(part) or ()]
        for part, title in PARTS.items()
    }
    return Row(key, {name: raw for name, raw in cells.items() if raw is not None}, parts)


def render(rows: Iterable[Row], *, agency: str, year: int, leaves: Sequence[str] = (), functions: Sequence[str] = (),
           problems: Sequence[str] = ()) -> bytes:
    """The workbook as bytes: guide, items, sources, years, targets, and the words that may be chosen; always in Chinese.

    problems: what is wrong with an upload outside its items; such rows are not in the copy, so the guide names them.
    """
    book = Workbook(write_only=True)
    with override("zh-hans"):
        _guide(book, agency, year, problems)
        made = {title: _begun(book, sheet) for title, sheet in sheets().items()}
        choices = _choices(book, leaves, functions)
        for title, sheet in sheets().items():
            _validate(made[title], sheet, choices)
        for row in rows:
            made[ITEMS].append(_line(made[ITEMS], sheets()[ITEMS], row.key, row.cells, row.marks.get(ITEMS, {}).get(0, {})))
            for part, title in PARTS.items():
                for place, cells in enumerate(row.parts.get(part, ())):
                    made[title].append(_line(made[title], sheets()[title], row.key, cells, row.marks.get(title, {}).get(place, {})))
    book.active = 1
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _guide(book: Workbook, agency: str, year: int, problems: Sequence[str] = ()) -> None:
    sheet = book.create_sheet(GUIDE)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 16, 96
    told = [
        ("模板版本", template_version()), ("购买主体", agency), ("计划年度", str(year)),
        (_("怎样填"), _(
            "每个项目在“计划项目”占一行，“项目序号”自编，不重复；其资金来源、分年资金、绩效指标填在另外三张表，用同一个“项目序号”对应。"
        )),
        (_("金额"), _("一律以元计，只填数字，不写“万元”；最多两位小数。单价等于四项价格构成之和，金额等于数量乘单价乘计价期数。")),
        (_("日期"), _("填日期格式，例如 2027-03-01。")),
        (_("可选项"), _("有下拉箭头的格只能选列表里的词；目录项从“可选项”表选取。")),
        (_("不要做的"), _("不要改列名、加列、合并单元格、写公式、隐藏工作表；需要计算的，算好后只粘贴数值。")),
        (_("上年项目"), _("表里已有的行来自上年批准的项目，已写好延续的项目编号；不再购买的请删去整行，并删去其他表里对应的行。")),
        (_("可行性报告"), _("不随工作簿上传，列入计划后在各项目页面上传。")),
        (_("上传以后"), _(
            "平台逐格检查，一次说全所有问题；可在网页上改正，也可下载标注了问题的工作簿改好再传。全部没有错误才能列入计划。"
        )),
    ]
    for label, text in told:
        cells = [_text(sheet, label), _text(sheet, text)]
        cells[0].font = Font(bold=True)
        sheet.append(cells)
    for problem in problems:
        sheet.append([_marked(sheet, _text(sheet, _("没有写入本表")), (True, problem)), _text(sheet, problem)])


def _begun(book: Workbook, known: Sheet):
    sheet = book.create_sheet(known.title)
    sheet.freeze_panes = "C2" if known.title == ITEMS else "B2"
    sheet.column_dimensions["A"].width = 10
    for place, column in enumerate(known.columns, start=2):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    head = []
    for title, required in [(KEY, True), *((column.title, column.required) for column in known.columns)]:
        cell = _text(sheet, title + ("*" if required else ""))
        cell.font, cell.fill, cell.alignment = Font(bold=True), HEAD, Alignment(wrap_text=True, vertical="top")
        head.append(cell)
    sheet.append(head)
    return sheet


def _choices(book: Workbook, leaves: Sequence[str], functions: Sequence[str]) -> dict[tuple[str, ...], str]:
    """The sheet of words; words → the range they stand in, kinds of things → that of their names."""
    lists: list[tuple[str, tuple[str, ...]]] = [("目录项", tuple(leaves)), *([("所履行的职能", tuple(functions))] if functions else [])]
    for sheet in sheets().values():
        for column in sheet.columns:
            words = tuple(column.words)
            if words and words not in [known for _title, known in lists]:
                lists.append((column.title, words))
    sheet = book.create_sheet(CHOICES)
    for place in range(1, len(lists) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = 40 if place == 1 else 18
    sheet.append([_text(sheet, title) for title, _words in lists])
    for number in range(max(len(words) for _title, words in lists)):
        sheet.append([_text(sheet, words[number]) if number < len(words) else None for _title, words in lists])
    return {
        words: f"{quote_sheetname(CHOICES)}!${get_column_letter(place)}$2:${get_column_letter(place)}${len(words) + 1}"
        for place, (_title, words) in enumerate(lists, start=1) if words
    } | {
        kind: f"{quote_sheetname(CHOICES)}!${letter}$2:${letter}${max(len(names), 1) + 1}"
        for kind, letter, names in (("leaf", "A", leaves), ("function", "B", functions)) if kind == "leaf" or names
    }


def _validate(sheet, known: Sheet, choices: dict) -> None:
    """Drop-downs and limits, so that the program says most faults while one types."""
    for place, column in enumerate(known.columns, start=2):
        rule = _rule(column, choices)
        if rule is not None:
            rule.add(f"{get_column_letter(place)}2:{get_column_letter(place)}{VALIDATED_ROWS}")
            rule.showErrorMessage, rule.allow_blank = True, True
            sheet.data_validations.append(rule)


def _rule(column: Column, choices: dict) -> DataValidation | None:
    source = choices.get(column.kind) or (choices[tuple(column.words)] if column.words else "")
    if source:
        return DataValidation(type="list", formula1=source, errorTitle=column.title, error=_("请从列表里选。"))
    if column.kind in ("integer", "decimal"):
        return DataValidation(
            type="whole" if column.kind == "integer" else "decimal", operator="greaterThanOrEqual", formula1="0", errorTitle=column.title,
            error=_("只填数字；金额以元计。"),
        )
    if column.kind == "date":
        return DataValidation(
            type="date", operator="greaterThan", formula1="DATE(2004,1,1)", errorTitle=column.title, error=_("请填日期。")
        )
    return None


def _line(sheet, known: Sheet, key: str, cells: dict[str, Raw], marks: dict[str, tuple[bool, str]]) -> list:
    line = [_marked(sheet, _text(sheet, key), marks.get(""))]
    for column in known.columns:
        raw = cells.get(column.name)
        mark = marks.get(column.name)
        line.append(_marked(sheet, _cell(sheet, column, raw), mark) if raw is not None or mark else None)
    return line


def _cell(sheet, column: Column, raw: Raw) -> WriteOnlyCell:
    if raw is None:
        return WriteOnlyCell(sheet, None)
    if isinstance(raw, list) and raw[0] == NUMBER:
        cell = WriteOnlyCell(sheet, Decimal(raw[1]))
        cell.number_format = FORMATS.get(column.kind, "General")
        return cell
    if isinstance(raw, list) and raw[0] == DATE and len(raw[1]) == 10:
        cell = WriteOnlyCell(sheet, date.fromisoformat(raw[1]))
        cell.number_format = FORMATS["date"]
        return cell
    if isinstance(raw, list) and raw[0] in (FORMULA, FAULT):
        return _text(sheet, raw[1])
    return _text(sheet, shown(raw))


def _text(sheet, value: str) -> WriteOnlyCell:
    """Text stays text: what begins like a formula is marked and never computed."""
    cell = WriteOnlyCell(sheet, _ILLEGAL.sub("", value)[:LONGEST])
    cell.data_type = "s"
    cell.quotePrefix = value.startswith(RISKY)
    cell.alignment = Alignment(wrap_text=len(value) > 40, vertical="top")
    return cell


def _marked(sheet, cell: WriteOnlyCell, mark: tuple[bool, str] | None) -> WriteOnlyCell:
    if mark:
        is_error, text = mark
        cell.fill = RED if is_error else YELLOW
        cell.comment = Comment(text[:2000], _("平台检查"), height=120, width=320)
    return cell


def prefilled(items: Iterable, *, shift: int = 1) -> Iterator[Row]:
    """Last year's items as this year's first draft: years moved on, the project they continue named, answers kept (S-162)."""
    names = [column.name for column in sheets()[ITEMS].columns if not column.name.startswith(f"{FACTOR}.")]
    for number, item in enumerate(items, start=1):
        values = {name: getattr(item, name) for name in names if hasattr(item, name)}
        values |= {"predecessor": item.project, "result_response": "", "filed_request": None}  # a filing is good for one year
        if item.function is not None and item.function.catalogue.state != "PUBLISHED":
            values["function"] = None  # the department's list has changed since
        if item.starts_on:
            values["starts_on"] = _moved(item.starts_on, shift)
        values |= {
            "factors": [{"factor": row.factor, "unit_amount": row.unit_amount, "basis": row.basis} for row in item.factors.all()],
            "sources": [{"kind": row.kind, "level": row.level, "name": row.name, "amount": row.amount} for row in item.sources.all()],
            "years": [{"year": row.year + shift, "amount": row.amount} for row in item.years.all()],
            "indicators": [
                {name: getattr(row, name) for name in ("category", "group", "name", "direction", "target", "unit", "weight", "source")}
                for row in item.indicators.all()
            ],
        }
        yield row_of(str(number), values)


def _moved(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
