"""Files to upload, made in memory: good ones and those that only pretend."""
from __future__ import annotations

import zipfile
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
JPEG = b"\xff\xd8\xff\xe0" + bytes(64)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


def archive(**entries: bytes) -> bytes:
    """A ZIP of the entries; `__` in a name stands for a slash, `_dot_` for a dot."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return stream.getvalue()


def office(room: str, **more: bytes) -> bytes:
    """An Open XML package: `office("word")` is a DOCX."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr(f"{room}/document.xml", "<document/>")
        for name, content in more.items():
            packed.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return stream.getvalue()


def upload(name: str, content: bytes = PDF, content_type: str = "application/octet-stream") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type)
