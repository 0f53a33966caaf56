"""What the portal's own handler writes while a block runs."""
from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager


class Written:
    """The log so far, as text and line by line."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict]:
        return [json.loads(text) for text in self.text.splitlines()]


@contextmanager
def portal_log() -> Iterator[Written]:
    """Everything down to DEBUG, formed as in production."""
    from portal.logs import JsonFormatter

    written = Written()
    handler = logging.StreamHandler(written.stream)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield written
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
