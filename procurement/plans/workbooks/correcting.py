"""A row of a workbook in the browser: shown as the item form, taken back as cells; and all rows as items that could be inserted."""
from __future__ import annotations

from typing import Any

from procurement.plans.models import CostFactor, PlanItem, PlanWorkbook, WorkbookRow
from procurement.plans.verbs.items import CHILDREN

from .cells import Unreadable, shown, taken
from .checking import Checked, Checker, item_of, restored
from .columns import FACTOR, ITEMS, PARTS, THINGS, Column, sheets
from .opening import Line
from .reading import row_for
from .writing import row_of


def lines_of(row: WorkbookRow) -> dict[str, list[Line]]:
    """The rows of its parts as they were read."""
    return {part: [Line(number, row.key, cells) for number, cells in lines] for part, lines in row.parts.items()}


def checked(checker: Checker, row: WorkbookRow) -> Checked:
    """Everything there is to say about a row now, in the reader's language."""
    return checker.check(row.line, row.cells, lines_of(row))


def typed(checker: Checker, row: WorkbookRow) -> dict[str, Any]:
    """The row as a page would send it: what can be read as the form wants it, all else as it stands in the file."""
    columns = sheets()[ITEMS].columns
    data: dict[str, Any] = {"row": row.number}
    for column in columns:
        if not column.name.startswith(f"{FACTOR}."):
            data[column.name] = _typed(checker, column, row.cells.get(column.name))
    by_name = {column.name: column for column in columns}
    for index, value in enumerate(CostFactor.Factor.values):
        names = {name: f"{FACTOR}.{value}.{name}" for name in ("unit_amount", "basis")}
        data[f"{FACTOR}-{index}-factor"] = value  # all four stand ready; one without figure and basis is not filled in yet
        if any(row.cells.get(full) is not None for full in names.values()):
            data |= {f"{FACTOR}-{index}-{name}": _typed(checker, by_name[full], row.cells.get(full)) for name, full in names.items()}
    for part, title in PARTS.items():
        for index, (_number, cells) in enumerate(row.parts.get(part, ())):
            data |= {f"{part}-{index}-{column.name}": _typed(checker, column, cells.get(column.name)) for column in sheets()[title].columns}
    return {name: value for name, value in data.items() if value not in (None, "")}


def _typed(checker: Checker, column: Column, raw) -> Any:
    try:
        text = taken(column, raw).text
    except Unreadable:
        return shown(raw)
    if column.kind in THINGS and text:
        try:
            return checker._pointed(column, text).pk
        except Unreadable:
            return ""
    return ("on" if text == "true" else "") if column.kind == "tick" else text


def replaced(book: PlanWorkbook, data: dict[str, Any]) -> WorkbookRow:
    """Write the cleaned values of the form over a row of the staging table, and check it as if it had been read so."""
    old = book.staged_rows.get(number=data["row"])
    new = row_of(old.key, {name: value for name, value in data.items() if name != "row"})
    lines = {part: [Line(number, old.key, cells) for number, cells in enumerate(rows, start=2)] for part, rows in new.parts.items()}
    row = row_for(Checker(book), book, old.number, Line(old.line, old.key, new.cells), lines)
    row.pk = old.pk
    row.save()
    return row


def prepared(book: PlanWorkbook) -> tuple[list[PlanItem], dict[str, list]]:
    """Every row as an unsaved item with its parts: the long work, done before anything is locked."""
    items: list[PlanItem] = []
    parts: dict[str, list] = {name: [] for name in CHILDREN}
    for kept_values, gaps in book.staged_rows.order_by("number").values_list("values", "gaps").iterator(chunk_size=500):
        item = item_of(restored(kept_values or {}), book.plan)
        item.pk, item.gap_count = None, gaps + 1  # no workbook carries the feasibility report
        for name in CHILDREN:
            for row in item._prefetched_objects_cache[name]:
                row.item = item
                parts[name].append(row)
        item._prefetched_objects_cache = {}
        items.append(item)
    return items, parts
