"""Lists as workbook or CSV file: read whole or not at all with every fault at its cell, written in the columns that are read."""
from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.files.cells import safe_row
from portal.reports.workbook import Column, render_xlsx
from portal.workflow import Refusal, refuse

from .checking import Fault, Found
from .tables import NoTable, lines_of_file

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?: 00:00:00)?")


@dataclass(frozen=True, slots=True)
class SheetReading:
    """Values of the lines in the order of the file; empty as soon as there is one fault."""

    rows: list[dict]
    faults: list[Fault]


ReadLine = Callable[[dict[str, str]], tuple[dict, Found]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a list looks like as a file. `headings`: column → word above it, in the order of writing; files may use either name.

    `rule` is cited for what is wrong with the file as such, `most` lines are taken.
    """

    rule: str
    headings: dict[str, str]
    required: tuple[str, ...]
    most: int
    widths: dict[str, int] = field(default_factory=dict)

    def read(self, content: bytes, read_line: ReadLine, key: Callable[[dict], Hashable], once: str) -> SheetReading:
        """Understand a file: `read_line` gives the values of one line and what is wrong in it, `key` what may stand only once.

        What stands twice is told at the column `once`.
        """
        try:
            lines = lines_of_file(content, self.most + 1)
        except NoTable as none:
            return SheetReading([], [Fault(line, "", self.rule, why, params) for line, why, params in none.faults])
        if not lines:
            return SheetReading([], [Fault(1, "", self.rule, _("文件是空的"))])
        names = {heading: name for name, heading in self.headings.items()}
        header = [names.get(name, name) for name in lines[0][1]]
        if faults := [Fault(lines[0][0], column, self.rule, text) for column, text in self._faults_of_header(header)]:
            return SheetReading([], faults)
        if len(lines) > self.most + 1:
            return SheetReading([], [Fault(self.most + 2, "", self.rule, _("最多 %(most)s 行"), {"most": self.most})])
        if len(lines) == 1:
            return SheetReading([], [Fault(1, "", self.rule, _("只有表头，没有内容"))])
        rows, faults, seen = [], [], {}
        for line, cells in lines[1:]:
            if len(cells) != len(header):
                wanted = {"wanted": len(header), "found": len(cells)}
                faults.append(Fault(line, "", self.rule, _("应有 %(wanted)s 列，实有 %(found)s 列"), wanted))
                continue
            row, found = read_line(dict.fromkeys(self.headings, "") | dict(zip(header, cells, strict=True)))
            own = [Fault(line, column, rule, text, params) for column, rule, text, params in found]
            first = seen.setdefault(key(row), line)
            if not own and first != line:
                own.append(Fault(line, once, self.rule, _("与第 %(other)s 行重复"), {"other": first}))
            rows.append(row)
            faults += own
        return SheetReading([] if faults else rows, sorted(faults, key=lambda fault: (fault.line, fault.column)))

    def _faults_of_header(self, header: list[str]) -> Iterator[tuple[str, Any]]:
        for name in self.required:
            if name not in header:
                yield name, _("缺少这一列")
        for name in header:
            if name not in self.headings:
                yield name or "?", _("没有这样的列")
        for name in sorted({each for each in header if header.count(each) > 1}):
            yield name, _("这一列出现两次")

    def refusals(self, reading: SheetReading, *, at: str = "file") -> Iterator[Refusal]:
        """A file with one broken line is refused whole, every fault at its line and the word above its column."""
        for fault in reading.faults:
            place = {"line": fault.line, "column": self.headings.get(fault.column, fault.column),
                     "fault": fault.text % fault.params if fault.params else fault.text}  # fmt: skip
            text = _("第 %(line)s 行“%(column)s”列：%(fault)s") if fault.column else _("第 %(line)s 行：%(fault)s")
            yield refuse(fault.rule, text, field=at, **place)

    def csv_of(self, rows: Iterable[dict]) -> str:
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(self.headings.values())
        for row in rows:
            writer.writerow(safe_row("" if row[name] is None else row[name] for name in self.headings))
        return "\ufeff" + out.getvalue()

    def xlsx_of(self, rows: Iterable[dict], title: str) -> bytes:
        columns = [Column(name, heading, "text", self.widths.get(name, 16)) for name, heading in self.headings.items()]
        return render_xlsx(columns, ({name: "" if row[name] is None else str(row[name]) for name in self.headings} for row in rows),
                           title=title)  # fmt: skip


def day_of(text: str) -> date | None:
    """A day as people and spreadsheets write it; None for what is none."""
    parts = _DAY.fullmatch(text)
    try:
        return date(*map(int, parts.groups())) if parts else None
    except ValueError:
        return None
