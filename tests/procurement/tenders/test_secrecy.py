"""R87-12: before the opening nobody learns who took the documents, nor how many; taking is a POST, reading a GET."""
from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from portal import clock
from portal.accounts.actor import PUBLIC, system_actor
from portal.audit.models import Entry
from portal.files.models import Document
from portal.notifications.models import Message
from portal.workflow import NotYours, Refused, perform
from procurement.tenders.models import DocumentTaking
from procurement.tenders.verbs import award as effect_of_award
from procurement.tenders.verbs import has_taken, take_documents
from tests.factories.people import actor
from tests.factories.tenders import CLOSES_AT, PUBLISHED_AT, make_tender

pytestmark = pytest.mark.django_db
INSIDE = ("buyer", "head", "finance_head", "auditor", "administrator", "opener_a", "expert_1", "supplier_b_head")
TAKER = "赣江清源环境服务有限公司"


def browser(username: str) -> Client:
    client = Client()
    client.force_login(actor(username).user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def seen(username: str, tender) -> bool:
    return DocumentTaking.objects.visible_to(actor(username)).filter(tender=tender).exists()


def test_the_taker_alone_sees_his_taking_until_the_opening():
    tender = make_tender("PUBLISHED", takers=("supplier_a_officer",))
    assert seen("supplier_a_officer", tender)
    assert seen("supplier_a_head", tender)
    assert not DocumentTaking.objects.visible_to(PUBLIC).exists()
    assert not any(seen(username, tender) for username in INSIDE)
    with clock.at(CLOSES_AT):
        tender = perform(tender, "close", actor=system_actor())
    assert not any(seen(username, tender) for username in INSIDE)


def test_a_tender_that_ends_before_the_opening_keeps_the_secret():
    tender = make_tender("PUBLISHED", takers=("supplier_a_officer",))
    with clock.at(PUBLISHED_AT):
        perform(tender, "terminate", actor=actor("head"), reason="任务取消", reason_code="MAJOR_CHANGE")
    assert not any(seen(username, tender) for username in INSIDE)


def test_the_record_gets_the_digest_of_all_takings_at_the_opening():
    tender = make_tender("CLOSED", takers=("supplier_a_officer", "supplier_b_officer"))
    assert not Entry.objects.filter(actor_name=actor("supplier_a_officer").name).exists()
    with clock.at(CLOSES_AT + timedelta(minutes=10)):
        perform(tender, "open_bids", actor=system_actor())
    entry = Entry.objects.of_subject("tenders.tender", tender.pk).get(transition="open_bids")
    assert entry.facts["takings"] == 2
    assert seen("head", tender)
    assert seen("auditor", tender)
    assert not seen("supplier_c_head", tender)


def test_neither_page_nor_program_nor_message_tells_of_a_taker():
    tender = make_tender("PUBLISHED", takers=("supplier_a_officer",))
    with clock.at(PUBLISHED_AT + timedelta(days=1)):
        plain = make_pages(tender)
        take_documents(tender, actor=actor("supplier_c_officer"))
        again = make_pages(tender)
        differing = [(name, n) for name in INSIDE for n, text in enumerate(plain[name]) if again[name][n] != text]
        assert differing == []  # one more taker changes no byte of what anybody else is answered
        for username in INSIDE:
            for text in plain[username]:
                assert TAKER not in text
    told = Message.objects.exclude(user__memberships__organisation__kind="SUPPLIER").values_list("values", flat=True)
    assert TAKER not in str(list(told))


def make_pages(tender) -> dict[str, list[str]]:
    """What each reader is answered about the tender, without tokens that change by themselves."""
    import re

    pages: dict[str, list[str]] = {}
    for username in INSIDE:
        client, texts = browser(username), []
        for url in (
            tender.get_public_url(), "/tenders/", f"/api/v1/public-tenders/{tender.number}/", f"/api/v1/tenders/{tender.pk}/",
            tender.get_absolute_url(), "/buying/tenders/",
        ):  # fmt: skip
            answer = client.get(url)
            text = answer.content.decode() if answer.status_code == 200 else str(answer.status_code)
            texts.append(re.sub(r'(name="csrfmiddlewaretoken" value=|csrf-token" content=)"[^"]*"', "", text))
        pages[username] = texts
    return pages


def test_taking_is_a_post_and_the_file_comes_only_to_takers():
    tender = make_tender("PUBLISHED")
    document = tender.versions.get().document
    url = f"/tenders/{tender.number}/take/"
    with clock.at(PUBLISHED_AT):
        taker, other = browser("supplier_a_officer"), browser("supplier_b_officer")
        assert taker.get(url).status_code == 405
        assert taker.get(document.get_absolute_url()).status_code == 404
        assert Client().post(url).status_code == 302  # to sign in
        assert browser("head").post(url).status_code == 403
        assert taker.post(url).status_code == 302
        assert taker.post(url).status_code == 302  # twice is once
        assert DocumentTaking.objects.count() == 1
        answer = taker.get(document.get_absolute_url())
        assert answer.status_code == 200
        assert answer.getvalue().startswith(b"%PDF")
        assert other.get(document.get_absolute_url()).status_code == 404
        assert Client().get(document.get_absolute_url()).status_code == 404
    assert has_taken(tender, actor("supplier_a_head").organisation)
    assert not has_taken(tender, actor("supplier_b_head").organisation)


def test_only_suppliers_take_and_only_while_it_is_offered():
    tender = make_tender("PUBLISHED")
    with clock.at(PUBLISHED_AT):
        for username in ("buyer", "expert_1", "evaluator"):
            with pytest.raises(NotYours):
                take_documents(tender, actor=actor(username))
    with clock.at(tender.offer_ends_at - timedelta(microseconds=1)):
        take_documents(tender, actor=actor("supplier_a_head"))
    with clock.at(tender.offer_ends_at), pytest.raises(Refused) as refused:
        take_documents(tender, actor=actor("supplier_b_head"))
    assert [refusal.rule for refusal in refused.value.refusals] == ["R87-06"]


def test_a_taking_is_never_changed_or_removed():
    make_tender("PUBLISHED", takers=("supplier_a_officer",))
    with pytest.raises(TypeError):
        DocumentTaking.objects.update(receipt="")
    with pytest.raises(TypeError):
        DocumentTaking.objects.all().delete()


def test_a_change_reaches_every_taker_and_nobody_else_outside():
    tender = make_tender("PUBLISHED", takers=("supplier_a_officer",))
    with clock.at(PUBLISHED_AT + timedelta(days=2)):
        perform(tender, "extend", actor=actor("head"), closes_at=CLOSES_AT + timedelta(days=1), reason="天气", reason_code="OTHER")
    told = set(Message.objects.filter(event="tenders.tender/extend").values_list("user__username", flat=True))
    assert {"supplier_a_officer", "buyer"} <= told
    assert not told & {"supplier_b_officer", "supplier_a_head"}


def test_with_the_result_the_document_is_everybodys():
    tender = make_tender("PUBLISHED")
    document = tender.versions.get().document
    assert not Document.objects.visible_to(PUBLIC).filter(pk=document.pk).exists()
    effect_of_award(tender, None)  # the row itself waits for the result notice, which a higher floor publishes
    assert Document.objects.visible_to(PUBLIC).filter(pk=document.pk).exists()
