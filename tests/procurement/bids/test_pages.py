"""Pages and programs of bids, keys and openings, each for its readers, with bounded numbers of queries."""
from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import clock
from portal.accounts.models import User
from portal.audit.models import Entry
from portal.workflow import perform
from procurement.bids.models import Bid, OpeningKey
from procurement.tenders.models import Tender
from tests.factories import bids as make
from tests.factories.people import actor
from tests.factories.tenders import PUBLISHED_AT, make_tender, passphrase

pytestmark = pytest.mark.django_db


def page(username: str | None, path: str, data: dict | None = None):
    client = Client()
    if username:
        client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    return client.get(path) if data is None else client.post(path, data)


def text(username: str | None, path: str, status: int = 200) -> str:
    answer = page(username, path)
    assert answer.status_code == status, (username, path, answer.status_code)
    return answer.content.decode()


def queries(username: str, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        text(username, path)
    return len(captured)


def test_the_key_ceremony_by_pages(db):
    tender = make_tender("REVIEWED")
    with clock.at(PUBLISHED_AT):
        assert "指定开标人" in text("buyer", tender.project.get_absolute_url())
        people = {"openers": [actor(name).user.pk for name in ("opener_a", "opener_b")], "witness": actor("witness").user.pk}
        create = reverse("workflow:create", args=["bids.key", "name_openers"])
        form = text("buyer", f"{create}?tender={tender.pk}")
        assert "卫国平" in form
        assert page("buyer", create, {"tender": tender.pk, **people}).status_code == 302
        key = OpeningKey.objects.get(tender=tender)
        for row in ("set_passphrase", "prove"):
            for username in ("opener_a", "opener_b"):
                assert "btn--primary" in text(username, key.get_absolute_url())
                data = {"passphrase": passphrase(username), "again": passphrase(username)}
                assert page(username, f"/act/bids.key/{key.pk}/{row}/", data).status_code == 302
        assert "密钥可用" in text("auditor", key.get_absolute_url())
        for username, status in ((None, 302), ("supplier_a_head", 403), ("buyer_2", 404), ("expert_1", 403)):
            text(username, key.get_absolute_url(), status)


def test_a_bidders_pages(db):
    for supplier in make.SUPPLIERS:
        make.register(supplier)
    tender = make_tender("PUBLISHED", takers=("supplier_a_officer",))
    with clock.at(make.BIDDING_AT):
        assert "还没有投标" in text("supplier_a_officer", "/bids/")
        assert "准备投标" in text("supplier_a_officer", tender.get_public_url())
        assert "准备投标" not in text("supplier_b_officer", tender.get_public_url())
        assert "财政部令第87号第二十八条" in text("supplier_b_officer", f"/bids/new/{tender.pk}/")
        assert page("supplier_b_officer", f"/bids/new/{tender.pk}/", {}).status_code == 409
        assert page("supplier_a_officer", f"/bids/new/{tender.pk}/", {}).status_code == 302
        bid = Bid.objects.get()
        assert page("supplier_a_officer", f"/bids/new/{tender.pk}/").status_code == 302  # to the one he has
        empty = text("supplier_a_officer", bid.get_absolute_url())
        assert empty.count("还缺") >= 4
        assert "data-countdown" in empty
        form = text("supplier_a_officer", f"/act/bids.bid/{bid.pk}/put_response/")
        assert tender.requirements.first().text in form
        answer = page("supplier_a_officer", f"/act/bids.bid/{bid.pk}/put_price/", {"price": "1.001", "price_words": "壹"})
        assert answer.status_code == 422
        make.fill(bid, "supplier_a")
        assert page("supplier_a_head", f"/act/bids.bid/{bid.pk}/submit/", {}).status_code == 422  # both declarations are needed
        make.submit(bid, "supplier_a")
        receipt = bid.receipts.get()
        assert receipt.digest in text("supplier_a_officer", f"{bid.get_absolute_url()}receipts/1/")
        text("supplier_b_head", f"{bid.get_absolute_url()}receipts/1/", 404)
        perform(bid, "put_price", actor=make.officer("supplier_a"), price=make.PRICES["supplier_a"], price_words="玖拾伍万元整")
        assert "有修改尚未递交" in text("supplier_a_head", bid.get_absolute_url())
        assert tender.title in text("supplier_a_head", "/bids/")


@pytest.mark.paper
def test_the_receipt_as_a_paper(db):
    from portal.reports.proof import examine

    tender, bids = make.make_bid_tender(1)
    bid = bids[0]
    entries = Entry.objects.filter(chain__withheld=False).count()
    with clock.at(make.BIDDING_AT + timedelta(hours=1)):
        ask = f"{bid.get_absolute_url()}receipts/1/print/"
        assert page("supplier_b_head", ask, {}).status_code == 404
        answer = page("supplier_a_officer", ask, {})
        assert page("supplier_a_head", ask, {})["Location"] == answer["Location"]  # once
        assert page("buyer", answer["Location"]).status_code == 404
        assert page("supplier_a_officer", answer["Location"]).getvalue().startswith(b"%PDF")
    assert Entry.objects.filter(chain__withheld=False).count() == entries  # the record does not tell that there is a bid
    with bid.receipts.get().paper.open() as stream:
        proof = examine(stream.read())
    assert proof.is_sound
    assert proof.data["receipt"] == bid.receipts.get().digest
    assert tender.number in str(proof.data["facts"])


def test_the_live_opening_shows_each_thing_in_its_time(db):
    tender, _bids = make.make_bid_tender(3)
    session = make.session_of(tender)
    wall = f"{session.get_absolute_url()}wall/"
    with clock.at(make.BIDDING_AT + timedelta(hours=1)):
        before = text(None, session.get_absolute_url())
        assert "清源环境" not in before
        assert "htmx" in before
        text(None, f"{session.get_absolute_url()}record/", 404)
    make.close(tender)
    with clock.at(make.CLOSES_AT + timedelta(minutes=1)):
        closed = text(None, wall)
        assert make.session_of(tender).digest_lines[0] in closed
        assert "赣江清源环境服务有限公司" not in closed
        make.start(make.attend(session))
        started = text(None, wall)
        assert "赣江清源环境服务有限公司" in started
        assert "950,000.00" not in started
        assert started.count("封存</span>") == 3
        assert "开启全部投标" in text("opener_b", session.get_absolute_url())
        make.open_bids(session)
        for username in (None, "auditor", "supplier_a_head"):
            opened = text(username, session.get_absolute_url())
            for price in ("950,000.00", "920,000.00", "985,000.00"):
                assert price in opened
        assert "确认开标记录" in text("supplier_a_head", session.get_absolute_url())
        assert "玖拾伍万元整" in text(None, f"{session.get_absolute_url()}record/")
        bid = Bid.objects.get(supplier=actor("supplier_a_head").organisation)
        assert "完全响应" in text("buyer", bid.get_absolute_url())
        text("supplier_b_head", bid.get_absolute_url(), 404)
        assert "950,000.00" in text("buyer", Tender.objects.get().project.get_absolute_url())
        assert tender.title in text("opener_a", "/openings/")
        assert tender.title in text("supplier_a_head", "/openings/")
        assert tender.title not in text("buyer_2", "/openings/")


def test_programs_read_the_same(db):
    tender = make.make_opened_tender(3)
    session = make.session_of(tender)
    assert [row["id"] for row in page(None, f"/api/v1/openings/?tender={session.tender_id}").json()["results"]] == [session.pk]
    assert page(None, "/api/v1/openings/?tender=0").status_code == 400  # a filter that is no tender is no wish for all of them
    answer = page(None, f"/api/v1/openings/{session.pk}/").json()
    assert [row["price"] for row in answer["bids"]] == ["950000.00", "920000.00", "985000.00"]
    assert answer["digest"] == answer["recomputed"]
    assert {row["state"] for row in page("buyer", "/api/v1/bids/").json()["results"]} == {"OPENED"}
    assert len(page("supplier_a_head", "/api/v1/bids/").json()["results"]) == 1
    assert page("supplier_a_head", "/api/v1/opening-keys/").json()["results"] == []
    key = page("opener_a", "/api/v1/opening-keys/").json()["results"][0]
    assert {opener["name"] for opener in key["openers"]} == {"卫国平", "蒋玉兰"}
    assert not {"salt", "locked_key", "public_key"} & set(key)


def test_lists_ask_the_same_number_of_questions_whatever_their_length(db):
    tender, bids = make.make_bid_tender(1)
    with clock.at(make.BIDDING_AT + timedelta(hours=1)):
        text("supplier_a_head", "/bids/")
        few = queries("supplier_a_head", "/bids/"), queries("supplier_a_head", "/api/v1/bids/")
        bid = bids[0]
        for _again in range(4):
            perform(bid, "withdraw", actor=make.head("supplier_a"))
            bid = make.make_bid(tender)
        assert (queries("supplier_a_head", "/bids/"), queries("supplier_a_head", "/api/v1/bids/")) == few
