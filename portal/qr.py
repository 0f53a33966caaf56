"""QR codes as small SVG images: on notices, on paper, wherever a phone should find its way back to the page."""
from __future__ import annotations

from functools import lru_cache

import segno


@lru_cache(maxsize=256)
def data_uri(address: str) -> str:
    """An SVG image of `address` for the `src` of an `<img>`; pages allow `data:` images and nothing inline."""
    return segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=2, dark="#000", light="#fff")
