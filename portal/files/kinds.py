"""Kinds of documents: what each accepts, how large it may be, and who beside its owner may read it.

The app that owns a kind registers it (`register_kind` in its `documents.py`).
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q

from .hidden import NONE, Leave
from .sniffing import TYPES

PAPERS = ("pdf", "ofd", "docx", "doc", "xlsx", "xls", "pptx", "ppt")
PICTURES = ("png", "jpeg")
ANYTHING = tuple(TYPES)


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """`limit`: bytes, at most the installation's FILE_SIZE_LIMIT. `parties`: suppliers, experts and evaluators who see
    the subject may read it too; without it only government bodies do. `readers`: `(actor) -> Q | None`, more readers.
    `derived`: made from what the portal holds and can be made again, so that no term binds it (R-GP-47)."""

    code: str
    name: Any
    accepts: tuple[str, ...] = (*PAPERS, *PICTURES, "zip", "csv", "txt")
    limit: int | None = None
    parties: bool = False
    readers: Callable[[Any], Q | None] | None = None
    derived: bool = False
    leave: Leave = NONE  # what its PDFs may be beyond the rule; see docs/decisions/0014

    @property
    def size_limit(self) -> int:
        return min(self.limit or settings.FILE_SIZE_LIMIT, settings.FILE_SIZE_LIMIT)

    @property
    def suffixes(self) -> list[str]:
        return [suffix for code in self.accepts for suffix in TYPES[code].suffixes]


#: Papers that others issue, often locked against printing and editing; e-invoices carry their data besides.
ISSUED, INVOICE = Leave(restricted=True), Leave(data=True, restricted=True)
_kinds: dict[str, DocumentKind] = {}


def register_kind(code: str, name, **options) -> DocumentKind:
    """Make a kind known. Raises ValueError when the code is taken or a type is unknown."""
    kind = DocumentKind(code, name, **options)
    if code in _kinds or set(kind.accepts) - set(TYPES):
        raise ValueError(f"document kind {code}")
    _kinds[code] = kind
    return kind


def document_kind(code: str) -> DocumentKind:
    return _kinds[code]


def all_kinds() -> list[DocumentKind]:
    return list(_kinds.values())
