"""The project page, its record, its papers, help; for everybody who sees them, and only for them."""
from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.accounts.demo import PEOPLE
from portal.audit.models import Entry
from portal.audit.record import chain_key_of
from portal.workbench.projects import stepper
from portal.workbench.record import people_of, visible_entries
from tests.factories.people import actor
from tests.factories.tampering import behind_the_back
from tests.factories.tenders import make_tender

pytestmark = pytest.mark.django_db


def client_of(username: str) -> Client:
    client = Client()
    client.force_login(actor(username).user)
    return client


@pytest.mark.parametrize("username", [person[0] for person in PEOPLE])
def test_every_role_has_a_workbench_and_help(username):
    client = client_of(username)
    for path in ("/workbench/", "/help/", "/account/", "/projects/", "/search/"):
        page = client.get(path)
        assert page.status_code == 200, path
        assert page.content.decode().count("<h1") == 1, path


def test_every_link_of_the_welcome_is_open_to_its_role():
    for username, *_rest in PEOPLE:
        client = client_of(username)
        for link in client.get("/workbench/").context["welcome"]["links"]:
            assert client.get(link["url"], follow=True).status_code == 200, (username, link["url"])


def test_the_project_page_shows_steps_people_papers_and_exports():
    project = make_tender("PUBLISHED").project
    page = client_of("buyer").get(project.get_absolute_url())
    text = page.content.decode()
    assert page.status_code == 200
    assert text.count("<h1") == 1
    assert [step["state"] for step in page.context["page"].steps][:4] == ["done", "done", "now", "next"]
    assert "林晓东" in text
    assert "有关的人" in text
    assert f"/reports/new/case_archive/?project={project.pk}" in text


def test_from_the_opening_on_the_step_is_scoring():
    from tests.factories.bids import make_opened_tender

    project = make_opened_tender().project
    assert [step["state"] for step in stepper(project)][2:4] == ["done", "now"]


def test_a_project_outside_ones_scope_is_not_found():
    project = make_tender("DRAFTED").project
    for path in ("", "record/", "papers/"):
        address = f"{project.get_absolute_url()}{path}"
        assert client_of("head").get(address).status_code == 200
        for stranger in ("planner_2", "hongshan_auditor"):
            assert client_of(stranger).get(address).status_code == 404, (stranger, path)
        assert Client().get(address)["Location"].startswith("/sign-in/")


def test_the_record_of_a_project_tells_nobody_of_a_bid_before_the_opening():
    from tests.factories.bids import make_bid_tender

    tender, _bids = make_bid_tender(2)
    for username in ("buyer", "head", "auditor", "finance_head", "supplier_c_head"):
        seen = visible_entries(tender.project, actor(username))
        assert not seen.filter(lifecycle="bids.bid").exists(), username
        assert not [person for person in people_of(seen) if "清源" in person["organisation"]], username
        assert seen.filter(lifecycle="plans.project").exists(), username


def test_the_record_leaves_out_what_the_reader_may_not_see():
    from portal.audit.record import note

    project = make_tender("REVIEWED").project
    note(actor=actor("auditor"), what="looked", project_id=project.pk)
    whole = Entry.objects.of_chain(chain_key_of(project.pk))
    assert visible_entries(project, actor("auditor")).filter(lifecycle="note").exists()
    assert not visible_entries(project, actor("buyer")).filter(lifecycle="note").exists()
    outside = visible_entries(project, actor("supplier_a_head"))
    assert outside.count() < visible_entries(project, actor("buyer")).count() < whole.count()
    assert not outside.filter(lifecycle="tenders.tender").exists()


def test_the_button_verifies_the_chain_and_names_the_place_that_was_changed():
    project = make_tender("PUBLISHED").project
    client = client_of("auditor")
    address = f"{project.get_absolute_url()}record/"
    assert "核验通过" in client.post(address).content.decode()
    place = Entry.objects.of_chain(chain_key_of(project.pk)).order_by("seq")[2]
    behind_the_back("UPDATE audit_entry SET actor_name = 'X' WHERE id = %s", place.pk)
    text = client.post(address).content.decode()
    assert f"project:{project.pk}#3" in text
    assert "核验通过" not in text


def test_the_pages_of_a_project_ask_as_often_for_a_long_record_as_for_a_short_one():
    from portal.audit.record import note

    project = make_tender("PUBLISHED").project
    client = client_of("auditor")
    for path in ("", "record/"):
        address = f"{project.get_absolute_url()}{path}"
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        few = len(captured)
        for _n in range(60):
            note(actor=actor("auditor"), what="looked", project_id=project.pk)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        assert len(captured) <= few, path


def test_the_demo_people_are_there_again_for_who_is_signed_in(settings):
    settings.DEMO = True
    client = client_of("buyer")
    assert "严守正" in client.get("/people/").content.decode()
    answer = client.post("/sign-in/demo/", {"username": "auditor", "next": "/projects/"})
    assert answer.status_code == 302
    assert answer["Location"] == "/projects/"
    answer = client.post("/sign-in/demo/", {"username": "auditor", "next": "https://elsewhere.example/"})
    assert "elsewhere" not in answer["Location"]
    settings.DEMO = False
    assert client.get("/people/").status_code == 404


def test_programs_get_json_where_nothing_is_found():
    answer = Client().get("/api/v1/nothing/")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["detail"]
    assert "text/html" in Client().get("/nothing/")["Content-Type"]
