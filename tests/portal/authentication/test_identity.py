"""A government's unified identity: signs in whom it was bound to, makes nobody and gives no right, and is believed only when it is true."""
from __future__ import annotations

import time

import pytest
from joserfc.jwk import RSAKey

from portal.accounts.models import Membership, User
from portal.audit.models import Entry
from portal.authentication.models import Identity
from tests.factories.authentication import PASSWORD, Browser, code_of, enrol_app, person, sign_in
from tests.factories.identity import CLIENT, SECRET, Provider, running_provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(settings):
    with running_provider() as running:
        settings.SECOND_FACTOR = "none"
        settings.IDENTITY_ISSUER, settings.IDENTITY_CLIENT_ID, settings.IDENTITY_CLIENT_SECRET = running.issuer, CLIENT, SECRET
        yield running


@pytest.fixture
def user(provider):
    return person("finance_officer")


def come(client: Browser, provider: Provider, wanted: str = ""):
    """Over there and back."""
    there = client.get("/sign-in/identity/", {"next": wanted} if wanted else {})
    assert there.status_code == 302, there.content.decode()
    assert there["Location"].startswith(provider.issuer)
    return client.get(provider.authorize(there["Location"]))


def bound(user: User, provider: Provider) -> None:
    Identity.objects.create(user=user, issuer=provider.issuer, subject=provider.subject, label="x")


def is_in(client) -> bool:
    return client.get("/workbench/").status_code == 200


def test_a_bound_person_signs_in_and_comes_where_he_wanted(user, provider):
    bound(user, provider)
    client = Browser()
    assert come(client, provider, "/projects/")["Location"] == "/projects/"
    assert is_in(client)
    assert Entry.objects.filter(transition="sign_in").get().facts == {"by": "identity", "second": ""}
    assert "用统一身份认证登录" in Browser().get("/sign-in/").content.decode()


def test_the_second_factor_is_asked_for_here_too(user, provider):
    bound(user, provider)
    secret = enrol_app(user)
    client = Browser()
    assert come(client, provider)["Location"] == "/sign-in/second/"
    assert not is_in(client)
    assert client.post("/sign-in/second/", {"step_up_code": code_of(secret)}).status_code == 302
    assert is_in(client)


def test_an_unknown_subject_gets_no_account_and_no_right(user, provider):
    people, rights = User.objects.count(), Membership.objects.count()
    client = Browser()
    answer = come(client, provider)
    assert "还没有绑定账号" in answer.content.decode()
    assert not is_in(client)
    assert (User.objects.count(), Membership.objects.count(), Identity.objects.count()) == (people, rights, 0)


def test_who_then_signs_in_may_say_that_it_is_he(user, provider):
    client = Browser()
    come(client, provider)
    assert sign_in(client, user)["Location"] == "/account/security/identity/"
    page = client.get("/account/security/identity/").content.decode()
    assert provider.name in page
    assert not Identity.objects.exists()  # nothing is bound by being shown
    assert client.post("/account/security/identity/").status_code == 302
    assert Identity.objects.get().user == user
    visit = Browser()
    come(visit, provider)
    assert is_in(visit)
    assert provider.name in Entry.objects.get(transition="identity_bound").sentence


def test_binding_asks_for_the_person(user, provider):
    from tests.portal.authentication.test_step_up_pages import forget

    client = Browser()
    client.force_login(user)
    forget(client)
    assert come(client, provider)["Location"] == "/account/security/identity/"
    asked = client.post("/account/security/identity/")
    assert asked.status_code == 403
    assert not Identity.objects.exists()
    client.post("/account/security/identity/", {"step_up_password": PASSWORD})
    assert Identity.objects.get().user == user


def test_a_claim_waits_a_quarter_of_an_hour(user, provider):
    client = Browser()
    sign_in(client, user)
    come(client, provider)
    session = client.session
    session["claimed_identity"] = {**session["claimed_identity"], "at": time.time() - 901}
    session.save()
    assert client.post("/account/security/identity/")["Location"] == "/account/security/"
    assert not Identity.objects.exists()


def test_one_subject_is_one_person_and_one_person_one_subject(user, provider):
    bound(user, provider)
    other = person("planner", "other")
    client = Browser()
    sign_in(client, other)
    assert come(client, provider).status_code == 302  # signs in as the one it is bound to
    assert client.get("/workbench/").context["actor"].user == user
    provider.subject = "another"
    come(client, provider)
    client.post("/account/security/identity/")
    assert Identity.objects.count() == 1


def test_a_binding_is_taken_back_by_its_person_alone(user, provider):
    bound(user, provider)
    address = f"/account/security/identity/{Identity.objects.get().pk}/remove/"
    other = Browser()
    sign_in(other, person("planner", "other"))
    assert other.post(address).status_code == 404
    client = Browser()
    sign_in(client, user)
    assert "解除绑定" in client.get("/account/security/").content.decode()
    assert client.post(address).status_code == 302
    assert not Identity.objects.exists()


def test_a_disabled_person_is_not_let_in(user, provider):
    bound(user, provider)
    user.is_active = False
    user.save()
    client = Browser()
    assert "还没有绑定账号" in come(client, provider).content.decode()
    assert not is_in(client)


@pytest.mark.parametrize("lie", [
    {"iss": "https://elsewhere.example"}, {"aud": "another client"}, {"nonce": "another nonce"}, {"nonce": None}, {"sub": None},
    {"exp": -3600}, {"exp": None}, {"iat": 3600},
], ids=str)
def test_a_token_that_is_not_for_us_here_and_now_is_refused(user, provider, lie):
    bound(user, provider)
    provider.lies = {name: int(time.time()) + value if isinstance(value, int) else value for name, value in lie.items()}  # seconds from now
    client = Browser()
    assert come(client, provider).status_code == 403
    assert not is_in(client)


@pytest.mark.parametrize("trick", ["another key", "shared secret", "no signature", "no token"])
def test_a_token_that_the_provider_did_not_sign_is_refused(user, provider, trick):
    bound(user, provider)
    if trick == "another key":
        provider.key = RSAKey.generate_key(2048, {"kid": "one"})
    elif trick == "no token":
        provider.withheld = {"id_token"}
    else:
        provider.algorithm = {"shared secret": "HS256", "no signature": "none"}[trick]
    client = Browser()
    assert come(client, provider).status_code == 403
    assert not is_in(client)


def test_new_keys_of_the_provider_are_fetched(user, provider):
    bound(user, provider)
    come(Browser(), provider)
    provider.key = provider.published = RSAKey.generate_key(2048, {"kid": "two"})
    client = Browser()
    come(client, provider)
    assert is_in(client)


def test_state_and_code_are_good_once_and_for_the_visitor_who_was_sent(user, provider):
    bound(user, provider)
    client, thief = Browser(), Browser()
    there = client.get("/sign-in/identity/")["Location"]
    back = provider.authorize(there)
    assert thief.get(back).status_code == 403
    assert not is_in(thief)
    assert client.get(back.replace("state=", "state=x")).status_code == 403
    assert client.get(back).status_code == 302
    client.post("/sign-out/")
    assert client.get(back).status_code == 403
    assert not is_in(client)


def test_a_stolen_code_is_worth_nothing_without_the_verifier(user, provider):
    bound(user, provider)
    client, thief = Browser(), Browser()
    stolen = provider.authorize(client.get("/sign-in/identity/")["Location"]).split("code=")[1].split("&")[0]
    mine = provider.authorize(thief.get("/sign-in/identity/")["Location"])
    assert thief.get(mine.replace(mine.split("code=")[1].split("&")[0], stolen)).status_code == 403


def test_an_error_and_a_provider_out_of_reach_are_said(user, provider, settings):
    client = Browser()
    there = client.get("/sign-in/identity/")["Location"]
    state = there.split("state=")[1].split("&")[0]
    assert "没有成功" in client.get("/sign-in/identity/callback/", {"error": "access_denied", "state": state}).content.decode()
    settings.IDENTITY_ISSUER = "http://127.0.0.1:9"
    assert client.get("/sign-in/identity/").status_code == 403


def test_it_leads_to_no_page_of_others(user, provider):
    bound(user, provider)
    assert come(Browser(), provider, "https://elsewhere.example/")["Location"] == "/workbench/"


def test_without_an_issuer_there_is_nothing(settings):
    settings.IDENTITY_ISSUER = ""
    assert Browser().get("/sign-in/identity/").status_code == 404
    assert Browser().get("/sign-in/identity/callback/").status_code == 404
    assert "统一身份" not in Browser().get("/sign-in/").content.decode()
