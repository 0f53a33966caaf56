"""Sessions: seen and ended by their person, ended by time, by a changed password and by disabling; never fixed by a stranger."""
from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from portal.authentication import sessions
from portal.authentication.devices import client_address, coarse, device_of
from portal.authentication.models import Session
from portal.authentication.tasks import tidy
from tests.factories.authentication import Browser, person, sign_in

pytestmark = pytest.mark.django_db
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"


@pytest.fixture
def user(settings):
    settings.SECOND_FACTOR = "none"
    return person("finance_officer")


def visit(user, agent: str = CHROME, address: str = "10.20.30.40") -> Browser:
    client = Browser(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    sign_in(client, user)
    return client


def is_in(client) -> bool:
    return client.get("/workbench/").status_code == 200


def test_a_person_sees_his_sessions_with_device_and_coarse_address_and_ends_one(user):
    here, there = visit(user), visit(user, "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604.1", "2001:db8:1:2::3")
    page = here.get("/account/security/").content.decode()
    for words in ("Chrome 142 · Windows", "10.20.30.*", "Safari 604 · iPhone", "2001:db8:1::", "就是这里"):
        assert words in page
    assert "10.20.30.40" not in page
    keys = set(Session.objects.values_list("session_key", flat=True))
    assert not [key for key in keys if key in page]  # who reads over his shoulder learns nothing that opens one
    name = page.split('name="session" value="')[1].split('"')[0]
    assert here.post("/account/security/sessions/end/", {"session": name}).status_code == 302
    assert is_in(here)
    assert not is_in(there)


def test_all_others_are_ended_at_once_and_nobody_ends_those_of_another(user):
    here, there, third = visit(user), visit(user), visit(user)
    stranger = visit(person("planner", "other"))
    page = here.get("/account/security/").content.decode()
    name = page.split('name="session" value="')[1].split('"')[0]
    assert stranger.post("/account/security/sessions/end/", {"session": name}).status_code == 404
    assert stranger.post("/account/security/sessions/end/", {"session": "others"}).status_code == 302
    assert is_in(there)
    assert is_in(third)
    here.post("/account/security/sessions/end/", {"session": "others"})
    assert [is_in(client) for client in (here, there, third, stranger)] == [True, False, False, True]


def test_the_key_changes_at_sign_in_so_that_a_planted_one_is_worth_nothing(user, settings):
    client = Browser()
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = planted
    sign_in(client, user)
    assert is_in(client)
    thief = Browser()
    thief.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert not is_in(thief)
    assert client.session.session_key != planted


def test_the_key_changes_between_the_two_steps_too(user, settings):
    from tests.factories.authentication import code_of, enrol_app

    secret = enrol_app(user)
    client = Browser()
    sign_in(client, user)
    between = client.session.session_key
    client.post("/sign-in/second/", {"step_up_code": code_of(secret)})
    assert is_in(client)
    assert client.session.session_key != between
    assert "pending_sign_in" not in client.session


def age(client, **ago) -> None:
    session = client.session
    moment = timezone.now().timestamp()
    for name, seconds in ago.items():
        session[name] = moment - seconds
    session.save()


def test_an_idle_session_ends_and_says_so(user, settings):
    client = visit(user)
    age(client, used_at=settings.SESSION_IDLE_MINUTES * 60 - 30)
    assert is_in(client)
    age(client, used_at=settings.SESSION_IDLE_MINUTES * 60 + 30)
    old = client.session.session_key
    answer = client.get("/workbench/", follow=True)
    assert answer.redirect_chain[0][0].startswith("/sign-in/")
    assert "为安全起见已退出登录" in answer.content.decode()
    assert not Session.objects.filter(session_key=old).exists()


def test_a_session_ends_after_its_longest_time_however_busy(user, settings):
    client = visit(user)
    age(client, signed_in_at=settings.SESSION_COOKIE_AGE + 5, used_at=1)
    assert not is_in(client)


def test_use_is_noted_once_a_minute_and_moves_the_idle_limit(user):
    client = visit(user)
    row = Session.objects.get(session_key=client.session.session_key)
    client.get("/workbench/")
    assert Session.objects.get(pk=row.pk).used_at == row.used_at
    age(client, used_at=90)
    client.get("/workbench/")
    assert timezone.now() - Session.objects.get(pk=row.pk).used_at < timedelta(seconds=30)


def test_a_changed_password_ends_every_session(user):
    client = visit(user)
    user.set_password("quite another password")
    user.save()
    assert not is_in(client)


def test_his_own_password_is_changed_by_who_knows_it_and_only_this_session_stays(user):
    from tests.factories.authentication import PASSWORD

    here, there = visit(user), visit(user)
    new = "mountains and long rivers"
    values = {"old_password": "wrong", "new_password1": new, "new_password2": new}
    assert here.post("/account/security/password/", values).status_code == 422
    weak = {"old_password": PASSWORD, "new_password1": "password12", "new_password2": "password12"}
    assert here.post("/account/security/password/", weak).status_code == 422
    assert here.post("/account/security/password/", {**values, "old_password": PASSWORD}).status_code == 302
    assert is_in(here)
    assert not is_in(there)
    user.refresh_from_db()
    assert user.check_password(new)


def test_who_has_no_password_changes_none():
    from tests.factories.people import actor

    client = Browser()
    client.force_login(actor("head").user)
    assert client.get("/account/security/password/").status_code == 404


def test_who_is_disabled_is_out_and_stays_out_when_enabled_again(user):
    client = visit(user)
    user.is_active = False
    user.save()
    assert not is_in(client)
    assert not Session.objects.filter(user=user).exists()
    user.is_active = True
    user.save()
    assert not is_in(client)


def test_signing_out_removes_the_session(user):
    client = visit(user)
    key = client.session.session_key
    client.post("/sign-out/")
    assert not Session.objects.filter(session_key=key).exists()


def test_another_person_on_the_same_computer_inherits_nothing(user):
    from portal.accounts.presence import STEPPED_UP_AT

    client = visit(user)
    assert STEPPED_UP_AT in client.session
    client.force_login(person("planner", "other"))
    assert STEPPED_UP_AT not in client.session


def test_what_is_over_is_tidied_away(user):
    client = visit(user)
    Session.objects.update(expire_date=timezone.now() - timedelta(days=1))
    tidy()
    assert not Session.objects.exists()
    assert not is_in(client)


@pytest.mark.parametrize(("address", "shown"), [
    ("192.0.2.77", "192.0.2.*"), ("2001:db8:abcd:12::1", "2001:db8:abcd::"), ("", ""), ("unix:", ""),
])
def test_addresses_are_kept_coarse(address, shown):
    assert coarse(address) == shown


@pytest.mark.parametrize(("agent", "shown"), [
    (CHROME, "Chrome 142 · Windows"), (f"{CHROME} Edg/142.0", "Edge 142 · Windows"), ("curl/8.5", ""),
    ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile MicroMessenger/8.0.50", "微信 8 · Android"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox 128 · Linux"),
])
def test_devices_are_told_in_a_few_words(agent, shown):
    assert device_of(agent) == shown


def test_a_visitor_does_not_choose_his_address(settings):
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR="1.2.3.4, 203.0.113.5")
    settings.BEHIND_PROXY = False
    assert client_address(request) == "10.0.0.9"
    settings.BEHIND_PROXY = True
    assert client_address(request) == "203.0.113.5"  # what our own proxy added, not what the visitor wrote before it


def test_ending_says_how_many(user):
    visit(user)
    visit(user)
    assert sessions.end_sessions(user) == 2
