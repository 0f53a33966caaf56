"""Reading a catalogue from a workbook or CSV file: the whole file is understood, or every fault is told with its line and column.

Pure: bytes in, rows and faults out; nothing is stored here.
"""
from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from .checking import COLUMNS, HEADINGS, MOST_LINES, REQUIRED, YES, Fault, faults_of_line, kind_of, price_of
from .indicators import Template, read_templates
from .models import Kind
from .tables import NoTable, lines_of_file

_BY_HEADING = {heading: name for name, heading in HEADINGS.items()}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list, checked."""

    line: int
    code: str
    parent_code: str
    level: int
    name: str
    kind: str
    note: str = ""
    deviation: str = ""
    retired: bool = False
    evidence: str = ""
    procurement_code: str = ""
    guide_price: Decimal | None = None
    guide_unit: str = ""
    cost_factors: str = ""
    indicators: tuple[Template, ...] = ()
    position: int = 0  # among the lines of one parent, as they stand in the file


@dataclass(frozen=True, slots=True)
class Reading:
    """Rows in the order of the tree, parents first; empty as soon as there is one fault."""

    rows: list[Row]
    faults: list[Fault]


def read_catalogue(content: bytes) -> Reading:
    """Understand a workbook, or a CSV file (UTF-8, or GB 18030 as spreadsheets save it), with the columns of `COLUMNS`.

    Faults cite S-06 (code, name, kind, parent), RCT-01 (depth), RCT-03, RCT-04 (codes), R102-08 (two kinds), S-30, S-31.
    """
    try:
        lines = lines_of_file(content, MOST_LINES)
    except NoTable as none:
        return Reading([], [Fault(line, "", "S-06", why, params) for line, why, params in none.faults])
    if lines:
        lines[0] = (lines[0][0], [_BY_HEADING.get(name, name) for name in lines[0][1]])
    if faults := _faults_of_header(lines):
        return Reading([], faults)
    header = lines[0][1]
    if len(lines) > MOST_LINES:
        return Reading([], [Fault(MOST_LINES + 1, "", "S-06", _("目录最多 %(most)s 行"), {"most": MOST_LINES})])
    rows, faults = [], []
    for line, cells in lines[1:]:
        row, found = _read_line(line, header, cells)
        faults += found
        if row:
            rows.append(row)
    faults += _faults_of_tree(rows)
    if not rows and not faults:
        faults.append(Fault(1, "", "S-06", _("文件里没有目录条目")))
    if not faults:
        rows, faults = _with_kinds(_with_positions(rows))
    return Reading([] if faults else rows, sorted(faults, key=lambda fault: (fault.line, fault.column)))


def _with_positions(rows: list[Row]) -> list[Row]:
    """The order in which a file names the lines of one parent is their order."""
    count: dict[str, int] = {}
    done = []
    for row in rows:
        count[row.parent_code] = count.get(row.parent_code, 0) + 1
        done.append(replace(row, position=count[row.parent_code]))
    return done


def _faults_of_header(lines: list) -> list[Fault]:
    if not lines:
        return [Fault(1, "", "S-06", _("文件是空的"))]
    line, header = lines[0]
    faults = [Fault(line, name, "S-06", _("缺少这一列")) for name in REQUIRED if name not in header]
    faults += [Fault(line, name or "?", "S-06", _("没有这样的列")) for name in header if name not in COLUMNS]
    faults += [Fault(line, name, "S-06", _("这一列出现两次")) for name in sorted({n for n in header if header.count(n) > 1})]
    return faults


def _read_line(line: int, header: list[str], cells: list[str]) -> tuple[Row | None, list[Fault]]:
    """One line, with everything that is wrong in it."""
    if len(cells) != len(header):
        fault = Fault(line, "", "S-06", _("应有 %(wanted)s 列，实有 %(found)s 列"), {"wanted": len(header), "found": len(cells)})
        return None, [fault]
    cell = dict.fromkeys(COLUMNS, "") | dict(zip(header, cells, strict=True))
    if faults := faults_of_line(line, cell):
        return None, faults
    return Row(
        line=line, code=cell["code"], parent_code=cell["parent_code"], level=int(cell["level"]), name=cell["name_zh"],
        kind=kind_of(cell["kind"]), note=cell["note"], deviation=cell["deviation"], retired=cell["retired"].lower() in YES,
        evidence=" ".join(cell["evidence"].split()), procurement_code=cell["procurement_code"],
        guide_price=price_of(cell["guide_price"]), guide_unit=cell["guide_unit"], cost_factors=cell["cost_factors"],
        indicators=tuple(read_templates(cell["indicators"])[0]),
    ), []


def _faults_of_tree(rows: list[Row]) -> list[Fault]:
    """Codes are unique, every parent is there, one level above, and its code begins the child's."""
    by_code: dict[str, Row] = {}
    faults = []
    for row in rows:
        if row.code in by_code:
            faults.append(Fault(
                row.line, "code", "S-06", _("编码 %(code)s 与第 %(other)s 行重复"), {"code": row.code, "other": by_code[row.code].line}
            ))
        else:
            by_code[row.code] = row
    for row in rows:
        if row.level == 1:
            if row.parent_code:
                faults.append(Fault(row.line, "parent_code", "S-06", _("第一级没有上级编码")))
            continue
        parent = by_code.get(row.parent_code)
        if parent is None:
            faults.append(Fault(
                row.line, "parent_code", "S-06", _("找不到上级编码“%(code)s”，或它所在的行有误"), {"code": row.parent_code[:20]}
            ))
        elif parent.level != row.level - 1:
            faults.append(Fault(
                row.line, "level", "RCT-01", _("上级 %(code)s 是第 %(above)s 级，这一行应为第 %(level)s 级"),
                {"code": parent.code, "above": parent.level, "level": parent.level + 1},
            ))
        elif not row.code.startswith(parent.code) or row.code == parent.code:
            faults.append(Fault(
                row.line, "code", "RCT-04", _("编码 %(code)s 应以上级编码 %(parent)s 开头"), {"code": row.code, "parent": parent.code}
            ))
    return faults


def _with_kinds(rows: list[Row]) -> tuple[list[Row], list[Fault]]:
    """Give every line the kind of its branch; a branch says it itself or by a name that names one of the two kinds."""
    kinds: dict[str, str] = {}
    done, faults = [], []
    for row in sorted(rows, key=lambda row: (row.level, row.code)):
        inherited = kinds.get(row.parent_code) or _kind_of_name(row.name)
        if not (row.kind or inherited):
            faults.append(Fault(row.line, "kind", "R102-08", _("看不出这一类属于公共服务还是政府履职辅助性服务，请填类别")))
        elif row.kind and row.level > 1 and row.kind != inherited:
            faults.append(Fault(row.line, "kind", "R102-08", _("类别与上级 %(code)s 不一致"), {"code": row.parent_code}))
        kinds[row.code] = row.kind or inherited
        done.append(replace(row, kind=kinds[row.code]))
    return done, faults


def _kind_of_name(name: str) -> str:
    return next((kind.value for kind in Kind if name == KIND_NAMES[kind]), "")


#: How official lists head their two branches, whatever the reader's language.
KIND_NAMES = {Kind.PUBLIC_SERVICE: "公共服务", Kind.AUXILIARY: "政府履职辅助性服务"}
