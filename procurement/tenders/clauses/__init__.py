"""What a new document starts from: the clauses of its method, filled with what the portal knows (S-162)."""
from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@cache
def _template(method: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{method.lower()}.toml").read_text("utf-8"))


def clauses_for(method: str, known: dict[str, str]) -> dict[str, Any]:
    """The clauses of a method with their placeholders filled; values and lists under the names of the document."""
    return {name: _filled(value, known) for name, value in _template(method).items()}


def _filled(value: Any, known: dict[str, str]) -> Any:
    if isinstance(value, str):
        for name, text in known.items():
            value = value.replace("{" + name + "}", text)
        return value
    if isinstance(value, list):
        return [{key: _filled(item, known) for key, item in row.items()} for row in value]
    return value
