"""The areas of the administration as its home page lists them: where each leads, how many there are, what waits."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from portal.accounts.actor import Actor

Count = Callable[[Actor], tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Area:
    """One place: `note(actor)` gives a short text and whether somebody should look there."""

    group: Any
    label: Any
    text: Any
    icon: str
    url_name: str
    note: Count | None = field(default=None, compare=False)


_areas: list[Area] = []


def area(group, label, text, icon: str, url_name: str) -> Callable[[Count], Count]:
    """Register an area with the function that says what is there."""

    def keep(note: Count) -> Count:
        _areas.append(Area(group, label, text, icon, url_name, note))
        return note

    return keep


def areas_for(actor: Actor) -> list[tuple[str, list[dict]]]:
    """The areas by group, in the order they were registered."""
    groups: dict[str, list[dict]] = {}
    for each in _areas:
        note, waits = each.note(actor) if each.note else ("", False)
        groups.setdefault(str(each.group), []).append({
            "label": each.label, "text": each.text, "icon": each.icon, "url": reverse(each.url_name), "note": note, "waits": waits,
        })
    return list(groups.items())
