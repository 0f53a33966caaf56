"""The page that asks whether it is you: nothing typed is lost, no secret is echoed, the act goes on after the answer."""
from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from axes.models import AccessAttempt

from portal import clock
from portal.accounts.models import ApiToken
from portal.accounts.presence import STEPPED_UP_AT
from portal.audit.models import Entry
from portal.workflow import lifecycle
from tests.factories.authentication import PASSWORD, Browser, SoftKey, code_of, enrol_app, options_in, person, sign_in
from tests.factories.plans import COMPILED_AT, make_plan

pytestmark = pytest.mark.django_db
REASON = "第一行：数量不对；\n第二行：“依据”<缺>失 & 其他"


@pytest.fixture
def plan(monkeypatch, settings):
    """A plan whose sending back (a reason is typed) asks for the person, as opening, signing and paying do."""
    settings.SECOND_FACTOR = "none"
    cycle = lifecycle("plans.plan")
    monkeypatch.setitem(cycle._by_name, "send_back", replace(cycle["send_back"], step_up=True))
    with clock.at(COMPILED_AT):
        yield make_plan("PROPOSED")


@pytest.fixture
def user(plan):
    return person("head")


@pytest.fixture
def client(user):
    client = Browser()
    client.force_login(user)
    return client


def act(client, plan, **more):
    return client.post(f"/act/plans.plan/{plan.pk}/send_back/", {**typed(client, plan), **more})


def typed(client, plan) -> dict:
    page = client.get(f"/act/plans.plan/{plan.pk}/send_back/").content.decode()
    codes = re.findall(r'<option value="([A-Z_]+)"', page)
    return {"reason": REASON, **({"reason_code": codes[0]} if codes else {})}


def hidden(page) -> dict:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode())
    return {name: html.unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def test_the_act_waits_in_the_page_and_goes_on_after_the_answer(client, plan, user):
    secret = enrol_app(user)
    asked = act(client, plan)
    assert asked.status_code == 403
    assert "no-store" in asked.headers["Cache-Control"]
    waiting = hidden(asked)
    assert waiting["reason"] == REASON
    plan.refresh_from_db()
    assert plan.state == "PROPOSED"
    wrong = client.post(asked.wsgi_request.get_full_path(), {**waiting, "step_up_code": "000000"})
    assert "没有确认成功" in wrong.content.decode()
    assert hidden(wrong)["reason"] == REASON
    done = client.post(asked.wsgi_request.get_full_path(), {**hidden(wrong), "step_up_code": code_of(secret)})
    assert done.status_code == 302
    plan.refresh_from_db()
    assert plan.state == "SENT_BACK"
    entry = Entry.objects.of_subject("plans.plan", plan.pk).get(transition="send_back")
    assert entry.reason == REASON
    assert entry.facts["confirmed_by"] == "app"


def test_with_a_security_key(client, plan, user):
    client.post("/step-up/", {"step_up_password": PASSWORD, "next": "/"})
    key = SoftKey()
    answer = key.create(options_in(client.get("/account/security/key/")))
    client.post("/account/security/key/", {"name": "钥匙", "answer": answer})
    forget(client)
    asked = act(client, plan)
    done = client.post(asked.wsgi_request.get_full_path(), {**hidden(asked), "step_up_key": key.get(options_in(asked))})
    assert done.status_code == 302


def forget(client) -> None:
    """As if ten minutes had passed."""
    session = client.session
    session.pop(STEPPED_UP_AT, None)
    session.save()


def test_once_shown_it_lasts_ten_minutes(client, plan, user):
    assert client.post("/step-up/", {"step_up_password": PASSWORD, "next": "/plans/"})["Location"] == "/plans/"
    assert act(client, plan).status_code == 302


def test_signing_in_with_the_password_just_now_is_such_a_moment(plan, user):
    client = Browser()
    sign_in(client, user)
    assert act(client, plan).status_code == 302


def test_the_password_is_not_enough_where_the_installation_says_so(plan, user, settings):
    settings.STEP_UP_BY_PASSWORD = False
    client = Browser()
    sign_in(client, user)
    asked = act(client, plan)
    assert asked.status_code == 403
    assert "不能只用密码" in asked.content.decode()
    assert client.get("/account/security/app/").status_code == 200  # but it is enough to enrol the first factor


def test_what_is_typed_blind_is_never_put_into_a_page(client, plan):
    asked = act(client, plan, passphrase="do not show me", old_password="nor me")
    page = asked.content.decode()
    assert "do not show me" not in page
    assert "nor me" not in page
    assert set(re.findall(r'type="password"[^>]*name="([^"]+)"', page)) >= {"passphrase", "old_password"}


def test_nothing_that_was_typed_stands_where_failures_are_counted(client, plan, user):
    enrol_app(user)
    client.post(f"/act/plans.plan/{plan.pk}/send_back/", {"reason": REASON, "passphrase": "very secret", "step_up_code": "000000"})
    attempt = AccessAttempt.objects.get()
    assert "very secret" not in attempt.post_data
    assert "000000" not in attempt.post_data
    assert attempt.username == user.username


def test_an_act_that_is_refused_anyway_asks_nobody(client, plan):
    answer = client.post(f"/act/plans.plan/{plan.pk}/send_back/", {"reason": ""})
    assert answer.status_code == 422


def test_the_page_leads_nowhere_else(client):
    assert client.post("/step-up/", {"step_up_password": PASSWORD, "next": "https://elsewhere.example/"})["Location"] == "/workbench/"
    page = client.get("/step-up/", {"next": "/plans/"})
    assert (page.status_code, hidden(page)) == (200, {"next": "/plans/"})
    assert client.get("/step-up/").status_code == 200


def test_programs_with_a_session_are_told_where_to_show_themselves(client, plan):
    answer = client.post(f"/api/v1/plans/{plan.pk}/send_back/", typed(client, plan), content_type="application/json")
    assert answer.status_code == 403
    assert answer.json()["step_up"] == "/step-up/"


@pytest.mark.parametrize(("scope", "status"), [("ACT", 409), ("SIGN", 200)])
def test_an_ordinary_token_is_refused_and_one_made_for_it_is_not(plan, user, scope, status):
    _token, secret = ApiToken.issue(user=user, organisation=plan.agency, name="t", scope=scope)
    answer = Browser().post(
        f"/api/v1/plans/{plan.pk}/send_back/", {"reason": REASON, "reason_code": "OTHER"}, content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert answer.status_code == status, answer.content.decode()
    if status == 409:
        assert [r["rule"] for r in answer.json()["refusals"]] == ["AUTH-02"]


def test_a_token_that_signs_is_made_only_by_who_shows_himself(client, user):
    values = {"name": "财务系统", "scope": "SIGN"}
    assert client.post("/account/", values).status_code == 403
    assert not ApiToken.objects.exists()
    assert client.post("/account/", {**values, "step_up_password": PASSWORD}).status_code == 200
    assert ApiToken.objects.get().scope == "SIGN"
    forget(client)
    assert client.post("/account/", {"name": "读数", "scope": "READ"}).status_code == 200
