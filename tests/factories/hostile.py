"""Files that somebody sends to do harm: name, bytes and the rule by which they are refused. All made in memory."""
from __future__ import annotations

import zipfile
import zlib
from io import BytesIO

from tests.factories.papers import JPEG, OLE, PDF, PNG, archive, jpeg, office, png

EXE = b"MZ\x90\x00" + bytes(200)
SHEET = b'<worksheet xmlns="x"><sheetData/></worksheet>'
XML = b'<?xml version="1.0"?>'
LAUGHS = XML + b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>'


def pdf(body: bytes = b"", *, trailer: bytes = b"<</Root 1 0 R>>", end: bytes = b"%%EOF\n") -> bytes:
    return b"%PDF-1.7\n1 0 obj<</Type/Catalog " + body + b">>endobj\ntrailer" + trailer + b"\n" + end


def packed_pdf(objects: bytes, head: bytes = b"/Filter/FlateDecode") -> bytes:
    """A PDF whose objects are packed into a stream, where a search of the file does not see them."""
    content = zlib.compress(objects, 9)
    return (b"%PDF-1.7\n5 0 obj<</Type/ObjStm/N 1/First 4/Length " + str(len(content)).encode() + head + b">>stream\n"
            + content + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")


def package(room: str = "xl", **parts: bytes) -> bytes:
    return office(room, **parts)


def zipped(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", method) as out:
        for name, content in entries.items():
            out.writestr(name, content)
    return stream.getvalue()


def locked(content: bytes) -> bytes:
    """The same archive with the marks of a password on its first entry."""
    changed = bytearray(content)
    changed[6] |= 1
    changed[changed.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


def relations(target: str, kind: str) -> bytes:
    return (f'<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
            f'Target="{target}" TargetMode="External"/></Relationships>').encode()


def flat_bomb() -> bytes:
    return zipped({"zeros.txt": bytes(60 * 1024 * 1024)})


def nested_bomb() -> bytes:
    inner = zipped({f"{number}.txt": bytes(1024 * 1024) for number in range(4)})
    return zipped({f"{number}.zip": inner for number in range(10)})


def whole_tree() -> bytes:
    return zipped({f"{number}.txt": b"" for number in range(5001)}, zipfile.ZIP_STORED)


def lying() -> bytes:
    """An archive that says its entry is a hundred bytes; it is more."""
    content = bytearray(zipped({"a.txt": bytes(100_000)}))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = content.index(mark) + place
        content[start : start + 4] = (100).to_bytes(4, "little")
    return bytes(content)




def compound(*streams: str) -> bytes:
    return OLE + b"".join(stream.encode("utf-16-le") for stream in streams)


#: At every door that takes papers and pictures.
PAPERS: dict[str, tuple[str, bytes, str]] = {
    # programs, scripts and pages
    "a program named pdf": ("报价.pdf", EXE, "FILE-03"),
    "a program of Linux": ("报价.pdf", b"\x7fELF" + bytes(99), "FILE-03"),
    "a program of macOS": ("报价.pdf", b"\xcf\xfa\xed\xfe" + bytes(99), "FILE-03"),
    "a Java class": ("报价.pdf", b"\xca\xfe\xba\xbe" + bytes(99), "FILE-03"),
    "a WebAssembly module": ("报价.pdf", b"\x00asm" + bytes(99), "FILE-03"),
    "a shortcut of Windows": ("报价.pdf", b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(99), "FILE-03"),
    "a shell script": ("报价.pdf", b"#!/bin/sh\nrm -rf /\n", "FILE-03"),
    "a page named pdf": ("报价.pdf", b"<!doctype html><script>alert(1)</script>", "FILE-03"),
    "a page with a mark before it": ("报价.pdf", b"\xef\xbb\xbf\n\n <html><body onload=x>", "FILE-03"),
    "a drawing with script": ("图.png", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "FILE-03"),
    "PHP": ("照片.jpg", b"<?php system($_GET['c']); ?>", "FILE-03"),
    "a script named pdf": ("报价.pdf", b"var x = new ActiveXObject('WScript.Shell');", "FILE-02"),
    "a batch file": ("报价.pdf", b"@echo off\r\ndel /q *.*", "FILE-02"),
    "XML with an outside entity": ("报价.pdf", XML + b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "FILE-03"),
    # names
    "suffix of a program": ("报价.exe", PDF, "FILE-03"),
    "two suffixes": ("报价.pdf.exe", PDF, "FILE-03"),
    "suffix of a program inside": ("报价.exe.pdf", PDF, "FILE-03"),
    "suffix with a blank": ("报价.pdf .js", PDF, "FILE-03"),
    "suffix with a dot behind": ("报价.hta.", PDF, "FILE-03"),
    "name read from right to left": ("报价\u202efdp.exe", PDF, "FILE-03"),
    "suffix with an invisible sign": ("报价.e\u200bxe", PDF, "FILE-03"),
    "macro suffix": ("报价.xlsm", office("xl"), "FILE-03"),
    "screen saver": ("报价.scr", EXE, "FILE-03"),
    "no suffix": ("报价", PDF, "FILE-02"),
    "only a suffix": (".pdf", PDF, "FILE-02"),
    "an end that was cut off at NUL": ("报价.exe\x00.pdf", PDF, "FILE-03"),
    # what the bytes say and what the name says
    "a picture named pdf": ("报价.pdf", PNG, "FILE-02"),
    "a PDF named picture": ("照片.png", PDF, "FILE-02"),
    "a JPEG named png": ("照片.png", JPEG, "FILE-02"),
    "a workbook named docx": ("方案.docx", office("xl"), "FILE-02"),
    "a text named docx": ("方案.docx", "只是文字".encode(), "FILE-02"),
    "noise named pdf": ("报价.pdf", bytes(range(256)) * 4, "FILE-02"),
    "PDF after a line of text": ("报价.pdf", b"hello\n" + PDF, "FILE-02"),
    "GIF": ("照片.png", b"GIF89a" + bytes(50), "FILE-02"),
    "RAR": ("资料.rar", b"Rar!\x1a\x07\x00" + bytes(50), "FILE-02"),
    "nothing but one NUL": ("报价.pdf", b"\0", "FILE-02"),
    "broken encoding": ("说明.txt", b"\xff\xfe\xfd\xfc\x81", "FILE-02"),
    # PDF
    "PDF with JavaScript": ("报价.pdf", pdf(b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), "FILE-05"),
    "PDF with JavaScript written with signs": ("报价.pdf", pdf(b"/OpenAction<</S/J#61vaScript/JS(1)>>"), "FILE-05"),
    "PDF that starts a program": ("报价.pdf", pdf(b"/OpenAction<</S/Launch/F(cmd.exe)>>"), "FILE-05"),
    "PDF with an embedded file": ("报价.pdf", pdf(b"/Names<</EmbeddedFiles 7 0 R>>"), "FILE-05"),
    "PDF with film": ("报价.pdf", pdf(b"/Annots[<</Subtype/RichMedia>>]"), "FILE-05"),
    "PDF with an XFA form": ("报价.pdf", pdf(b"/AcroForm<</XFA 9 0 R>>"), "FILE-05"),
    "PDF that opens another": ("报价.pdf", pdf(b"/A<</S/GoToE/T<<>>>>"), "FILE-05"),
    "PDF that takes data in": ("报价.pdf", pdf(b"/A<</S/ImportData/F(x.fdf)>>"), "FILE-05"),
    "PDF with a rendition": ("报价.pdf", pdf(b"/A<</S/Rendition/JS(1)>>"), "FILE-05"),
    "PDF with packed JavaScript": ("报价.pdf", packed_pdf(b"2 0 <</S/JavaScript/JS(x)>>"), "FILE-05"),
    "PDF packed in a way nobody can look into": ("报价.pdf", packed_pdf(b"2 0 <<>>", b"/Filter[/ASCIIHexDecode/FlateDecode]"), "FILE-05"),
    "PDF packed over and over": ("报价.pdf", packed_pdf(bytes(130 * 1024 * 1024)), "FILE-05"),
    "PDF whose packed objects are broken": ("报价.pdf", packed_pdf(b"x").replace(b"stream\nx", b"stream\nZZ"), "FILE-05"),
    "PDF with a password": ("报价.pdf", pdf(trailer=b"<</Root 1 0 R/Encrypt 9 0 R>>"), "FILE-05"),
    "PDF cut off": ("报价.pdf", pdf(end=b""), "FILE-05"),
    "PDF of a head alone": ("报价.pdf", b"%PDF-1.7", "FILE-05"),
    "PDF and archive at once": ("报价.pdf", PDF + archive(a_dot_txt=b"x"), "FILE-05"),
    "PDF and page at once": ("报价.pdf", b"%PDF-1.7\n<html><script>alert(1)</script></html>\n%%EOF", "FILE-05"),
    # pictures
    "picture of a billion pixels": ("照片.png", png(50_000, 50_000), "FILE-05"),
    "photograph of four billion pixels": ("照片.jpg", jpeg(65_000, 65_000), "FILE-05"),
    "picture without a size": ("照片.png", b"\x89PNG\r\n\x1a\n" + bytes(64), "FILE-05"),
    "picture of no width": ("照片.png", png(0, 5), "FILE-05"),
    "photograph without a frame": ("照片.jpg", b"\xff\xd8\xff\xe0" + bytes(64), "FILE-05"),
    "photograph that goes in circles": ("照片.jpg", b"\xff\xd8" + b"\xff\xe0\x00\x02" * 2000, "FILE-05"),
    "picture and archive at once": ("照片.png", PNG + archive(a_dot_class=b"x"), "FILE-05"),
    "picture with a page in its comment": ("照片.jpg", JPEG + b"<script>alert(1)</script>", "FILE-05"),
    "picture with PHP in its comment": ("照片.png", PNG + b"<?php system(1);", "FILE-05"),
    # office packages
    "DOCX with macros": ("方案.docx", package("word", word__vbaProject_dot_bin=b"x"), "FILE-03"),
    "XLSX with macros in another room": ("清单.xlsx", package("xl", customXml__VBAPROJECT_dot_BIN=b"x"), "FILE-03"),
    "XLSX that calls itself macro-enabled": ("清单.xlsx", zipped({
        "[Content_Types].xml": b'<Types><Default ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>',
        "xl/workbook.xml": b"<workbook/>"}), "FILE-03"),
    "XLSX with a bomb of entities": ("清单.xlsx", package("xl", xl__sharedStrings_dot_xml=LAUGHS), "FILE-05"),
    "XLSX with a bomb of entities in UTF-16": (
        "清单.xlsx", package("xl", xl__sharedStrings_dot_xml=LAUGHS.decode().encode("utf-16")), "FILE-05"),
    "DOCX with a document type behind a long comment": (
        "方案.docx", package("word", word__styles_dot_xml=b"<!--" + b"x" * 70_000 + b"-->" + LAUGHS), "FILE-05"),
    "XLSX with links to other workbooks": (
        "清单.xlsx", package("xl", xl__externalLinks__externalLink1_dot_xml=b"<externalLink/>"), "FILE-05"),
    "DOCX with a template from elsewhere": (
        "方案.docx", package("word", word___rels__settings_dot_xml_dot_rels=relations("http://x/t.dotm", "attachedTemplate")), "FILE-05"),
    "PPTX with a picture from elsewhere": (
        "汇报.pptx", package("ppt", ppt___rels__s_dot_xml_dot_rels=relations("\\\\x\\share\\a.png", "image")), "FILE-05"),
    "DOCX with an object of another program": ("方案.docx", package("word", word__embeddings__oleObject1_dot_bin=OLE), "FILE-05"),
    "XLSX with ActiveX": ("清单.xlsx", package("xl", xl__activeX__activeX1_dot_xml=b"<x/>"), "FILE-05"),
    "DOCX with a program inside": ("方案.docx", package("word", word__media__a_dot_exe=EXE), "FILE-03"),
    "XLSX that is a bomb": ("清单.xlsx", package("xl", xl__worksheets__sheet1_dot_xml=SHEET + b" " * (60 * 1024 * 1024)), "FILE-04"),
    "XLSX cut off": ("清单.xlsx", package("xl")[:-30], "FILE-04"),
    "XLSX with a password": ("清单.xlsx", locked(package("xl")), "FILE-04"),
    "XLSX that climbs out": ("清单.xlsx", zipped({"[Content_Types].xml": b"<T/>", "xl/../../a.xml": b"<a/>"}), "FILE-04"),
    # compound documents
    "DOC with macros": ("方案.doc", compound("WordDocument", "_VBA_PROJECT"), "FILE-03"),
    "XLS with macros": ("清单.xls", compound("Workbook", "_VBA_PROJECT_CUR"), "FILE-03"),
    "DOC with a package": ("方案.doc", compound("WordDocument", "\x01Ole10Native"), "FILE-05"),
    "encrypted office document": ("方案.docx", compound("EncryptedPackage", "EncryptionInfo"), "FILE-02"),
    "an installer": ("方案.doc", OLE, "FILE-02"),
    "a message of Outlook": ("方案.doc", compound("__substg1.0_1000001F"), "FILE-02"),
}

#: At the door of bids, which takes archives too.
ARCHIVES: dict[str, tuple[str, bytes, str]] = {
    "flat bomb": ("资料.zip", flat_bomb(), "FILE-04"),
    "bomb in a bomb": ("资料.zip", nested_bomb(), "FILE-04"),
    "thousands of files": ("资料.zip", whole_tree(), "FILE-04"),
    "an entry that says less than it is": ("资料.zip", lying(), "FILE-04"),
    "password": ("资料.zip", locked(archive(a_dot_pdf=PDF)), "FILE-04"),
    "path upwards": ("资料.zip", zipped({"../../etc/cron.d/x": b"x"}), "FILE-04"),
    "path of the root": ("资料.zip", zipped({"/etc/passwd": b"x"}), "FILE-04"),
    "path of a drive": ("资料.zip", zipped({"C:/Windows/x.txt": b"x"}), "FILE-04"),
    "path upwards with other strokes": ("资料.zip", zipped({"..\\..\\x.txt": b"x"}), "FILE-04"),
    "program": ("资料.zip", zipped({"a/setup.exe": EXE}), "FILE-03"),
    "program with another name": ("资料.zip", zipped({"合同.pdf": EXE}), "FILE-03"),
    "page with another name": ("资料.zip", zipped({"合同.pdf": b"<html><script>1</script>"}), "FILE-03"),
    "archive of another kind inside": ("资料.zip", zipped({"a.txt": b"Rar!\x1a\x07\x00"}), "FILE-04"),
    "workbook with macros inside": ("资料.zip", zipped({"清单.xlsx": package("xl", xl__vbaProject_dot_bin=b"x")}), "FILE-03"),
    "workbook with entities inside": ("资料.zip", zipped({"清单.xlsx": package("xl", xl__a_dot_xml=LAUGHS)}), "FILE-05"),
    "cut off": ("资料.zip", archive(a_dot_pdf=PDF)[:-25], "FILE-04"),
    "head alone": ("资料.zip", b"PK\x03\x04", "FILE-04"),
    "RAR named zip": ("资料.zip", b"Rar!\x1a\x07\x00" + bytes(99), "FILE-02"),
}
