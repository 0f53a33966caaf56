"""In time or late: the moment the last byte was read decides, and closing waits for what came in time (R87-14, SEAL-07)."""
from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection, transaction
from django.test import Client

from portal import clock
from portal.accounts.actor import system_actor
from portal.accounts.models import User
from portal.audit.models import Entry
from portal.audit.record import lock_chain
from portal.workflow import Refused, due, perform
from procurement.bids import reception
from procurement.bids.models import Bid, SealedPart
from procurement.tenders.models import Tender
from tests.factories import bids as make

ONE_MICROSECOND = timedelta(microseconds=1)


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def filled(db) -> Bid:
    """A whole bid that has not been handed in."""
    tender, _bids = make.make_bid_tender(0)
    with clock.at(make.BIDDING_AT):
        return make.make_bid(tender, "supplier_a", state="FILLED")


def test_strictly_before_the_deadline(filled, refused):
    closes_at = filled.tender.closes_at
    for moment in (closes_at, closes_at + timedelta(seconds=1)):
        with clock.at(moment):
            refused("R87-14", make.submit, filled, "supplier_a")
            refused("R87-14", make.fill, filled, "supplier_a")
    with clock.at(closes_at - ONE_MICROSECOND):
        bid = make.submit(filled, "supplier_a")
    assert bid.received_at == closes_at - ONE_MICROSECOND


def test_a_part_stamped_late_keeps_the_whole_bid_out(filled, refused):
    SealedPart.objects.filter(bid=filled, kind="PRICE").update(received_at=filled.tender.closes_at)
    with clock.at(filled.tender.closes_at - ONE_MICROSECOND):
        refused("R87-14", make.submit, filled, "supplier_a")


def test_what_was_stamped_in_time_may_be_written_after_the_deadline(filled):
    closes_at = filled.tender.closes_at
    with clock.at(closes_at + timedelta(seconds=4)), reception.stamped(closes_at - ONE_MICROSECOND):
        bid = make.submit(filled, "supplier_a")
    assert bid.received_at == closes_at - ONE_MICROSECOND
    assert bid.last_receipt().issued_at == closes_at + timedelta(seconds=4)


@pytest.mark.django_db(transaction=True)
def test_a_bid_that_came_in_time_and_waits_for_a_lock_is_accepted_and_closing_waits_for_it(monkeypatch):
    tender, _bids = make.make_bid_tender(0)
    with clock.at(make.BIDDING_AT):
        bid = make.make_bid(tender, "supplier_a", state="FILLED")
    client = signed_in("supplier_a_head")
    moment = [tender.closes_at - timedelta(milliseconds=5)]
    monkeypatch.setattr(clock, "now", lambda: moment[0].astimezone(clock.SHANGHAI))
    answers = []

    def hand_in():
        try:
            answers.append(client.post(f"/act/bids.bid/{bid.pk}/submit/", {"independent": "on", "complete": "on"}))
        finally:
            connection.close()

    thread = threading.Thread(target=hand_in)
    with transaction.atomic():  # somebody else holds what the submission needs
        lock_chain(bid.chain_key)
        thread.start()
        wait_until(lambda: seen_arriving(tender.pk))
        moment[0] = tender.closes_at + timedelta(seconds=3)
        with pytest.raises(Refused) as caught:
            perform(tender, "close", actor=system_actor())
        assert [refusal.rule for refusal in caught.value.refusals] == ["SEAL-07"]
        assert not answers
    thread.join(timeout=30)
    assert answers[0].status_code == 302
    bid.refresh_from_db()
    assert bid.state == Bid.State.SUBMITTED
    assert bid.received_at < tender.closes_at
    written = Entry.objects.of_subject("bids.bid", bid.pk).get(transition="submit")
    assert written.occurred_at > tender.closes_at
    assert not seen_arriving(tender.pk)
    due.run()
    assert Tender.objects.get(pk=tender.pk).state == Tender.State.CLOSED


def seen_arriving(tender_pk: int) -> bool:
    """Asked on a connection of its own: on PostgreSQL the asking transaction would keep the lock it got."""
    def ask() -> bool:
        try:
            return reception.still_arriving(tender_pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(ask).result()


def wait_until(done, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_a_request_whose_last_byte_comes_late_is_late_though_it_began_in_time(monkeypatch, filled):
    client, closes_at = signed_in("supplier_a_officer"), filled.tender.closes_at
    moment = [closes_at - timedelta(seconds=30)]
    monkeypatch.setattr(clock, "now", lambda: moment[0].astimezone(clock.SHANGHAI))
    boundary = "xyz"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="kind"\r\n\r\nATTACHMENT\r\n--{boundary}\r\nContent-Disposition: '
        f'form-data; name="file"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    ).encode() + make.PDF * 20_000 + f"\r\n--{boundary}--\r\n".encode()

    class Slow(BytesIO):
        def read(self, *args):
            moment[0] += timedelta(seconds=20)  # every read takes its time
            return super().read(*args)

    answer = client.request(**{
        "REQUEST_METHOD": "POST", "PATH_INFO": f"/act/bids.bid/{filled.pk}/put_file/", "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": f"multipart/form-data; boundary={boundary}", "wsgi.input": Slow(body),
    })
    assert answer.status_code == 409
    assert "财政部令第87号第三十三条" in answer.content.decode()
    assert not SealedPart.objects.filter(bid=filled, kind="ATTACHMENT").exists()


def test_an_upload_that_broke_off_is_not_taken_for_a_file(filled):
    boundary = "xyz"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="kind"\r\n\r\nATTACHMENT\r\n--{boundary}\r\nContent-Disposition: '
        f'form-data; name="file"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    ).encode() + make.PDF * 500
    with clock.at(make.BIDDING_AT):
        answer = signed_in("supplier_a_officer").request(**{
            "REQUEST_METHOD": "POST", "PATH_INFO": f"/act/bids.bid/{filled.pk}/put_file/", "CONTENT_LENGTH": str(len(body) + 900),
            "CONTENT_TYPE": f"multipart/form-data; boundary={boundary}", "wsgi.input": BytesIO(body),
        })
    assert answer.status_code == 400
    assert not SealedPart.objects.filter(bid=filled, kind="ATTACHMENT").exists()


@pytest.mark.parametrize(("name", "content", "rule"), [
    ("program.pdf", b"MZ\x90\x00" * 50, "FILE-03"), ("prices.pdf.exe", make.PDF, "FILE-03"), ("text.pdf", b"only text", "FILE-02"),
    ("large.pdf", make.PDF + b"x" * 300_000, "FILE-01"), ("table.csv", b"a,b", "FILE-02"),
])
def test_what_is_no_paper_is_refused_though_it_was_sealed_on_its_way_in(filled, settings, name, content, rule):
    settings.FILE_SIZE_LIMIT = 200_000
    from django.core.files.uploadedfile import SimpleUploadedFile

    before = set(filled.parts.values_list("pk", flat=True))
    with clock.at(make.BIDDING_AT):
        answer = signed_in("supplier_a_officer").post(
            f"/api/v1/bids/{filled.pk}/put_file/",
            {"kind": "ATTACHMENT", "file": SimpleUploadedFile(name, content, content_type="application/pdf")},
        )
    assert answer.status_code == 400
    assert [error["code"] for error in answer.json()["errors"]["file"]] == [rule]
    assert set(filled.parts.values_list("pk", flat=True)) == before


def test_outside_a_request_the_moment_is_now():
    with clock.at(make.BIDDING_AT):
        assert reception.received_at() == make.BIDDING_AT
