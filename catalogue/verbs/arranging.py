"""Keeping a version's tree in order: level, path, place and which lines are leaves follow from codes, parents and positions."""
from __future__ import annotations

from catalogue.models import CatalogueItem, CatalogueVersion

DERIVED = ("level", "path", "place", "position", "is_leaf", "kind")


def arrange(version: CatalogueVersion) -> None:
    """Work out anew what follows from the tree, write what has changed, count the lines.

    Lines of one parent stand by position, those of one position by code; afterwards positions count from 1.
    """
    items = list(version.items.order_by("position", "code"))
    below: dict[int | None, list[CatalogueItem]] = {}
    for item in items:
        below.setdefault(item.parent_id, []).append(item)
    changed: list[CatalogueItem] = []
    _settle(below, None, changed)
    CatalogueItem.objects.bulk_update(changed, DERIVED, batch_size=500)
    version.item_count = len(items)
    version.save(update_fields=["item_count"])


def _settle(below: dict, parent: CatalogueItem | None, changed: list[CatalogueItem]) -> None:
    for position, item in enumerate(below.get(parent.pk if parent else None, ()), start=1):
        before = [getattr(item, name) for name in DERIVED]
        item.position, item.level = position, parent.level + 1 if parent else 1
        item.path = f"{parent.path}/{item.code}" if parent else item.code
        item.place = f"{parent.place}.{position:04d}" if parent else f"{position:04d}"
        item.kind = parent.kind if parent else item.kind
        item.is_leaf = item.pk not in below
        if before != [getattr(item, name) for name in DERIVED]:
            changed.append(item)
        _settle(below, item, changed)
