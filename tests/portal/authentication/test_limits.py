"""Guessing: the same answer whether an account exists, limits for account and address, a lock that says when it ends."""
from __future__ import annotations

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog
from django.contrib.auth import hashers
from django.utils import timezone

from portal.accounts.models import User
from tests.factories.authentication import PASSWORD, Browser, code_of, enrol_app, person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(settings):
    settings.SECOND_FACTOR = "none"
    return person("finance_officer")


def attempt(username: str, password: str = "wrong", address: str = "10.0.0.1"):
    return Browser(REMOTE_ADDR=address).post("/sign-in/", {"username": username, "password": password})


def said(answer) -> str:
    """The page without what differs from visit to visit."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|value="(chen|nobody|gone)"', "", answer.content.decode())


def test_unknown_disabled_and_wrong_read_the_same_and_cost_the_same(user, monkeypatch):
    gone = person("planner", "gone")
    gone.is_active = False
    gone.save()
    hashed: list[str] = []
    encode = hashers.get_hasher().__class__.encode
    monkeypatch.setattr(hashers.get_hasher().__class__, "encode", lambda *a, **k: hashed.append("one") or encode(*a, **k))
    answers, costs = [], []
    for username, password in (("chen", "wrong"), ("nobody", "wrong"), ("gone", "wrong"), ("gone", PASSWORD)):
        hashed.clear()
        answers.append(attempt(username, password))
        costs.append(len(hashed))
    assert {answer.status_code for answer in answers} == {200}
    assert len({said(answer) for answer in answers}) == 1
    assert set(costs) == {1}


def test_one_click_people_are_not_told_apart_by_their_missing_password(user, monkeypatch):
    hashed: list[str] = []
    encode = hashers.get_hasher().__class__.encode
    monkeypatch.setattr(hashers.get_hasher().__class__, "encode", lambda *a, **k: hashed.append("one") or encode(*a, **k))
    attempt("head")
    assert hashed == ["one"]


@pytest.mark.parametrize("username", ["chen", "nobody"])
def test_the_fifth_failure_locks_the_account_here_and_says_until_when(user, username):
    for _each in range(4):
        assert attempt(username).status_code == 200
    locked = attempt(username)
    assert locked.status_code == 429
    ends = timezone.localtime(AccessAttempt.objects.get().attempt_time + timedelta(minutes=15)).strftime("%Y-%m-%d %H:%M")
    assert f"{ends} 以后自动解锁" in locked.content.decode()
    assert attempt(username, PASSWORD).status_code == 429
    assert f"{ends} 以后自动解锁" in attempt(username).content.decode()  # trying on does not move it
    assert attempt(username, address="10.0.0.2").status_code == 200


def test_the_lock_ends_by_itself(user):
    for _each in range(5):
        attempt("chen")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert attempt("chen", PASSWORD).status_code == 302


def test_success_ends_the_counting(user):
    for _each in range(4):
        attempt("chen")
    assert attempt("chen", PASSWORD).status_code == 302
    assert attempt("chen").status_code == 200


def test_an_account_is_guarded_against_many_addresses(user, settings):
    settings.SIGN_IN_PERSON_LIMIT = 6
    for number in range(6):
        assert attempt("chen", address=f"10.1.0.{number}").status_code == 200
    blocked = attempt("chen", PASSWORD, address="10.1.0.99")
    assert blocked.status_code == 429
    assert "以后自动解锁" in blocked.content.decode()
    AccessFailureLog.objects.update(attempt_time=timezone.now() - timedelta(minutes=61))
    assert attempt("chen", PASSWORD, address="10.1.0.99").status_code == 302


def test_an_address_is_kept_from_trying_many_accounts(user, settings):
    settings.SIGN_IN_ADDRESS_LIMIT = 6
    for number in range(6):
        assert attempt(f"somebody{number}").status_code == 200
    assert attempt("chen", PASSWORD).status_code == 429
    assert attempt("chen", PASSWORD, address="10.0.0.2").status_code == 302


def test_wrong_second_factors_count_like_wrong_passwords(user):
    secret = enrol_app(user)
    client = Browser()
    sign_in(client, user)
    for _each in range(4):
        assert client.post("/sign-in/second/", {"step_up_code": "000000"}).status_code == 422
    assert client.post("/sign-in/second/", {"step_up_code": "000000"}).status_code == 429
    assert client.post("/sign-in/second/", {"step_up_code": code_of(secret)}).status_code == 429  # not even looked at
    AccessAttempt.objects.all().delete()
    assert client.post("/sign-in/second/", {"step_up_code": code_of(secret)}).status_code == 302


def test_the_right_password_does_not_wipe_away_wrong_second_factors(user):
    enrol_app(user)
    for _each in range(2):
        client = Browser()
        sign_in(client, user)
        for _try in range(2):
            client.post("/sign-in/second/", {"step_up_code": "000000"})
    client = Browser()
    sign_in(client, user)
    assert client.post("/sign-in/second/", {"step_up_code": "000000"}).status_code == 429


def test_wrong_answers_in_the_middle_of_an_act_lock_too(user):
    client = Browser()
    client.force_login(user)
    for _each in range(4):
        assert client.post("/step-up/", {"step_up_password": "wrong", "next": "/"}).status_code == 403
    assert client.post("/step-up/", {"step_up_password": "wrong", "next": "/"}).status_code == 429
    assert client.post("/step-up/", {"step_up_password": PASSWORD, "next": "/"}).status_code == 429


def test_programs_are_counted_by_an_address_they_do_not_choose(settings):
    from rest_framework.settings import api_settings

    assert int(settings.BEHIND_PROXY) == api_settings.NUM_PROXIES
    assert "rest_framework.throttling.UserRateThrottle" in settings.REST_FRAMEWORK["DEFAULT_THROTTLE_CLASSES"]


def test_no_password_is_kept_with_a_failure(user):
    attempt("chen", "my other password")
    row = AccessAttempt.objects.get()
    assert "my other password" not in row.post_data
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
