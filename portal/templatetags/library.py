"""The one library every component registers in; `components` is the template builtin that brings them all."""
from __future__ import annotations

from django import template

register = template.Library()


def part(thing, *names, default=""):
    """The first attribute or key of `thing` that is there: pages may hand over model rows or plain dicts."""
    for name in names:
        value = thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)
        if value is not None and value != "":
            return value() if callable(value) else value
    return default
