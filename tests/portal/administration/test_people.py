"""Roles with dates, accounts kept out and let in, passwords, work handed over; all of it recorded (ADM-01 to ADM-06)."""
from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.core import mail
from django.test import Client

from portal import clock
from portal.accounts.actor import actor_for
from portal.accounts.demo import organisation
from portal.accounts.models import ApiToken, Membership, User
from portal.accounts.roles import Role
from portal.administration import letters
from portal.administration.links import reset_link
from portal.administration.models import Letter
from portal.administration.verbs import people, places
from portal.administration.verbs.handover import hand_over
from portal.administration.verbs.passwords import set_password
from portal.audit.models import Entry
from portal.workflow import NotYours, Refused, perform
from procurement.contracts.models import Contract
from procurement.plans.models import ReviewStep
from tests.factories.contracts import make_contract
from tests.factories.people import actor, colleague
from tests.factories.plans import make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return actor("administrator")


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    monkeypatch.setattr("portal.administration.letters._soon", lambda: None)


def rules_of(error) -> set[str]:
    return {refusal.rule for refusal in error.value.refusals}


def last_note(person: User) -> Entry:
    return Entry.objects.filter(lifecycle="note", subject=f"user:{person.pk}").latest("id")


# --- roles with dates -------------------------------------------------------------------------------------------------
def test_a_role_holds_from_its_day_until_its_day(admin):
    person = actor("planner").user
    tomorrow = people.today() + timedelta(days=1)
    people.grant(actor=admin, person=person, organisation=organisation("agency"), roles=["OPENER"], since=tomorrow)
    assert "OPENER" not in actor_for(person).roles
    people.grant(actor=admin, person=person, organisation=organisation("agency"), roles=["WITNESS"], since=people.today(),
                 until=people.today())  # fmt: skip
    assert "WITNESS" in actor_for(person).roles
    Membership.objects.filter(user=person, role="WITNESS").update(ends_at=clock.now() - timedelta(seconds=1))
    assert "WITNESS" not in actor_for(person).roles
    assert last_note(person).facts["roles"] == ["WITNESS"]


def test_a_role_that_ended_can_be_held_again(admin):
    person = actor("planner").user
    membership = Membership.objects.get(user=person, role="PLANNER")
    people.end(actor=admin, membership=membership, reason="轮岗")
    assert not actor_for(person).roles
    assert "轮岗" in last_note(person).sentence
    with pytest.raises(Refused) as error:
        people.end(actor=admin, membership=membership, reason="再来一次")
    assert rules_of(error) == {"G7"}
    people.grant(actor=admin, person=person, organisation=organisation("agency"), roles=["PLANNER"], since=people.today())
    assert actor_for(person).roles == {"PLANNER"}


def test_a_role_may_end_with_a_day_but_not_before_it_begins(admin):
    person = actor("planner").user
    later = people.today() + timedelta(days=10)
    [future] = people.grant(actor=admin, person=person, organisation=organisation("agency"), roles=["OPENER"], since=later)
    with pytest.raises(Refused) as error:
        people.end(actor=admin, membership=future, reason="早了", until=later - timedelta(days=2))
    assert rules_of(error) == {"ADM-04"}
    people.end(actor=admin, membership=future, reason="到期", until=later + timedelta(days=5))


def test_every_reason_against_a_grant_is_said(admin):
    person = actor("planner").user
    with pytest.raises(Refused) as error:
        people.grant(actor=admin, person=person, organisation=organisation("agency"), roles=["PLANNER", "FINANCE_HEAD"],
                     since=people.today(), until=people.today() - timedelta(days=1))  # fmt: skip
    assert rules_of(error) == {"ADM-04", "G7"}
    with pytest.raises(Refused) as error:
        people.grant(actor=admin, person=person, organisation=organisation("operations"), roles=["ADMINISTRATOR"], since=people.today())
    assert rules_of(error) == {"ADM-02"}
    with pytest.raises(Refused) as error:
        people.grant(actor=admin, person=admin.user, organisation=organisation("agency"), roles=[], since=people.today())
    assert rules_of(error) == {"ADM-02", "ADM-04"}
    with pytest.raises(Refused) as error:
        people.grant(actor=admin, person=actor("hongshan_head").user, organisation=organisation("hongshan_civil"), roles=["OFFICER"],
                     since=people.today())  # fmt: skip
    assert rules_of(error) == {"ADM-01"}
    with pytest.raises(NotYours):
        people.grant(actor=actor("head"), person=person, organisation=organisation("agency"), roles=["OPENER"], since=people.today())


# --- accounts ---------------------------------------------------------------------------------------------------------
def test_a_disabled_person_is_out_at_once_and_comes_back_without_tokens(admin):
    person = actor("planner").user
    reader = Client()
    reader.force_login(person)
    _token, secret = ApiToken.issue(user=person, organisation=organisation("agency"), name="脚本")
    headers = {"Authorization": f"Bearer {secret}"}
    assert reader.get("/workbench/").status_code == Client().get("/api/v1/plans/", headers=headers).status_code == 200
    people.disable(actor=admin, person=person, reason="被调查")
    assert reader.get("/workbench/").status_code == 302
    assert Client().get("/api/v1/plans/", headers=headers).status_code in (401, 403)
    assert not actor_for(person).roles
    with pytest.raises(Refused) as error:
        people.disable(actor=admin, person=person, reason="再来一次")
    assert rules_of(error) == {"G7"}
    people.enable(actor=admin, person=person, reason="查清了")
    assert actor_for(User.objects.get(pk=person.pk)).roles == {"PLANNER"}
    assert Client().get("/api/v1/plans/", headers=headers).status_code in (401, 403)
    assert "查清了" in last_note(person).sentence
    with pytest.raises(Refused):
        people.enable(actor=admin, person=person, reason="再来一次")


def test_nobody_disables_himself_or_the_last_administrator(admin):
    with pytest.raises(Refused) as error:
        people.disable(actor=admin, person=admin.user, reason="误点")
    assert rules_of(error) == {"ADM-02", "ADM-05"}
    second = colleague("administrator")
    people.disable(actor=second, person=admin.user, reason="离职")
    membership = Membership.objects.get(user=second.user)
    with pytest.raises(Refused) as error:
        people.end(actor=second, membership=membership, reason="误点")
    assert rules_of(error) == {"ADM-05"}


def test_details_are_corrected_with_what_they_were(admin):
    person = actor("planner").user
    people.correct_person(actor=admin, person=person, name="陈思源", email="chen@demo.invalid", phone="1")
    assert last_note(person).facts["changed"]["name"] == ["陈思远", "陈思源"]
    with pytest.raises(Refused) as error:
        people.correct_person(actor=admin, person=admin.user, name="乙", email="", phone="")
    assert rules_of(error) == {"ADM-02"}


# --- passwords --------------------------------------------------------------------------------------------------------
@pytest.fixture
def person() -> User:
    """Somebody with a password, no demonstration person."""
    user = actor("planner").user
    user.is_demo = False
    user.set_password("alt-und-vergessen-1")
    user.save()
    return user


def test_a_forgotten_password_is_answered_alike_whether_or_not_there_is_an_account(person, monkeypatch):
    asked = []
    monkeypatch.setattr("portal.administration.tasks.answer_forgotten.delay", asked.append)
    answers = [Client().post("/password/", {"word": word}, follow=True) for word in (person.username, "nobody")]
    assert [answer.redirect_chain for answer in answers] == [[("/password/sent/", 302)]] * 2
    bodies = [re.sub(r'csrfmiddlewaretoken" value="\w+"', "", answer.content.decode()) for answer in answers]
    assert bodies[0] == bodies[1]
    assert asked == [person.username, "nobody"]


def test_the_letter_leads_to_a_new_password_once(person):
    signed_in = Client()
    signed_in.force_login(person)
    letters.answer_forgotten(" nobody ")
    letters.answer_forgotten("")
    assert not Letter.objects.exists()
    letters.answer_forgotten(person.email.upper())
    letters.answer_forgotten(person.username)  # within five minutes: one letter
    assert letters.deliver() == 1
    page = reset_link(person).removeprefix("http://127.0.0.1:8000")
    assert page in mail.outbox[0].body
    visitor = Client()
    assert visitor.get(page).status_code == 200
    assert visitor.post(page, {"password": "1234567890", "again": "1234567890"}).status_code == 409
    assert visitor.post(page, {"password": "neu-und-gut-gemerkt-2", "again": "neu-und-gut-gemerkt-2"}).status_code == 302
    person.refresh_from_db()
    assert check_password("neu-und-gut-gemerkt-2", person.password)
    assert visitor.get(page).status_code == 410
    assert signed_in.get("/workbench/").status_code == 302  # the session of the old password is over
    with pytest.raises(Refused) as error:
        set_password(token=page.split("/")[2], password="noch-ein-neues-3")
    assert rules_of(error) == {"ADM-03"}
    assert last_note(person).transition == "password_set"


def test_who_may_not_sign_in_gets_no_letter(person):
    person.is_active = False
    person.save()
    letters.answer_forgotten(person.username)
    assert not Letter.objects.exists()
    assert Client().get(reset_link(person).removeprefix("http://127.0.0.1:8000")).status_code == 410
    assert Client().get("/password/zz.zz/").status_code == Client().get("/password/!!/").status_code == 410


def test_an_administrator_sends_the_letter_or_is_shown_the_link(admin, person):
    assert people.send_reset(actor=admin, person=person, reason="忘了") == ""
    assert Letter.objects.get().person == person
    person.email = ""
    person.save()
    reader = Client()
    reader.force_login(admin.user)
    shown = reader.post(f"/administration/people/{person.pk}/password/", {"reason": "忘了"})
    assert reset_link(person) in shown.content.decode()
    assert last_note(person).transition == "reset_shown"
    assert reset_link(person) not in str(last_note(person).facts)
    with pytest.raises(Refused) as error:
        people.send_reset(actor=admin, person=actor("head").user, reason="演示")
    assert rules_of(error) == {"ADM-03"}
    people.disable(actor=admin, person=person, reason="离职")
    person.refresh_from_db()
    with pytest.raises(Refused) as error:
        people.send_reset(actor=admin, person=person, reason="忘了")
    assert rules_of(error) == {"G7"}


# --- hand-over --------------------------------------------------------------------------------------------------------
def test_claimed_reviews_go_back_to_the_desk_of_the_successor(admin):
    make_plan("SUBMITTED")
    step = ReviewStep.objects.get(kind="FINANCE")
    perform(step, "claim", actor=actor("finance_officer"))
    leaving, successor = actor("finance_officer").user, actor("budget_officer").user
    moved = hand_over(actor=admin, leaving=leaving, organisation=organisation("finance"), successor=successor, roles=["FINANCE_OFFICER"],
                      reason="调任", ends_roles=True)  # fmt: skip
    assert moved == [step]
    step.refresh_from_db()
    assert (step.state, step.claimed_by) == ("PENDING", None)
    assert not actor_for(leaving).roles
    perform(step, "claim", actor=actor_for(successor))
    assert last_note(leaving).facts["successor"] == successor.name
    assert leaving.name in last_note(successor).sentence


def test_contracts_go_to_another_project_officer(admin):
    contract = make_contract("PERFORMING")
    leaving = contract.project_officer
    successor = colleague("project_officer").user
    hand_over(actor=admin, leaving=leaving, organisation=organisation("agency"), successor=successor, roles=[], reason="休假")
    contract = Contract.objects.get(pk=contract.pk)
    assert contract.project_officer == successor
    entry = Entry.objects.of_subject("contracts.contract", contract.pk).latest("id")
    assert entry.facts == {"before": leaving.name, "after": successor.name}
    with pytest.raises(Refused) as error:
        perform(contract, "assign_officer", actor=actor("head"), project_officer=successor, reason="同一人")
    assert rules_of(error) == {"S-84"}
    with pytest.raises(Refused) as error:
        perform(contract, "assign_officer", actor=actor("head"), project_officer=actor("planner").user, reason="不是专管员")
    assert rules_of(error) == {"S-84"}


def test_work_goes_only_to_a_colleague_with_what_the_leaver_held(admin):
    given = {"actor": admin, "leaving": actor("planner").user, "organisation": organisation("agency"), "reason": "试"}
    with pytest.raises(Refused) as error:
        hand_over(successor=actor("planner").user, roles=[], **given)
    assert rules_of(error) == {"ADM-06"}
    with pytest.raises(Refused) as error:
        hand_over(successor=actor("planner_2").user, roles=["HEAD"], **given)
    assert rules_of(error) == {"ADM-06"}
    assert len(error.value.refusals) == 2
    with pytest.raises(Refused) as error:
        hand_over(successor=actor("hongshan_head").user, roles=[], **{**given, "organisation": organisation("hongshan_civil")})
    assert rules_of(error) == {"ADM-01"}


# --- organisations and regions ----------------------------------------------------------------------------------------
def test_an_organisation_is_checked_at_once_and_corrected_with_a_record(admin):
    region = organisation("agency").region
    with pytest.raises(Refused) as error:
        places.add_organisation(actor=admin, kind="FINANCE", code="113601990145000020", name="赣江市财政局", region=region,
                                superior=organisation("housing"))  # fmt: skip
    assert {refusal.field for refusal in error.value.refusals} == {"code", "name", "superior"}
    with pytest.raises(Refused) as error:
        places.add_organisation(actor=admin, kind="AGENCY", code=organisation("agency").code, name="别名", region=region)
    assert rules_of(error) == {"ADM-01"}
    with pytest.raises(Refused) as error:
        places.correct_organisation(actor=admin, organisation=organisation("housing"), superior=organisation("agency"))
    assert rules_of(error) == {"ADM-04"}
    body = places.correct_organisation(actor=admin, organisation=organisation("agency"), phone="0791-1")
    assert Entry.objects.filter(subject=f"organisation:{body.pk}").latest("id").facts["changed"]["phone"][1] == "0791-1"


def test_a_suspended_organisation_acts_no_more_until_it_is_resumed(admin):
    places.suspend_organisation(actor=admin, organisation=organisation("agency"), reason="机构改革")
    assert not actor_for(actor("head").user).roles
    with pytest.raises(Refused) as error:
        places.suspend_organisation(actor=admin, organisation=organisation("agency"), reason="再来一次")
    assert rules_of(error) == {"G7"}
    places.resume_organisation(actor=admin, organisation=organisation("agency"), reason="恢复")
    assert actor("head").has(Role.HEAD)
    with pytest.raises(Refused) as error:
        places.resume_organisation(actor=admin, organisation=organisation("agency"), reason="再来一次")
    with pytest.raises(Refused) as error:
        places.suspend_organisation(actor=admin, organisation=organisation("operations"), reason="误点")
    assert rules_of(error) == {"ADM-05"}


def test_regions_grow_downwards_within_the_administrators_own(admin):
    city = organisation("agency").region
    county = places.add_region(actor=admin, parent=city, code="360199001", name="开发区", level="TOWN")
    assert county.path.startswith(city.path)
    places.rename_region(actor=admin, region=county, name="新区")
    assert county.name == "新区"
    with pytest.raises(Refused) as error:
        places.add_region(actor=admin, parent=city, code="150999", name="别处")
    assert rules_of(error) == {"RCV-30"}
    with pytest.raises(Refused) as error:
        places.add_region(actor=admin, parent=county, code="360199001", name="重复")
    assert rules_of(error) == {"ADM-01"}
    with pytest.raises(Refused) as error:
        places.add_region(actor=admin, parent=city, code="三六", name="不是代码")
    assert rules_of(error) == {"RCV-30"}
    with pytest.raises(Refused) as error:
        places.rename_region(actor=admin, region=organisation("hongshan_civil").region, name="别处")
    assert rules_of(error) == {"ADM-01"}
