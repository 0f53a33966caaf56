"""What can only be seen by opening a PDF: the files inside it, and what encryption against printing and editing covers.

Opening means interpreting what a stranger sent, so it is done by a process of its own with little memory and time
(docs/decisions/0014).
"""
from __future__ import annotations

import base64
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

PROCESS = Path(__file__).with_name("pdf_process.py")
PASSWORD_NEEDED, TOO_MUCH = 3, 4
LARGEST = 32 * 1024**2  # larger ones are not opened
WAIT = 60  # seconds, of a busy machine


class NotOpened(Exception):
    """It cannot be opened: broken, too large, or too much in it."""


class PasswordNeeded(NotOpened):
    """Nobody reads it without a password."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """A file inside a file."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """What is in a PDF: its embedded files, and itself in clear if it was encrypted (else empty)."""

    embedded: list[Embedded]
    clear: bytes


def open_pdf(stream: BinaryIO) -> Opened:
    """Open a PDF with an empty password. Raises PasswordNeeded and NotOpened."""
    length = stream.seek(0, 2)
    if length > LARGEST:
        raise NotOpened
    stream.seek(0)
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(PROCESS)], input=stream.read(), capture_output=True, timeout=WAIT, check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotOpened from None
    if done.returncode == PASSWORD_NEEDED:
        raise PasswordNeeded
    if done.returncode:
        raise NotOpened
    told = json.loads(done.stdout)
    embedded = [Embedded(each["name"], base64.b64decode(each["content"])) for each in told["embedded"]]
    return Opened(embedded, base64.b64decode(told["clear"]))
