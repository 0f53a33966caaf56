"""How a version is laid out for readers: branches, classes and their items, search hits with the way to them."""
from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field

from portal.files.cells import safe_row
from portal.reports.workbook import Column, render_xlsx

from .checking import COLUMNS, HEADINGS
from .models import CatalogueItem, CatalogueVersion

HITS = 50


@dataclass(slots=True)
class Node:
    """An item with what stands below it."""

    item: CatalogueItem
    children: list[Node] = field(default_factory=list)

    @property
    def leaf_count(self) -> int:
        return sum(child.leaf_count for child in self.children) if self.children else int(self.item.is_leaf)


def tree_of(version: CatalogueVersion) -> list[Node]:
    """The whole version as branches; one query."""
    nodes = {item.pk: Node(item) for item in version.items.order_by("level", "position", "code")}
    roots = []
    for node in nodes.values():
        if node.item.parent_id:
            nodes[node.item.parent_id].children.append(node)
        else:
            roots.append(node)
    return roots


@dataclass(frozen=True, slots=True)
class Hit:
    """An item found, with the names on the way down to it."""

    item: CatalogueItem
    way: str


def search(version: CatalogueVersion, query: str) -> list[Hit]:
    """Items whose code begins with, or whose name holds, what was typed; at most `HITS`."""
    items = list(
        version.items.matching(query).select_related("parent__parent__parent").order_by("place", "code")[:HITS]
    )
    return [Hit(item, " › ".join(reversed(list(_names_above(item))))) for item in items]


def _names_above(item: CatalogueItem) -> Iterable[str]:
    above = item.parent
    while above is not None:
        yield above.name
        above = above.parent


def rows_of(version: CatalogueVersion) -> Iterable[dict]:
    """The items by the columns that an import reads, in the order of the list."""
    for item in version.items.select_related("parent").order_by("place", "code"):
        yield {
            "code": item.code, "parent_code": item.parent.code if item.parent else "", "level": item.level, "name_zh": item.name,
            "kind": item.kind, "procurement_code": item.procurement_code, "note": item.note, "guide_price": item.guide_price,
            "guide_unit": item.guide_unit, "cost_factors": item.cost_factors, "indicators": item.indicator_words,
            "deviation": item.deviation, "retired": "1" if item.retired else "", "evidence": item.evidence,
        }


def csv_of(version: CatalogueVersion) -> str:
    """The items in the columns that an import reads, so that a list can be mended in a spreadsheet."""
    return write_csv(rows_of(version))


def write_csv(rows: Iterable[dict]) -> str:
    """Rows by column as text that `read_catalogue` reads back."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(safe_row(row[name] for name in COLUMNS))
    return "\ufeff" + out.getvalue()


def xlsx_of(version: CatalogueVersion) -> bytes:
    """The same as a workbook, whose headings are in Chinese for whoever opens it; an import reads it back."""
    return write_xlsx(rows_of(version), str(version))


def write_xlsx(rows: Iterable[dict], title: str) -> bytes:
    """Rows by column as a workbook that `read_catalogue` reads back."""
    kinds = {"level": "integer", "guide_price": "money"}
    widths = {"name_zh": 36, "note": 40, "cost_factors": 30, "indicators": 40, "deviation": 30}
    columns = [Column(name, HEADINGS[name], kinds.get(name, "text"), widths.get(name, 14)) for name in COLUMNS]
    return render_xlsx(columns, rows, title=title)
