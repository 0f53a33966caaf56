"""What `manage.py load_reference` loads: every app registers its loader; the command runs them in order.

    @reference_loader(20, "guiding catalogue")
    def load_catalogue() -> str: ...        # returns one line for the console, may be run again at any time

Working-day calendars are loader 10.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Load = Callable[[], str]


@dataclass(frozen=True, slots=True, order=True)
class Loader:
    """One thing to load: place in the order, what it is, the function that loads it."""

    order: int
    title: str
    load: Load


_loaders: list[Loader] = []


def reference_loader(order: int, title: str) -> Callable[[Load], Load]:
    """Register a loader. Loading twice must change nothing; the returned line says what stands there now."""

    def keep(load: Load) -> Load:
        if any(loader.title == title for loader in _loaders):
            raise ValueError(f"{title} is loaded twice")
        _loaders.append(Loader(order, title, load))
        return load

    return keep


def loaders() -> list[Loader]:
    """Every loader, in order."""
    return sorted(_loaders, key=lambda loader: (loader.order, loader.title))
