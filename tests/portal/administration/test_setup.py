"""An empty installation gets its first administrator by a link that works once (ADM-03)."""
from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from portal.accounts.models import Membership, Organisation, Region, User
from portal.accounts.roles import OrganisationKind, Role
from portal.administration import links
from portal.administration.verbs.setup import Place, set_up
from portal.audit.models import Entry
from portal.identifiers import check_character
from portal.workflow.refusals import Refused
from tests.factories.people import actor
from tests.portal.authentication.test_second_factor import enrol_on_the_page

pytestmark = pytest.mark.django_db
STEM = "12330281014500009"
GIVEN = {
    "province_code": "330000", "province_name": "浙江省", "city_code": "330200", "city_name": "宁波市", "county_code": "330281",
    "county_name": "余姚市", "organisation": "余姚市政务信息中心", "code": STEM + check_character(STEM), "name": "初始化", "email": "",
    "username": "first", "password": "hai-dao-you-feng-9", "again": "hai-dao-you-feng-9",
}  # fmt: skip


def printed(capsys, *options: str) -> str:
    call_command("first_administrator", *options)
    return capsys.readouterr().out.strip()


def path_of(link: str) -> str:
    return link.removeprefix("http://127.0.0.1:8000")


def test_the_printed_link_sets_the_portal_up_once(capsys):
    page = path_of(printed(capsys))
    visitor = Client()
    assert visitor.get(page).status_code == 200
    answer = visitor.post(page, GIVEN)
    assert answer.status_code == 302, answer.context["refusals"] or answer.context["form"].errors
    region = Region.objects.get(code="330281")
    assert region.path == "/330000/330200/330281/"
    assert [region.level, region.parent.level, region.parent.parent.level] == ["COUNTY", "CITY", "PROVINCE"]
    assert Organisation.objects.get().kind == OrganisationKind.OPERATIONS
    assert Membership.objects.get().role == Role.ADMINISTRATOR
    assert User.objects.get().check_password(GIVEN["password"])
    assert Entry.objects.get(transition="first_administrator").facts["region"] == "余姚市"
    assert visitor.get(page).status_code == visitor.post(page, GIVEN).status_code == 404
    assert visitor.post("/sign-in/", {"username": "first", "password": GIVEN["password"]}).status_code == 302
    assert visitor.get("/administration/")["Location"] == "/account/security/"  # a second factor before anything else
    enrol_on_the_page(visitor)
    assert visitor.get("/administration/")["Location"] == "/account/administration/?next=%2Fadministration%2F"
    begun = visitor.post("/account/administration/", {"reason": "设立平台", "minutes": "60", "next": "/administration/"})
    assert begun["Location"] == "/administration/"
    assert visitor.get("/administration/").status_code == 200
    with pytest.raises(CommandError):
        call_command("first_administrator")
    assert not printed(capsys, "--if-none")


def test_everything_wrong_is_said_at_once_and_nothing_is_made(capsys):
    page = path_of(printed(capsys))
    wrong = GIVEN | {"city_code": "340200", "code": "123302810145000090", "password": "1234567890", "again": "1234567890"}
    answer = Client().post(page, wrong)
    assert answer.status_code == 409
    assert {refusal.field for refusal in answer.context["refusals"]} >= {"city_code", "county_code", "code", "password"}
    assert not Region.objects.exists()
    assert not User.objects.exists()
    assert "浙江省" in answer.content.decode()


def test_a_city_needs_no_county_but_a_code_needs_its_name(capsys):
    page = path_of(printed(capsys))
    visitor = Client()
    answer = visitor.post(page, GIVEN | {"county_name": ""})
    assert answer.status_code == 422
    assert answer.context["form"].errors["county_name"]
    assert visitor.post(page, GIVEN | {"county_name": "", "county_code": ""}).status_code == 302
    assert Organisation.objects.get().region.code == "330200"


def test_a_forged_or_old_link_opens_nothing(capsys, monkeypatch):
    page = path_of(printed(capsys))
    assert Client().get(page[:-4] + "abc/").status_code == 410
    monkeypatch.setattr(links, "SETUP_VALID", links.timedelta(seconds=-1))
    assert Client().post(page, GIVEN).status_code == 410
    assert not User.objects.exists()


def test_where_there_is_an_administrator_the_link_is_dead():
    page = path_of(links.setup_link())
    actor("administrator")
    assert Client().get(page).status_code == 404


def given(**changes) -> dict:
    return {
        "places": [Place("330000", "浙江省")], "organisation": GIVEN["organisation"], "code": GIVEN["code"], "username": "first",
        "name": "初始化", "email": "", "password": GIVEN["password"], **changes,
    }  # fmt: skip


def test_of_two_who_hold_the_link_one_comes_too_late():
    set_up(**given())
    with pytest.raises(Refused) as error:
        set_up(**given(username="second"))
    assert [refusal.rule for refusal in error.value.refusals] == ["ADM-03"]
    assert not User.objects.filter(username="second").exists()


def test_the_chain_of_regions_begins_with_a_province():
    with pytest.raises(Refused) as error:
        set_up(**given(places=[Place("330200", "宁波市")]))
    assert [(refusal.rule, refusal.field) for refusal in error.value.refusals] == [("RCV-30", "province_code")]
    assert not Region.objects.exists()


def test_an_account_that_stands_is_not_taken_over():
    User.objects.create_user("First", name="先来的")
    with pytest.raises(Refused) as error:
        set_up(**given())
    assert [(refusal.rule, refusal.field) for refusal in error.value.refusals] == [("ADM-01", "username")]
