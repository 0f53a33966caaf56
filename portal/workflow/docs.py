"""Documents that are written from the code, so that they cannot say anything else than it does (house style, rule 23).

    @generated("docs/rules.md")
    def rules() -> str: ...

A path may also stand for a folder of files: `@generated_folder("docs/states")` over a function that returns
{file name: text}; files of the folder that are no longer made are stale. `manage.py write_docs` writes all,
`--check` only compares.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from django.utils import translation

from portal.rules.printed import rules_page

_pages: dict[str, Callable[[], str]] = {}
_folders: dict[str, Callable[[], dict[str, str]]] = {}


def generated(path: str) -> Callable[[Callable[[], str]], Callable[[], str]]:
    """Register the function that writes one document; `path` counts from the repository's root."""

    def keep(text: Callable[[], str]) -> Callable[[], str]:
        if path in _pages:
            raise ValueError(f"{path} is written twice")
        _pages[path] = text
        return text

    return keep


def generated_folder(path: str) -> Callable[[Callable[[], dict[str, str]]], Callable[[], dict[str, str]]]:
    """Register the function that writes every file of a folder: {file name: text}."""

    def keep(texts: Callable[[], dict[str, str]]) -> Callable[[], dict[str, str]]:
        if path in _folders:
            raise ValueError(f"{path} is written twice")
        _folders[path] = texts
        return texts

    return keep


def texts() -> dict[str, str]:
    """Path → text of every generated document, in the official language whatever the reader's is."""
    with translation.override("zh-hans"):
        found = {path: text() for path, text in _pages.items()}
        for folder, make in _folders.items():
            found.update({f"{folder}/{name}": text for name, text in make().items()})
    return found


def stale(root: Path) -> Iterator[str]:
    """Paths under `root` that are missing, differ from what the code says, or are no longer made."""
    wanted = texts()
    for path, text in wanted.items():
        file = root / path
        if not file.is_file() or file.read_text("utf-8") != text:
            yield path
    yield from left_over(root)


def left_over(root: Path) -> list[str]:
    """Files in generated folders that no function makes any more."""
    wanted = texts()
    found = [file.relative_to(root).as_posix() for folder in _folders for file in sorted((root / folder).glob("*.*"))]
    return [path for path in found if path not in wanted]


def write(root: Path) -> list[str]:
    """Write what is stale and remove what is left over; returns the paths touched."""
    touched = list(stale(root))
    wanted = texts()
    for path in touched:
        file = root / path
        if path in wanted:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(wanted[path], "utf-8")
        else:
            file.unlink()
    return touched


@generated("docs/rules.md")
def rules() -> str:
    return rules_page()
