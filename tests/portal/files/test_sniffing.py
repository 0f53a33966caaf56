"""FILE-02 to FILE-04: what a file is, is told from its bytes."""
from __future__ import annotations

from io import BytesIO

import pytest

from portal.files import sniffing
from portal.files.names import clean_name, forbidden_part
from portal.files.sniffing import Unfit, sniff
from tests.factories.papers import JPEG, OLE, PDF, PNG, archive, office


def stream(text: str) -> bytes:
    return OLE + text.encode("utf-16-le")


@pytest.mark.parametrize(("name", "content", "code"), [
    ("报价.pdf", PDF, "pdf"), ("照片.png", PNG, "png"), ("照片.JPG", JPEG, "jpeg"), ("方案.docx", office("word"), "docx"),
    ("清单.xlsx", office("xl"), "xlsx"), ("汇报.pptx", office("ppt"), "pptx"), ("公文.ofd", archive(OFD_dot_xml=b"<OFD/>"), "ofd"),
    ("资料.zip", archive(a_dot_pdf=PDF), "zip"),
    ("旧方案.doc", stream("WordDocument"), "doc"), ("旧方案.wps", stream("WordDocument"), "doc"),
    ("旧表.xls", stream("Workbook"), "xls"), ("旧汇报.ppt", stream("PowerPoint Document"), "ppt"),
    ("目录.csv", "编码,名称\nA01,养护".encode(), "csv"), ("目录.csv", "编码,名称\nA01,养护".encode("gb18030"), "csv"),
    ("说明.txt", "第一行\r\n\t第二行".encode("utf-8-sig"), "txt"),
])
def test_types_are_known_by_content(name, content, code):
    source = BytesIO(content)
    assert sniff(source, name).code == code
    assert source.tell() == 0


@pytest.mark.parametrize(("name", "content", "rule"), [
    ("程序.pdf", b"MZ" + bytes(100), "FILE-03"),
    ("程序.pdf", b"\x7fELF" + bytes(100), "FILE-03"),
    ("脚本.txt", b"#!/bin/sh\nrm -rf /", "FILE-03"),
    ("页面.txt", b"<!DOCTYPE html><title>x</title>", "FILE-03"),
    ("页面.csv", b"a,b\n<script>alert(1)</script>", "FILE-03"),
    ("图.txt", b"<svg onload=alert(1)>", "FILE-03"),
    ("报价.exe.pdf", PDF, "FILE-03"),
    ("报价.pdf.exe", PDF, "FILE-03"),
    ("报价.pdf .js", PDF, "FILE-03"),
    ("宏.docx", office("word", word__vbaProject_dot_bin=b"x"), "FILE-03"),
    ("宏.doc", stream("WordDocument _VBA_PROJECT"), "FILE-03"),
    ("包.zip", archive(a__run_dot_exe=b"MZ"), "FILE-03"),
    ("报价.pdf", PNG, "FILE-02"),
    ("报价", PDF, "FILE-02"),
    ("空.pdf", b"", "FILE-02"),
    ("乱.txt", b"\x00\x01\x02", "FILE-02"),
    ("未知.doc", OLE, "FILE-02"),
    ("坏.zip", b"PK\x03\x04" + bytes(50), "FILE-04"),
    ("逃.zip", archive(**{"..__..__a_dot_txt": b"x"}), "FILE-04"),
])
def test_what_pretends_is_refused(name, content, rule):
    with pytest.raises(Unfit) as unfit:
        sniff(BytesIO(content), name)
    assert unfit.value.rule == rule
    assert str(unfit.value.sentence) % unfit.value.params


def test_an_archive_that_unpacks_to_too_much_is_refused(monkeypatch):
    bomb = archive(zeros_dot_txt=bytes(2_000_000))
    assert sniff(BytesIO(bomb), "大.zip").code == "zip"
    monkeypatch.setattr(sniffing, "ARCHIVE_FREE", 1_000_000)
    with pytest.raises(Unfit) as unfit:
        sniff(BytesIO(bomb), "大.zip")
    assert unfit.value.rule == "FILE-04"


def test_an_archive_with_a_password_is_refused():
    locked = bytearray(archive(a_dot_pdf=PDF))
    locked[6] |= 1
    locked[locked.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Unfit) as unfit:
        sniff(BytesIO(bytes(locked)), "密.zip")
    assert unfit.value.rule == "FILE-04"


def test_names_lose_paths_and_marks_that_deceive():
    assert clean_name("C:\\temp\\报价.pdf") == "报价.pdf"
    assert clean_name("../../etc/passwd") == "passwd"
    assert clean_name("报价\u202efdp.exe") == "报价fdp.exe"
    assert forbidden_part(clean_name("报价\u202efdp.exe")) == "exe"
    assert len(clean_name("长" * 300 + ".pdf")) == 150
    assert clean_name("长" * 300 + ".pdf").endswith(".pdf")
