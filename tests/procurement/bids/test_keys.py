"""The key ceremony: two openers and a witness, each passphrase known to one, the key proved before the notice (SEAL-01 to SEAL-04)."""
from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.accounts.actor import system_actor
from portal.accounts.models import Membership, User
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.workflow import NotYours, Refused, WrongState, perform
from procurement.bids import sealing
from procurement.bids.models import OpeningKey
from procurement.bids.verbs.keys import unlock
from procurement.tenders.verbs import take_documents
from tests.factories import bids as make
from tests.factories.people import actor
from tests.factories.tenders import PUBLISHED_AT, make_tender, passphrase, publish

pytestmark = pytest.mark.django_db
State = OpeningKey.State


def user(username: str) -> User:
    return actor(username).user


def third_opener(username: str = "opener_c", name: str = "尤三") -> User:
    found = User.objects.create(username=username, name=name)
    Membership.objects.create(user=found, organisation=actor("buyer").organisation, role=Role.OPENER)
    return found


def name(tender, *openers: str, by: str = "buyer", witness: str = "witness") -> OpeningKey:
    return perform(
        OpeningKey(), "name_openers", actor=actor(by), tender=tender, openers=[user(one) for one in openers], witness=user(witness)
    )


def say(key: OpeningKey, row: str, username: str, words: str = "") -> OpeningKey:
    perform(key, row, actor=actor(username), passphrase=words or passphrase(username))
    return OpeningKey.objects.get(pk=key.pk)


@pytest.fixture
def tender(db):
    tender = make_tender("REVIEWED")
    with clock.at(PUBLISHED_AT):
        yield tender


def test_who_may_be_named(tender, refused):
    refused("SEAL-01", name, tender, "opener_a")
    refused("SEAL-01", name, tender, "opener_a", "payer")  # no opener
    refused("SEAL-06", name, tender, "opener_a", "opener_b", witness="opener_a")
    refused("SEAL-01", name, tender, "opener_a", "opener_b", witness="head")
    refused("G1", name, tender, "opener_a", "opener_b", by="buyer_2")
    with pytest.raises(NotYours):
        name(tender, "opener_a", "opener_b", by="head")
    Membership.objects.create(user=user("buyer"), organisation=actor("buyer").organisation, role=Role.OPENER)
    refused("G2", name, tender, "opener_a", "buyer")  # who wrote the document opens no bids
    key = name(tender, "opener_a", "opener_b")
    assert key.state == State.NAMED
    refused("G7", name, tender, "opener_a", "opener_b")


def test_the_notice_waits_for_a_proved_key(tender, refused):
    refused("SEAL-04", publish, tender)
    key = name(tender, "opener_a", "opener_b")
    refused("SEAL-04", publish, tender)
    key = say(key, "set_passphrase", "opener_a")
    assert key.state == State.NAMED
    assert not key.public_key
    with pytest.raises(WrongState):
        say(key, "prove", "opener_a")  # nothing to prove yet
    key = say(key, "set_passphrase", "opener_b")
    assert key.state == State.MADE  # the last one makes it
    assert key.layers.count() == 2
    assert len(key.fingerprint) == 32
    refused("SEAL-04", publish, tender)
    key = say(key, "prove", "opener_a")
    refused("SEAL-04", publish, tender)
    refused("SEAL-04", say, key, "prove", "opener_a")  # once
    key = say(key, "prove", "opener_b")
    assert key.state == State.PROVED
    tender = publish(tender)
    session = make.session_of(tender)
    assert session.state == "SCHEDULED"
    assert session.scheduled_at == tender.closes_at


def test_a_passphrase_is_set_once_by_its_opener_alone(tender, refused):
    key = name(tender, "opener_a", "opener_b")
    for username in ("witness", "buyer", "head"):
        with pytest.raises(NotYours):
            say(key, "set_passphrase", username)
    key = say(key, "set_passphrase", "opener_a")
    refused("SEAL-02", say, key, "set_passphrase", "opener_a")
    opener = key.opener_of(actor("opener_a"))
    assert unlock(opener, passphrase("opener_a"))
    with pytest.raises(sealing.Unopenable):
        unlock(opener, passphrase("opener_b"))


def test_the_form_of_a_passphrase(tender):
    from portal.workflow.inputs import inputs_form
    from procurement.bids.workflow import OPENING_KEY

    def errors(first: str, again: str) -> dict:
        who = actor("opener_a")
        who.user.set_password("the sign-in password")
        form = inputs_form(OPENING_KEY["set_passphrase"], subject=OpeningKey(), actor=who, data={"passphrase": first, "again": again})
        return {field: [error.code for error in found] for field, found in form.errors.as_data().items()}

    assert errors("short", "short") == {"passphrase": ["SEAL-02"]}
    assert errors("long enough at last", "long enough at lust") == {"again": ["SEAL-02"]}
    assert errors("the sign-in password", "the sign-in password") == {"passphrase": ["SEAL-02"]}
    assert errors("  long enough at last ", "  long enough at last ") == {}


def test_naming_again_makes_everything_before_worthless(tender):
    key = name(tender, "opener_a", "opener_b")
    for row in ("set_passphrase", "prove"):
        for who in ("opener_a", "opener_b"):
            key = say(key, row, who)
    old = key.fingerprint
    third_opener()
    perform(key, "name_again", actor=actor("buyer"), openers=[user("opener_b"), user("opener_c")], witness=user("witness"))
    key = OpeningKey.objects.get(pk=key.pk)
    assert key.state == State.NAMED
    assert key.layers.count() == 0
    assert [opener.user.username for opener in key.sitting()] == ["opener_b", "opener_c"]
    assert not bytes(key.openers.get(user=user("opener_a")).locked_key)
    for row in ("set_passphrase", "prove"):
        for who in ("opener_b", "opener_c"):
            key = say(key, row, who)
    assert key.state == State.PROVED
    assert key.fingerprint != old


def test_after_the_notice_the_officer_names_nobody(tender):
    key = make_key(tender)
    published = publish(tender)
    openers = {"openers": [user("opener_a"), user("opener_b")], "witness": user("witness")}
    with pytest.raises(Refused) as refusal:
        perform(key, "name_again", actor=actor("buyer"), **openers)
    assert [each.rule for each in refusal.value.refusals] == ["SEAL-04"]
    assert published.opening_key.state == State.PROVED


def make_key(tender) -> OpeningKey:
    from tests.factories.tenders import make_key

    return make_key(tender)


def test_five_wrong_passphrases_lock_for_ten_minutes_and_each_is_recorded(tender, refused):
    key = name(tender, "opener_a", "opener_b")
    for who in ("opener_a", "opener_b"):
        key = say(key, "set_passphrase", who)
    for count in range(1, 6):
        refused("SEAL-03", say, key, "prove", "opener_a", "a wrong passphrase")
        assert Entry.objects.of_subject("bids.key", key.pk).filter(transition="note_failure").count() == count
    refused("SEAL-03", say, key, "prove", "opener_a")  # the right one does not help now
    assert Entry.objects.of_subject("bids.key", key.pk).filter(transition="note_failure").count() == 5  # nor is it tried
    say(key, "prove", "opener_b")  # the other one is not locked
    with clock.at(PUBLISHED_AT + timedelta(minutes=9, seconds=59)):
        refused("SEAL-03", say, key, "prove", "opener_a")
    with clock.at(PUBLISHED_AT + timedelta(minutes=10)):
        assert say(key, "prove", "opener_a").state == State.PROVED


def test_swapped_layers_are_found_when_the_key_is_proved(tender):
    key = name(tender, "opener_a", "opener_b")
    for who in ("opener_a", "opener_b"):
        key = say(key, "set_passphrase", who)
    first, second = key.layers.all()
    type(first).objects.filter(pk=first.pk).update(nested=second.nested)
    with pytest.raises(sealing.Unopenable):
        say(key, "prove", "opener_a")


def test_the_key_ends_with_a_cancelled_draft(tender):
    key = make_key(tender)
    perform(tender, "cancel", actor=actor("head"), reason="需求取消")
    key.refresh_from_db()
    assert key.state == State.DESTROYED
    assert key.layers.count() == 0
    assert not any(bytes(opener.locked_key) for opener in key.openers.all())
    with pytest.raises(WrongState):
        perform(key, "destroy", actor=system_actor())


# --- a successor -------------------------------------------------------------------------------------------------
@pytest.fixture
def session(tender):
    make_key(tender)
    session = make.session_of(publish(tender))
    third_opener()
    return session


def replace(session, leaving: str = "opener_a", newcomer: str = "opener_c", reason: str = "调离岗位"):
    return perform(
        session, "replace_opener", actor=actor("head"), reason=reason, leaving=user(leaving), newcomer=user(newcomer)
    )


def test_a_successor_gets_the_layers_from_who_leaves_and_opens_with_the_other(session, refused):
    refused("SEAL-01", replace, session, newcomer="opener_a")
    with pytest.raises(NotYours):
        perform(session, "replace_opener", actor=actor("buyer"), reason="x", leaving=user("opener_a"), newcomer=user("opener_c"))
    refused("S-172", replace, session, reason="")
    refused("SEAL-01", say, session.key, "hand_over", "opener_a")  # nobody to hand to
    replace(session)
    key = OpeningKey.objects.get(pk=session.key_id)
    refused("SEAL-01", say, key, "hand_over", "opener_a")  # the successor has no passphrase yet
    key = say(key, "set_passphrase", "opener_c")
    refused("SEAL-01", say, key, "hand_over", "opener_b")  # with two openers only who leaves can hand over
    refused("SEAL-03", say, key, "hand_over", "opener_a", "a wrong passphrase")
    key = say(key, "hand_over", "opener_a")
    key = say(key, "prove", "opener_c")
    assert [opener.user.username for opener in key.sitting()] == ["opener_b", "opener_c"]
    with pytest.raises(NotYours):
        say(key, "hand_over", "opener_a")  # he is out
    tender = session.tender
    for number, supplier in enumerate(make.SUPPLIERS):
        make.register(supplier)
        with clock.at(PUBLISHED_AT + timedelta(hours=1, minutes=number)):
            take_documents(tender, actor=make.officer(supplier))
            make.make_bid(tender, supplier)
    make.close(tender)
    with clock.at(make.CLOSES_AT + timedelta(minutes=1)):
        present = make.attend(make.session_of(tender), "opener_b", "opener_c", "witness")
        with pytest.raises(NotYours):
            make.attend(present, "opener_a")
        refused("SEAL-01", make.start, present, "opener_b")  # holds no outer layer any more
        make.start(present, "opener_c")
        assert make.open_bids(present, "opener_b").state == "OPENED"


def test_after_closing_nobody_is_replaced(session, refused):
    with clock.at(make.CLOSES_AT):
        refused("SEAL-01", replace, session)


def test_who_holds_no_outer_layer_hands_none_on(session, refused):
    """After one succession the other opener can only be second: he is no giver."""
    replace(session)
    key = say(say(OpeningKey.objects.get(pk=session.key_id), "set_passphrase", "opener_c"), "hand_over", "opener_a")
    third_opener("opener_d", "司徒四")
    replace(session, leaving="opener_c", newcomer="opener_d")
    refused("SEAL-02", say, key, "prove", "opener_d")  # he has no passphrase yet
    key = say(key, "set_passphrase", "opener_d")
    refused("SEAL-01", say, key, "hand_over", "opener_b")
    key = say(key, "hand_over", "opener_c")
    assert [(layer.first.user.username, layer.second.user.username) for layer in key.layers.all()] == [("opener_d", "opener_b")]


def test_of_three_openers_another_may_hand_over_and_the_rest_of_the_pairs_decide_who_is_second(tender, refused):
    third_opener()
    key = name(tender, "opener_a", "opener_b", "opener_c")
    for row in ("set_passphrase", "prove"):
        for username in ("opener_a", "opener_b", "opener_c"):
            key = say(key, row, username)
    assert key.layers.count() == 6
    session = make.session_of(publish(tender))
    third_opener("opener_d", "司徒四")
    replace(session, newcomer="opener_d")
    key = say(say(OpeningKey.objects.get(pk=key.pk), "set_passphrase", "opener_d"), "hand_over", "opener_b")
    for number, supplier in enumerate(make.SUPPLIERS):
        make.register(supplier)
        with clock.at(PUBLISHED_AT + timedelta(hours=1, minutes=number)):
            take_documents(session.tender, actor=make.officer(supplier))
            make.make_bid(session.tender, supplier)
    make.close(session.tender)
    with clock.at(make.CLOSES_AT + timedelta(minutes=1)):
        present = make.attend(make.session_of(tender), "opener_b", "opener_c", "opener_d", "witness")
        make.start(present, "opener_d")
        refused("SEAL-01", make.open_bids, present, "opener_b")  # what he gave on is sealed for the third
        assert make.open_bids(present, "opener_c").state == "OPENED"
