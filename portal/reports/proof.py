"""Looking at a finished PDF: are its fonts inside, is every character drawn, does it say what it should."""
from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pikepdf

from .pdf import ATTACHMENT

_TO_NOTHING = re.compile(rb"<([0-9a-f]{4})> 0\s")
logging.getLogger("pikepdf").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found. `missing_glyphs`: how many characters were set as "not defined" boxes."""

    pages: int
    title: str
    language: str
    fonts: dict[str, bool]  # name → embedded
    missing_glyphs: int
    bookmarks: int
    tagged: bool
    variant: str
    data: Any

    @property
    def is_sound(self) -> bool:
        return bool(self.fonts) and all(self.fonts.values()) and not self.missing_glyphs


def examine(pdf: bytes) -> Proof:
    """Open a paper of the portal and report on it. Raises pikepdf.PdfError for what is no PDF."""
    with pikepdf.open(BytesIO(pdf)) as document:
        fonts: dict[str, bool] = {}
        missing = 0
        for page in document.pages:
            missing += _undefined(page, _fonts_of(page, fonts))
        with document.open_metadata() as metadata, document.open_outline() as outline:
            part, level = metadata.get("pdfaid:part", ""), metadata.get("pdfaid:conformance", "")
            return Proof(
                pages=len(document.pages), title=str(document.docinfo.get("/Title", "")),
                language=str(document.Root.get("/Lang", "")), fonts=fonts, missing_glyphs=missing,
                bookmarks=len(outline.root), tagged="/StructTreeRoot" in document.Root,
                variant=f"PDF/A-{part}{level.lower()}" if part else "", data=_data(document),
            )


def _data(document: pikepdf.Pdf) -> Any:
    attached = document.attachments.get(ATTACHMENT)
    return json.loads(attached.get_file().read_bytes()) if attached else None


def _fonts_of(page: pikepdf.Page, fonts: dict[str, bool]) -> dict[str, set[bytes]]:
    """Note every font of the page; returns, for fonts with two-byte codes, the codes that stand for no glyph."""
    undefined = {}
    for name, font in page.resources.get("/Font", {}).items():
        inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
        descriptor = inner.get("/FontDescriptor", {})
        fonts[str(font.BaseFont)[1:]] = any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
        if "/DescendantFonts" in font:
            undefined[name] = {b"\0\0"}
            if isinstance(font.Encoding, pikepdf.Stream):  # a map of its own is written only where glyphs are missing
                undefined[name] |= {bytes.fromhex(code.decode()) for code in _TO_NOTHING.findall(font.Encoding.read_bytes())}
    return undefined


def _undefined(page: pikepdf.Page, undefined: dict[str, set[bytes]]) -> int:
    """Count the boxes that stand for characters the fonts have not."""
    count, codes = 0, set()
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            codes = undefined.get(str(operands[0]), set())
        elif str(operator) in ("Tj", "TJ") and codes:
            strings = operands[0] if str(operator) == "TJ" else operands
            for item in strings:
                if isinstance(item, pikepdf.String):
                    text = bytes(item)
                    count += sum(text[at : at + 2] in codes for at in range(0, len(text), 2))
    return count
