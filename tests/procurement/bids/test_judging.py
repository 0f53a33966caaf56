"""After the opening: qualification by the purchaser, what awards will fire, invalid bids, the end."""
from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from portal import clock
from portal.accounts.actor import system_actor
from portal.workflow import NotYours, WrongState, perform
from procurement.bids.models import Bid
from procurement.tenders.models import Tender
from tests.factories import bids as make
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def tender(db):
    tender = make.make_opened_tender(3, prices={"supplier_c": Decimal("99000000.00")})
    with clock.at(make.CLOSES_AT + timedelta(hours=1)):
        yield tender


def bid_of(tender, supplier: str = "supplier_a") -> Bid:
    return tender.bids.get(supplier=make.head(supplier).organisation)


def system(bid: Bid, row: str) -> Bid:
    return perform(bid, row, actor=system_actor())


def invalidate(bid: Bid, username: str, code: str = "NOT_QUALIFIED", reason: str = "缺少纳税证明。") -> Bid:
    return perform(bid, "invalidate", actor=actor(username), reason_code=code, reason=reason)


def test_the_purchaser_qualifies_with_evidence_for_each_condition(tender, refused):
    bid = bid_of(tender)
    for username in ("head", "buyer_2", "expert_1", "supplier_a_head"):
        with pytest.raises(NotYours):
            perform(bid, "qualify", actor=actor(username), evidence={}, credit_query="无", conflict_check="无")
    some = {tender.qualifications.first().pk: "第 3 页"}
    refused("R87-24", perform, bid, "qualify", actor=actor("buyer"), evidence=some, credit_query="无", conflict_check="无")
    blank = {condition.pk: " " for condition in tender.qualifications.all()}
    refused("R87-24", perform, bid, "qualify", actor=actor("buyer"), evidence=blank, credit_query="无", conflict_check="无")
    bid = make.qualify(bid)
    assert bid.state == "QUALIFIED"
    assert bid.findings.count() == tender.qualifications.count()
    assert bid.qualified_by == actor("buyer").user


def test_the_form_asks_for_each_condition(tender):
    from portal.workflow.inputs import inputs_form
    from procurement.bids.workflow import BID

    bid = bid_of(tender)
    fields = {f"condition_{condition.pk}": "第 3 页" for condition in tender.qualifications.all()}
    whole = {**fields, "credit_query": "无不良记录", "conflict_check": "无"}
    form = inputs_form(BID["qualify"], subject=bid, actor=actor("buyer"), data=whole)
    assert form.is_valid()
    assert set(form.cleaned_data) == {"evidence", "credit_query", "conflict_check"}
    for name in whole:
        form = inputs_form(BID["qualify"], subject=bid, actor=actor("buyer"), data={**whole, name: ""})
        assert list(form.errors) == [name]


def test_a_price_above_the_limit_is_not_responsive(tender, refused):
    bid = make.qualify(bid_of(tender, "supplier_c"))
    refused("R87-35", system, bid, "find_responsive")
    bid = perform(bid, "invalidate", actor=system_actor(), reason_code="ABOVE_LIMIT", reason="报价超过最高限价。")
    assert (bid.state, bid.invalid_code) == ("INVALIDATED", "ABOVE_LIMIT")


def test_who_judges_at_which_step(tender, refused):
    bid = bid_of(tender)
    with pytest.raises(NotYours):
        invalidate(bid, "head")  # before the ranking the officer
    refused("S-172", invalidate, bid, "buyer", code="")
    refused("S-172", invalidate, bid, "buyer", reason="")
    assert invalidate(bid, "buyer").invalid_reason == "缺少纳税证明。"
    other = system(make.qualify(bid_of(tender, "supplier_b")), "find_responsive")
    with pytest.raises(NotYours):
        invalidate(other, "buyer")  # now it is the panel's, by the system
    ranked = system(other, "rank")
    with pytest.raises(NotYours):
        invalidate(ranked, "buyer")
    assert invalidate(ranked, "head", code="FALSE_PAPERS").state == "INVALIDATED"


def test_ranked_selected_and_not_selected(tender):
    a, b = (system(system(make.qualify(bid_of(tender, name)), "find_responsive"), "rank") for name in ("supplier_a", "supplier_b"))
    a, b = system(a, "select"), system(b, "not_select")
    assert (a.state, b.state) == ("SELECTED", "UNSUCCESSFUL")
    a, b = system(a, "not_select"), system(b, "select")  # the chosen one leaves, the next steps up (R-GP-40)
    assert (a.state, b.state) == ("UNSUCCESSFUL", "SELECTED")
    with pytest.raises(WrongState):
        system(b, "rank")


def test_a_bid_that_cannot_be_read_is_not_qualified(tender, refused):
    bid = bid_of(tender)
    Bid.objects.filter(pk=bid.pk).update(price=None)
    refused("R87-35", make.qualify, bid)
    assert invalidate(bid, "buyer", code="UNREADABLE", reason="密文与回执不符，已听取说明。").state == "INVALIDATED"


def test_an_invalid_bid_says_why_in_the_database(tender):
    bid = invalidate(bid_of(tender), "buyer")
    with pytest.raises(IntegrityError), transaction.atomic():
        Bid.objects.filter(pk=bid.pk).update(invalid_code="")


def test_the_tender_fails_only_on_facts_and_ends_its_bids(tender, refused):
    def fail(code: str) -> Tender:
        return perform(Tender.objects.get(pk=tender.pk), "fail", actor=actor("head"), reason_code=code, reason="有效投标人不足三家。")

    refused("R87-23", fail, "FEWER_THAN_THREE")
    refused("R-GP-50", fail, "ABOVE_BUDGET")
    refused("S-50", fail, "NOBODY_BID")
    invalidate(bid_of(tender), "buyer")
    assert fail("FEWER_THAN_THREE").state == "FAILED"
    assert {bid.state for bid in Bid.objects.filter(tender=tender)} == {"INVALIDATED", "UNSUCCESSFUL"}
