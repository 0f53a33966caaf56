"""How a version is laid out for readers: branches, classes and their items, search hits with the way to them."""
from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field

from portal.files.cells import safe_row

from .importing import COLUMNS
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
    nodes = {item.pk: Node(item) for item in version.items.order_by("level", "code")}
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
        version.items.matching(query).select_related("parent__parent__parent").order_by("path")[:HITS]
    )
    return [Hit(item, " › ".join(reversed(list(_names_above(item))))) for item in items]


def _names_above(item: CatalogueItem) -> Iterable[str]:
    above = item.parent
    while above is not None:
        yield above.name
        above = above.parent


def csv_of(version: CatalogueVersion) -> str:
    """The items in the columns that an import reads, so that a list can be mended in a spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for item in version.items.select_related("parent").order_by("path"):
        writer.writerow(safe_row([
            item.code, item.parent.code if item.parent else "", item.level, item.name, item.kind, item.note, item.deviation,
            "1" if item.retired else "", item.evidence,
        ]))
    return "﻿" + out.getvalue()
