"""The yearly plan of an agency as a workbook in the form of an official annex: plan table and performance targets (S-21, R-008, S-31)."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties

from portal.files.cells import RISKY
from portal.money import ZERO
from portal.reports.workbook import CONTENT_TYPE, written_text
from portal.templatetags.marks import day

from .adjusting import summary_of
from .models import Adjustment, FundingSource, PlanItem, SourceKind

#: Numbers of paper sizes in workbooks; a table too wide to be read on A4 is printed on A3 and folded in.
A3, A4 = 8, 9
THIN = Border(**{edge: Side("thin") for edge in ("left", "right", "top", "bottom")})
#: Faces and sizes of official annexes: 黑体 for the number of the annex and heads, 小标宋 for the title, 仿宋 for what is filled in.
ANNEX, TITLE, HEAD, BODY = (
    Font(name=name, size=size) for name, size in (("黑体", 16), ("方正小标宋简体", 20), ("黑体", 11), ("仿宋_GB2312", 11))
)
CENTRE, LEFT, RIGHT = (Alignment(horizontal=side, vertical="center", wrap_text=True) for side in ("center", "left", "right"))
#: Under which head of the annex a source of money stands (S-32).
STREAMS = (
    (_("一般公共预算"), (SourceKind.GENERAL, SourceKind.OFFICE)), (_("专项资金"), (SourceKind.SPECIAL,)),
    (_("上级补助"), (SourceKind.SUPERIOR,)), (_("其他资金"), (SourceKind.BENEFICIARY, SourceKind.SOCIAL)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """One column of an annex: its head, under a common head where `over` is given; `kind`: text, money, figure, number.

    A figure shows a fraction only where it has one; `width` in characters.
    """

    title: Any
    width: int
    kind: str = "text"
    over: Any = ""


PLAN_HEADS = (
    Head(_("序号"), 5, "number"), Head(_("项目名称"), 20), Head(_("项目编号"), 20), Head(_("目录项"), 18), Head(_("主要内容"), 30),
    Head(_("数量"), 11, "figure"), Head(_("计量单位"), 7), Head(_("单价"), 12, "money"), Head(_("申报金额"), 15, "money"),
    *(Head(title, 15, "money", _("其中：资金来源")) for title, _kinds in STREAMS),
    Head(_("拟采购方式"), 10), Head(_("期限（月）"), 6, "number"), Head(_("承接主体条件"), 22), Head(_("评价标准"), 20),
    Head(_("批准金额"), 15, "money"), Head(_("状态"), 9),
)  # fmt: skip
TARGET_HEADS = (
    Head(_("序号"), 5, "number"), Head(_("项目名称"), 28), Head(_("一级指标"), 10), Head(_("二级指标"), 14), Head(_("三级指标"), 30),
    Head(_("目标值"), 16), Head(_("权重"), 8, "figure"), Head(_("数据来源"), 22),
)  # fmt: skip


ADJUSTED_HEADS = (
    Head(_("序号"), 5, "number"), Head(_("项目名称"), 28), Head(_("调整编号"), 26), Head(_("调整种类"), 10), Head(_("调整内容"), 44),
    Head(_("调整前金额"), 15, "money"), Head(_("调整后金额"), 15, "money"), Head(_("生效日期"), 12), Head(_("备注"), 16),
)  # fmt: skip


def render(plan, items: Sequence[PlanItem], *, as_of: str, adjustments: Sequence[Adjustment] = ()) -> bytes:
    """The workbook as bytes; `items` with their leaf, project, sources and indicators at hand; sums stand in the last row.

    A third annex says what was adjusted in the year, where anything was.
    """
    book = Workbook(write_only=True)
    name = plan.agency.name
    _annex(
        book, 1, str(_("计划表")), _("%(agency)s%(year)s年度政府购买服务计划表") % {"agency": name, "year": plan.year}, PLAN_HEADS,
        _plan_rows(items), plan, as_of, paper=A3, unit=_("单位：元"),
    )
    _annex(
        book, 2, str(_("绩效目标表")), _("%(agency)s%(year)s年度政府购买服务绩效目标表") % {"agency": name, "year": plan.year},
        TARGET_HEADS, _target_rows(items), plan, as_of,
    )
    if adjustments:
        _annex(
            book, 3, str(_("调整情况表")), _("%(agency)s%(year)s年度政府购买服务计划调整情况表") % {"agency": name, "year": plan.year},
            ADJUSTED_HEADS, _adjusted_rows(adjustments), plan, as_of, unit=_("单位：元"),
        )
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _plan_rows(items: Iterable[PlanItem]) -> Iterable[list]:
    sums = [ZERO] * (len(STREAMS) + 2)
    for order, item in enumerate(items, start=1):
        streams = [_stream(item.sources.all(), kinds) for _title, kinds in STREAMS]
        counted = (item.amount, *streams, item.approved_amount or ZERO)
        sums = [total + amount for total, amount in zip(sums, counted, strict=True)]
        yield [
            order, item.title, item.project.number if item.project else "", item.catalogue_words, item.content, item.quantity, item.unit,
            item.unit_price, item.amount, *(amount or None for amount in streams), str(item.get_method_display()), item.term_months,
            item.supplier_conditions, item.evaluation_standard, item.approved_amount, str(item.get_state_display()),
        ]  # fmt: skip
    asked, *others = sums
    *streams, granted = (amount or None for amount in others)
    yield ["", str(_("合计")), *[""] * 6, asked, *streams, *[""] * 4, granted, ""]


def _stream(sources: Iterable[FundingSource], kinds: tuple) -> Decimal:
    return sum((row.amount for row in sources if row.kind in kinds), ZERO)


def _target_rows(items: Iterable[PlanItem]) -> Iterable[list]:
    for order, item in enumerate(items, start=1):
        for row in item.indicators.all():
            target = f"{row.get_direction_display()} {format(row.target.normalize(), 'f')} {row.unit}".strip()
            yield [order, item.title, str(row.get_category_display()), row.group, row.name, target, row.weight, row.source]


def _adjusted_rows(adjustments: Iterable[Adjustment]) -> Iterable[list]:
    for order, each in enumerate(adjustments, start=1):
        yield [
            order, each.item.title, each.number, str(each.get_kind_display()), summary_of(each), each.amount_before, each.amount_after,
            str(day(each.applied_at)), each.document,
        ]  # fmt: skip


def _annex(book: Workbook, number: int, name: str, title: str, heads: Sequence[Head], rows, plan, as_of: str, *, paper=A4, unit="") -> None:
    """One sheet: number of the annex, title, who compiled it, a head that is repeated on each page, rows, places for the signatures."""
    sheet = book.create_sheet(name)
    _page(sheet, heads, paper)
    last = get_column_letter(len(heads))
    _line(sheet, _("附件%(number)s") % {"number": number}, ANNEX, LEFT, len(heads))
    _line(sheet, title, TITLE, CENTRE, len(heads))
    about = _("编报单位（公章）：%(agency)s　　计划编号：%(number)s　　状态：%(state)s　　数据时间：%(time)s") % {
        "agency": plan.agency.name, "number": plan.number, "state": plan.get_state_display(), "time": as_of,
    }
    _line(sheet, about, BODY, LEFT, len(heads), end=_cell(sheet, str(unit), BODY, RIGHT) if unit else None)
    for line in (1, 2):
        sheet.merged_cells.add(f"A{line}:{last}{line}")
    sheet.merged_cells.add(f"A3:{get_column_letter(len(heads) - 2) if unit else last}3")
    if unit:
        sheet.merged_cells.add(f"{get_column_letter(len(heads) - 1)}3:{last}3")
    _heads(sheet, heads)
    for row in rows:
        sheet.append([_value(sheet, head, value) for head, value in zip(heads, row, strict=True)])
    signed = _("单位负责人：　　　　　　　　填报人：　　　　　　　　联系电话：　　　　　　　　填报日期：　　　　年　　月　　日")
    sheet.append([])
    sheet.append([_cell(sheet, str(signed), BODY, Alignment(horizontal="left"))])


def _page(sheet, heads: Sequence[Head], paper: int) -> None:
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", paper
    sheet.page_margins = PageMargins(left=0.5, right=0.5, top=0.75, bottom=0.75)
    sheet.print_options.horizontalCentered = True
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.print_title_rows = "4:5"
    sheet.freeze_panes = "C6"
    sheet.oddFooter.center.text = "— &P —"
    for line, height in ((1, 24), (2, 36), (3, 21)):
        sheet.row_dimensions[line].height = height
    for place, head in enumerate(heads, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = head.width


def _heads(sheet, heads: Sequence[Head]) -> None:
    """Two lines: a common head over the columns that share one, all others reaching over both."""
    sheet.append([_framed(sheet, str(head.over or head.title), HEAD) for head in heads])
    sheet.append([_framed(sheet, str(head.title) if head.over else "", HEAD) for head in heads])
    shared = [place for place, head in enumerate(heads, start=1) if head.over]
    for place, head in enumerate(heads, start=1):
        if not head.over:
            letter = get_column_letter(place)
            sheet.merged_cells.add(f"{letter}4:{letter}5")
    if shared:
        sheet.merged_cells.add(f"{get_column_letter(shared[0])}4:{get_column_letter(shared[-1])}4")


def _line(sheet, text: Any, font: Font, alignment: Alignment, width: int, end: WriteOnlyCell | None = None) -> None:
    """A line over the whole table; `end`: what stands in its last two columns."""
    sheet.append([_cell(sheet, str(text), font, alignment), *[None] * (width - 3), end, None])


def _value(sheet, head: Head, value: Any) -> WriteOnlyCell:
    if value in (None, ""):
        return _framed(sheet, "", BODY)
    if head.kind == "text" or isinstance(value, str):
        cell = _framed(sheet, str(value), BODY, LEFT)
        cell.quotePrefix = str(value).startswith(RISKY)
        return cell
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = _format(head.kind, value)
    cell.font, cell.border, cell.alignment = BODY, THIN, CENTRE if head.kind == "number" else RIGHT
    return cell


def _format(kind: str, value: Any) -> str:
    if kind == "number":
        return "0"
    return "#,##0" if kind == "figure" and value == int(value) else "#,##0.00"


def _framed(sheet, text: str, font: Font, alignment: Alignment = CENTRE) -> WriteOnlyCell:
    cell = _cell(sheet, text, font, alignment)
    cell.border = THIN
    return cell


def _cell(sheet, text: str, font: Font, alignment: Alignment) -> WriteOnlyCell:
    """Text that is never computed, whatever it begins with."""
    cell = WriteOnlyCell(sheet, written_text(text) or None)
    if text:
        cell.data_type = "s"
    cell.font, cell.alignment = font, alignment
    return cell


__all__ = ["CONTENT_TYPE", "render"]
