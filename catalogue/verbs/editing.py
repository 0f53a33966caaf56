"""Editing a draft line by line: added, changed, moved, retired; before and after stand in the record (S-06, S-07)."""
from __future__ import annotations

from typing import Any

from catalogue.indicators import write_templates
from catalogue.models import CatalogueItem, CatalogueVersion
from portal.workflow import Act

from .arranging import arrange

#: What a line says beside its place: its fields, and what files and forms call them.
SAID = {
    "name": "name_zh", "procurement_code": "procurement_code", "note": "note", "guide_price": "guide_price", "guide_unit": "guide_unit",
    "cost_factors": "cost_factors", "indicators": "indicators", "deviation": "deviation",
}


def add_item(version: CatalogueVersion, act: Act) -> dict:
    """A new line, last below its parent."""
    parent, data = act.data.get("parent"), act.data
    last = version.items.filter(parent=parent).count()
    item = CatalogueItem(
        version=version, parent=parent, code=data["code"], kind=parent.kind if parent else data["kind"], level=1, position=last + 1,
        path=f"{parent.path}/{data['code']}" if parent else data["code"], **{name: data[given] for name, given in SAID.items()},
    )
    item.save()
    arrange(version)
    return {"code": item.code, "name": item.name, "parent": parent.code if parent else ""}


def change_item(version: CatalogueVersion, act: Act) -> dict:
    """What a line says, place apart; an unverified line that was rewritten keeps its mark."""
    item = act.data["item"]
    before = {name: _plain(name, getattr(item, name)) for name in SAID}
    for name, given in SAID.items():
        setattr(item, name, act.data[given])
    item.save(update_fields=list(SAID))
    after = {name: _plain(name, getattr(item, name)) for name in SAID}
    changed = {name: [before[name], after[name]] for name in SAID if before[name] != after[name]}
    return {"code": item.code, "name": item.name, "changed": changed}


def move_item(version: CatalogueVersion, act: Act) -> dict:
    """Put a line, with all below it, under a parent and behind one of its lines; codes below follow the new code."""
    item, parent, after = act.data["item"], act.data.get("parent"), act.data.get("after")
    before, code = item.code, act.data.get("code") or item.code
    if code != before:
        _recode(item, code)
    item.refresh_from_db()
    item.parent = parent
    siblings = [each for each in version.items.filter(parent=parent).order_by("position", "code") if each.pk != item.pk]
    place = next((number for number, each in enumerate(siblings, start=1) if after and each.pk == after.pk), 0)
    siblings.insert(place, item)
    for position, each in enumerate(siblings, start=1):
        each.position = position
    CatalogueItem.objects.bulk_update(siblings, ["position", "parent"])
    arrange(version)
    return {"code": before, "name": item.name, "to": code, "parent": parent.code if parent else "", "place": place + 1}


def _recode(item: CatalogueItem, code: str) -> None:
    """Give a line another code; the codes below begin with it again. Paths are worked out afterwards."""
    below = list(below_of(item))
    for each in [*below, item]:
        each.code = code + each.code[len(item.code):] if each.pk != item.pk else code
    CatalogueItem.objects.bulk_update([*below, item], ["code"])


def below_of(item: CatalogueItem):
    """Every line below a line."""
    return item.version.items.filter(path__startswith=f"{item.path}/")


def codes_after(item: CatalogueItem, code: str) -> list[str]:
    """The codes that a line and all below it would have, if it had this one."""
    return [code, *(code + each[len(item.code):] for each in below_of(item).values_list("code", flat=True))]


def retire_item(version: CatalogueVersion, act: Act) -> dict:
    """A line, and all below it, may no longer be planned from this version on."""
    return _mark(act.data["item"], retired=True)


def restore_item(version: CatalogueVersion, act: Act) -> dict:
    return _mark(act.data["item"], retired=False)


def _mark(item: CatalogueItem, *, retired: bool) -> dict:
    below = below_of(item) | item.version.items.filter(pk=item.pk)
    codes = sorted(below.exclude(retired=retired).values_list("code", flat=True))
    below.update(retired=retired)
    return {"code": item.code, "name": item.name, "codes": codes}


def _plain(name: str, value: Any) -> str:
    return write_templates(value) if name == "indicators" else str(value if value is not None else "")
