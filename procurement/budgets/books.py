"""Budget lines in a workbook: its columns, the empty form that people fill in, and lines that are known written into them."""
from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from portal.reports.workbook import Column as Shown
from portal.reports.workbook import render_xlsx
from procurement.plans.models import Level, SourceKind
from procurement.plans.workbooks.columns import Column

from .models import BudgetLine

SHEET, GUIDE = "预算指标", "说明"
MOST_LINES = 1000


def _words(choices) -> dict[str, str]:
    with override("zh-hans"):
        return {str(label): str(value) for value, label in choices}


#: What an import reads, in the words of the form.
COLUMNS = (
    Column("agency", "预算单位", "text"), Column("title", "指标名称", "text", required=True),
    Column("year", "年度", "integer", required=True), Column("source", "资金来源", "choice", _words(SourceKind.choices), True),
    Column("level", "负担级次", "choice", _words(Level.choices), True), Column("paying_region", "支付地区", "text"),
    Column("function_class", "支出功能分类", "text", required=True),
    Column("economic_class", "部门预算支出经济分类", "text", required=True), Column("purpose", "专项用途", "text"),
    Column("item", "对应项目编号", "text"), Column("requested", "申报数（元）", "decimal", required=True),
)  # fmt: skip
#: What an export tells besides, and an import passes over: the portal keeps these itself.
TOLD = (
    Shown("number", "指标编号", width=26), Shown("state", "状态", width=12), Shown("allocated", "下达数（元）", "money"),
    Shown("reserved", "已预留（元）", "money"), Shown("committed", "已占用（元）", "money"), Shown("paid", "已支付（元）", "money"),
    Shown("free", "可用数（元）", "money"),
)  # fmt: skip
KINDS = {"integer": "integer", "decimal": "money"}


def values_of(line: BudgetLine) -> dict[str, Any]:
    """The cells of a line that an import reads back."""
    return {
        "agency": line.agency.name, "title": line.title, "year": line.year, "source": line.source, "level": line.level,
        "paying_region": line.paying_region.code, "function_class": line.function_class, "economic_class": line.economic_class,
        "purpose": line.purpose, "item": line.item.project.number if line.item_id and line.item.project_id else "",
        "requested": line.requested,
    }


def write_book(lines: Iterable[BudgetLine]) -> bytes:
    """Lines as a workbook, in the columns of an import and what the portal knows besides; always in Chinese."""
    columns = [Shown(column.name, column.title, KINDS.get(column.kind, "text"), column.width) for column in COLUMNS]
    with override("zh-hans"):
        rows = ({**_in_words(values_of(line)), **_told(line)} for line in lines)
        return render_xlsx([*columns, *TOLD], rows, title=SHEET)


def _in_words(values: dict[str, Any]) -> dict[str, Any]:
    words = {column.name: {value: word for word, value in column.words.items()} for column in COLUMNS if column.words}
    return {name: words[name][value] if name in words else value for name, value in values.items()}


def _told(line: BudgetLine) -> dict[str, Any]:
    known = {column.key: getattr(line, column.key) for column in TOLD if column.kind == "money"}
    return {**known, "number": line.number, "state": str(line.get_state_display())}


def write_template() -> bytes:
    """The empty form: required columns marked, words to choose from in their cells, a guide on a sheet of its own; always in Chinese."""
    with override("zh-hans"):
        columns = [Shown(column.name, f"{column.title}{'*' if column.required else ''}", width=column.width) for column in COLUMNS]
        book = load_workbook(BytesIO(render_xlsx(columns, (), title=SHEET, notes=_guide())))
    sheet = book[SHEET]
    for place, column in enumerate(COLUMNS, start=1):
        if column.words:
            rule = DataValidation(type="list", formula1=f'"{",".join(column.words)}"', allow_blank=True, showErrorMessage=True)
            letter = get_column_letter(place)
            rule.add(f"{letter}2:{letter}{MOST_LINES + 1}")
            sheet.add_data_validation(rule)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _guide() -> list[tuple[str, str]]:
    return [
        (_("怎样填"), _("每条指标一行，从第二行起；列名带 * 的必填，最多 %(most)s 条。") % {"most": MOST_LINES}),
        (_("预算单位"), _("填单位全称；购买主体编报本单位的指标可以不填。")),
        (_("金额"), _("一律以元计，只填数字，不写“万元”；最多两位小数。")),
        (_("资金来源和负担级次"), _("从下拉列表里选。")),
        (_("支付地区"), _("填地区名称或行政区划代码；不填即本地区。")),
        (_("对应项目编号"), _("填已批准项目的编号；从既有预算安排的不填。")),
        (_("不要做的"), _("不要改列名、加列、加工作表、合并单元格、写公式、隐藏工作表；需要计算的，算好后只粘贴数值。")),
        (_("上传以后"), _("平台逐格检查，一次说全所有问题；没有错误才能整份导入，一条也不会单独导入。")),
    ]
