"""The digest that a signature is given over: SHA-256, or SM3 (GB/T 32905) where the installation says so."""
from __future__ import annotations

import hashlib
from typing import BinaryIO

from django.conf import settings

ALGORITHMS = ("sha256", "sm3")
_CHUNK = 1024 * 1024


def is_available(algorithm: str) -> bool:
    """Whether this machine's OpenSSL computes it; SM3 needs one that was built with it (Debian's is)."""
    return algorithm in ALGORITHMS and algorithm in hashlib.algorithms_available


def digest_of(stream: BinaryIO, algorithm: str | None = None) -> str:
    """Hexadecimal digest of everything in a stream, by the installation's algorithm for signatures."""
    running = hashlib.new(algorithm or settings.SIGNATURE_DIGEST)
    while chunk := stream.read(_CHUNK):
        running.update(chunk)
    return running.hexdigest()
