"""Long registers: drawn in parts by several processes, put together, numbered through, with the proof of the whole.

A paper of some thirty pages is drawn in one go, tagged, as PDF/A. A register of a thousand would take that way minutes and
gigabytes: its rows are cut into parts, each drawn by a `Compositor`, and the pages get their numbers when all are there.
"""
from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pikepdf
from django.template.loader import get_template
from django.utils.translation import gettext_noop, override

from portal.audit.canonical import canonical_json, digest
from portal.signing.seal import seal

from .compositor import Compositor
from .pdf import ATTACHMENT, Rendered, render_pdf, surroundings, template_version
from .registry import Progress

ROWS_AT_ONCE = 900  # up to so many rows a register is one paper, tagged for screen readers
ROWS_A_PART = 300  # about fifteen pages: larger parts make smaller files and larger processes
PROCESSES = 2
DRAWING = gettext_noop("正在排版，共 %(rows)s 条记录")
#: Pages of a part carry no number: how many stand before them is known when all are drawn.
UNNUMBERED = "".join(
    f"@page {name}:{side}{{@bottom-right{{content:none}}}}" for name in ("register", "report") for side in ("left", "right")
)


def render_register(
    template: str, context: dict[str, Any], *, title: str, data: dict[str, Any], progress: Progress, span: tuple[int, int] = (0, 100),
    height: int = 1,
) -> Rendered:  # fmt: skip
    """A register of `data["rows"]`, however many.

    The template gets `total` (rows in all), `continued` (a later part: no heading again) and `unfinished` (another part
    follows: no sums yet). `span`: from which to which per cent of the job this is; `height`: how many lines of the record
    a row is as high as. Printed digest and attached data are those of the whole.
    """
    total, a_part = len(data["rows"]), ROWS_A_PART // height
    if total <= ROWS_AT_ONCE // height:
        progress(span[0], 100, DRAWING, rows=total)
        return render_pdf(template, context, title=title, data=data)
    content = canonical_json(data)
    data_digest = digest(content)
    sheets = _sheets(template, {**context, "total": total}, title, data, data_digest, a_part)
    with TemporaryDirectory() as folder:
        parts: list[Path] = []
        count, expected = 0, -(-total // a_part)
        for number, (pdf, pages) in enumerate(_drawn(sheets)):
            progress(span[0] + (span[1] - span[0]) * number // expected, 100, DRAWING, rows=total)
            parts.append(Path(folder, f"{number}.pdf"))
            parts[-1].write_bytes(pdf)
            count += pages
        with closing(Compositor()) as compositor:
            numbers, numbered = compositor.draw(_numbers(count, portrait=bool(context.get("portrait"))))
        if numbered != count:
            raise ValueError(f"{numbered} page numbers for {count} pages")
        bound = _bound(parts, numbers, title, content)
    return Rendered(seal(bound), data_digest, count, template_version(template))


def _sheets(template: str, context: dict[str, Any], title: str, data: dict[str, Any], data_digest: str, a_part: int) -> Iterator[str]:
    """The pages of one part after the other, as HTML."""
    written, total = get_template(template), len(data["rows"])
    for start in range(0, total, a_part):
        part = {**data, "rows": data["rows"][start : start + a_part]}
        place = {"continued": start > 0, "unfinished": start + a_part < total}
        with override("zh-hans"):
            html = written.render({**surroundings(title, context, part, data_digest), **place})
        yield html.replace("</head>", f"<style>{UNNUMBERED}</style></head>", 1)


def _drawn(sheets: Iterator[str]) -> Iterator[tuple[bytes, int]]:
    """Each page drawn, in order; no more of them are written than there are processes to draw them."""
    with ExitStack() as opened:
        pool = opened.enter_context(ThreadPoolExecutor(PROCESSES))
        compositors = [opened.enter_context(closing(Compositor())) for _ in range(PROCESSES)]
        under_way: deque[Future] = deque()
        for number, html in enumerate(sheets):
            if len(under_way) == PROCESSES:
                yield under_way.popleft().result()
            under_way.append(pool.submit(compositors[number % PROCESSES].draw, html))
        while under_way:
            yield under_way.popleft().result()


def _numbers(count: int, *, portrait: bool) -> str:
    return get_template("paper/page_numbers.html").render({"pages": range(count), "portrait": portrait})


def _bound(parts: list[Path], numbers: bytes, title: str, content: bytes) -> bytes:
    """All parts in one file, each page with its number laid over it, with title, language and the data themselves."""
    with ExitStack() as opened:
        book = opened.enter_context(pikepdf.new())
        for part in parts:
            book.pages.extend(opened.enter_context(pikepdf.open(part)).pages)
        over = opened.enter_context(pikepdf.open(BytesIO(numbers)))
        for page, number in zip(book.pages, over.pages, strict=True):
            page.add_overlay(number)
        book.Root.Lang = pikepdf.String("zh-CN")
        with book.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata["dc:title"] = title
            metadata["pdf:Producer"] = "portal"
        book.docinfo["/Title"] = title
        book.attachments[ATTACHMENT] = pikepdf.AttachedFileSpec(
            book, content, filename=ATTACHMENT, mime_type="application/json", relationship=pikepdf.Name.Data
        )
        stream = BytesIO()
        book.save(stream)
        return stream.getvalue()
