"""Sealed means sealed (house style, rule 15): before the opening nobody finds price, text, file, name or number of a bid.

Bids come in through pages and API with contents that occur nowhere else. Then every table, every file under the portal's
folder, every SQL statement and every log line is searched for them, in every shape a program might have left them in; and
every page and API answer of everybody else must read exactly as it did when there was no bid at all.
"""
from __future__ import annotations

import base64
import json
import logging
import re
import subprocess
import tempfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler, TemporaryFileUploadHandler
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from openpyxl import load_workbook

from portal import clock
from portal.accounts.models import ApiToken, User
from portal.reports.workbook import CONTENT_TYPE
from procurement.bids.models import Bid, OpeningKey, OpeningSession, SealedPart
from procurement.tenders.models import Tender
from procurement.tenders.verbs import take_documents
from tests.factories import bids as make
from tests.factories.logs import portal_log
from tests.factories.people import actor
from tests.factories.tenders import PUBLISHED_AT, make_tender, passphrase

FIGURES, WORDS = "918273.45", "玖拾壹万捌仟贰佰柒拾叁元肆角伍分"
TEXT = "秘而不宣的服务方案第七稿"
FILE_TEXT = "SECRET-OF-THE-FILE-7f3a9c"
BROKEN = f"value out of range: {FIGURES} ({TEXT})"
MOMENT = PUBLISHED_AT + timedelta(days=1)

#: One of each role; supplier_c takes no part. `None` is the public.
READERS = (
    None, "buyer", "planner", "head", "project_officer", "reviewer_finance", "opener_a", "opener_b", "witness", "department",
    "buyer_2", "head_2", "finance_officer", "finance_head", "establishment", "secretary", "registrar", "auditor",
    "supplier_c_officer", "supplier_c_head", "expert_1", "evaluator_head", "administrator", "hongshan_auditor",
)


# --- bidding as people and programs do ---------------------------------------------------------------------------
def signed_in(username: str | None, *, raises: bool = False) -> Client:
    client = Client(raise_request_exception=raises)
    if username:
        client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    return client


def posted(client: Client, path: str, data: dict, **extra):
    answer = client.post(path, data, **extra)
    assert answer.status_code in (200, 201, 302), (path, answer.status_code, answer.content.decode()[:2000])
    return answer


def response_form(tender: Tender) -> dict:
    found = {"service_term": TEXT, "contact": TEXT, "related": TEXT}
    for related, prefix in (("qualifications", "condition"), ("requirements", "requirement"), ("factors", "factor"),
                            ("deliverables", "deliverable")):
        found |= {f"{prefix}_{row.pk}": TEXT for row in getattr(tender, related).all()}
    return found


def big_file(name: str):
    """More than Django keeps in memory: without sealing on the way in it would lie in a temporary file."""
    return make.paper(name, FILE_TEXT * 200_000)


def bid_by_pages(tender: Tender) -> Bid:
    """supplier_a: documents, draft, all parts, submission and replacement, all by pages."""
    officer, head = signed_in("supplier_a_officer", raises=True), signed_in("supplier_a_head", raises=True)
    posted(officer, f"/tenders/{tender.number}/take/", {})
    posted(officer, f"/bids/new/{tender.pk}/", {})
    bid = Bid.objects.get(supplier=actor("supplier_a_officer").organisation)
    act = f"/act/bids.bid/{bid.pk}"
    posted(officer, f"{act}/put_price/", {"price": FIGURES, "price_words": WORDS})
    posted(officer, f"{act}/put_response/", response_form(tender))
    for kind in ("BID_DOCUMENT", "QUALIFICATION"):
        posted(officer, f"{act}/put_file/", {"kind": kind, "file": big_file(f"{kind}.pdf")})
    posted(head, f"{act}/submit/", {"independent": "on", "complete": "on"})
    posted(officer, f"{act}/put_price/", {"price": FIGURES, "price_words": WORDS})
    posted(head, f"{act}/replace/", {"independent": "on", "complete": "on"})
    # and what is refused is not kept either
    assert officer.post(f"{act}/put_price/", {"price": FIGURES + "9", "price_words": WORDS}).status_code == 422
    assert officer.post(f"{act}/put_file/", {"kind": "NONE", "file": big_file("refused.pdf")}).status_code == 422
    return bid


def bid_by_api(tender: Tender) -> Bid:
    """supplier_b: the same by programs; drafted, filled, withdrawn and drafted again."""
    user = User.objects.get(username="supplier_b_head")
    _token, secret = ApiToken.issue(user=user, organisation=actor("supplier_b_head").organisation, name="t", scope="ACT")
    bearer = {"headers": {"Authorization": f"Bearer {secret}"}}
    posted(signed_in("supplier_b_officer", raises=True), f"/tenders/{tender.number}/take/", {})
    posted(signed_in("supplier_b_officer", raises=True), f"/bids/new/{tender.pk}/", {})
    bid = Bid.objects.get(supplier=actor("supplier_b_head").organisation)
    api, client = f"/api/v1/bids/{bid.pk}", Client()
    posted(client, f"{api}/put_price/", {"price": FIGURES, "price_words": WORDS}, content_type="application/json", **bearer)
    posted(client, f"{api}/put_response/", response_form(tender), content_type="application/json", **bearer)
    for kind in ("BID_DOCUMENT", "QUALIFICATION"):
        posted(client, f"{api}/put_file/", {"kind": kind, "file": big_file(f"{kind}.pdf")}, **bearer)
    posted(client, f"{api}/submit/", {"independent": True, "complete": True}, content_type="application/json", **bearer)
    posted(client, f"{api}/withdraw/", {}, content_type="application/json", **bearer)
    posted(signed_in("supplier_b_officer", raises=True), f"/bids/new/{tender.pk}/", {})
    again = Bid.objects.exclude(pk=bid.pk).get(supplier=bid.supplier)
    make.fill(again, "supplier_b")
    make.submit(again, "supplier_b")
    return bid


def a_page_that_breaks(tender: Tender, monkeypatch) -> None:
    """A fault whose own words quote the price, as those of a database or a library do."""
    def breaks(*args, **kwargs):
        raise RuntimeError(BROKEN)

    with monkeypatch.context() as broken:
        broken.setattr("procurement.bids.views.render", breaks)
        assert signed_in("supplier_a_officer").get("/bids/").status_code == 500


def third_bid(tender: Tender) -> None:
    """Three are enough to open: not even that may show."""
    take_documents(tender, actor=make.officer("hongyi"))
    make.make_bid(tender, "hongyi", price=make.PRICES["supplier_a"])


# --- searching ---------------------------------------------------------------------------------------------------
def shapes(secret: str) -> set[bytes]:
    """A text as programs leave it lying about."""
    found = {secret.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")}
    found |= {json.dumps(secret)[1:-1].encode(), secret.encode().hex().encode(), repr(secret.encode())[2:-1].encode()}
    for shift in range(3):  # base64 at each of its three alignments, without the ends that neighbours change
        found.add(base64.b64encode(b"x" * shift + secret.encode())[4:-4])
    if re.fullmatch(r"[\d.]+", secret):
        found |= {f"{float(secret):,.2f}".encode(), secret.replace(".", "").encode()}
    return found


SECRETS = {shape for secret in (FIGURES, WORDS, TEXT, FILE_TEXT) for shape in shapes(secret)}


def found_in(data: bytes) -> set[bytes]:
    return {shape for shape in SECRETS if shape in data}


def rows_of_every_table() -> dict[str, bytes]:
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = b"\n".join(
                bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                for row in cursor.fetchall() for value in row
            )
    return found


def session_contents() -> bytes:
    from portal.authentication.models import Session

    return json.dumps([session.get_decoded() for session in Session.objects.all()], default=str).encode()


def files_of_the_portal() -> dict[str, bytes]:
    """Read by a process of its own: whoever opens and closes a database's file loses the locks that his connections hold on it."""
    return {
        str(path): subprocess.run(["cat", path], check=True, capture_output=True).stdout
        for path in Path(settings.VAR_DIR).rglob("*") if path.is_file()
    }


# --- reading as everybody does -----------------------------------------------------------------------------------
def patterns(resolver: URLResolver, prefix: str = "/"):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern)


#: The reader's own sessions, a fresh secret, a fresh challenge: they differ at every look and know nothing of bids.
NEVER_TWICE_THE_SAME = ("/account/security/", "/account/security/app/", "/account/security/key/")


def places(tender: Tender) -> list[str]:
    """Every address without a parameter, and every one about this tender, its project, key and opening."""
    key, session = OpeningKey.objects.get(tender=tender), OpeningSession.objects.get(tender=tender)
    fixed = [path for path in patterns(get_resolver()) if not re.search(r"[<(\\^$]", path)]
    programs = [path.replace("^", "").replace("$", "") for path in patterns(get_resolver()) if re.fullmatch(r"/api/v1/\^[a-z/-]+/\$", path)]
    project = tender.project
    about = [
        tender.get_absolute_url(), tender.get_public_url(), project.get_absolute_url(), key.get_absolute_url(),
        session.get_absolute_url(), f"{session.get_absolute_url()}wall/", f"{session.get_absolute_url()}record/",
        f"/api/v1/tenders/{tender.pk}/", f"/api/v1/projects/{project.pk}/", f"/api/v1/opening-keys/{key.pk}/",
        f"/api/v1/openings/{session.pk}/", f"/act/bids.opening/{session.pk}/start/", f"/act/tenders.tender/{tender.pk}/extend/",
        f"/act/tenders.tender/{tender.pk}/terminate/",
    ]
    return sorted({path for path in (*fixed, *programs, *about)
                   if path not in ("/healthz", "/readyz", "/api/docs/", "/api/schema/", *NEVER_TWICE_THE_SAME)})


def read(client: Client, path: str) -> tuple[int, str]:
    """An answer without what differs from one request to the next."""
    answer = client.get(path)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if answer.headers.get("Content-Type") == CONTENT_TYPE:  # a workbook tells when it was written: its cells are what is read
        book = load_workbook(BytesIO(body))
        return answer.status_code, str([[cell.value for cell in row] for sheet in book.worksheets for row in sheet.iter_rows()])
    text = body.decode("utf-8", "replace")
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)
    return answer.status_code, re.sub(r"\b[0-9a-f]{32}\b", "", text)  # numbers of requests, keys against double submission


def everything_everybody_reads(paths: list[str]) -> dict[tuple[str | None, str], tuple[int, str]]:
    found = {}
    for username in READERS:
        client = signed_in(username)
        found |= {(username, path): read(client, path) for path in paths}
    assert [place for place, (status, _text) in found.items() if status >= 500] == []  # a page that fails hides what it would tell
    return found


@pytest.mark.parametrize("secret", [FIGURES, WORDS, TEXT, FILE_TEXT])
def test_the_search_finds_what_a_careless_program_leaves(secret):
    content = {"any": ["thing", secret]}
    for data in (
        json.dumps(content).encode(), json.dumps(content, ensure_ascii=False).encode(), repr(content).encode(),
        base64.b64encode(json.dumps(content, ensure_ascii=False).encode()), secret.encode("utf-16-le"), secret.encode().hex().encode(),
    ):
        assert found_in(data)


@pytest.mark.django_db(transaction=True)
@pytest.mark.ignore_template_errors  # held by other tests; here every page is read, also where it answers with a refusal
def test_before_the_opening_nothing_of_a_bid_is_found_but_by_its_owner(monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    spool = Path(settings.VAR_DIR) / "tmp"
    spool.mkdir(exist_ok=True)
    monkeypatch.setattr(tempfile, "tempdir", str(spool))

    def never(*args, **kwargs):
        raise AssertionError("a file of a bid reached a handler that keeps clear text")

    monkeypatch.setattr(MemoryFileUploadHandler, "receive_data_chunk", never)
    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", never)
    for name in (*make.SUPPLIERS, "hongyi"):
        make.register(name)
    tender = make_tender("PUBLISHED")
    with clock.at(MOMENT):
        paths = places(tender)
        assert len(paths) > 25
        before = everything_everybody_reads(paths)
        statements: list[bytes] = []

        def overhear(execute, sql, params, many, context):
            statements.append(sql.encode() + b" " + b" ".join(
                value if isinstance(value, bytes) else str(value).encode() for value in params or ()
            ))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(overhear), portal_log() as log:
            a_page_that_breaks(tender, monkeypatch)
            first, second = bid_by_pages(tender), bid_by_api(tender)
            third_bid(tender)
        assert Bid.objects.filter(tender=tender, state="SUBMITTED").count() == 3
        assert Bid.objects.filter(tender=tender).count() == 4
        assert SealedPart.objects.filter(bid=first).count() == 5
        assert len(statements) > 100

        # rows, files, sessions, statements, log
        for table, data in rows_of_every_table().items():
            assert not found_in(data), table
        for name, data in files_of_the_portal().items():
            assert not found_in(data), name
        assert not found_in(session_contents())
        assert not found_in(b"\n".join(statements))
        assert not found_in(caplog.text.replace(BROKEN, "").encode())
        assert {row["message"] for row in log.lines} >= {"request", "%s: %s"}  # the broken page among them
        assert not found_in(log.text.encode())
        assert not {name for name in ("BID_DOCUMENT.pdf", actor("supplier_a_officer").name) if name in log.text}

        # everybody else reads what he read when there was no bid
        after = everything_everybody_reads(paths)
        assert [place for place, answer in after.items() if answer != before[place]] == []
        for bid in (first, second):
            theirs = [bid.get_absolute_url(), f"{bid.get_absolute_url()}receipts/1/", f"/api/v1/bids/{bid.pk}/",
                      f"/act/bids.bid/{bid.pk}/submit/"]
            for username in READERS:
                client = signed_in(username)
                for path in theirs:
                    status, text = read(client, path)
                    assert status in (302, 401, 403, 404), (username, path)
                    assert "QUALIFICATION.pdf" not in text

        # and the owner himself finds names, times and digests, but no content
        owner = signed_in("supplier_a_officer")
        status, page = read(owner, first.get_absolute_url())
        assert status == 200
        assert "BID_DOCUMENT.pdf" in page
        assert SealedPart.objects.get(bid=first, kind="BID_DOCUMENT").digest_groups in page
        for path in (first.get_absolute_url(), f"/api/v1/bids/{first.pk}/", "/bids/", f"{first.get_absolute_url()}receipts/2/"):
            status, text = read(owner, path)
            assert status == 200
            assert not found_in(text.encode()), path
        assert read(owner, second.get_absolute_url())[0] == 404


@pytest.mark.django_db(transaction=True)
def test_a_half_open_key_opens_nothing(settings):
    """Between the first and the second opener: what is stored is still sealed, and everything stays unread."""
    tender, bids = make.make_bid_tender(3)
    make.close(tender)
    with clock.at(make.CLOSES_AT + timedelta(minutes=1)):
        make.start(make.attend(make.session_of(tender)))
        for bid in Bid.objects.filter(tender=tender):
            assert bid.price is None
            assert bid.response == {}
        half = make.session_of(tender).halves.get()
        key = OpeningKey.objects.get(tender=tender)
        stored = b"".join(rows_of_every_table().values()) + b"".join(files_of_the_portal().values())
        from procurement.bids import sealing
        from procurement.bids.verbs.keys import unlock

        openers = {opener.user.username: opener for opener in key.sitting()}
        first = unlock(openers["opener_a"], passphrase("opener_a"))
        with pytest.raises(sealing.Unopenable):
            sealing.take_off_inner(bytes(half.inner), first, key.context, half.second_id)
        second = unlock(openers["opener_b"], passphrase("opener_b"))
        private = sealing.take_off_inner(bytes(half.inner), second, key.context, half.second_id)
        for secret in (private, first, second, passphrase("opener_a").encode(), passphrase("opener_b").encode()):
            for shape in (secret, secret.hex().encode(), base64.b64encode(secret)):
                assert shape not in stored
        assert len(bids) == 3
