"""A process that draws pages, one after the other, until its owner lets go of its standard input.

Drawing takes all of one core and much memory, and memory comes back only with the end of a process: a long register is
drawn by several of these side by side. One that is left alone, because its owner was killed, reads the end of its input
and ends.
"""
from __future__ import annotations

import gc
import os
import subprocess
import sys
from contextlib import suppress
from typing import BinaryIO

from django.conf import settings


class DrawingFailed(Exception):
    """A page could not be drawn; the text is what the other process said."""


class Compositor:
    """The owner's end. `draw` blocks; one page at a time."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=settings.BASE_DIR,
        )

    def draw(self, html: str) -> tuple[bytes, int]:
        """PDF of a page and its number of pages. Raises DrawingFailed, also when the process is there no more."""
        try:
            _send(self.process.stdin, html.encode())
            pdf, pages, fault = (_received(self.process.stdout) for _block in range(3))
        except (EOFError, OSError) as error:
            raise DrawingFailed(f"compositor ended with {self.process.poll()}") from error
        if fault:
            raise DrawingFailed(fault.decode())
        return pdf, int(pages)

    def close(self) -> None:
        self.process.kill()
        with suppress(OSError):  # what was not taken any more is not missed
            self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def serve() -> None:
    """The other end: what comes in is drawn and goes out as three blocks, PDF, number of pages and fault."""
    from weasyprint.urls import FatalURLFetchingError

    from .pdf import draw

    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints does not come between the answers
    gc.disable()  # a page makes millions of small things that live to its end: looking through them costs a quarter
    while True:
        try:
            html = _received(sys.stdin.buffer).decode()
        except EOFError:
            return
        pdf, pages, fault = b"", 0, ""
        try:
            pdf, pages = draw(html)
        except (Exception, FatalURLFetchingError) as error:  # noqa: BLE001 - whatever it was, the owner is told and raises it
            fault = repr(error)
        _send(answers, pdf, str(pages).encode(), fault.encode())
        del html, pdf
        gc.collect()


def _send(stream: BinaryIO, *blocks: bytes) -> None:
    for block in blocks:
        stream.write(len(block).to_bytes(8, "big"))
        stream.write(block)
    stream.flush()


def _received(stream: BinaryIO) -> bytes:
    """The next block. Raises EOFError when the other end has gone, also in the middle of it."""
    size = stream.read(8)
    block = stream.read(int.from_bytes(size, "big"))
    if len(size) < 8 or len(block) < int.from_bytes(size, "big"):
        raise EOFError
    return block


if __name__ == "__main__":
    import django

    django.setup()
    serve()
