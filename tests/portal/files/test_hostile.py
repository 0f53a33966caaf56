"""FILE-01 to FILE-05 at the true doors: what is sent to do harm is refused at its field, and nothing of it stays.

Every file goes through the whole way in (parser, handlers, form, verb): a clear sentence at the field, no document, nothing
on disk, no temporary file left, and what was typed beside it stands there again.
"""
from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT

from catalogue.models import CatalogueVersion
from catalogue.verbs import load_reference_catalogue
from portal import clock
from portal.administration.models import CalendarNotice
from portal.files.kinds import document_kind
from portal.files.models import Document
from portal.files.names import clean_name
from portal.files.verbs import inspect, store_made
from portal.workdays.calendars import load_calendars
from portal.workdays.statutory import statutory_holidays
from tests.factories import bids
from tests.factories.catalogue import HEADER, SMALL
from tests.factories.hostile import ARCHIVES, EXE, PAPERS, pdf
from tests.factories.papers import PDF, PNG, office
from tests.factories.people import actor

pytestmark = pytest.mark.django_db
NOTICE, VERSION = "/act/administration.calendar/new/propose/", "/act/catalogue.version/new/draft/"
REFERENCE, TITLE = "国办发明电〔2026〕9号", "赣江市新目录"


@pytest.fixture(scope="module")
def bid(django_db_setup, django_db_blocker) -> Iterator:
    """One bid being made, for the whole module; undone at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        tender, _none = bids.make_bid_tender(0)
        load_reference_catalogue()
        with clock.at(bids.BIDDING_AT):
            yield bids.make_bid(tender, "supplier_a", state="DRAFTED")
        transaction.set_rollback(True)


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(actor(username).user)
    return client


def days(year: int = 2027) -> bytes:
    return "\n".join(["date,kind,name", *(f"{day},off,{name}" for day, name in sorted(statutory_holidays(year).items()))]).encode()


def sent(name: str, content: bytes) -> SimpleUploadedFile:
    """A file with a claim about its type that is never true, and a name that the client does not clean."""
    upload = SimpleUploadedFile("x", content, content_type="application/x-claimed")
    upload._name = name
    return upload


def kept() -> set[Path]:
    places = [Path(settings.MEDIA_ROOT), Path(tempfile.gettempdir())]
    return {path for place in places for path in place.rglob("*") if "pytest-of" not in str(path)}


@contextmanager
def nothing_stays() -> Iterator[None]:
    def held():
        return Document.objects.count(), CalendarNotice.objects.count(), CatalogueVersion.objects.count()

    before, files = held(), kept()
    yield
    assert held() == before
    assert kept() == files


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def said_at(answer, field: str) -> list[str]:
    """Codes and rules of what is said at a field."""
    form = answer.context["form"]
    found = [error.code for error in form.errors.as_data().get(field, [])]
    return found + [refusal.rule for refusal in answer.context["refusals"] if refusal.field == field]


def refused(answer, field: str, rule: str, typed: str) -> None:
    assert answer.status_code in (409, 422), answer.status_code
    assert rule in said_at(answer, field) if rule else said_at(answer, field)
    assert typed in answer.content.decode()


# --- papers ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("what", PAPERS)
def test_a_hostile_paper_is_refused_at_its_field(what, bid):
    name, content, rule = PAPERS[what]
    with nothing_stays():
        answer = signed_in("administrator").post(NOTICE, {
            "year": 2027, "reference": REFERENCE, "days": sent("2027.csv", days()), "paper": sent(name, content),
        })
    refused(answer, "paper", rule, REFERENCE)


@pytest.mark.parametrize("what", {**PAPERS, **ARCHIVES})
def test_a_hostile_part_of_a_bid_is_refused_though_it_was_sealed_on_its_way_in(what, bid):
    name, content, rule = {**PAPERS, **ARCHIVES}[what]
    with nothing_stays():
        answer = signed_in("supplier_a_officer").post(f"/act/bids.bid/{bid.pk}/put_file/", {
            "kind": "ATTACHMENT", "file": sent(name, content),
        })
    refused(answer, "file", rule, 'value="ATTACHMENT" selected')
    assert not bid.parts.exists()


@pytest.mark.parametrize("door", [NOTICE, "bid"])
def test_over_the_limit(door, bid, monkeypatch):
    monkeypatch.setattr(settings, "FILE_SIZE_LIMIT", 100_000)
    large = PDF + b"x" * 100_000
    with nothing_stays():
        if door == "bid":
            address = f"/act/bids.bid/{bid.pk}/put_file/"
            answer = signed_in("supplier_a_officer").post(address, {"kind": "ATTACHMENT", "file": sent("大.pdf", large)})
            refused(answer, "file", "FILE-01", 'value="ATTACHMENT" selected')
        else:
            answer = signed_in("administrator").post(door, {"year": 2027, "reference": REFERENCE, "paper": sent("大.pdf", large)})
            refused(answer, "paper", "FILE-01", REFERENCE)


def test_an_empty_file_is_said_to_be_empty(bid):
    with nothing_stays():
        answer = signed_in("administrator").post(NOTICE, {
            "year": 2027, "reference": REFERENCE, "days": sent("a.csv", b""), "paper": sent("空.pdf", b""),
        })
    refused(answer, "paper", "FILE-02", REFERENCE)
    refused(answer, "days", "FILE-02", REFERENCE)


# --- lists -----------------------------------------------------------------------------------------------------------
def lines(*more: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *SMALL, *more]).encode()


CATALOGUES = {
    "a program": ("目录.csv", EXE, "FILE-03"), "a page": ("目录.csv", b"<html><script>1</script>", "FILE-03"),
    "a workbook without a table": ("目录.xlsx", office("xl"), "S-06"), "a workbook named csv": ("目录.csv", office("xl"), "FILE-02"),
    "a PDF": ("目录.pdf", PDF, "FILE-02"), "a picture named csv": ("目录.csv", PNG, "FILE-02"),
    "UTF-16": ("目录.csv", "code,parent_code\nA,".encode("utf-16"), "FILE-02"),
    "GB 18030 cut off": ("目录.csv", "code,目录".encode("gb18030")[:-1], "FILE-02"), "NUL": ("目录.csv", b"code\0,x\nA,b", "FILE-02"),
    "a cell without end": ("目录.csv", lines('A11,A,2,"' + "长" * 140_000), "S-06"),
    "a level of five thousand digits": ("目录.csv", lines("A11,A," + "9" * 5000 + ",x"), "RCT-01"),
    "a level in other digits": ("目录.csv", lines("A11,A,٢,x"), "RCT-01"),
    "a code of a hundred thousand letters": ("目录.csv", lines("A" * 100_000 + ",A,2,x"), "RCT-04"),
    "a code that is a command": ("目录.csv", lines("=cmd|'/c calc'!A0,A,2,x"), "RCT-04"),
    "too many lines": ("目录.csv", lines(*["A11,A,2,x"] * 5001), "S-06"),
    "too many columns": ("目录.csv", lines(header=HEADER + ",x" * 3000), "S-06"),
    "no header": ("目录.csv", b"\n\n\n", "S-06"), "one line without columns": ("目录.csv", b"x" * 3000, "S-06"),
    "its own parent": ("目录.csv", lines("A11,A11,2,x"), ""),
    "over the limit of its kind": ("目录.csv", b"x" * (5 * 1024**2 + 1), "FILE-01"),
}
CALENDARS = {
    "a program": ("2027.csv", EXE, "FILE-03"), "a page": ("2027.csv", b"<svg onload=alert(1)>", "FILE-03"),
    "a workbook": ("2027.xlsx", office("xl"), "FILE-02"), "a workbook named csv": ("2027.csv", office("xl"), "FILE-02"),
    "bytes of no encoding": ("2027.csv", b"\xff\xff\x81", "FILE-02"), "NUL": ("2027.csv", b"2027-01-01\0,off", "FILE-02"),
    "a cell without end": ("2027.csv", b'2027-01-01,off,"' + b"x" * 140_000, None),
    "a formula for a day": ("2027.csv", b"=1+1,off,x", None),
    "thousands of lines": ("2027.csv", b"2027-01-01,off,x\n" * 5000, None), "a day of a thousand digits": ("2027.csv", b"9" * 5000, None),
    "a day beyond time": ("2027.csv", b"99999-99-99,off,x", None), "over its limit": ("2027.csv", b"x" * (1024**2 + 1), "FILE-01"),
}


@pytest.mark.parametrize("what", CATALOGUES)
def test_a_hostile_list_of_services_is_refused_at_its_field(what, bid):
    name, content, rule = CATALOGUES[what]
    with nothing_stays():
        answer = signed_in("finance_officer").post(VERSION, {"year": 2027, "title": TITLE, "start": "FILE", "file": sent(name, content)})
    refused(answer, "file", rule, TITLE)
    assert len(answer.content) < 1_500_000


@pytest.mark.parametrize("what", CALENDARS)
def test_a_hostile_calendar_is_refused_at_its_field(what, bid):
    name, content, rule = CALENDARS[what]
    with nothing_stays():
        answer = signed_in("administrator").post(NOTICE, {
            "year": 2027, "reference": REFERENCE, "days": sent(name, content), "paper": sent("通知.pdf", PDF),
        })
    refused(answer, "days", rule or "", REFERENCE)
    assert len(answer.content) < 1_500_000


# --- the request itself ----------------------------------------------------------------------------------------------
def part(field: str, content: bytes, filename: str | None = None) -> bytes:
    named = f'; filename="{filename}"\r\nContent-Type: application/pdf' if filename is not None else ""
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"{named}\r\n\r\n'.encode() + content + b"\r\n"


def raw(*parts: bytes, end: bytes = f"--{BOUNDARY}--\r\n".encode(), content_type: str = MULTIPART_CONTENT):
    return signed_in("administrator").generic("POST", NOTICE, b"".join(parts) + end, content_type=content_type)


@pytest.mark.parametrize("twice", [(PDF, EXE), (EXE, PDF), (PDF, PDF)])
def test_two_files_where_one_is_asked_are_both_refused(twice, bid):
    with nothing_stays():
        answer = raw(part("year", b"2027"), part("reference", REFERENCE.encode()),
                     *(part("paper", content, f"{number}.pdf") for number, content in enumerate(twice)))  # fmt: skip
    refused(answer, "paper", "FILE-02", REFERENCE)


@pytest.mark.parametrize("broken", [
    {"content_type": "multipart/form-data"}, {"content_type": "multipart/form-data; boundary="},
    {"content_type": "multipart/form-data; boundary=" + "x" * 300}, {"end": b""}, {"content_type": "application/json"},
    {"content_type": "application/octet-stream"}, {"content_type": "multipart/form-data; boundary=\"a\0b\""},
])
def test_a_request_that_is_no_form_is_answered_and_leaves_nothing(broken, bid):
    with nothing_stays():
        answer = raw(part("year", b"2027"), part("paper", PDF[:20], "a.pdf"), **broken)
    assert 400 <= answer.status_code < 500


def test_a_name_longer_than_any_file_system_allows_is_not_read(bid):
    """The head of a part has 1,024 bytes at most; names of files have 255 characters."""
    with nothing_stays():
        assert raw(part("year", b"2027"), part("paper", PDF, "长" * 500 + ".pdf")).status_code == 400


def test_more_fields_and_files_than_any_form_has(bid):
    with nothing_stays():
        assert raw(*(part(f"f{number}", b"x", "a.pdf") for number in range(101))).status_code == 400
        assert raw(*(part(f"f{number}", b"x") for number in range(20_001))).status_code == 400


@pytest.mark.parametrize(("given", "stored"), [
    ("../../../../etc/cron.d/通知.pdf", "通知.pdf"), ("..\\..\\通知.pdf", "通知.pdf"), ("C:\\Users\\x\\通知.pdf", "通知.pdf"),
    ("通\x00知.pdf", "通知.pdf"), ("\u202e通知.pdf", "通知.pdf"),
    ("通\u200b知.pdf", "通知.pdf"), ("con.pdf", "_con.pdf"),
    ("LPT1.pdf", "_LPT1.pdf"),
    ("nul .pdf", "_nul .pdf"), ("长" * 251 + ".pdf", "长" * 146 + ".pdf"),
    ("<script>x.pdf", "<script>x.pdf"), ("a;rm -rf.pdf", "a;rm -rf.pdf"),
    ("%2e%2e%2fa.pdf", "%2e%2e%2fa.pdf"), ("通知.PDF", "通知.PDF"),
])
def test_a_good_paper_with_a_hostile_name_is_kept_under_a_harmless_one(given, stored, bid):
    assert clean_name(given) == stored
    assert clean_name("a\r\nX-Injected: 1.pdf") == "aX-Injected: 1.pdf"
    admin, known = signed_in("administrator"), set(Document.objects.values_list("pk", flat=True))
    answer = admin.post(NOTICE, {
        "year": 2027, "reference": REFERENCE, "days": sent("2027.csv", days()), "paper": sent(given, PDF),
    })
    assert answer.status_code == 302, answer.context["form"].errors
    document = Document.objects.exclude(pk__in=known).get()
    assert ".." not in document.path
    assert Path(document.path).name.isalnum()
    file = admin.get(document.get_absolute_url())
    assert b"".join(file.streaming_content) == PDF
    assert file["Content-Disposition"].startswith("attachment")
    assert file["Content-Type"] == "application/pdf"
    page = admin.get(answer["Location"]).content.decode()
    assert "<script>x" not in page


def test_a_paper_of_the_portal_comes_back_as_it_went_out_though_it_carries_its_data(bid):
    content = pdf(b"/Names<</EmbeddedFiles 7 0 R>>")
    kind = document_kind("calendar_notice")
    assert [refusal.rule for refusal in inspect(sent("计划.pdf", content), kind).refusals] == ["FILE-05"]
    store_made(content, name="计划.pdf", content_type="application/pdf", actor=actor("head"), kind="report")
    assert inspect(sent("计划.pdf", content), kind).type.code == "pdf"
    assert inspect(sent("计划.pdf", content + b" "), kind).refusals
    assert inspect(sent("计划.exe.pdf", content), kind).refusals


def test_there_are_enough_of_them():
    assert len(PAPERS) + len(ARCHIVES) + len(CATALOGUES) + len(CALENDARS) > 130


@pytest.fixture(autouse=True)
def calendars(bid) -> None:
    load_calendars()
