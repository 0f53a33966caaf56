"""L6.1: each row of a bid, refused first, then done."""
from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from portal import clock
from portal.accounts.actor import system_actor
from portal.audit.models import Checkpoint, Entry
from portal.audit.record import export_lines, seal, verify
from portal.workflow import NotYours, WrongState, due, perform
from procurement.bids import envelopes, rules, sealing
from procurement.bids.models import Bid, SealedPart
from procurement.suppliers.models import Supplier
from procurement.tenders.models import Tender
from procurement.tenders.verbs import take_documents
from tests.factories import bids as make
from tests.factories.people import actor
from tests.factories.tenders import PUBLISHED_AT, make_tender

pytestmark = pytest.mark.django_db
State = Bid.State


@pytest.fixture
def tender(db):
    for supplier in make.SUPPLIERS:
        make.register(supplier)
    tender = make_tender("PUBLISHED", takers=("supplier_a_officer", "supplier_b_officer"))
    with clock.at(make.BIDDING_AT):
        yield tender


def draft(tender, supplier: str = "supplier_a", by: str = ""):
    return perform(Bid(), "draft", actor=actor(by) if by else make.officer(supplier), tender=tender)


# --- draft -------------------------------------------------------------------------------------------------------
def test_only_who_took_the_documents_bids_and_once(tender, refused):
    refused("R87-12", draft, tender, "supplier_c")
    for by in ("supplier_a_head", "buyer"):
        with pytest.raises(NotYours):
            draft(tender, by=by)
    with clock.at(tender.closes_at):
        refused("R87-14", draft, tender)
    bid = draft(tender)
    assert bid.state == State.DRAFTED
    assert bid.supplier == make.officer("supplier_a").organisation
    refused("R-GP-16", draft, tender)
    twin = Bid(tender=tender, supplier=bid.supplier, state=State.DRAFTED, state_since=clock.now(), created_at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


def test_a_tender_that_was_ended_takes_no_bids(tender, refused):
    """R87-14, though its closing time has not come."""
    ended = perform(tender, "terminate", actor=actor("head"), reason_code="MAJOR_CHANGE", reason="任务取消")
    refused("R87-14", draft, ended)


def test_who_has_handed_in_withdraws_before_he_leaves_and_nobody_else_learns_why(tender, refused):
    """L4.1, R87-12: the registrar, who must not know of the bid, is not held by it."""
    bid = make.make_bid(tender)
    supplier = Supplier.objects.of(bid.supplier)
    refused("R87-15", perform, supplier, "close", actor=make.head("supplier_a"), reason="停业")
    with transaction.atomic():
        assert perform(supplier, "close", actor=actor("registrar"), reason="单位注销").state == "CLOSED"
        transaction.set_rollback(True)
    perform(bid, "withdraw", actor=make.head("supplier_a"))
    assert perform(supplier, "close", actor=make.head("supplier_a"), reason="停业").state == "CLOSED"


def test_a_supplier_whose_registration_is_frozen_neither_drafts_nor_submits(tender, refused):
    with clock.at(make.BIDDING_AT):
        bid = make.make_bid(tender, state="FILLED")
    supplier = Supplier.objects.get(organisation=make.head("supplier_b").organisation)
    own = Supplier.objects.get(organisation=bid.supplier)
    for one in (supplier, own):
        perform(one, "freeze", actor=actor("finance_officer"), **freezing(one))
    refused("G6", draft, tender, "supplier_b")
    refused("G6", make.submit, bid, "supplier_a")


def freezing(supplier) -> dict:
    from procurement.suppliers.workflow import SUPPLIER

    codes = SUPPLIER["freeze"].reason_codes
    return {"reason": "被列入经营异常名录", **({"reason_code": codes[0][0]} if codes else {})}


# --- filling -----------------------------------------------------------------------------------------------------
def test_what_is_put_in_is_sealed_and_proved_and_putting_in_again_replaces(tender):
    bid = draft(tender)
    perform(bid, "put_price", actor=make.officer("supplier_a"), price=Decimal("1.00"), price_words="壹元整")
    first = bid.parts.get()
    assert first.tested_at
    assert first.received_at == make.BIDDING_AT
    assert first.size == envelopes.FORM_BLOCK  # its length says nothing
    perform(bid, "put_price", actor=make.head("supplier_a"), price=Decimal("2.00"), price_words="贰元整")
    first.refresh_from_db()
    assert first.dropped_at
    assert default_storage.exists(first.path)  # kept, never opened
    assert [part.pk for part in bid.working_parts()] != [first.pk]
    bid.refresh_from_db()
    assert bid.price is None


def test_the_same_content_never_gives_the_same_digest(tender):
    bid = draft(tender)
    for _once in range(2):
        perform(bid, "put_price", actor=make.officer("supplier_a"), price=Decimal("1.00"), price_words="壹元整")
    assert len(set(bid.parts.values_list("digest", flat=True))) == 2


def test_a_file_that_fails_its_test_decryption_is_not_taken(tender, refused, monkeypatch):
    bid = draft(tender)

    def fails(sealer, stored):
        raise sealing.Unopenable

    monkeypatch.setattr(sealing.Sealer, "test", fails)
    refused(
        "SEAL-05", perform, bid, "put_file", actor=make.officer("supplier_a"), kind="BID_DOCUMENT", file=make.paper("投标文件.pdf")
    )
    assert not bid.parts.exists()


def test_parts_are_the_bidders_own(tender, refused):
    bid, other = draft(tender), draft(tender, "supplier_b")
    make.fill(other, "supplier_b")
    with pytest.raises(NotYours):
        make.fill(bid, "supplier_b")
    refused("G1", perform, bid, "drop_part", actor=make.officer("supplier_a"), part=other.parts.first())
    part = other.working_parts()[0]
    perform(other, "drop_part", actor=make.officer("supplier_b"), part=part)
    assert part not in Bid.objects.get(pk=other.pk).working_parts()


# --- handing in --------------------------------------------------------------------------------------------------
def test_submit_asks_for_everything_on_the_check_list(tender, refused):
    bid = draft(tender)
    refused("SEAL-05", make.submit, bid, "supplier_a")
    make.fill(bid, "supplier_a")
    for kind in rules.REQUIRED_PARTS:
        with transaction.atomic():
            bid.parts.filter(kind=kind).update(dropped_at=clock.now())
            refused("SEAL-05", make.submit, bid, "supplier_a")
            bid.parts.filter(kind=kind).update(dropped_at=None)
    with pytest.raises(NotYours):
        perform(bid, "submit", actor=make.officer("supplier_a"))  # the head hands in
    bid = make.submit(bid, "supplier_a")
    receipt = bid.receipts.get()
    assert bid.state == State.SUBMITTED
    assert receipt.digest == envelopes.digest_of_receipt(receipt)
    assert receipt.parts.count() == 4
    assert receipt.received_at == make.BIDDING_AT
    with pytest.raises(WrongState):
        make.submit(bid, "supplier_a")


def test_replace_gives_a_new_receipt_and_half_done_changes_do_not_count(tender, refused):
    bid = make.make_bid(tender)
    refused("R87-15", make.submit, bid, "supplier_a", "replace")  # nothing changed
    perform(bid, "put_price", actor=make.officer("supplier_a"), price=Decimal("900000"), price_words="玖拾万元整")
    first = bid.receipts.get()
    assert first.parts.filter(dropped_at=None).count() == 3  # the receipt still names the old price, sealed
    assert first.parts.count() == 4
    bid = make.submit(bid, "supplier_a", "replace")
    assert bid.version == 2
    assert [receipt.version for receipt in bid.receipts.all()] == [1, 2]
    assert bid.last_receipt().digest != first.digest
    assert first.digest == envelopes.digest_of_receipt(first)  # both receipts stay true
    with clock.at(tender.closes_at):
        refused("R87-14", make.submit, bid, "supplier_a", "replace")


def test_withdraw_before_closing_only_and_then_bid_again(tender, refused):
    bid = make.make_bid(tender)
    with pytest.raises(NotYours):
        perform(bid, "withdraw", actor=make.officer("supplier_a"))
    with clock.at(tender.closes_at):
        refused("R87-14", perform, bid, "withdraw", actor=make.head("supplier_a"))
    bid = perform(bid, "withdraw", actor=make.head("supplier_a"))
    assert bid.state == State.WITHDRAWN
    assert draft(tender).state == State.DRAFTED


# --- by time and consequence -------------------------------------------------------------------------------------
def test_at_closing_drafts_lapse_and_the_digest_of_all_receipts_is_published(tender):
    handed_in, filled = make.make_bid(tender), make.make_bid(tender, "supplier_b", state="FILLED")
    closed = make.close(tender)
    filled.refresh_from_db()
    handed_in.refresh_from_db()
    assert (filled.state, handed_in.state) == (State.LAPSED, State.SUBMITTED)
    expected = rules.digest_of_digests(tender.number, [handed_in.last_receipt().digest])
    closed.refresh_from_db()
    assert closed.closing_digest == expected == make.session_of(tender).digest


def fail(tender, code: str):
    return perform(tender, "fail", actor=actor("head"), reason_code=code, reason="提交投标文件的供应商不足三家。")


def test_a_draft_begun_in_the_moment_of_closing_lapses_too(tender):
    fresh = Tender.objects.get(pk=tender.pk)
    make.close(tender)
    late = draft(fresh)  # it had read the tender before it was closed
    with clock.at(make.CLOSES_AT + timedelta(seconds=5)):
        due.run()
    late.refresh_from_db()
    assert late.state == State.LAPSED


def test_too_few_bids_are_not_opened_and_go_back_when_the_tender_fails(tender, refused):
    bid = make.make_bid(tender)
    make.close(tender)
    session = make.session_of(tender)
    assert session.state == "VOIDED"
    tender.refresh_from_db()
    with clock.at(make.CLOSES_AT + timedelta(hours=1)):
        refused("S-50", fail, tender, "NOBODY_BID")
        refused("R-GP-50", fail, tender, "ABOVE_BUDGET")
        fail(tender, "FEWER_THAN_THREE")
    bid.refresh_from_db()
    assert bid.state == State.UNOPENED
    assert bid.price is None
    assert tender.opening_key.layers.count() == 0  # nobody opens it any more
    tender.opening_key.refresh_from_db()
    assert tender.opening_key.state == "DESTROYED"


def test_terminate_returns_sealed_bids_and_voids_the_opening(tender, refused):
    handed_in, drafted = make.make_bid(tender), make.make_bid(tender, "supplier_b", state="DRAFTED")
    from procurement.tenders.reasons import TERMINATE

    perform(tender, "terminate", actor=actor("head"), reason_code=TERMINATE[0][0], reason="任务取消。")
    refused("R87-14", draft, Tender.objects.get(pk=tender.pk))  # before the deadline, but nothing is bought any more
    for bid, state in ((handed_in, State.UNOPENED), (drafted, State.LAPSED)):
        bid.refresh_from_db()
        assert bid.state == state
    assert make.session_of(tender).state == "VOIDED"


def test_system_rows_are_nobodys(tender):
    bid = make.make_bid(tender)
    for row in ("lapse", "return_unopened", "unseal", "report_tampering", "find_responsive", "rank", "select", "not_select"):
        for username in ("buyer", "head", "supplier_a_head", "opener_a", "administrator"):
            with pytest.raises(NotYours):
                perform(bid, row, actor=actor(username))
    with pytest.raises(WrongState):
        perform(bid, "rank", actor=system_actor())


# --- secrecy of the record ---------------------------------------------------------------------------------------
def test_until_the_opening_a_bid_is_recorded_in_a_chain_of_its_own(tender):
    bid = make.make_bid(tender)
    own = Entry.objects.of_subject("bids.bid", bid.pk)
    assert {entry.chain_id for entry in own} == {f"sealed:{bid.pk}"}
    assert [entry.seq for entry in own.order_by("seq")] == list(range(1, own.count() + 1))
    assert not Entry.objects.of_chain(f"project:{tender.project_id}").filter(lifecycle="bids.bid").exists()
    assert not list(verify())


def exported() -> str:
    return b"\n".join(export_lines()).decode()


def test_exports_and_checkpoints_tell_of_a_bid_only_after_the_opening(tender):
    with clock.at(PUBLISHED_AT):
        take_documents(tender, actor=make.officer("supplier_c"))
    bids = [make.make_bid(tender, supplier) for supplier in make.SUPPLIERS]
    names = [f"sealed:{bid.pk}" for bid in bids]
    seal()
    assert not any(name in exported() for name in names)
    assert '"lifecycle":"bids.bid"' not in exported()
    assert not any(head[0] in names for point in Checkpoint.objects.all() for head in point.heads)
    make.close(tender)
    with clock.at(make.CLOSES_AT + timedelta(minutes=1)):
        make.open_bids(make.start(make.attend(make.session_of(tender))))
    seal()
    assert all(name in exported() for name in names)
    assert not list(verify())


def test_scope(tender):
    bid = make.make_bid(tender)
    for username in ("supplier_a_officer", "supplier_a_head"):
        assert Bid.objects.visible_to(actor(username)).get() == bid
    for username in ("supplier_b_head", "buyer", "head", "opener_a", "auditor", "finance_officer", "expert_1", "administrator"):
        assert not Bid.objects.visible_to(actor(username)).exists(), username


def test_a_sealed_bid_cannot_hold_a_price(tender):
    bid = make.make_bid(tender)
    with pytest.raises(IntegrityError), transaction.atomic():
        Bid.objects.filter(pk=bid.pk).update(price=Decimal("1"))


def test_an_extension_keeps_what_is_in_and_moves_the_opening(tender):
    bid = make.make_bid(tender)
    later = tender.closes_at + timedelta(days=7)
    perform(tender, "extend", actor=actor("head"), reason_code="OTHER", reason="供应商要求", closes_at=later, offer_until=None)
    bid.refresh_from_db()
    assert bid.state == State.SUBMITTED
    assert make.session_of(tender).scheduled_at == later
    with clock.at(make.CLOSES_AT + timedelta(days=1)):
        perform(bid, "put_price", actor=make.officer("supplier_a"), price=Decimal("3"), price_words="叁元整")


def test_documents_are_taken_before(tender):
    with clock.at(PUBLISHED_AT):
        take_documents(tender, actor=make.officer("supplier_c"))
    assert draft(tender, "supplier_c").state == State.DRAFTED
    assert SealedPart.objects.count() == 0
