"""Intentions where people and programs meet them: the public list and page, workbook, API, the page of work, the project."""
from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from portal import clock
from portal.accounts.models import ApiToken
from portal.workbench.todo import counts_for
from portal.workdays.calendars import load_calendars
from portal.workflow import available_actions, perform
from procurement.plans.models import Intention
from tests.factories.people import actor
from tests.factories.plans import draft_intention, one_year

pytestmark = pytest.mark.django_db
PUBLISHED_AT = datetime(2026, 8, 31, 10, 0, tzinfo=clock.SHANGHAI)


@pytest.fixture
def intention() -> Intention:
    load_calendars()
    found = draft_intention(**one_year("1000000.00"))
    with clock.at(PUBLISHED_AT):
        found = perform(
            found, "edit", actor=actor("buyer"), title="道路保洁", outline="清扫保洁 86 万平方米。", budget=Decimal("1000000.00"),
            expected=date(2026, 11, 1), remark="两年",
        )
        return perform(found, "publish", actor=actor("head"))


@pytest.fixture
def corrected(intention) -> Intention:
    with clock.at(PUBLISHED_AT.replace(month=9, day=1)):
        return perform(intention, "correct", actor=actor("head"), reason="增加路段", title=intention.title, outline=intention.outline,
                       budget=Decimal("1110000.00"), expected=intention.expected, remark=intention.remark)  # fmt: skip


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(actor(username).user)
    return client


def test_everybody_finds_it_by_words_region_and_month(intention):
    visitor = Client()
    with clock.at(PUBLISHED_AT):
        html = page(visitor, "/intentions/")
        assert intention.get_public_url() in html
        assert "100.00" in html
        for query, is_there in (("q=清扫", True), ("q=养老", False), ("since=2026-11", True), ("since=2026-12", False),
                                ("until=2026-10", False), ("state=FOLLOWED", False), (f"region={intention.agency.region.code}", True)):
            assert (intention.get_public_url() in page(visitor, f"/intentions/?{query}")) is is_there, query


def test_a_draft_is_nobodys_but_the_governments():
    found = draft_intention(**one_year("1000000.00"))
    assert found.title not in page(Client(), "/intentions/")
    assert Client().get(found.get_public_url()).status_code == 404
    assert signed_in("supplier_a_officer").get(found.get_absolute_url()).status_code == 404
    assert signed_in("planner_2").get(found.get_absolute_url()).status_code == 404
    assert found.title in page(signed_in("auditor"), found.get_absolute_url())


def test_the_public_page_shows_the_line_its_corrections_and_its_sentence(corrected):
    with clock.at(PUBLISHED_AT.replace(month=9, day=2)):
        html = page(Client(), corrected.get_public_url())
        assert "本次公开的采购意向是本单位政府采购工作的初步安排" in html  # RYX-06
        assert "<del>100.00</del>" in html
        assert "<ins>111.00</ins>" in html
        assert corrected.versions.get(number=2).notice.number in html
        assert corrected.paper.get_absolute_url() in html
        assert page(Client(), corrected.notice.get_absolute_url())


def test_the_list_is_taken_away_as_a_workbook(intention):
    with clock.at(PUBLISHED_AT):
        content = Client().get("/intentions/list.xlsx?q=保洁").content
        row = [cell.value for cell in load_workbook(BytesIO(content)).worksheets[0][2]]
        assert row[1:5] == ["道路保洁", "清扫保洁 86 万平方米。", 1000000, "2026-11"]
        assert load_workbook(BytesIO(Client().get("/intentions/list.xlsx?q=养老").content)).worksheets[0].max_row == 1


def test_programs_read_it_without_an_account_and_act_with_one(intention):
    found = Client().get("/api/v1/intentions/").json()["results"]
    assert [(row["title"], row["budget"], row["may_start_on"]) for row in found] == [("道路保洁", "1000000.00", "2026-09-30")]
    with clock.at(PUBLISHED_AT.replace(month=9, day=1)):
        _token, secret = ApiToken.issue(
            user=actor("head").user, organisation=actor("head").organisation, name="t", scope=ApiToken.Scope.ACT,
            expires_at=PUBLISHED_AT.replace(year=2030),
        )
        answer = Client().post(
            f"/api/v1/intentions/{intention.pk}/shorten/", {"starts_on": "2026-09-10", "reason": "汛期"}, content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )  # fmt: skip
    assert answer.status_code == 200, answer.content
    assert (answer.json()["shortened"], answer.json()["may_start_on"]) == (True, "2026-09-10")


def test_the_head_has_it_on_his_list_until_it_is_out():
    load_calendars()
    found = draft_intention(**one_year("1000000.00"))
    assert counts_for(actor("head"))["plans.intention"] == 1
    with clock.at(datetime(2026, 1, 5, 10, tzinfo=clock.SHANGHAI)):
        found = perform(found, "publish", actor=actor("head"))
    assert "plans.intention" not in counts_for(actor("head"))


def test_the_page_of_work_offers_what_may_be_done(intention):
    with clock.at(PUBLISHED_AT):
        html = page(signed_in("head"), intention.get_absolute_url())
        for row in ("correct", "shorten", "withdraw"):
            assert f"/act/plans.intention/{intention.pk}/{row}/" in html
        assert not available_actions(intention, actor("buyer"))
        listed = page(signed_in("finance_head"), "/plans/intentions/")
        assert intention.get_absolute_url() in listed
        perform(intention, "shorten", actor=actor("head"), reason="汛期", starts_on=date(2026, 9, 10))
        assert "提前 2026-09-10" in page(signed_in("auditor"), "/plans/intentions/?shortened=true")


def test_the_publication_page_offers_the_others_of_the_agency(intention):
    other = draft_intention(year=2027, **one_year("1000000.00", year=2027))
    third = draft_intention(year=2028, **one_year("1000000.00", year=2028))
    with clock.at(PUBLISHED_AT):
        html = page(signed_in("head"), f"/act/plans.intention/{other.pk}/publish/")
        assert f'name="together" value="{third.pk}"' in html


def test_the_project_shows_it(intention):
    number = intention.project.number
    for html in (page(Client(), f"/public/projects/{number}/"), page(signed_in("planner"), f"/projects/{number}/")):
        assert 'id="intention"' in html
        assert "2026-09-30" in html
