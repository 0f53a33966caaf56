"""What a file really is, told from its bytes. The name and the browser's word for it are claims, not facts."""
from __future__ import annotations

import codecs
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from .hidden import (
    EMBEDDED,
    NONE,
    Hidden,
    Leave,
    is_page_or_defines,
    look_into_office,
    look_into_pdf,
    look_into_picture,
    size_of_jpeg,
    size_of_png,
)
from .names import forbidden_part, suffix_of

CHUNK = 64 * 1024
ARCHIVE_ENTRIES = 5_000
ARCHIVE_RATIO = 100  # unpacked size over packed size
ARCHIVE_FREE = 50 * 1024 * 1024  # an archive that unpacks to less than this is never called a bomb
ARCHIVE_TOTAL = 2 * 1024**3
INNER_OFFICE = 32 * 1024 * 1024  # unpacked bytes of one office document inside an archive


@dataclass(frozen=True, slots=True)
class FileType:
    """One accepted type: its media type is what a download is served as, whatever the browser claimed."""

    code: str
    name: str
    content_type: str
    suffixes: tuple[str, ...]


_OPEN_XML = "application/vnd.openxmlformats-officedocument"
TYPES: dict[str, FileType] = {
    kind.code: kind
    for kind in (
        FileType("pdf", "PDF", "application/pdf", ("pdf",)),
        FileType("ofd", "OFD", "application/ofd", ("ofd",)),
        FileType("docx", "DOCX", f"{_OPEN_XML}.wordprocessingml.document", ("docx",)),
        FileType("xlsx", "XLSX", f"{_OPEN_XML}.spreadsheetml.sheet", ("xlsx",)),
        FileType("pptx", "PPTX", f"{_OPEN_XML}.presentationml.presentation", ("pptx",)),
        FileType("doc", "DOC", "application/msword", ("doc", "wps")),
        FileType("xls", "XLS", "application/vnd.ms-excel", ("xls", "et")),
        FileType("ppt", "PPT", "application/vnd.ms-powerpoint", ("ppt", "dps")),
        FileType("png", "PNG", "image/png", ("png",)),
        FileType("jpeg", "JPEG", "image/jpeg", ("jpg", "jpeg")),
        FileType("zip", "ZIP", "application/zip", ("zip",)),
        FileType("csv", "CSV", "text/csv", ("csv",)),
        FileType("txt", "TXT", "text/plain", ("txt",)),
    )
}

#: Beginnings of programs: refused whatever the name says.
_PROGRAMS = (
    b"MZ", b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe", b"\x00asm", b"dex\n", b"#!", b"L\x00\x00\x00\x01\x14\x02\x00",
)
_MARKUP = re.compile(
    rb"<\s*(!doctype|html|head|body|script|iframe|object|embed|svg|form|meta|style|\?php|\?xml|%)", re.IGNORECASE
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = {"doc": ("WordDocument",), "xls": ("Workbook", "Book"), "ppt": ("PowerPoint Document",)}
_OPEN_XML_ROOMS = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
#: Beginnings of archives, which are not taken inside an archive: nobody could say what they unpack to.
_PACKED = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"MSCF")
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError, RuntimeError)
_TEXT_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


class Unfit(Exception):
    """The file cannot be taken; carries the local rule it breaks and the sentence for the person who sent it."""

    def __init__(self, rule: str, sentence, **params) -> None:
        super().__init__(rule)
        self.rule, self.sentence, self.params = rule, sentence, params


def sniff(stream: BinaryIO, name: str, leave: Leave = NONE) -> FileType:
    """Tell the type of a file from its bytes and hold its name against it; the stream is left at its start.

    Raises Unfit (FILE-02 type not accepted or name and content differ, FILE-03 program, script or macro,
    FILE-04 archive that cannot be looked into or unpacks to too much, FILE-05 broken, encrypted, or something hides in it).
    """
    part = forbidden_part(name)
    if part:
        raise Unfit("FILE-03", _("文件名“%(name)s”含有程序或网页的后缀“%(suffix)s”，不能上传。"), name=name, suffix=part)
    whole = io.BufferedReader(stream) if isinstance(stream, io.RawIOBase) else stream  # raw reads may come short
    try:
        found = _by_content(whole, name, leave)
    except Hidden as hidden:
        raise Unfit("FILE-05", hidden.sentence, name=name, **hidden.params) from None
    finally:
        if whole is not stream:
            whole.detach()
        stream.seek(0)
    if suffix_of(name) not in found.suffixes:
        raise Unfit(
            "FILE-02", _("文件“%(name)s”的内容是 %(type)s，与后缀不符。请用正确的后缀重新上传。"), name=name, type=found.name
        )
    return found


def _by_content(stream: BinaryIO, name: str, leave: Leave = NONE) -> FileType:
    stream.seek(0)
    head = stream.read(4096)
    if not head:
        raise Unfit("FILE-02", _("文件“%(name)s”是空的。"), name=name)
    if head.startswith(_PROGRAMS):
        raise Unfit("FILE-03", _("文件“%(name)s”是可执行程序或脚本，不能上传。"), name=name)
    if head.startswith(b"%PDF-"):
        look_into_pdf(stream, leave, _is_data)
        return TYPES["pdf"]
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        look_into_picture(stream, size_of_png(stream))
        return TYPES["png"]
    if head.startswith(b"\xff\xd8\xff"):
        look_into_picture(stream, size_of_jpeg(stream))
        return TYPES["jpeg"]
    if head.startswith(b"PK\x03\x04"):
        return _archive(stream, name)
    if head.startswith(_OLE):
        return _compound(stream, name)
    return _text(stream, name)


def _is_data(content: bytes, name: str) -> bool:
    """XML, XBRL or OFD, by name and content: text without definitions of its own and without markup of a page, or a whole OFD."""
    suffix = suffix_of(name)
    if suffix == "ofd":
        try:
            return sniff(io.BytesIO(content), name).code == "ofd"
        except Unfit:
            return False
    head = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    if suffix not in ("xml", "xbrl") or not head.startswith(b"<") or b"\0" in content:
        return False
    stream = io.BytesIO(content)
    readable = any(_decodes(stream, encoding) for encoding in ("utf-8", "gb18030"))
    return readable and not is_page_or_defines(content)


def _archive(stream: BinaryIO, name: str) -> FileType:
    try:
        with zipfile.ZipFile(stream) as archive:
            _bounded(archive, name)
            return _office(archive, name) or _plain_archive(archive, name)
    except _UNREADABLE:
        raise Unfit("FILE-04", _("压缩包“%(name)s”已损坏，打不开。"), name=name) from None


def _bounded(archive: zipfile.ZipFile, name: str) -> None:
    """An archive is taken only when what it unpacks to is bounded, open and stays in its folder (FILE-04)."""
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if len(entries) > ARCHIVE_ENTRIES or unpacked > ARCHIVE_TOTAL or (
        unpacked > ARCHIVE_FREE and unpacked / packed > ARCHIVE_RATIO
    ):
        raise Unfit("FILE-04", _("压缩包“%(name)s”解开后过大或文件过多，不能上传。"), name=name)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unfit("FILE-04", _("压缩包“%(name)s”有密码，无法检查其内容。请去掉密码后上传。"), name=name)
    names = [entry.filename.replace("\\", "/") for entry in entries]
    if any(item.startswith("/") or ".." in item.split("/") or ":" in item.split("/")[0] for item in names):
        raise Unfit("FILE-04", _("压缩包“%(name)s”内的路径不安全，不能上传。"), name=name)
    if any(item.lower().endswith(("vbaproject.bin", "vbadata.xml")) for item in names):
        raise Unfit("FILE-03", _("文件“%(name)s”含有宏，不能上传。请另存为不含宏的格式。"), name=name)


def _office(archive: zipfile.ZipFile, name: str) -> FileType | None:
    """The office package that the archive is, looked into; None for an archive of files."""
    names = archive.namelist()
    found = None
    if "[Content_Types].xml" in names:
        found = next((code for code, room in _OPEN_XML_ROOMS.items() if any(item.startswith(room) for item in names)), None)
        if b"macroenabled" in _head_of(archive, "[Content_Types].xml", CHUNK).replace(b"\0", b"").lower():
            raise Unfit("FILE-03", _("文件“%(name)s”含有宏，不能上传。请另存为不含宏的格式。"), name=name)
    elif "OFD.xml" in names:
        found = "ofd"
    if found is None:
        return None
    for item in names:
        if forbidden_part(item.rsplit("/", 1)[-1]) not in ("", "bin"):  # settings of printers are .bin
            raise Unfit("FILE-03", _("压缩包“%(name)s”内有程序、脚本或网页“%(item)s”，不能上传。"), name=name, item=item)
    look_into_office(archive)
    return TYPES[found]


def _plain_archive(archive: zipfile.ZipFile, name: str) -> FileType:
    """Every file of an archive is looked at: its name, its beginning, and whole where it is an office document."""
    for entry in archive.infolist():
        if entry.is_dir():
            continue
        inner = entry.filename.rsplit("/", 1)[-1]
        head = _head_of(archive, entry, 4096)
        if forbidden_part(inner) or head.startswith(_PROGRAMS) or (not head.startswith(b"%PDF-") and _is_page(head)):
            raise Unfit("FILE-03", _("压缩包“%(name)s”内有程序、脚本或网页“%(item)s”，不能上传。"), name=name, item=entry.filename)
        if not head.startswith(_PACKED):
            continue
        if suffix_of(inner) not in ("docx", "xlsx", "pptx", "ofd"):
            raise Unfit(
                "FILE-04", _("压缩包“%(name)s”里还有压缩包“%(item)s”，请解开后一起上传。"), name=name, item=entry.filename
            )
        if entry.file_size > INNER_OFFICE:
            raise Unfit("FILE-04", _("压缩包“%(name)s”解开后过大或文件过多，不能上传。"), name=name)
        sniff(io.BytesIO(archive.read(entry)), inner)
    return TYPES["zip"]


def _head_of(archive: zipfile.ZipFile, entry, count: int) -> bytes:
    with archive.open(entry) as part:
        return part.read(count)


def _is_page(head: bytes) -> bool:
    """Markup of a page that a browser would run; XML of data is none."""
    found = _MARKUP.search(head)
    return found is not None and found[1].lower() != b"?xml"


def _compound(stream: BinaryIO, name: str) -> FileType:
    """The binary office formats; their directory names stand in UTF-16."""
    wanted = {stream_name.encode("utf-16-le"): code for code, names in _OLE_STREAMS.items() for stream_name in names}
    macro, package, found = "_VBA_PROJECT".encode("utf-16-le"), "Ole10Native".encode("utf-16-le"), None
    for window in _windows(stream):
        if package in window:
            raise Hidden(EMBEDDED, part="Ole10Native")
        if macro in window:
            raise Unfit("FILE-03", _("文件“%(name)s”含有宏，不能上传。请另存为不含宏的格式。"), name=name)
        found = found or next((code for mark, code in wanted.items() if mark in window), None)
    if found is None:
        raise Unfit("FILE-02", _("文件“%(name)s”不是可接收的类型。"), name=name)
    return TYPES[found]


def _windows(stream: BinaryIO, overlap: int = 64) -> Iterator[bytes]:
    stream.seek(0)
    tail = b""
    while chunk := stream.read(CHUNK):
        yield tail + chunk
        tail = chunk[-overlap:]


def _text(stream: BinaryIO, name: str) -> FileType:
    """Plain text in UTF-8 or GB 18030, without markup at its head and without control characters."""
    stream.seek(0)
    if _MARKUP.search(stream.read(4096)):
        raise Unfit("FILE-03", _("文件“%(name)s”是网页或脚本，不能上传。"), name=name)
    if not any(_decodes(stream, encoding) for encoding in ("utf-8", "gb18030")):
        raise Unfit("FILE-02", _("文件“%(name)s”不是可接收的类型。"), name=name)
    return TYPES["csv" if suffix_of(name) == "csv" else "txt"]


def _decodes(stream: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    try:
        while chunk := stream.read(CHUNK):
            if _TEXT_CONTROL.search(decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
