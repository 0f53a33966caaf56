"""Deny by default: every address says who may open it, and a visitor sees only what is public."""
from __future__ import annotations

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

OUTSIDE = ("static/", "i18n/", "api/schema/", "api/docs/")  # Django's and the schema's own, which show no data


def addresses(resolver: URLResolver, prefix: str = ""):
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, path)
        elif isinstance(pattern, URLPattern) and not path.startswith(OUTSIDE):
            yield path, pattern.callback


def declared(callback):
    """The audience of a page or of an API view."""
    view = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
    if hasattr(callback, "audience"):
        return callback.audience
    if view is not None:
        dispatch = getattr(view, "dispatch", None)
        return getattr(view, "audience", None) or getattr(dispatch, "audience", None)
    return None


ALL = sorted(addresses(get_resolver()), key=lambda item: item[0])


@pytest.mark.parametrize(("path", "callback"), ALL, ids=[path for path, _callback in ALL])
def test_every_address_declares_its_audience(path, callback):
    assert declared(callback), f"{path} declares no audience"


@pytest.mark.django_db
def test_a_visitor_is_sent_to_sign_in_from_every_page_that_is_not_public():
    client = Client()
    for path, callback in ALL:
        if "(" in path or "<" in path or path.startswith("api/"):
            continue
        who = declared(callback)
        if who and "public" not in who:
            answer = client.get("/" + path)
            assert answer.status_code in (302, 405), path
            if answer.status_code == 302:
                assert "/sign-in/" in answer["Location"], path


@pytest.mark.django_db
def test_a_program_without_a_token_gets_nothing_that_is_not_public():
    client = Client()
    for path, callback in ALL:
        if not path.startswith("api/v1/") or "<" in path or "(" in path:
            continue
        who = declared(callback)
        if who and "public" not in who:
            assert client.get("/" + path.rstrip("$").replace("^", "")).status_code in (401, 403, 404, 405), path
