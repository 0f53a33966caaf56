"""People come by invitation: a link that works once, expires, can be renewed and withdrawn (ADM-01 to ADM-04)."""
from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from portal import clock
from portal.accounts.actor import actor_for, system_actor
from portal.accounts.demo import organisation
from portal.accounts.models import User
from portal.administration import letters
from portal.administration.links import invitation_link, invitation_of
from portal.administration.models import Invitation, Letter
from portal.administration.verbs.people import today
from portal.audit.models import Entry
from portal.workflow import NotYours, Refused, WrongState, perform
from portal.workflow.due import run
from tests.factories.people import actor, make_invitation

pytestmark = pytest.mark.django_db
PASSWORD = "hai-dao-you-feng-9"


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    monkeypatch.setattr("portal.administration.letters._soon", lambda: None)


def rules_of(error) -> set[str]:
    return {refusal.rule for refusal in error.value.refusals}


def page_of(invitation: Invitation) -> str:
    return invitation_link(invitation).removeprefix("http://127.0.0.1:8000")


def accept(invitation: Invitation, username: str = "cheng"):
    return Client().post(page_of(invitation), {"username": username, "phone": "", "password": PASSWORD, "again": PASSWORD})


def test_the_invited_person_chooses_account_and_password_and_may_act():
    invitation = make_invitation(roles=("PLANNER", "OFFICER"))
    assert invitation.state == "SENT"
    page = Client().get(page_of(invitation))
    assert page.status_code == 200
    assert "计划编制人" in page.content.decode()
    assert accept(invitation).status_code == 302
    person = User.objects.get(username="cheng")
    acting = actor_for(person)
    assert acting.organisation == organisation("agency")
    assert acting.roles == {"PLANNER", "OFFICER"}
    assert person.check_password(PASSWORD)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.person) == ("ACCEPTED", person)
    entry = Entry.objects.of_subject("administration.invitation", invitation.pk).latest("id")
    assert entry.facts["account"] == "cheng"
    assert PASSWORD not in str(entry.facts)
    assert "开通账号 cheng" in entry.sentence


def test_the_link_works_once():
    invitation = make_invitation()
    accept(invitation)
    assert Client().get(page_of(invitation)).status_code == 410
    assert accept(invitation, "again").status_code == 410
    assert not User.objects.filter(username="again").exists()
    with pytest.raises(WrongState):
        perform(invitation, "accept", actor=system_actor(), username="again", password=PASSWORD)


def test_a_forged_link_opens_nothing():
    invitation = make_invitation()
    assert Client().get(page_of(invitation)[:-3] + "x/").status_code == 410


def test_a_renewed_link_makes_the_old_one_worthless():
    invitation = make_invitation()
    old = page_of(invitation)
    renewed = perform(invitation, "renew", actor=actor("administrator"))
    assert Client().get(old).status_code == 410
    assert Client().get(page_of(renewed)).status_code == 200
    assert Letter.objects.filter(invitation=invitation).count() == 2


def test_it_expires_by_itself_and_can_be_renewed():
    invitation = make_invitation()
    with clock.at(clock.now() + timedelta(days=7, seconds=1)):
        assert accept(invitation).status_code == 409  # before the due event came by
        run()
        invitation.refresh_from_db()
        assert invitation.state == "EXPIRED"
        assert Client().get(page_of(invitation)).status_code == 410
        renewed = perform(invitation, "renew", actor=actor("administrator"))
        assert accept(renewed).status_code == 302


def test_it_can_be_withdrawn():
    invitation = make_invitation()
    perform(invitation, "withdraw", actor=actor("administrator"), reason="调走了")
    assert Client().get(page_of(invitation)).status_code == 410
    letters.deliver()
    assert not mail.outbox


def test_what_is_wrong_with_account_and_password_is_said_at_once():
    invitation = make_invitation()
    answer = Client().post(page_of(invitation), {"username": "planner", "password": "1234567890", "again": "1234567890"})
    assert answer.status_code == 409
    assert {refusal.field for refusal in answer.context["refusals"]} == {"username", "password"}
    answer = Client().post(page_of(invitation), {"username": "1x", "password": PASSWORD, "again": "other"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"username", "again"}


def test_who_may_invite_whom_into_what():
    make_invitation()
    with pytest.raises(NotYours):
        perform(Invitation(), "invite", actor=actor("head"), organisation=organisation("agency"), person_name="甲", roles=["PLANNER"],
                since=today(), until=None, email="", phone="")  # fmt: skip
    with pytest.raises(Refused) as error:
        make_invitation("程新来", roles=("FINANCE_HEAD", "ADMINISTRATOR"), until=today() - timedelta(days=1))
    assert rules_of(error) == {"ADM-02", "ADM-03", "ADM-04"}
    assert len(error.value.refusals) == 5  # two roles that do not fit, dates, administrator with business, already invited
    with pytest.raises(Refused) as error:
        make_invitation("乙", where="hongshan_civil")
    assert rules_of(error) == {"ADM-01"}


def test_a_suspended_organisation_takes_nobody_in():
    invitation = make_invitation()
    body = invitation.organisation
    body.disabled_at = clock.now()
    body.save()
    assert accept(invitation).status_code == 409
    with pytest.raises(Refused):
        perform(invitation, "renew", actor=actor("administrator"))
    with pytest.raises(Refused):
        make_invitation("乙", where="agency")


def test_the_letter_carries_the_link_and_is_tried_again(settings, monkeypatch):
    invitation = make_invitation()
    settings.EMAIL_BACKEND = "tests.portal.notifications.test_notifications.Broken"
    assert letters.deliver() == 0
    letter = Letter.objects.get()
    assert letter.attempts == 1
    assert letter.error
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Letter.objects.update(try_at=clock.now())
    assert letters.deliver() == 1
    assert mail.outbox[0].to == ["cheng@demo.invalid"]
    token = re.search(r"/invitation/([^/\s]+)/", mail.outbox[0].body)[1]
    assert invitation_of(token) == invitation
    letter.refresh_from_db()
    assert letter.sent_at
    assert not letter.error
    assert letters.deliver() == 0


def test_without_an_address_there_is_no_letter():
    make_invitation(email="")
    assert not Letter.objects.exists()


def test_the_page_of_an_invitation_shows_the_link_to_its_administrators_alone():
    invitation = make_invitation()
    for username, status in (("administrator", 200), ("head", 403), ("auditor", 403)):
        reader = Client()
        reader.force_login(actor(username).user)
        answer = reader.get(invitation.get_absolute_url())
        assert answer.status_code == status
        shown = re.search(r"/invitation/([\w:-]+)/", answer.content.decode())  # the link is signed with its second
        assert (shown is not None and invitation_of(shown[1]) == invitation) is (status == 200)
