"""What every answer tells the browser: nothing foreign, nothing framed, nothing guessed, nothing kept (ASVS V3)."""
from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client

from portal.accounts.models import ApiToken
from portal.files.verbs import store
from tests.factories.papers import upload
from tests.factories.people import actor
from tests.test_url_access import ALL

pytestmark = pytest.mark.django_db
#: All pages without a number in their address; the sheet of components shows pieces, not a page.
PLAIN = ["/" + path for path, _view in ALL if "<" not in path and "(" not in path and not path.endswith("$") and path != "components/"]
KINDS = [*PLAIN, "/nothing/here/", "/api/v1/", "/api/v1/plans/", "/api/v1/nothing/", "/api/schema/", "/api/docs/", "/metrics"]
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=\"|\son[a-z]+=\"|javascript:", re.IGNORECASE)


def sees(username: str | None) -> Client:
    client = Client(raise_request_exception=False)
    if username:
        client.force_login(actor(username).user)
    return client


def policy(answer) -> dict[str, list[str]]:
    return {name: words for name, *words in (part.split() for part in answer["Content-Security-Policy"].split(";") if part.strip())}


@pytest.mark.parametrize("username", [None, "head", "administrator", "supplier_a_officer", "auditor"])
def test_every_kind_of_page_carries_the_headers(username, settings):
    settings.DEMO = True
    client, wrong, seen = sees(username), [], 0
    for path in KINDS:
        answer = client.get(path)
        seen += 1
        rules = policy(answer)
        scripts = [*rules.get("script-src", []), *rules.get("style-src", [])]
        expected = {
            "policy": rules["default-src"] == ["'none'"] and not {"'unsafe-inline'", "'unsafe-eval'", "*", "data:"} & set(scripts),
            "frames": rules["frame-ancestors"] == ["'none'"] and answer["X-Frame-Options"] == "DENY",
            "base": rules["base-uri"] == ["'none'"] and rules["form-action"] == ["'self'"],
            "nosniff": answer["X-Content-Type-Options"] == "nosniff",
            "referrer": answer["Referrer-Policy"] == "same-origin",
            "permissions": "camera=()" in answer["Permissions-Policy"],
            "opener": answer["Cross-Origin-Opener-Policy"] == "same-origin",
            "resource": answer["Cross-Origin-Resource-Policy"] == "same-origin",
            "type": "Content-Type" in answer.headers or not answer.content,
            "kept": username is None or "no-store" in answer.headers.get("Cache-Control", ""),
            "other sites": "Access-Control-Allow-Origin" not in answer.headers,
            "server": "X-Powered-By" not in answer.headers,
            "broken": answer.status_code < 500 or path in ("/readyz",),
        }
        wrong += [f"{path} {answer.status_code}: {name}" for name, right in expected.items() if not right]
        if answer.get("Content-Type", "").startswith("text/html") and not answer.streaming:
            wrong += [f"{path}: {found}" for found in INLINE.findall(answer.content.decode())]
    assert seen > 40
    assert not wrong, "\n".join(wrong)


def test_what_a_program_gets_is_kept_by_nobody():
    person = actor("head")
    _token, secret = ApiToken.issue(user=person.user, organisation=person.organisation, name="x", scope=ApiToken.Scope.READ)
    answer = Client().get("/api/v1/plans/", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_a_paper_is_saved_and_never_shown_as_a_page():
    document = store(upload("报告.pdf"), actor=actor("head"), kind="account_proof")
    answer = sees("head").get(document.get_absolute_url())
    assert b"".join(answer.streaming_content)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites():
    client = sees(None)
    client.get(settings.LOGIN_URL if settings.LOGIN_URL.startswith("/") else "/sign-in/")
    client.post("/i18n/setlang/", {"language": "en"})
    client.force_login(actor("head").user)
    client.post("/account/organisation/", {"organisation": actor("head").organisation.pk})
    assert len(client.cookies) == 3
    for cookie in client.cookies.values():
        assert cookie["httponly"], cookie.key
        assert cookie["samesite"] == "Lax", cookie.key
        assert cookie["domain"] == "", cookie.key
        assert cookie["path"] == "/", cookie.key


WANTED = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME",
          "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "DEBUG")  # fmt: skip


def settings_with(**env: str) -> dict:
    """The settings of an installation, read by a process of its own."""
    code = f"import json, portal.settings as s; print(json.dumps({{name: getattr(s, name) for name in {WANTED!r}}}))"
    found = subprocess.run([sys.executable, "-c", code], env={**os.environ, **env}, capture_output=True, text=True, check=True)
    return json.loads(found.stdout)


def test_over_https_cookies_are_secure_and_bound_to_the_host_and_the_browser_stays_with_https():
    assert settings_with(HTTPS_ONLY="1") == {
        "SESSION_COOKIE_SECURE": True, "CSRF_COOKIE_SECURE": True, "LANGUAGE_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Host-session", "CSRF_COOKIE_NAME": "__Host-csrf", "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True, "DEBUG": False,
    }


def test_the_browser_is_told_to_stay_with_https(client):
    from django.middleware.security import SecurityMiddleware
    from django.test import override_settings

    with override_settings(SECURE_HSTS_SECONDS=31_536_000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True):
        from django.http import HttpResponse
        from django.test import RequestFactory

        answer = SecurityMiddleware(lambda request: HttpResponse())(RequestFactory().get("/", secure=True))
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_only_post_changes_anything_and_only_with_its_token():
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(actor("head").user)
    assert strict.post("/i18n/setlang/", {"language": "en"}).status_code == 403
    assert strict.post("/api/v1/plans/", {}, content_type="application/json").status_code == 403


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PUT", "DELETE", "PATCH"])
def test_methods_nobody_needs_do_nothing(method):
    for path in ("/", "/api/v1/plans/"):
        assert sees("head").generic(method, path).status_code in (403, 404, 405)


@pytest.mark.parametrize("host", ["evil.invalid", "localhost.evil.invalid", "127.0.0.1@evil.invalid"])
def test_another_host_is_not_answered(host, settings):
    settings.ALLOWED_HOSTS = ["localhost"]
    assert Client(raise_request_exception=False).get("/", headers={"host": host}).status_code == 400
