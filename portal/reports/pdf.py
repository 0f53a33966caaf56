"""Paper: a template and its data become a PDF that carries its own proof.

Printed on it stand the digest of the data shown and a QR code that leads to the verifying page; the data themselves lie
inside as an attachment, so that anybody can take the digest again without us. Fonts are embedded, text can be extracted.
"""
from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template
from django.utils.translation import override

from portal import clock, qr
from portal.audit.canonical import canonical_json, digest
from portal.signing.seal import seal

#: Where the page seems to lie. Nothing is fetched from there or from any other host: see `_fetcher`.
BASE = "https://paper.invalid"
ATTACHMENT = "data.json"
_EXTENDS = re.compile(r'{%\s*extends\s+"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Sheet:
    """A paper before it is set in type: its page as HTML, the data shown in canonical form, and their digest.

    Everything that the paper will say is in it; nothing is read again when it is set.
    """

    title: str
    html: str
    content: bytes
    data_digest: str
    template_version: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished paper: bytes, number of pages, digest of the data shown, and which state of the template set it."""

    pdf: bytes
    data_digest: str
    pages: int
    template_version: str


def compose(template: str, context: dict[str, Any], *, title: str, data: Any) -> Sheet:
    """Write a paper from a template that extends `base_paper.html` or `base_register.html`; milliseconds, no PDF yet.

    `data` is what the paper shows, in values that canonical JSON can hold; the template gets it as `data`, beside
    `context`. The printed digest is that of its canonical JSON. Text is Chinese whatever the reader's language.
    Raises what the template raises.
    """
    content = canonical_json(data)
    data_digest = digest(content)
    with override("zh-hans"):
        html = get_template(template).render(surroundings(title, context, data, data_digest))
    return Sheet(title, html, content, data_digest, template_version(template))


def surroundings(title: str, context: dict[str, Any], data: Any, data_digest: str) -> dict[str, Any]:
    """What every template of a paper finds: its context, the data, their digest and where they are checked."""
    address = verify_address(data_digest)
    moment = clock.now()
    return {
        "heading": title, "issuer": "", "scope": "", "filters": "", "seal": False, "draft": False, "portrait": True,
        "data_time": moment, "issued_on": moment, "total": _rows_of(data), "continued": False, "unfinished": False,
        **context, "data": data, "digest": data_digest, "verify_url": address,
        "qr": qr.data_uri(address), "paper_language": "zh-CN",
    }


def _rows_of(data: Any) -> int:
    """How many rows a register has in all; a part of a long one is told."""
    return len(data["rows"]) if isinstance(data, dict) and "rows" in data else 0


def render_pdf(template: str, context: dict[str, Any], *, title: str, data: Any) -> Rendered:
    """Compose a paper and set it in type at once, for work that already runs behind the page: one to four seconds."""
    sheet = compose(template, context, title=title, data=data)
    pdf, pages = typeset(sheet.html, title=title, content=sheet.content)
    return Rendered(pdf, sheet.data_digest, pages, sheet.template_version)


def verify_address(data_digest: str) -> str:
    """Where a reader checks a paper: the address in its QR code."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/verify/{data_digest}/"


def template_version(template: str) -> str:
    """Twelve digits that change when the template, or one it extends, changes."""
    running = hashlib.sha256()
    name: str | None = template
    while name:
        source = get_template(name).template.source
        running.update(source.encode())
        found = _EXTENDS.search(source)
        name = found.group(1) if found else None
    return running.hexdigest()[:12]


def typeset(html: str, *, title: str, content: bytes) -> tuple[bytes, int]:
    """The page as PDF/A-3a with `content` attached and the portal's seal on it, and its number of pages.

    Never inside a transaction of an act.
    """
    from weasyprint import Attachment
    from weasyprint.css import ColorProfile

    # The renderer would open its own sRGB profile and leave the file open: it is handed over instead.
    profile = ColorProfile(BytesIO(_srgb()), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))
    data = Attachment(string=content, name=ATTACHMENT, relationship="Data", url_fetcher=_fetcher())
    pdf, pages = draw(
        html, title=title, color_profiles={"screen": profile},
        pdf_variant="pdf/a-3a", pdf_tags=True, output_intent="screen", attachments=[data],
    )
    return seal(pdf), pages


def draw(html: str, *, title: str = "", color_profiles: dict | None = None, **options) -> tuple[bytes, int]:
    """The page drawn as PDF with the portal's fonts, and its number of pages; bare: nothing attached, no seal."""
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration

    for noisy in ("weasyprint", "weasyprint.progress", "fontTools"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    html = html.replace("</head>", f"<style>{_fonts()}</style></head>", 1)
    document = HTML(string=html, base_url=f"{BASE}/", url_fetcher=_fetcher()).render(
        font_config=FontConfiguration(), color_profiles=color_profiles, **options
    )
    document.metadata.title = title
    document.metadata.generator = "portal"
    return document.write_pdf(**options), len(document.pages)


@cache
def _srgb() -> bytes:
    return (files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()


@cache
def font_files() -> dict[str, Path]:
    """The two faces that come with the pinned font package: no font of the system is needed."""
    package = import_module("pylopdf_fonts_zh_cn")
    return {"Portal Sans": package.sans_path(), "Portal Serif": package.serif_path()}


@cache
def _fonts() -> str:
    """Faces by file, and the style sheet's font roles turned to them; set on the root, because page margins inherit there."""
    faces = "".join(
        f'@font-face{{font-family:"{family}";src:url("{path.as_uri()}")}}' for family, path in font_files().items()
    )
    return (
        f'{faces}:root{{--font-sans:"Portal Sans";--font-mono:"Portal Sans";--font-serif:"Portal Serif";'
        '--font-fangsong:"Portal Serif"}html{font-family:"Portal Sans"}'
    )


@cache
def _fetcher():
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class PaperFetcher(URLFetcher):
        """Reads static files of the portal, its fonts and `data:`; anything else ends the rendering."""

        def fetch(self, url, headers=None):
            parts = urlsplit(url)
            if parts.scheme == "data":
                return super().fetch(url, headers)
            if parts.scheme == "file" and Path(unquote(parts.path)) in font_files().values():
                return URLFetcherResponse(url, Path(unquote(parts.path)).read_bytes())
            if url.startswith(BASE + settings.STATIC_URL):
                name = unquote(parts.path).removeprefix(settings.STATIC_URL)
                found = finders.find(name)
                if found:
                    kind = "text/css" if name.endswith(".css") else "image/svg+xml" if name.endswith(".svg") else ""
                    return URLFetcherResponse(url, Path(found).read_bytes(), {"Content-Type": kind} if kind else None)
            if parts.scheme == "file":  # a font of this machine that the screen's style sheet would borrow: done without
                raise ValueError(f"papers do not read {url}")
            raise FatalURLFetchingError(f"papers do not read {url}")

    return PaperFetcher()
