"""What one line of a catalogue must be: every cell checked for itself, by files and by the form that edits one line.

Pure: texts in, faults out.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.money import NotMoney, yuan

from .evidence import Evidence
from .indicators import MOST as MOST_INDICATORS
from .indicators import read_templates
from .models import Kind

REQUIRED = ("code", "parent_code", "level", "name_zh")
OPTIONAL = (
    "kind", "procurement_code", "note", "guide_price", "guide_unit", "cost_factors", "indicators", "deviation", "retired", "evidence",
)
COLUMNS = (*REQUIRED, *OPTIONAL)
#: What workbooks write above the columns; files may use either name.
HEADINGS = {
    "code": "编码", "parent_code": "上级编码", "level": "级次", "name_zh": "名称", "kind": "类别", "procurement_code": "品目编码",
    "note": "说明",
    "guide_price": "指导价（元）", "guide_unit": "计价单位", "cost_factors": "成本要素", "indicators": "绩效指标模板",
    "deviation": "与上级目录不一致的理由", "retired": "停用", "evidence": "核对标记",
}  # fmt: skip
CODE = re.compile(r"[A-Z][0-9]{0,18}")
PROCUREMENT_CODE = re.compile(r"C[0-9]{2,10}")  # RCT-03: services of the national list of procurement items
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
DEEPEST = 4  # RCT-01: two branches, level 2 and 3; regions may add a fourth
LEVELS = frozenset(str(level) for level in range(1, DEEPEST + 1))
LONGEST = {"code": 20, "name_zh": 120, "note": 300, "deviation": 300, "cost_factors": 300, "guide_unit": 30}
MOST_LINES = 5000
YES, NO = frozenset({"1", "是", "yes", "true"}), frozenset({"", "0", "否", "no", "false"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in the file: where, why, by which rule. `column` is empty when the whole line or file is meant."""

    line: int
    column: str
    rule: str
    text: Any
    params: dict = field(default_factory=dict)


Cell = dict[str, str]
Found = Iterator[tuple[str, str, Any, dict]]


def faults_of_line(line: int, cell: Cell) -> list[Fault]:
    """Everything that is wrong in the cells of one line, each with its column and rule."""
    checks = (_lengths, _codes, _words, _answers, _price, _indicators)
    return [Fault(line, column, rule, text, params) for check in checks for column, rule, text, params in check(cell)]


def _lengths(cell: Cell) -> Found:
    for name, most in LONGEST.items():
        if len(cell[name]) > most:
            yield name, "S-06", _("最多 %(most)s 个字"), {"most": most}


def _codes(cell: Cell) -> Found:
    if not CODE.fullmatch(cell["code"]):
        yield "code", "RCT-04", _("编码“%(code)s”应为一个大写字母后接数字"), {"code": cell["code"][:20]}
    if cell["procurement_code"] and not PROCUREMENT_CODE.fullmatch(cell["procurement_code"]):
        yield "procurement_code", "RCT-03", _("品目编码“%(code)s”应为 C 后接数字"), {"code": cell["procurement_code"][:20]}


def _words(cell: Cell) -> Found:
    if not cell["name_zh"]:
        yield "name_zh", "S-06", _("名称没有填"), {}
    if any(_CONTROL.search(text) for text in cell.values()):
        yield "", "S-06", _("有不能显示的字符"), {}


def _answers(cell: Cell) -> Found:
    if cell["level"] not in LEVELS:
        yield "level", "RCT-01", _("级次“%(level)s”应为 1 至 %(deepest)s"), {"level": cell["level"][:20], "deepest": DEEPEST}
    if kind_of(cell["kind"]) is None:
        yield "kind", "R102-08", _("类别“%(kind)s”应为 A（公共服务）或 B（政府履职辅助性服务）"), {"kind": cell["kind"][:20]}
    if cell["retired"].lower() not in YES | NO:
        yield "retired", "S-06", _("“%(value)s”应为“是”或“否”"), {"value": cell["retired"][:20]}
    if not Evidence.known(cell["evidence"]):
        yield "evidence", "RCT-04", _("没有“%(marks)s”这样的核对标记"), {"marks": cell["evidence"][:20]}


def _price(cell: Cell) -> Found:
    price = price_of(cell["guide_price"])
    if cell["guide_price"] and price is None:
        yield "guide_price", "S-30", _("指导价“%(price)s”应为大于零的金额，单位元"), {"price": cell["guide_price"][:20]}
    elif price is not None and not cell["guide_unit"]:
        yield "guide_unit", "S-30", _("有指导价的，须写明计价单位"), {}


def _indicators(cell: Cell) -> Found:
    templates, unread = read_templates(cell["indicators"])
    for part in unread:
        yield "indicators", "S-31", _("“%(part)s”应写成“产出：道路本色率≥92%%”这样"), {"part": part[:40]}
    if len(templates) > MOST_INDICATORS:
        yield "indicators", "S-31", _("绩效指标模板最多 %(most)s 项"), {"most": MOST_INDICATORS}


def price_of(text: str) -> Decimal | None:
    """A sum in yuan above zero; None where there is none, or what stands there is none."""
    try:
        price = yuan(text.replace(",", "")) if text else None
    except (NotMoney, TypeError, ValueError):
        return None
    return price if price is None or price > 0 else None


def kind_of(text: str) -> str | None:
    """The kind as written, by letter or in words; "" where the column is left to the branch."""
    for kind in Kind:
        if text.upper() == kind.value or text == str(kind.label):
            return kind.value
    return "" if not text else None
