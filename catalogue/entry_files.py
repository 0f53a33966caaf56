"""Entries of an implementation catalogue as a workbook or CSV file: read whole or not at all, every fault at its cell.

`read_entries` is pure but for the lists it is given to look names up in (`Known`).
"""
from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.files.cells import safe_row
from portal.reports.workbook import Column, render_xlsx

from .checking import NO, YES, Fault, Found, price_of
from .methods import WAYS
from .models import FLAGS, ImplementationEntry, ImplementationList
from .tables import NoTable, lines_of_file

REQUIRED = ("title", "agency", "method")
#: `decision` and its day are written for the reader; by which decision an entry was added is not for a file to say.
COLUMNS = ("title", "leaf", "filed_request", "agency", "method", "amount", *FLAGS, "grounds", "pilot", "decision", "decided_on")
#: What workbooks write above the columns; files may use either name.
HEADINGS = {
    "title": "项目名称", "leaf": "目录编码", "filed_request": "目录外备案编号", "agency": "购买主体", "method": "购买方式",
    "amount": "预计金额（元）", "livelihood": "民生", "key_point": "重点", "easy": "先易", "grounds": "列入理由", "pilot": "试点批次",
    "decision": "增列的批准文件", "decided_on": "增列的批准日期",
}  # fmt: skip
METHOD_NAMES = {"公开招标": "OPEN_TENDER", "邀请招标": "INVITED_TENDER", "竞争性谈判": "NEGOTIATION", "竞争性磋商": "CONSULTATION",
                "单一来源采购": "SINGLE_SOURCE", "单一来源": "SINGLE_SOURCE", "框架协议采购": "FRAMEWORK", "框架协议": "FRAMEWORK",
                "询价": "INQUIRY", "公开招聘": "RECRUITMENT", "劳务派遣": "DISPATCH", "公益性岗位": "WELFARE_POST"}  # fmt: skip
PILOT_NAMES = {"": "", "首批": "FIRST", "扩面": "EXTENDED", "深化": "DEEPENED"}
LONGEST = {"title": 120, "grounds": 300}
MOST_ENTRIES = 5000
_BY_HEADING = {heading: name for name, heading in HEADINGS.items()}


@dataclass(frozen=True, slots=True)
class Known:
    """What names in a file stand for: codes of leaves in force, numbers of filed requests, agencies by name and by code."""

    leaves: dict[str, Any] = field(default_factory=dict)
    requests: dict[str, Any] = field(default_factory=dict)
    agencies: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EntryReading:
    """Values of entries in the order of the file; empty as soon as there is one fault."""

    rows: list[dict]
    faults: list[Fault]


def read_entries(content: bytes, known: Known) -> EntryReading:
    """Understand a workbook or CSV file with the columns of `COLUMNS`. Faults cite S-08, R1787-07, S-09, S-10."""
    try:
        lines = lines_of_file(content, MOST_ENTRIES + 1)
    except NoTable as none:
        return EntryReading([], [Fault(line, "", "S-08", why, params) for line, why, params in none.faults])
    if not lines:
        return EntryReading([], [Fault(1, "", "S-08", _("文件是空的"))])
    header = [_BY_HEADING.get(name, name) for name in lines[0][1]]
    if faults := _faults_of_header(lines[0][0], header):
        return EntryReading([], faults)
    if len(lines) > MOST_ENTRIES + 1:
        return EntryReading([], [Fault(MOST_ENTRIES + 2, "", "S-08", _("实施目录最多 %(most)s 行"), {"most": MOST_ENTRIES})])
    rows, faults, seen = [], [], {}
    for line, cells in lines[1:]:
        if len(cells) != len(header):
            faults.append(Fault(line, "", "S-08", _("应有 %(wanted)s 列，实有 %(found)s 列"), {"wanted": len(header), "found": len(cells)}))
            continue
        row, found = _read_line(line, dict.fromkeys(COLUMNS, "") | dict(zip(header, cells, strict=True)), known)
        again = seen.setdefault(key_of(row), line)
        if not found and again != line:
            found.append(Fault(line, "title", "S-08", _("与第 %(other)s 行重复"), {"other": again}))
        rows.append(row)
        faults += found
    if not rows and not faults:
        faults.append(Fault(1, "", "S-08", _("文件里没有项目")))
    return EntryReading([] if faults else rows, sorted(faults, key=lambda fault: (fault.line, fault.column)))


def key_of(row: dict) -> tuple:
    """What may stand in a list only once: the same thing of one agency under one leaf, and a request at all."""
    request = row["filed_request"]
    return ("request", request.pk) if request else (row["leaf"] and row["leaf"].pk, row["agency"] and row["agency"].pk, row["title"])


def _faults_of_header(line: int, header: list[str]) -> list[Fault]:
    faults = [Fault(line, name, "S-08", _("缺少这一列")) for name in REQUIRED if name not in header]
    faults += [Fault(line, name or "?", "S-08", _("没有这样的列")) for name in header if name not in COLUMNS]
    return faults + [Fault(line, name, "S-08", _("这一列出现两次")) for name in sorted({n for n in header if header.count(n) > 1})]


def _read_line(line: int, cell: dict[str, str], known: Known) -> tuple[dict, list[Fault]]:
    """One entry, with everything that is wrong in its cells."""
    row = {
        "title": " ".join(cell["title"].split()), "grounds": " ".join(cell["grounds"].split()),
        "leaf": known.leaves.get(cell["leaf"]), "filed_request": known.requests.get(cell["filed_request"]),
        "agency": known.agencies.get(cell["agency"]), "method": method_of(cell["method"]), "amount": price_of(cell["amount"]),
        "pilot": PILOT_NAMES.get(cell["pilot"], cell["pilot"]),
        **{name: cell[name].lower() in YES for name in FLAGS},
    }
    found = [*_what_it_rests_on(cell, row), *_who_and_how(cell, row), *_words_and_flags(cell, row)]
    return row, [Fault(line, column, rule, text, params) for column, rule, text, params in found]


def _what_it_rests_on(cell: dict[str, str], row: dict) -> Found:
    if cell["leaf"] and row["leaf"] is None:
        yield "leaf", "S-08", _("现行目录没有编码为“%(code)s”的末级条目"), {"code": cell["leaf"][:20]}
    if cell["filed_request"] and row["filed_request"] is None:
        yield "filed_request", "R1787-07", _("没有编号为“%(number)s”的有效备案"), {"number": cell["filed_request"][:40]}
    if bool(cell["leaf"]) == bool(cell["filed_request"]):
        yield "leaf", "S-08", _("目录编码和目录外备案编号须填一个，且只能填一个"), {}


def _who_and_how(cell: dict[str, str], row: dict) -> Found:
    if row["agency"] is None:
        yield "agency", "S-08", _("本地区没有名为“%(name)s”的购买主体"), {"name": cell["agency"][:60]}
    if not row["method"]:
        yield "method", "S-08", _("没有“%(method)s”这样的购买方式"), {"method": cell["method"][:20]}
    if cell["amount"] and row["amount"] is None:
        yield "amount", "S-08", _("预计金额“%(amount)s”应为大于零的金额，单位元"), {"amount": cell["amount"][:20]}


def _words_and_flags(cell: dict[str, str], row: dict) -> Found:
    if not row["title"]:
        yield "title", "S-08", _("项目名称没有填"), {}
    for name, most in LONGEST.items():
        if len(row[name]) > most:
            yield name, "S-08", _("最多 %(most)s 个字"), {"most": most}
    for name in FLAGS:
        if cell[name].lower() not in YES | NO:
            yield name, "S-09", _("“%(value)s”应为“是”或“否”"), {"value": cell[name][:20]}
    if row["pilot"] not in {"", *ImplementationEntry.Pilot.values}:
        yield "pilot", "S-10", _("试点批次“%(batch)s”应为首批、扩面或者深化"), {"batch": cell["pilot"][:20]}


def method_of(text: str) -> str:
    """The method as lists write it, in words or by its code; "" for what is none."""
    return METHOD_NAMES.get(text) or (text if text in dict(WAYS) else "")


# --- writing -----------------------------------------------------------------------------------------------------
def rows_of(catalogue: ImplementationList) -> Iterable[dict]:
    """The entries by the columns that an import reads, in their order."""
    methods = {code: name for name, code in reversed(METHOD_NAMES.items())}
    pilots = {code: name for name, code in PILOT_NAMES.items()}
    entries = catalogue.entries.select_related("leaf", "filed_request", "agency").order_by("position", "pk")
    for entry in entries:
        yield {
            "title": entry.title, "leaf": entry.leaf.code if entry.leaf else "",
            "filed_request": entry.filed_request.number if entry.filed_request else "", "agency": entry.agency.name,
            "method": methods[entry.method], "amount": entry.amount, **{name: "是" if getattr(entry, name) else "" for name in FLAGS},
            "grounds": entry.grounds, "pilot": pilots[entry.pilot], "decision": entry.decision, "decided_on": entry.decided_on or "",
        }


def csv_of(catalogue: ImplementationList) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows_of(catalogue):
        writer.writerow(safe_row("" if row[name] is None else row[name] for name in COLUMNS))
    return "\ufeff" + out.getvalue()


def xlsx_of(catalogue: ImplementationList) -> bytes:
    widths = {"title": 36, "agency": 24, "grounds": 40, "filed_request": 20, "decision": 30}
    columns = [
        Column(name, HEADINGS[name], "money" if name == "amount" else "text", widths.get(name, 14)) for name in COLUMNS
    ]
    return render_xlsx(columns, rows_of(catalogue), title=str(catalogue))
