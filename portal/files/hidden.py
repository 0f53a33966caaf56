"""What hides in a file of an accepted type: scripts and actions in a PDF, references out of a workbook, a second format.

Nothing is run, and nothing is unpacked beyond a bound: the bytes are searched, not interpreted.
"""
from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from .opening import NotOpened, PasswordNeeded, open_pdf

WINDOW = 1024 * 1024
OVERLAP = 4096
UNPACKED = 128 * 1024 * 1024  # bytes that the object streams of one PDF may unpack to
PIXELS = 200_000_000  # a scan of A0 at 300 dpi has 140 million
XML_HEAD = 64 * 1024  # a document type stands before the root element, and the root element within this
_END = 2048

_ACTIVE = (b"JavaScript", b"Launch", b"EmbeddedFile", b"EmbeddedFiles", b"RichMedia", b"XFA", b"ImportData", b"GoToE", b"Rendition")
_ACTIVE_NAME = re.compile(rb"/(" + b"|".join(_ACTIVE) + rb")(?![A-Za-z0-9])")
_DATA = frozenset({"EmbeddedFile", "EmbeddedFiles"})
_EMBEDDED_FILE = re.compile(rb"/EmbeddedFile(?![A-Za-z0-9])")
_ENCRYPTED = re.compile(rb"/Encrypt(?![A-Za-z0-9])")
_WRITTEN_OTHERWISE = re.compile(rb"/((?:[A-Za-z]|#[0-9A-Fa-f]{2}){2,40})")
_PACKED = re.compile(rb"/ObjStm(?![A-Za-z0-9])")
_PAGE = re.compile(rb"<\s*(!doctype\s+html|html|head|body|script|iframe|object|embed|svg)[\s>]|<\?php", re.IGNORECASE)
_PAGE_IN_PICTURE = re.compile(rb"<script[\s>]|<\?php|<html[\s>]", re.IGNORECASE)
_DOCUMENT_TYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_STYLED = re.compile(rb"<\?xml-stylesheet", re.IGNORECASE)
_ROOT = re.compile(rb"<[A-Za-z_]")
_OUTSIDE = re.compile(rb"<[^<>]*TargetMode\s*=\s*[\"']External[\"'][^<>]*>", re.IGNORECASE)
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # markers of JPEG that carry the size

BROKEN = _("文件“%(name)s”不完整或已损坏，请重新生成后上传。")
ENCRYPTED = _("文件“%(name)s”加了密码或使用限制，无法检查其内容。请去掉后上传。")
ACTIVE = _("文件“%(name)s”含有脚本、自动动作或嵌入的文件（%(part)s），不能上传。请重新打印为 PDF 后上传。")
NO_DATA = _("文件“%(name)s”里嵌入的“%(part)s”不是 XML、XBRL 或者 OFD 数据，或者过大，不能上传。")
TWO_FORMATS = _("文件“%(name)s”里还藏着另一种格式的内容，不能上传。")
OUTSIDE = _("文件“%(name)s”引用了外部的内容（%(part)s），打开时会去取。请断开链接后上传。")
ENTITIES = _("文件“%(name)s”的内部定义不安全（%(part)s），不能上传。")
EMBEDDED = _("文件“%(name)s”嵌入了其他程序的对象（%(part)s），不能上传。请改为图片或单独上传。")
TOO_MANY_PIXELS = _("图片“%(name)s”的尺寸为 %(width)s × %(height)s，过大。请缩小后上传。")


class Hidden(Exception):
    """Something was found; carries the sentence for the person who sent it (FILE-05)."""

    def __init__(self, sentence, **params) -> None:
        super().__init__(sentence)
        self.sentence, self.params = sentence, params


@dataclass(frozen=True, slots=True)
class Leave:
    """What a kind of document may be beyond the rule (docs/decisions/0014).

    `data`: a PDF may carry its own data as XML, XBRL or OFD (e-invoices). `restricted`: it may be encrypted against printing
    and editing, if everybody can read it without a password.
    """

    data: bool = False
    restricted: bool = False


NONE = Leave()


def look_into_pdf(stream: BinaryIO, leave: Leave = NONE, data_fits: Callable[[bytes, str], bool] | None = None) -> None:
    """A PDF is whole, not encrypted, carries nothing that acts by itself, and is nothing else besides. Raises Hidden.

    With leave for more it is opened, and what is inside is held against the same rule; `data_fits(content, name)` says
    whether an embedded file is data.
    """
    try:
        _search_pdf(stream)
    except Hidden as hidden:
        embeds = leave.data and hidden.params.get("part") in _DATA
        locked = leave.restricted and hidden.sentence is ENCRYPTED
        if not embeds and not locked:
            raise
    else:
        return
    try:
        opened = open_pdf(stream)
    except PasswordNeeded:
        raise Hidden(ENCRYPTED) from None
    except NotOpened:
        raise Hidden(BROKEN) from None
    passed = (_DATA if leave.data else frozenset()) | ({"Encrypt"} if leave.restricted else frozenset())
    _search_pdf(stream, passed=passed, packed=not opened.clear)  # what stands there in clear, also where no list leads to it
    if opened.clear:
        _search_pdf(BytesIO(opened.clear), passed=passed - {"Encrypt"})
    written = len(_EMBEDDED_FILE.findall(_all(stream)))
    empty = embeds and not opened.embedded  # a list of embedded files that leads to none is no invoice's
    if (opened.embedded and not leave.data) or written > len(opened.embedded) or empty:
        raise Hidden(ACTIVE, part="EmbeddedFile")
    for each in opened.embedded:
        if data_fits is None or not data_fits(each.content, each.name):
            raise Hidden(NO_DATA, part=each.name or "EmbeddedFile")


def _search_pdf(stream: BinaryIO, *, passed: frozenset[str] = frozenset(), packed: bool = True) -> None:
    """Search the bytes of a PDF, and of the objects packed in it; `passed` are words that are no fault."""
    stream.seek(0)
    if _PAGE.search(stream.read(1024)):
        raise Hidden(TWO_FORMATS)
    if b"%%EOF" not in _last(stream, _END):
        raise Hidden(BROKEN)
    _no_archive_behind(stream)
    places: list[int] = []
    for offset, window in _windows(stream):
        _nothing_active(window, passed)
        places += [offset + found.start() for found in _PACKED.finditer(window)]
    left = UNPACKED
    for place in sorted(set(places)) if packed else ():
        left -= _look_into_objects(stream, place, left, passed)


def look_into_picture(stream: BinaryIO, size: tuple[int, int] | None) -> None:
    """A picture says its size, the size is reasonable, and no page or archive is hung on it. Raises Hidden."""
    if size is None or 0 in size:
        raise Hidden(BROKEN)
    if size[0] * size[1] > PIXELS:
        raise Hidden(TOO_MANY_PIXELS, width=size[0], height=size[1])
    _no_archive_behind(stream)
    for _offset, window in _windows(stream):
        if _PAGE_IN_PICTURE.search(window):
            raise Hidden(TWO_FORMATS)


def look_into_office(archive: zipfile.ZipFile) -> None:
    """An office package defines no entities, fetches nothing from outside and carries no objects of other programs."""
    for entry in archive.infolist():
        name = entry.filename.replace("\\", "/").lower()
        if "/activex/" in name or ("/embeddings/" in name and name.endswith(".bin")):
            raise Hidden(EMBEDDED, part=entry.filename)
        if "/externallinks/" in name:
            raise Hidden(OUTSIDE, part=entry.filename)
        if not name.endswith((".xml", ".rels", ".vml")):
            continue
        with archive.open(entry) as part:
            head = part.read(XML_HEAD).replace(b"\0", b"")  # UTF-16 reads like ASCII so
            if _DOCUMENT_TYPE.search(head) or not _ROOT.search(head):
                raise Hidden(ENTITIES, part=entry.filename)
            if name.endswith(".rels"):
                _nothing_fetched(head + part.read(WINDOW), entry.filename)


def size_of_png(stream: BinaryIO) -> tuple[int, int] | None:
    stream.seek(8)
    head = stream.read(16)
    return struct.unpack(">II", head[8:]) if len(head) == 16 and head[4:8] == b"IHDR" else None


def size_of_jpeg(stream: BinaryIO) -> tuple[int, int] | None:
    """Width and height of the first frame; None when the markers lead nowhere."""
    stream.seek(2)
    for _turn in range(1000):
        mark = stream.read(4)
        if len(mark) < 4 or mark[0] != 0xFF:
            return None
        if mark[1] in _FRAMES:
            frame = stream.read(5)
            return struct.unpack(">HH", frame[1:])[::-1] if len(frame) == 5 else None
        stream.seek(max(0, int.from_bytes(mark[2:], "big") - 2), 1)
    return None


def _nothing_active(content: bytes, passed: frozenset[str] = frozenset()) -> None:
    found = next((each for each in _ACTIVE_NAME.finditer(content) if each[1].decode() not in passed), None)
    if found and found[1].decode() not in _DATA:
        raise Hidden(ACTIVE, part=found[1].decode())
    if "Encrypt" not in passed and _ENCRYPTED.search(content):
        raise Hidden(ENCRYPTED)
    if found:
        raise Hidden(ACTIVE, part=found[1].decode())
    for name in _WRITTEN_OTHERWISE.findall(content) if b"#" in content else ():
        if b"#" not in name:
            continue
        plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda pair: bytes([int(pair[1], 16)]), name)
        if plain in (*_ACTIVE, b"Encrypt", b"ObjStm"):  # who writes these so wants them not to be found
            raise Hidden(ACTIVE, part=plain.decode())


def _look_into_objects(stream: BinaryIO, place: int, most: int, passed: frozenset[str]) -> int:
    """Search the objects packed into one stream of a PDF; returns how many bytes they were."""
    stream.seek(max(0, place - _END))
    around = stream.read(2 * _END)
    begin = around.find(b"stream", place - max(0, place - _END))
    if begin < 0:
        return 0  # the word stands in a text
    head = around[around.rfind(b"obj", 0, begin) + 3 : begin]
    if b"Filter" not in head:
        return 0  # not packed: searched with everything else
    if re.search(rb"/Filter\s*(\[\s*)?/(FlateDecode|Fl)\s*(\]|/|>)", head) is None or b"/Predictor" in head:
        raise Hidden(BROKEN)
    lead = 8 if around[begin + 6 : begin + 8] == b"\r\n" else 7
    stream.seek(max(0, place - _END) + begin + lead)
    unpacker, total, tail = zlib.decompressobj(), 0, b""
    while not unpacker.eof and (chunk := stream.read(64 * 1024)):
        while chunk:
            try:
                piece = unpacker.decompress(chunk, WINDOW)
            except zlib.error:
                raise Hidden(BROKEN) from None
            total, chunk = total + len(piece), unpacker.unconsumed_tail
            if total > most:
                raise Hidden(BROKEN)
            _nothing_active(tail + piece, passed)
            tail = piece[-64:]
    return total


def is_page_or_defines(content: bytes) -> bool:
    """Whether XML is a page for a browser, asks for a style to be run over it, or defines entities of its own."""
    return any(pattern.search(content) for pattern in (_PAGE, _DOCUMENT_TYPE, _STYLED))


def _nothing_fetched(content: bytes, part: str) -> None:
    """Links that a reader clicks may lead outside; what the program fetches by itself may not."""
    for relation in _OUTSIDE.findall(content.replace(b"\0", b"")):
        if b"/hyperlink" not in relation.lower():
            raise Hidden(OUTSIDE, part=part)


def _no_archive_behind(stream: BinaryIO) -> None:
    stream.seek(0)
    if zipfile.is_zipfile(stream):
        raise Hidden(TWO_FORMATS)


def _all(stream: BinaryIO) -> bytes:
    stream.seek(0)
    return stream.read()


def _last(stream: BinaryIO, count: int) -> bytes:
    length = stream.seek(0, 2)
    stream.seek(max(0, length - count))
    return stream.read(count)


def _windows(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The whole file piece by piece, each with the end of the one before; and where the piece begins."""
    stream.seek(0)
    offset, tail = 0, b""
    while chunk := stream.read(WINDOW):
        yield offset - len(tail), tail + chunk
        offset += len(chunk)
        tail = chunk[-OVERLAP:]
