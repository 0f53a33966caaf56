"""An entry is stored as facts and read as a sentence; the floor above knows the words of each act and registers them."""
from __future__ import annotations

from collections.abc import Callable

_renderers: list[Callable] = []


def register_renderer(renderer: Callable) -> Callable:
    """`renderer(entry) -> str | None`; the first that answers is believed."""
    _renderers.append(renderer)
    return renderer


def render(entry) -> str:
    for renderer in _renderers:
        sentence = renderer(entry)
        if sentence:
            return sentence
    return f"{entry.organisation_name} {entry.actor_name} {entry.lifecycle}.{entry.transition}".strip()
