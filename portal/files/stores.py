"""Which rows name bytes in the store: each app that keeps files says so here, and a backup takes them from here."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.core.files.storage import Storage

from .models import Document


@dataclass(frozen=True, slots=True)
class Stored:
    """One file that the database names: where it lies, and the digest that its row holds."""

    path: str
    digest: str
    algorithm: str


Namer = Callable[[str], Iterator[Stored]]
_namers: list[Namer] = []


def names_stored_files(namer: Namer) -> Namer:
    """Register what lists the files that one model names, on the database connection of that alias."""
    _namers.append(namer)
    return namer


def stored_files(using: str = "default") -> Iterator[Stored]:
    """Every file that the database names and has not let go of."""
    for namer in _namers:
        yield from namer(using)


def paths_in(store: Storage, folder: str) -> Iterator[str]:
    """Every file that lies in a folder of a store, whether or not a row names it."""
    try:
        folders, files = store.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in files)
    for name in folders:
        yield from paths_in(store, f"{folder}/{name}")


@names_stored_files
def documents(using: str) -> Iterator[Stored]:
    kept = Document.objects.using(using).filter(discarded_at=None, path__isnull=False).order_by("pk")
    for path, digest in kept.values_list("path", "digest").iterator(chunk_size=2000):
        yield Stored(path, digest, settings.AUDIT_DIGEST)
