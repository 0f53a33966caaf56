"""Reading a catalogue from a CSV file: the whole file is understood, or every fault is told with its line and column.

Pure: bytes in, rows and faults out; nothing is stored here.
"""
from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.files.cells import plain_cell

from .evidence import Evidence
from .models import Kind

REQUIRED = ("code", "parent_code", "level", "name_zh")
OPTIONAL = ("kind", "note", "deviation", "retired", "evidence")
COLUMNS = (*REQUIRED, *OPTIONAL)
CODE = re.compile(r"[A-Z][0-9]{0,18}")
DEEPEST = 4  # RCT-01: two branches, level 2 and 3; regions may add a fourth
LEVELS = frozenset(str(level) for level in range(1, DEEPEST + 1))
LONGEST = {"code": 20, "name_zh": 120, "note": 300, "deviation": 300}
MOST_LINES = 5000
YES, NO = frozenset({"1", "是", "yes", "true"}), frozenset({"", "0", "否", "no", "false"})


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


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in the file: where, why, by which rule. `column` is empty when the whole line or file is meant."""

    line: int
    column: str
    rule: str
    text: Any
    params: dict = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """Rows in the order of the tree, parents first; empty as soon as there is one fault."""

    rows: list[Row]
    faults: list[Fault]


def read_catalogue(content: bytes) -> Reading:
    """Understand a CSV file (UTF-8, or GB 18030 as spreadsheets save it) with the columns of `COLUMNS`.

    Faults cite S-06 (code, name, kind, parent), RCT-01 (depth), RCT-04 (form of a code), R102-08 (two kinds).
    """
    try:
        text = _decode(content)
    except UnicodeDecodeError:
        return Reading([], [Fault(1, "", "S-06", _("文件不是 UTF-8 或 GB 18030 编码的文本"))])
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        lines = [(reader.line_num, [plain_cell(cell.strip()) for cell in cells]) for cells in reader if any(map(str.strip, cells))]
    except csv.Error:
        return Reading([], [Fault(reader.line_num, "", "S-06", _("这一行不是逗号分隔的文本"))])
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
        rows, faults = _with_kinds(rows)
    return Reading([] if faults else rows, sorted(faults, key=lambda fault: (fault.line, fault.column)))


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


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
    faults = []

    def wrong(column: str, rule: str, text, **params) -> None:
        faults.append(Fault(line, column, rule, text, params))

    for name, most in LONGEST.items():
        if len(cell[name]) > most:
            wrong(name, "S-06", _("最多 %(most)s 个字"), most=most)
    if not CODE.fullmatch(cell["code"]):
        wrong("code", "RCT-04", _("编码“%(code)s”应为一个大写字母后接数字"), code=cell["code"][:20])
    if not cell["name_zh"]:
        wrong("name_zh", "S-06", _("名称没有填"))
    if cell["level"] not in LEVELS:
        wrong("level", "RCT-01", _("级次“%(level)s”应为 1 至 %(deepest)s"), level=cell["level"][:20], deepest=DEEPEST)
    kind = _kind_of(cell["kind"])
    if kind is None:
        wrong("kind", "R102-08", _("类别“%(kind)s”应为 A（公共服务）或 B（政府履职辅助性服务）"), kind=cell["kind"][:20])
    if cell["retired"].lower() not in YES | NO:
        wrong("retired", "S-06", _("“%(value)s”应为“是”或“否”"), value=cell["retired"][:20])
    if not Evidence.known(cell["evidence"]):
        wrong("evidence", "RCT-04", _("没有“%(marks)s”这样的核对标记"), marks=cell["evidence"][:20])
    if faults:
        return None, faults
    return Row(
        line=line, code=cell["code"], parent_code=cell["parent_code"], level=int(cell["level"]), name=cell["name_zh"],
        kind=kind, note=cell["note"], deviation=cell["deviation"], retired=cell["retired"].lower() in YES,
        evidence=" ".join(cell["evidence"].split()),
    ), []


def _kind_of(text: str) -> str | None:
    """The kind as written, by letter or in words; "" where the column is left to the branch."""
    for kind in Kind:
        if text.upper() == kind.value or text == str(kind.label):
            return kind.value
    return "" if not text else None


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
    from dataclasses import replace

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
