"""Papers of the seven conditions, row by row (S-55, R-GP-11, S-162)."""
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal import clock
from portal.accounts.actor import system_actor
from portal.files.models import Document
from portal.workflow import NotYours, Refused, perform
from procurement.suppliers.conditions import Condition
from procurement.suppliers.models import Evidence
from tests.factories.people import actor
from tests.factories.suppliers import draft_supplier, make_supplier, submit_paper

pytestmark = pytest.mark.django_db


def rules(refused) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


@pytest.mark.parametrize("state", ["DRAFTED", "FROZEN", "CLOSED"])
def test_papers_are_taken_only_from_registered_suppliers(state):
    draft_supplier("supplier_b")
    make_supplier(state)
    with pytest.raises(Refused) as refused:
        submit_paper()
    assert rules(refused) == ["S-55"]
    assert not Document.objects.exists()


def test_a_paper_must_hold_today():
    make_supplier("REGISTERED")
    today = clock.today()
    for changes, expected in (
        ({"valid_from": today, "valid_to": today}, ["R-GP-11"]),
        ({"valid_from": today + timedelta(days=1), "valid_to": today + timedelta(days=9)}, ["R-GP-11"]),
        ({"valid_from": today - timedelta(days=9), "valid_to": today - timedelta(days=1)}, ["R-GP-11"]),
    ):
        with pytest.raises(Refused) as refused:
            submit_paper(**changes)
        assert rules(refused) == expected
    assert submit_paper(valid_to=today).state == "SUBMITTED"


def test_what_is_held_or_waits_is_not_taken_again():
    supplier = make_supplier("REGISTERED")
    first = submit_paper()
    with pytest.raises(Refused) as refused:
        submit_paper()
    assert rules(refused) == ["S-162"]
    perform(first, "confirm_evidence", actor=actor("registrar"))
    with pytest.raises(Refused) as refused:
        submit_paper()
    assert rules(refused) == ["S-162"]
    longer = submit_paper(valid_to=first.valid_to + timedelta(days=365))
    perform(longer, "reject_evidence", actor=actor("registrar"), reason="看不清", reason_code="ILLEGIBLE")
    assert submit_paper(valid_to=first.valid_to + timedelta(days=365)).state == "SUBMITTED"
    assert supplier.evidence.count() == 3


def test_a_program_in_place_of_a_paper_is_refused():
    make_supplier("REGISTERED")
    with pytest.raises(Refused) as refused:
        submit_paper(document=SimpleUploadedFile("证照.pdf", b"MZ\x90\x00" + b"\0" * 200))
    assert rules(refused)[0].startswith("FILE-")
    assert not Evidence.objects.exists()


def test_only_the_officer_hands_in_and_only_the_registrar_judges():
    make_supplier("REGISTERED")
    with pytest.raises(NotYours):
        perform(Evidence(), "submit_evidence", actor=actor("supplier_a_head"))
    paper = submit_paper()
    for who in ("supplier_a_head", "finance_head", "auditor", "hongshan_finance_head"):
        with pytest.raises(NotYours):
            perform(paper, "confirm_evidence", actor=actor(who))


def test_rejecting_names_a_reason_from_the_list_and_says_everything():
    make_supplier("REGISTERED")
    paper = submit_paper()
    for given in ({}, {"reason": "缺第 2 页"}, {"reason_code": "INCOMPLETE"}):
        with pytest.raises(Refused) as refused:
            perform(paper, "reject_evidence", actor=actor("registrar"), **given)
        assert rules(refused) == ["S-172"]
    paper = perform(paper, "reject_evidence", actor=actor("registrar"), reason="缺第 2 页", reason_code="INCOMPLETE")
    assert (paper.state, paper.defects) == ("REJECTED", "缺第 2 页")


def test_a_paper_that_ran_out_while_it_waited_is_not_confirmed():
    make_supplier("REGISTERED")
    paper = submit_paper(valid_to=clock.today() + timedelta(days=3))
    with clock.at(paper.expires_at), pytest.raises(Refused) as refused:
        perform(paper, "confirm_evidence", actor=actor("registrar"))
    assert rules(refused) == ["R-GP-11"]


def test_papers_of_a_frozen_supplier_wait():
    supplier = make_supplier("REGISTERED")
    paper = submit_paper()
    perform(supplier, "freeze", actor=actor("finance_officer"), reason="查无此人", reason_code="FALSE_IDENTITY")
    for row, given in (("confirm_evidence", {}), ("reject_evidence", {"reason": "x", "reason_code": "DIFFERENT"})):
        with pytest.raises(Refused) as refused:
            perform(paper, row, actor=actor("registrar"), **given)
        assert rules(refused) == ["S-55"]


def test_a_paper_does_not_expire_before_its_time():
    make_supplier("REGISTERED")
    paper = perform(submit_paper(), "confirm_evidence", actor=actor("registrar"))
    with pytest.raises(Refused) as refused:
        perform(paper, "expire_evidence", actor=system_actor())
    assert rules(refused) == ["R-GP-11"]
    with clock.at(paper.expires_at):
        assert perform(paper, "expire_evidence", actor=system_actor()).state == "EXPIRED"


def test_the_paper_is_read_by_its_owner_and_the_departments_and_nobody_else():
    make_supplier("REGISTERED")
    document = submit_paper(condition=Condition.CAPACITY).document
    sees = {who: Document.objects.visible_to(actor(who)).filter(pk=document.pk).exists() for who in (
        "supplier_a_officer", "registrar", "finance_officer", "auditor", "supplier_b_officer", "buyer", "expert_1",
    )}
    assert [who for who, seen in sees.items() if seen] == ["supplier_a_officer", "registrar", "finance_officer", "auditor"]
