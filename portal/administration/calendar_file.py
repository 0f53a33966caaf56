"""The working days of a year as a CSV file: one line a day, everything that is wrong said with its line (S-172).

    date,kind,name
    2027-01-01,off,元旦
    2027-02-06,work,春节调休上班
"""
from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.files.cells import plain_cell, safe_row
from portal.workdays.models import CalendarDay
from portal.workdays.statutory import statutory_holidays

OFF, WORKED = {"off", "休", "放假", "休息"}, {"work", "班", "上班", "调休上班"}
MOST_LINES = 400
SHOWN = 40  # characters of a wrong cell that a sentence repeats
HEAD = ("date", "kind", "name")


@dataclass(slots=True)
class Read:
    """What a file says: the days that differ from Monday to Friday, and what is wrong with it."""

    days: list[tuple[date, bool, str]] = field(default_factory=list)
    errors: list[ValidationError] = field(default_factory=list)
    redundant: int = 0  # weekend days off and weekdays worked: true, and nothing new


def read(content: bytes, year: int) -> Read:
    """Read a file of a year; errors carry their line."""
    found = Read()
    text = _text(content)
    if text is None:
        found.errors.append(ValidationError(_("文件不是 UTF-8 或 GB18030 编码的文本。")))
        return found
    seen: dict[date, int] = {}
    try:
        for number, cells in _lines(text):
            if number > MOST_LINES:
                found.errors.append(ValidationError(_("超过 %(most)s 行，不像是一年的日历。") % {"most": MOST_LINES}))
                break
            _take(number, cells, year, seen, found)
    except csv.Error:
        found.errors.append(ValidationError(_("文件不是逗号分隔的文本。")))
    if not found.errors:
        found.errors += _forgotten(found, year)
    found.days.sort()
    return found


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, cells in enumerate(csv.reader(io.StringIO(text)), 1):
        cells = [plain_cell(cell.strip()) for cell in cells]
        if any(cells) and not (number == 1 and not cells[0][:1].isdigit()):
            yield number, cells


def _take(number: int, cells: list[str], year: int, seen: dict[date, int], found: Read) -> None:
    """One line: every fault of it is named."""
    faults = []
    day = _day(cells[0])
    kind = cells[1].lower() if len(cells) > 1 else ""
    if day is None:
        faults.append(_("“%(text)s”不是日期，写成 2027-01-01。") % {"text": cells[0][:SHOWN]})
    elif day.year != year:
        faults.append(_("%(day)s 不在 %(year)s 年。") % {"day": day, "year": year})
    elif day in seen:
        faults.append(_("%(day)s 已在第 %(line)s 行列过。") % {"day": day, "line": seen[day]})
    if kind not in OFF | WORKED:
        faults.append(_("“%(text)s”不是 off（放假）或 work（上班）。") % {"text": cells[1][:SHOWN] if len(cells) > 1 else ""})
    name = cells[2] if len(cells) > 2 else ""
    if len(name) > 40:
        faults.append(_("名称超过 40 字。"))
    found.errors += [ValidationError(_("第 %(line)s 行：%(fault)s") % {"line": number, "fault": fault}) for fault in faults]
    if day is not None and day not in seen:
        seen[day] = number
    if not faults:
        worked = kind in WORKED
        if (day.weekday() < 5) is worked:
            found.redundant += 1
        else:
            found.days.append((day, worked, name))


def _forgotten(found: Read, year: int) -> list[ValidationError]:
    """The statutory holidays are off in every notice (RCV-01): a file without one was not copied whole."""
    off = {day for day, worked, _name in found.days if not worked}
    worked = {day for day, is_worked, _name in found.days if is_worked}
    return [
        ValidationError(_("%(day)s 是法定节假日（%(name)s），文件里没有列为放假。") % {"day": day, "name": name})
        for day, name in sorted(statutory_holidays(year).items())
        if (day.weekday() < 5 and day not in off) or day in worked
    ]


def written(year: int) -> str:
    """The stored calendar of a year in the form that is read."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEAD)
    for day in CalendarDay.objects.filter(calendar=year).order_by("day"):
        writer.writerow(safe_row([day.day.isoformat(), "work" if day.worked else "off", day.name]))
    return out.getvalue()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.replace("/", "-").replace(".", "-"))
    except ValueError:
        return None


def _text(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
