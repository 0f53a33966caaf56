"""Help: a page for every role and for visitors; what it links to is open to that role; every page of work leads to its own help."""
from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve

from portal.accounts.demo import PEOPLE
from portal.accounts.roles import Role
from portal.rules.register import rules
from portal.workbench import help
from tests.factories.people import actor

pytestmark = pytest.mark.django_db
LINKS = re.compile(r'<main.*?</main>', re.DOTALL)
PERSON_OF = {role: account for account, _name, _organisation, role in reversed(PEOPLE)}


def client_of(role: str) -> Client:
    client = Client()
    if role:
        client.force_login(actor(PERSON_OF[role]).user)
    return client


def links_of(page) -> set[str]:
    main = LINKS.search(page.content.decode()).group()
    return {href.split("#")[0] for href in re.findall(r'href="([^"]+)"', main)} - {""}


def test_every_role_has_its_page_and_every_task_its_words():
    assert set(help.ROLES) == set(Role)
    shown = {slug for slugs in (*help.ROLES.values(), help.VISITOR) for slug in slugs}
    assert shown == set(help.TASKS)
    for task in help.TASKS.values():
        assert set(task.rules) <= set(rules()), task.slug
    on_disk = {path.stem for path in (Path(settings.BASE_DIR) / "templates/help/tasks").glob("*.html")}
    assert on_disk == shown


@pytest.mark.parametrize("role", ["", *Role], ids=lambda role: str(role) or "visitor")
def test_every_link_on_the_help_of_a_role_is_open_to_that_role(role):
    client = client_of(role)
    address = f"/help/{help.slug_of(role) or help.VISITOR_SLUG}/"
    page = client.get(address)
    assert page.status_code == 200
    assert page.content.decode().count("<h1") == 1
    links = links_of(page)
    assert {task.url for task in help.tasks_of(role)} <= links
    for link in links:
        assert client.get(link, follow=True).status_code == 200, link


def test_the_index_begins_with_the_readers_own_role():
    assert [page["role"] for page in client_of(Role.PLANNER).get("/help/").context["own"]] == [Role.PLANNER]
    assert [page["role"] for page in Client().get("/help/").context["own"]] == [""]


def test_the_help_of_another_role_names_its_pages_without_leading_there():
    page = client_of(Role.EXPERT).get("/help/planner/")
    assert page.status_code == 200
    assert "/plans/items/new/" in page.content.decode()
    assert "/plans/items/new/" not in links_of(page)
    assert Client().get("/help/nobody/").status_code == 404


@pytest.mark.parametrize(("role", "path", "found"), [
    (Role.PLANNER, "/plans/items/new/", "/help/planner/#draft-item"),
    (Role.PLANNER, "/plans/", "/help/planner/#submit-plan"),
    (Role.FINANCE_OFFICER, "/reviews/7/", "/help/finance-officer/#review-item"),
    (Role.SUPPLIER_HEAD, "/bids/7/", "/help/supplier-head/#hand-in-bid"),
    (Role.OPENER, "/openings/7/", "/help/opener/#open-bids"),
    (Role.EXPERT, "/panel/sheets/7/", "/help/expert/#score"),
    (Role.ACCEPTOR, "/act/contracts.acceptance/7/accept/", "/help/acceptor/#accept"),
    (Role.AUDITOR, "/projects/X/record/", "/help/auditor/#read-record"),
    (Role.PLANNER, "/inbox/", "/help/"),
])
def test_each_page_leads_to_the_help_for_what_is_done_there(role, path, found):
    assert help.on_this_page(actor(PERSON_OF[role]), resolve(path)) == found


def test_a_page_that_is_not_found_leads_to_the_index():
    assert 'href="/help/"' in Client().get("/there-is-no-such-page/").content.decode()
