"""Reading changes nothing: the watch of tests/plugins/reading.py bites, and every page and list is walked under it."""
from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.urls import get_resolver

from portal.accounts.models import User
from portal.workbench.query_counts import addresses
from portal.workflow import all_lifecycles
from tests.factories.examples import make_examples
from tests.plugins.reading import ReadingWrote

READERS = ("", "head", "buyer", "finance_officer", "supplier_a_head", "expert_1", "evaluator_head", "auditor", "administrator")


@pytest.mark.django_db
def test_a_page_that_writes_while_it_is_read_is_caught(monkeypatch):
    pattern = next(p for p in _flat(get_resolver()) if str(p.pattern) == "healthz")

    def writing(request, *args, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_user SET name = name")
        return pattern_callback(request, *args, **kwargs)

    pattern_callback = pattern.callback
    monkeypatch.setattr(pattern, "callback", writing)
    with pytest.raises(ReadingWrote, match="/healthz wrote: UPDATE accounts_user"):
        Client().get("/healthz")
    assert Client().post("/healthz").status_code in (200, 403, 405)


def _flat(resolver):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _flat(pattern)
        else:
            yield pattern


@pytest.mark.django_db
def test_every_list_and_every_thing_is_read_by_everybody_without_a_trace():
    examples = make_examples()
    pages = [*addresses(), *(examples[cycle.code].obj.get_absolute_url() for cycle in all_lifecycles())]
    for name in READERS:
        client = Client()
        if name:
            client.force_login(User.objects.get(username=name))
        read = [page for page in pages if _status(client, page) == 200]
        assert len(read) >= (15 if not name else 40), f"{name or 'a visitor'} could read {len(read)} pages"


def _status(client: Client, page: str) -> int:
    status = client.get(page).status_code
    assert status < 500, page
    return status
