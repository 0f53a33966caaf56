"""What may be in a PDF by kind of document (FILE-05, docs/decisions/0014): made files, both ways."""
from __future__ import annotations

import subprocess
import zlib
from io import BytesIO

import pikepdf
import pytest

from portal.files import opening
from portal.files.hidden import NONE, Leave
from portal.files.kinds import INVOICE, ISSUED, all_kinds, document_kind
from portal.files.opening import NotOpened, open_pdf
from portal.files.sniffing import Unfit, sniff
from tests.factories.hostile import EXE, LAUGHS, pdf, zipped

DATA_ONLY = Leave(data=True)
XBRL = b'<?xml version="1.0" encoding="UTF-8"?><xbrl xmlns="http://www.xbrl.org/2003/instance"><InvoiceNumber>24312</InvoiceNumber></xbrl>'
OFD = zipped({"OFD.xml": b'<?xml version="1.0"?><ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"/>', "Doc_0/Document.xml": b"<a/>"})
READ_ONLY = pikepdf.Permissions(print_lowres=False, print_highres=False, modify_other=False, modify_annotation=False)


def made(embedded: dict[str, bytes] | None = None, *, user: str | None = None, strength: int = 6, script: bool = False, packed: bool = True,
         **more) -> BytesIO:
    """A PDF as an office program or a tax office writes it; `user` is the password of readers, none = not encrypted."""
    document = pikepdf.new()
    document.add_blank_page()
    for name, content in (embedded or {}).items():
        document.attachments[name] = content
    if script:
        action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        document.Root.OpenAction = document.make_indirect(action)
    for key, value in more.items():
        document.Root[f"/{key}"] = value
    out = BytesIO()
    old = {} if strength >= 4 else {"aes": False, "metadata": False}
    locks = None if user is None else pikepdf.Encryption(owner="issuer", user=user, R=strength, allow=READ_ONLY, **old)
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    document.save(out, encryption=locks, object_stream_mode=mode)
    return BytesIO(out.getvalue())


def refused(stream: BytesIO, leave: Leave, name: str = "发票.pdf") -> str:
    with pytest.raises(Unfit) as error:
        sniff(stream, name, leave)
    assert error.value.rule == "FILE-05"
    assert stream.tell() == 0
    return str(error.value.sentence % {"name": name, **error.value.params})


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("inside", [{"24312.xml": XBRL}, {"24312.xbrl": XBRL}, {"24312.ofd": OFD}, {"a.xml": XBRL, "b.xbrl": XBRL}])
def test_an_invoice_may_carry_its_data(inside, packed):
    stream = made(inside, packed=packed)
    before = stream.getvalue()
    assert sniff(stream, "发票.pdf", INVOICE).code == "pdf"
    assert sniff(stream, "发票.pdf", DATA_ONLY).code == "pdf"
    assert stream.getvalue() == before
    refused(stream, ISSUED)
    refused(stream, NONE)


def test_data_in_gb_18030_is_data():
    assert sniff(made({"a.xml": "<?xml version='1.0' encoding='GB18030'?><发票/>".encode("gb18030")}), "发票.pdf", INVOICE)


@pytest.mark.parametrize("inside", [
    {"a.exe": EXE}, {"a.xml": EXE}, {"a.xml": LAUGHS}, {"a.xml": b"<html><script>x</script></html>"}, {"a.xml": b"<?xml?><!DOCTYPE a><a/>"},
    {"a.xml": b'<?xml version="1.0"?><?xml-stylesheet href="http://x/y.xsl"?><a/>'}, {"a.xml": b"no markup"},
    {"a.xml": XBRL.decode().encode("utf-16")},
    {"a.zip": OFD}, {"a.ofd": zipped({"a.txt": b"x"})}, {"a.ofd": XBRL}, {"a.pdf": pdf()}, {"a.txt": XBRL}, {"a.xml": XBRL, "b.js": b"x"},
    {"a.xml": b"<a>" + b" " * (2 * 1024**2) + b"</a>"}, {f"{number}.xml": XBRL for number in range(11)},
])  # fmt: skip
def test_what_is_no_data_is_refused_in_an_invoice_too(inside):
    refused(made(inside), INVOICE)


def test_a_script_is_refused_beside_data_and_behind_encryption():
    assert "JavaScript" in refused(made({"a.xml": XBRL}, script=True), INVOICE)
    assert "JavaScript" in refused(made({"a.xml": XBRL}, script=True, packed=False), INVOICE)
    assert "JavaScript" in refused(made(script=True, user=""), ISSUED)
    assert "JavaScript" in refused(made(script=True, user="", packed=False), ISSUED)


def test_an_embedded_file_that_no_list_leads_to_is_seen():
    """Behind the last table of the file, where the one who opens it does not look but another reader might."""
    content = made({"a.xml": XBRL}, packed=False).getvalue()
    loose = b"\n99 0 obj<</Type/EmbeddedFile/Length 2>>stream\nMZ\nendstream endobj\n"
    assert "EmbeddedFile" in refused(BytesIO(content.replace(b"\nxref\n", loose + b"\nxref\n", 1)), INVOICE)
    document = pikepdf.new()
    document.add_blank_page()
    annotation = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FileAttachment, FS=pikepdf.Dictionary(
        Type=pikepdf.Name.Filespec, F="a.exe", EF=pikepdf.Dictionary(F=document.make_stream(EXE, Type=pikepdf.Name.EmbeddedFile))))
    document.pages[0].Annots = pikepdf.Array([annotation])
    out = BytesIO()
    document.save(out)
    assert "a.exe" in refused(BytesIO(out.getvalue()), INVOICE)


@pytest.mark.parametrize("strength", [3, 4, 6])
@pytest.mark.parametrize("packed", [True, False])
def test_what_is_locked_against_printing_alone_is_read(strength, packed):
    stream = made(user="", strength=strength, packed=packed)
    assert sniff(stream, "证明.pdf", ISSUED).code == "pdf"
    refused(stream, NONE)
    refused(stream, DATA_ONLY)


def test_what_needs_a_password_is_refused_everywhere():
    for leave in (NONE, ISSUED, INVOICE):
        assert "加了密码" in refused(made(user="reader"), leave)


def test_a_locked_invoice_with_data_and_a_locked_paper_with_a_file():
    assert sniff(made({"a.xml": XBRL}, user=""), "发票.pdf", INVOICE).code == "pdf"
    refused(made({"a.exe": EXE}, user=""), INVOICE)
    refused(made({"a.xml": XBRL}, user=""), ISSUED)


def test_what_cannot_be_opened_is_refused(monkeypatch):
    refused(BytesIO(pdf(trailer=b"<</Root 1 0 R/Encrypt 9 0 R>>")), ISSUED)
    locked = made(user="")
    monkeypatch.setattr(opening, "LARGEST", 10)
    refused(locked, ISSUED)
    monkeypatch.undo()

    def slow(*given, **named):
        raise subprocess.TimeoutExpired("pdf", 1)

    monkeypatch.setattr(opening.subprocess, "run", slow)
    with pytest.raises(NotOpened):
        open_pdf(locked)


def test_a_bomb_inside_ends_with_the_process_that_opens_it():
    """An embedded file of three gigabytes in three megabytes: the process has not that much, and this one goes on."""
    packer, zeros = zlib.compressobj(9), bytes(16 * 1024**2)
    bomb = b"".join([*(packer.compress(zeros) for _turn in range(192)), packer.flush()])
    document = pikepdf.new()
    document.add_blank_page()
    stream = document.make_stream(bomb, Type=pikepdf.Name.EmbeddedFile, Filter=pikepdf.Name.FlateDecode)
    document.Root.AF = pikepdf.Array([pikepdf.Dictionary(Type=pikepdf.Name.Filespec, F="a.xml", EF=pikepdf.Dictionary(F=stream))])
    out = BytesIO()
    document.save(out, compress_streams=False)
    refused(BytesIO(out.getvalue()), INVOICE)


def test_the_kinds_have_the_leave_that_was_decided():
    assert document_kind("invoice").leave == INVOICE
    assert {kind.code for kind in all_kinds() if kind.leave == ISSUED} == {
        "feasibility_report", "supplier_evidence", "account_proof", "performance_bond", "termination_agreement", "delivery_evidence",
        "report_attachment", "evaluation_evidence", "calendar_notice", "policy_paper",
        "list_approval",
    }
    for code in ("bid_part", "contract_paper", "signature_sheet", "tender_document"):
        assert document_kind(code).leave == NONE
