"""L6.2: the opening, row by row; what is missing, swapped or moved is found, and the rest opens."""
from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from portal import clock
from portal.accounts.actor import system_actor
from portal.audit.models import Entry
from portal.audit.record import verify
from portal.files.models import Document
from portal.notifications.models import Message
from portal.reports.proof import examine
from portal.workdays import clocks_of
from portal.workflow import NotYours, WrongState, due, perform
from procurement.bids.models import Bid, OpeningKey, OpeningSession, Receipt, SealedPart
from procurement.bids.surfaces import wall
from procurement.tenders.models import Tender
from tests.factories import bids as make
from tests.factories.people import actor
from tests.factories.tenders import passphrase

pytestmark = pytest.mark.django_db
State = OpeningSession.State
AT = make.CLOSES_AT


@pytest.fixture
def session(db):
    """Three bids are in, the tender is closed, it is a minute past the opening time."""
    tender, _bids = make.make_bid_tender(3)
    make.close(tender)
    with clock.at(AT + timedelta(minutes=1)):
        yield make.session_of(tender)


@pytest.fixture
def started(session):
    return make.start(make.attend(session))


@pytest.fixture
def opened(started):
    return make.open_bids(started)


def content(document: Document) -> bytes:
    with document.open() as stream:
        return stream.read()


# --- start -------------------------------------------------------------------------------------------------------
def test_one_opener_alone_opens_nothing(session, refused):
    for username in ("buyer", "head", "auditor", "administrator", "witness"):
        with pytest.raises(NotYours):
            make.start(session, username, passphrase="whatever it may be")
    refused("SEAL-01", make.start, session)  # nobody is here
    make.attend(session, "opener_a")
    refused("SEAL-01", make.start, session)  # one alone
    make.attend(session, "opener_b")
    refused("SEAL-06", make.start, session)  # no witness
    refused("G7", make.attend, session, "opener_b")
    make.attend(session, "witness")
    started = make.start(session)
    assert started.state == State.STARTED
    assert started.halves.count() == 1
    refused("SEAL-01", make.open_bids, started, "opener_a")  # not the same person again
    assert OpeningSession.objects.get(pk=session.pk).state == State.STARTED


def test_not_before_the_time_nor_before_closing(db, refused):
    tender, _bids = make.make_bid_tender(3)
    session = make.session_of(tender)
    with clock.at(AT - timedelta(minutes=61)):
        refused("SEAL-06", make.attend, session, "opener_a")
    with clock.at(AT - timedelta(seconds=1)):
        refused("R87-20", make.start, make.attend(session))
    with clock.at(AT):
        refused("R87-20", make.start, session)  # time has come, the tender is not closed yet
        due.run()
        assert make.start(session).state == State.STARTED


def test_who_is_not_here_does_not_start(session, refused):
    from tests.procurement.bids.test_keys import third_opener

    third_opener()
    make.attend(session)
    OpeningKey.objects.get().openers.filter(user=actor("opener_a").user).update(present_at=None)
    refused("SEAL-06", make.start, session)


def test_wrong_passphrases_are_recorded_and_lock_while_the_session_stays(started, refused):
    for count in range(1, 6):
        refused("SEAL-03", make.open_bids, started, passphrase="not the right one")
        assert Entry.objects.of_subject("bids.key", started.key_id).filter(transition="note_failure").count() == count
    refused("SEAL-03", make.open_bids, started)
    assert OpeningSession.objects.get(pk=started.pk).state == State.STARTED
    with clock.at(AT + timedelta(minutes=11)):
        assert make.open_bids(started).state == State.OPENED


# --- open_bids ---------------------------------------------------------------------------------------------------
def test_everything_opens_at_once_in_order_of_arrival(started):
    tender = started.tender
    assert [("price" in row) for row in wall(started)] == [False, False, False]
    opened = make.open_bids(started)
    assert opened.state == State.OPENED
    assert opened.recomputed == opened.digest == Tender.objects.get(pk=tender.pk).closing_digest
    assert Tender.objects.get(pk=tender.pk).state == Tender.State.OPENED
    rows = wall(opened)
    assert [row["price"] for row in rows] == [make.PRICES[name] for name in make.SUPPLIERS]
    assert [row["number"] for row in rows] == [1, 2, 3]
    assert not any(row["tampered"] for row in rows)
    bid = Bid.objects.get(tender=tender, supplier=make.head("supplier_a").organisation)
    assert bid.response == make.answers(tender)
    assert opened.halves.count() == 0
    part = bid.parts.get(kind="BID_DOCUMENT")
    assert content(part.document) == make.paper("supplier_a-投标文件.pdf").read()
    readers = {"supplier_a_officer": True, "buyer": True, "auditor": True, "supplier_b_head": False, "expert_1": False}
    for username, sees in readers.items():
        assert Document.objects.visible_to(actor(username)).filter(pk=part.document.pk).exists() is sees, username
        assert Bid.objects.visible_to(actor(username)).filter(pk=bid.pk).exists() is sees, username
    with pytest.raises(WrongState):
        make.open_bids(opened)
    assert {e.chain_id for e in Entry.objects.of_subject("bids.bid", bid.pk)} == {f"sealed:{bid.pk}", f"project:{tender.project_id}"}
    assert not list(verify())


def test_only_the_last_version_is_opened(db):
    tender, bids = make.make_bid_tender(3)
    with clock.at(make.BIDDING_AT + timedelta(hours=1)):
        perform(bids[0], "put_price", actor=make.officer("supplier_a"), price=Decimal("880000"), price_words="捌拾捌万元整")
        make.submit(bids[0], "supplier_a", "replace")
        perform(bids[1], "put_price", actor=make.officer("supplier_b"), price=Decimal("1"), price_words="壹元整")  # never handed in
    make.close(tender)
    with clock.at(AT + timedelta(minutes=1)):
        make.open_bids(make.start(make.attend(make.session_of(tender))))
    prices = {bid.supplier_id: bid.price for bid in Bid.objects.filter(tender=tender)}
    assert prices[bids[0].supplier_id] == Decimal("880000.00")
    assert prices[bids[1].supplier_id] == make.PRICES["supplier_b"]


def test_words_win_and_the_bidder_confirms(db, refused):
    tender, _bids = make.make_bid_tender(2)
    with clock.at(make.BIDDING_AT + timedelta(hours=1)):
        make.make_bid(tender, "supplier_c", price=Decimal("985000.00"), words="玖拾伍万捌仟元整")
    make.close(tender)
    with clock.at(AT + timedelta(minutes=1)):
        make.open_bids(make.start(make.attend(make.session_of(tender))))
        bid = Bid.objects.get(supplier=make.head("supplier_c").organisation)
        assert (bid.price, bid.price_by_words, bid.price_figures) == (Decimal("958000.00"), True, "985000.00")
        bid = make.qualify(bid)
        refused("R87-33", perform, bid, "find_responsive", actor=system_actor())
        bid = perform(bid, "confirm_price", actor=make.head("supplier_c"))
        refused("G7", perform, bid, "confirm_price", actor=make.head("supplier_c"))
        assert perform(bid, "find_responsive", actor=system_actor()).state == "RESPONSIVE"
        other = Bid.objects.get(supplier=make.head("supplier_a").organisation)
        refused("R87-33", perform, other, "confirm_price", actor=make.head("supplier_a"))


@pytest.mark.parametrize("harm", ["swapped", "lost", "turned"])
def test_a_harmed_file_is_marked_and_the_others_open(started, harm):
    tender = started.tender
    victim = Bid.objects.get(tender=tender, supplier=make.head("supplier_b").organisation)
    other = Bid.objects.get(tender=tender, supplier=make.head("supplier_a").organisation)
    part = victim.parts.get(kind="PRICE")
    with default_storage.open(part.path) as stored:
        data = stored.read()
    if harm == "swapped":
        with default_storage.open(other.parts.get(kind="PRICE").path) as stored:
            data = stored.read()
    default_storage.delete(part.path)
    if harm != "lost":
        default_storage.save(part.path, BytesIO(data[:50] + bytes([data[50] ^ (harm == "turned")]) + data[51:]))
    opened = make.open_bids(started)
    assert opened.recomputed != opened.digest  # everybody sees that something is wrong
    victim.refresh_from_db()
    assert victim.tampered
    assert victim.price is None
    assert victim.response["service_term"]  # its other parts open
    assert victim.parts.get(kind="PRICE").unreadable == ("LOST" if harm == "lost" else "SWAPPED")
    assert Bid.objects.get(pk=other.pk).price == make.PRICES["supplier_a"]
    rows = {row["supplier"]: row for row in wall(opened)}
    assert rows[victim.supplier.name]["tampered"]
    assert not rows[other.supplier.name]["tampered"]
    told = {message.user.username for message in Message.objects.filter(event="bids.bid/report_tampering").select_related("user")}
    assert {"head", "auditor", "supplier_b_head"} <= told


def test_a_part_moved_to_another_bid_with_its_row_does_not_open_there(started):
    """An administrator who moves file, digest and wrapped key together, receipt included, is found by the context."""
    tender = started.tender
    giver = Bid.objects.get(tender=tender, supplier=make.head("supplier_a").organisation).parts.get(kind="PRICE")
    victim = Bid.objects.get(tender=tender, supplier=make.head("supplier_b").organisation)
    taker = victim.parts.get(kind="PRICE")
    with default_storage.open(giver.path) as stored:
        data = stored.read()
    default_storage.delete(taker.path)
    default_storage.save(taker.path, BytesIO(data))
    SealedPart.objects.filter(pk=taker.pk).update(digest=giver.digest, wrapped_key=giver.wrapped_key)
    opened = make.open_bids(started)
    victim.refresh_from_db()
    assert victim.tampered
    assert victim.price is None
    assert victim.parts.get(kind="PRICE").unreadable == "UNREADABLE"
    assert opened.recomputed != opened.digest


def test_a_receipt_changed_after_closing_shows_in_the_digest_of_digests(started):
    receipt = Receipt.objects.filter(bid__tender=started.tender).first()
    Receipt.objects.filter(pk=receipt.pk).update(received_at=receipt.received_at - timedelta(hours=1))
    opened = make.open_bids(started)
    assert opened.recomputed != opened.digest


def test_the_database_refuses_an_opening_by_one(opened):
    with pytest.raises(IntegrityError), transaction.atomic():
        OpeningSession.objects.filter(pk=opened.pk).update(opened_by=opened.started_by_id)


# --- the record --------------------------------------------------------------------------------------------------
@pytest.mark.paper
def test_doubts_are_answered_and_everybody_confirms_before_the_record_is_closed(opened, refused):
    refused("R87-22", perform, opened, "close_record", actor=actor("opener_a"))
    for username in ("buyer", "auditor"):
        with pytest.raises(NotYours):
            perform(opened, "doubt", actor=actor(username), text="?")
        with pytest.raises(NotYours):
            perform(opened, "confirm_record", actor=actor(username))
    refused("R87-22", perform, opened, "answer_doubt", actor=actor("buyer"), doubt=None, answer="")
    perform(opened, "doubt", actor=make.officer("supplier_b"), text="请求公布服务期限的计算方式。")
    for supplier in make.SUPPLIERS:
        perform(opened, "confirm_record", actor=make.head(supplier))
    refused("G7", perform, opened, "confirm_record", actor=make.officer("supplier_a"))
    refused("R87-22", perform, opened, "close_record", actor=actor("opener_a"))  # the doubt is open
    perform(opened, "answer_doubt", actor=actor("opener_b"), doubt=opened.doubts.get(), answer="按招标文件第二章。")
    closed = perform(opened, "close_record", actor=actor("opener_a"))
    assert closed.state == State.CONFIRMED
    assert clocks_of(closed).live().filter(name="CHALLENGE_WINDOW").exists()
    assert closed.record.public
    data = examine(content(closed.record))
    assert data.is_sound
    assert [row["price"] for row in data.data["rows"]] == ["950,000.00", "920,000.00", "985,000.00"]
    assert data.data["doubts"][0]["answer"] == "按招标文件第二章。"
    key = OpeningKey.objects.get(pk=opened.key_id)
    assert key.state == "DESTROYED"
    assert not any(bytes(opener.locked_key) for opener in key.openers.all())


def test_who_is_silent_for_half_an_hour_accepts(opened):
    perform(opened, "confirm_record", actor=make.head("supplier_a"))
    with clock.at(AT + timedelta(minutes=30, seconds=59)):
        due.run()
        assert opened.bids().filter(record_confirmed_at=None).count() == 2
    with clock.at(AT + timedelta(minutes=31)):
        due.run()
        assert opened.bids().filter(record_confirmed_at=None).count() == 0
        assert [row["deemed"] for row in wall(opened)] == [False, True, True]
        assert perform(opened, "close_record", actor=actor("opener_b")).state == State.CONFIRMED


# --- void, adjourn, resume ---------------------------------------------------------------------------------------
def test_two_bids_are_not_opened(db, refused):
    tender, bids = make.make_bid_tender(2)
    make.close(tender)
    session = make.session_of(tender)
    assert session.state == State.VOIDED
    with clock.at(AT + timedelta(minutes=1)), pytest.raises(WrongState):
        make.attend(session)
    assert wall(session) == []
    assert not any(Bid.objects.get(pk=bid.pk).price for bid in bids)


def test_three_bids_are_not_voided(session, refused):
    refused("R87-21", perform, session, "void", actor=system_actor(), reason_code="TOO_FEW")


def test_an_adjourned_opening_stays_sealed_until_its_new_time(session, refused):
    make.attend(session)
    with pytest.raises(NotYours):
        perform(session, "adjourn", actor=actor("buyer"), reason_code="OUTAGE", reason="停电")
    refused("S-172", perform, session, "adjourn", actor=actor("head"), reason="停电")
    adjourned = perform(session, "adjourn", actor=actor("head"), reason_code="OUTAGE", reason="停电")
    with pytest.raises(WrongState):
        make.start(adjourned)
    refused("R87-20", perform, adjourned, "resume", actor=actor("head"), scheduled_at=AT)
    later = AT + timedelta(days=1)
    resumed = perform(adjourned, "resume", actor=actor("head"), scheduled_at=later)
    refused("SEAL-06", make.start, resumed)  # presence does not last until then
    with clock.at(later):
        assert make.start(make.attend(resumed)).state == State.STARTED


def test_an_opening_that_stops_half_way_is_adjourned_and_begun_anew(started):
    """The second opener has lost his passphrase: what the first took off is put away, nothing was opened."""
    adjourned = perform(started, "adjourn", actor=actor("head"), reason_code="KEY_TROUBLE", reason="第二名开标人口令不符")
    assert adjourned.halves.count() == 0
    assert not Bid.objects.exclude(price=None).exists()
    told = {message.user.username for message in Message.objects.filter(event="bids.opening/adjourn").select_related("user")}
    assert {"supplier_a_head", "supplier_c_officer", "opener_b", "witness"} <= told
    later = AT + timedelta(days=1)
    resumed = perform(adjourned, "resume", actor=actor("head"), scheduled_at=later)
    with clock.at(later):
        assert make.open_bids(make.start(make.attend(resumed), "opener_b"), "opener_a").state == State.OPENED


def test_termination_during_the_opening_voids_it_and_the_key_goes(started):
    perform(Tender.objects.get(pk=started.tender_id), "terminate", actor=actor("head"), reason_code="MAJOR_CHANGE", reason="任务取消")
    started.refresh_from_db()
    assert started.state == State.VOIDED
    assert started.halves.count() == 0
    assert set(Bid.objects.values_list("state", flat=True)) == {"UNOPENED"}
    with pytest.raises(WrongState):
        make.open_bids(started)


def test_passphrases_and_keys_are_in_no_record(opened):
    for entry in Entry.objects.all():
        text = f"{entry.facts}{entry.reason}"
        assert passphrase("opener_a") not in text
        assert passphrase("opener_b") not in text
