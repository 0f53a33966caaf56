"""Second factors: enrolled on a page, asked for at sign-in, taken once, removable; what was stored opens nothing."""
from __future__ import annotations

import re

import pytest

from portal.accounts.models import User
from portal.audit.models import Entry
from portal.authentication import factors, vault
from portal.authentication.models import AuthenticatorApp, RecoveryCode, SecurityKey
from tests.factories.authentication import (
    PASSWORD,
    Browser,
    SoftKey,
    code_of,
    enrol_app,
    fresh_codes,
    options_in,
    person,
    sign_in,
)
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(settings):
    settings.SECOND_FACTOR = "none"
    return person("finance_officer")


@pytest.fixture
def client(user):
    client = Browser()
    assert sign_in(client, user).status_code == 302
    return client


def is_in(client) -> bool:
    return client.get("/workbench/").status_code == 200


# --- authenticator apps ----------------------------------------------------------------------------------------------


def enrol_on_the_page(client) -> tuple[str, list[str]]:
    page = client.get("/account/security/app/").content.decode()
    assert "data:image/svg+xml" in page
    secret = re.search(r"data-app-secret>([^<]+)<", page)[1].replace(" ", "")
    done = client.post("/account/security/app/", {"name": "办公手机", "code": code_of(secret)})
    assert done.status_code == 200
    return secret, re.findall(r"<li><code[^>]*>([^<]+)</code>", done.content.decode())


def test_an_app_is_enrolled_by_the_code_it_shows_and_its_recovery_codes_are_shown_once(client, user):
    wrong = client.get("/account/security/app/")
    assert client.post("/account/security/app/", {"name": "x", "code": "000000"}).status_code == 422
    assert not AuthenticatorApp.objects.exists()
    assert wrong.headers["Cache-Control"].startswith("max-age=0")
    _secret, codes = enrol_on_the_page(client)
    assert len(codes) == 10
    page = client.get("/account/security/").content.decode()
    assert "办公手机" in page
    assert not any(code in page for code in codes)
    assert Entry.objects.filter(lifecycle="note", transition="factor_added", subject=str(user.pk)).get().sentence.endswith("办公手机")


def test_a_wrong_first_code_keeps_the_same_secret_so_that_the_app_need_not_scan_again(client):
    page = client.get("/account/security/app/").content.decode()
    secret = re.search(r"data-app-secret>([^<]+)<", page)[1]
    again = client.post("/account/security/app/", {"name": "手机", "code": "000000"}).content.decode()
    assert secret in again


def test_neither_secret_nor_recovery_code_can_be_read_in_the_database(client, user):
    secret, codes = enrol_on_the_page(client)
    app = AuthenticatorApp.objects.get()
    assert secret.encode() not in bytes(app.sealed_secret)
    assert vault.unseal(app.sealed_secret, purpose=f"app:{user.pk}").decode() == secret
    with pytest.raises(vault.SealBroken):  # moved to somebody else it does not open
        vault.unseal(app.sealed_secret, purpose=f"app:{user.pk + 1}")
    stored = set(RecoveryCode.objects.values_list("digest", flat=True))
    assert not stored & {code.replace("-", "") for code in codes}


def test_with_a_factor_the_password_alone_lets_nobody_in(user):
    secret = enrol_app(user)
    client = Browser()
    assert sign_in(client, user, next="/projects/")["Location"] == "/sign-in/second/"
    assert not is_in(client)
    page = client.get("/sign-in/second/")
    assert "动态口令" in page.content.decode()
    assert client.post("/sign-in/second/", {"step_up_code": "123456"}).status_code == 422
    assert not is_in(client)
    assert client.post("/sign-in/second/", {"step_up_code": code_of(secret)})["Location"] == "/projects/"
    assert is_in(client)
    assert Entry.objects.filter(transition="sign_in").get().facts == {"by": "password", "second": "app"}


def test_a_code_is_taken_once(user):
    secret = enrol_app(user)
    code = code_of(secret)
    assert factors.takes_code(user, code)
    assert not factors.takes_code(user, code)
    assert factors.takes_code(user, code_of(secret, steps=1))  # a phone half a minute ahead
    assert not factors.takes_code(user, code_of(secret, steps=3))


@pytest.mark.parametrize("nonsense", ["", "12345", "1234567", "abcdef", "１２３４５６"])
def test_what_is_no_code_is_no_code(user, nonsense):
    enrol_app(user)
    assert not factors.takes_code(user, nonsense)


def test_a_recovery_code_lets_in_once_and_only_its_owner(user):
    enrol_app(user)
    code = factors.new_codes(user)[0]
    other = person("planner", "other")
    enrol_app(other)
    assert not factors.takes_recovery_code(other, code)
    client = Browser()
    sign_in(client, user)
    assert client.post("/sign-in/second/", {"step_up_code": code.lower()}).status_code == 302
    assert is_in(client)
    again = Browser()
    sign_in(again, user)
    assert again.post("/sign-in/second/", {"step_up_code": code}).status_code == 422


def test_new_recovery_codes_void_the_old_and_ask_for_the_person(user, settings):
    secret = enrol_app(user)
    old = factors.new_codes(user)[0]
    client = Browser()
    client.force_login(user)
    asked = client.post("/account/security/codes/")
    assert asked.status_code == 403
    assert 'name="step_up_code"' in asked.content.decode()
    fresh_codes(user)
    shown = client.post("/account/security/codes/", {"step_up_code": code_of(secret)})
    assert len(re.findall(r"<li><code", shown.content.decode())) == 10
    assert not factors.takes_recovery_code(user, old)


def test_a_changed_installation_key_opens_no_app_and_recovery_codes_still_work(user, settings):
    secret = enrol_app(user)
    code = factors.new_codes(user)[0]
    settings.SECRET_KEY = "another" * 10
    assert not factors.takes_code(user, code_of(secret))
    assert factors.takes_recovery_code(user, code)


# --- security keys ---------------------------------------------------------------------------------------------------


def enrol_key(client) -> SoftKey:
    key = SoftKey()
    answer = key.create(options_in(client.get("/account/security/key/")))
    assert client.post("/account/security/key/", {"name": "钥匙", "answer": answer}).status_code == 200
    return key


def test_a_security_key_is_enrolled_and_asked_for_at_sign_in(client, user):
    key = enrol_key(client)
    assert SecurityKey.objects.get().transports == ["usb"]
    assert factors.enrolled(user).codes == 10
    visit = Browser()
    sign_in(visit, user)
    options = options_in(visit.get("/sign-in/second/"))
    assert visit.post("/sign-in/second/", {"step_up_key": key.get(options)}).status_code == 302
    assert is_in(visit)
    assert SecurityKey.objects.get().sign_count > 0


@pytest.mark.parametrize("trick", ["other origin", "other key", "old challenge", "same answer twice", "nonsense"])
def test_what_a_key_did_not_sign_here_and_now_is_refused(client, user, trick):
    key = enrol_key(client)
    visit = Browser()
    sign_in(visit, user)
    options = options_in(visit.get("/sign-in/second/"))
    if trick == "other origin":
        answer = key.get(options, origin="http://testserver.example")
    elif trick == "other key":
        answer = SoftKey().get(options)
    elif trick == "old challenge":
        visit.get("/sign-in/second/")
        answer = key.get(options)
    elif trick == "nonsense":
        answer = '{"id": 7}'
    else:
        answer = key.get(options)
        visit.post("/sign-in/second/", {"step_up_key": answer})
        visit = Browser()
        sign_in(visit, user)
        visit.get("/sign-in/second/")
    assert visit.post("/sign-in/second/", {"step_up_key": answer}).status_code == 422
    assert not is_in(visit)


def test_a_key_for_another_challenge_or_address_is_not_enrolled(client):
    key = SoftKey()
    options = options_in(client.get("/account/security/key/"))
    refused = client.post("/account/security/key/", {"name": "x", "answer": key.create(options, origin="http://evil.example")})
    assert refused.status_code == 422
    assert client.post("/account/security/key/", {"name": "x", "answer": key.create(options)}).status_code == 422  # spent
    assert not SecurityKey.objects.exists()


def test_one_key_belongs_to_one_person(client, user):
    key = enrol_key(client)
    other = Browser()
    sign_in(other, person("planner", "other"))
    answer = key.create(options_in(other.get("/account/security/key/")))
    assert other.post("/account/security/key/", {"name": "x", "answer": answer}).status_code == 422


# --- removing --------------------------------------------------------------------------------------------------------


def test_removing_a_factor_asks_for_the_person_and_ends_his_other_sessions(user):
    secret = enrol_app(user)
    factors.new_codes(user)
    here, elsewhere = Browser(), Browser()
    for client in (here, elsewhere):
        client.force_login(user)
    address = f"/account/security/app/{AuthenticatorApp.objects.get().pk}/remove/"
    assert here.post(address).status_code == 403
    assert here.post(address, {"step_up_password": PASSWORD}).status_code == 403  # the password is not enough any more
    assert factors.has_factor(user)
    assert here.post(address, {"step_up_code": code_of(secret)}).status_code == 302
    assert not factors.has_factor(user)
    assert not RecoveryCode.objects.filter(user=user).exists()
    assert is_in(here)
    assert not is_in(elsewhere)


def test_nobody_removes_the_factor_of_another(user):
    enrol_app(user)
    other = Browser()
    sign_in(other, person("planner", "other"))
    assert other.post(f"/account/security/app/{AuthenticatorApp.objects.get().pk}/remove/").status_code == 404
    assert other.post("/account/security/pin/1/remove/").status_code == 404
    assert factors.has_factor(user)


# --- policy ----------------------------------------------------------------------------------------------------------


def test_who_opens_signs_pays_or_administers_enrols_before_anything_else(settings):
    settings.SECOND_FACTOR = "acting"
    client = Browser()
    sign_in(client, person("head", "chief"))
    assert client.get("/workbench/")["Location"] == "/account/security/"
    assert client.get("/api/v1/plans/").status_code == 403
    assert client.get("/").status_code == 200
    assert "先登记第二验证方式" in client.get("/account/security/").content.decode()
    enrol_on_the_page(client)
    assert is_in(client)


@pytest.mark.parametrize(("policy", "who", "free"), [
    ("none", "head", True), ("none", "administrator", True), ("acting", "finance_officer", True), ("acting", "administrator", False),
    ("acting", "budget_officer", False), ("acting", "opener_a", False), ("acting", "supplier_a_head", False),
    ("everybody", "planner", False),
])
def test_the_installation_says_who_needs_one(settings, policy, who, free):
    settings.SECOND_FACTOR = policy
    client = Browser()
    sign_in(client, person(who, "somebody"))
    assert is_in(client) is free


def test_one_click_people_of_the_demonstration_are_exempt_and_the_page_says_so(settings):
    settings.SECOND_FACTOR, settings.DEMO = "everybody", True
    actor("head")
    client = Browser()
    assert client.post("/sign-in/demo/", {"username": "head"}).status_code == 302
    assert is_in(client)
    assert "免去本人确认" in client.get("/account/security/").content.decode()


def test_a_demonstration_person_who_enrolled_one_is_asked_like_anybody(settings):
    settings.DEMO = True
    head = actor("head").user
    secret = enrol_app(head)
    client = Browser()
    assert client.post("/sign-in/demo/", {"username": "head"})["Location"] == "/sign-in/second/"
    assert client.post("/sign-in/second/", {"step_up_code": code_of(secret)}).status_code == 302
    assert is_in(client)


def test_a_demonstration_person_with_a_password_is_no_longer_exempt(settings):
    settings.SECOND_FACTOR = "everybody"
    head = User.objects.get(pk=actor("head").user_id)
    head.set_password(PASSWORD)
    head.save()
    client = Browser()
    sign_in(client, head)
    assert client.get("/workbench/")["Location"] == "/account/security/"


def test_the_second_step_is_nothing_without_a_first_and_ends_with_a_changed_password(user):
    assert Browser().get("/sign-in/second/")["Location"] == "/sign-in/"
    secret = enrol_app(user)
    client = Browser()
    sign_in(client, user)
    user.set_password("something else entirely")
    user.save()
    assert client.post("/sign-in/second/", {"step_up_code": code_of(secret)})["Location"] == "/sign-in/"
    assert not is_in(client)


def test_the_first_step_waits_ten_minutes(user, monkeypatch):
    enrol_app(user)
    client = Browser()
    sign_in(client, user)
    session = client.session
    session["pending_sign_in"] = {**session["pending_sign_in"], "at": session["pending_sign_in"]["at"] - 601}
    session.save()
    assert client.get("/sign-in/second/")["Location"] == "/sign-in/"


