"""The public site: open to everybody, nothing in it that is not public, bounded in queries."""
from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.audit.record import seal
from procurement.plans.models import Project
from tests.factories.people import actor
from tests.factories.tenders import make_tender

pytestmark = pytest.mark.django_db
NAVIGATION = ["首页", "公告公示", "招标项目", "目录", "依据的规则", "记录核验"]


@pytest.mark.parametrize("path", ["/", "/rules/", "/record/", "/sign-in/"])
def test_every_page_opens_on_an_empty_portal(path):
    page = Client().get(path)
    assert page.status_code == 200
    assert page.content.decode().count("<h1") == 1


def test_the_front_page_shows_notices_tenders_and_figures():
    from portal import clock
    from tests.factories.tenders import PUBLISHED_AT

    tender = make_tender("PUBLISHED")
    with clock.at(PUBLISHED_AT):
        text = Client().get("/").content.decode()
    assert tender.title in text
    assert tender.get_public_url() in text
    with clock.at(PUBLISHED_AT.replace(year=PUBLISHED_AT.year + 1)):
        assert f">{PUBLISHED_AT:%Y-%m}</time>" in Client().get("/").content.decode(), "a notice of another year says its year"
    assert "今年 1 个项目在哪一步" in text


def test_the_public_navigation_leads_to_what_everybody_may_read():
    entries = Client().get("/").context["public_navigation"]
    names = [str(entry["label"]) for entry in entries]
    assert [name for name in names if name in NAVIGATION] == NAVIGATION
    for entry in entries:
        assert Client().get(entry["url"]).status_code == 200, entry


def test_a_project_is_public_from_its_approval_and_says_no_names_of_officials():
    project = make_tender("PUBLISHED").project
    page = Client().get(f"/public/projects/{project.number}/")
    text = page.content.decode()
    assert page.status_code == 200
    assert project.title in text
    assert "办理记录" not in text
    assert actor("reviewer_finance").name not in text
    assert not page.context["page"].actions
    assert Client().get("/public/projects/none/").status_code == 404


def test_the_front_page_asks_as_often_with_many_projects():
    project = make_tender("PUBLISHED").project
    values = {
        field.attname: getattr(project, field.attname)
        for field in Project._meta.concrete_fields if field.name not in ("id", "number", "made_by_key")
    }

    def queries() -> int:
        Client().get("/")
        with CaptureQueriesContext(connection) as captured:
            Client().get("/")
        return len(captured)

    Project.objects.bulk_create([Project(**values, number=f"COPY-{n}") for n in range(20)])
    few = queries()
    Project.objects.bulk_create([Project(**values, number=f"COPY-{n}") for n in range(20, 1020)])
    assert queries() <= few


def test_the_rules_have_anchors_and_are_searched():
    text = Client().get("/rules/?q=87号").content.decode()
    assert 'id="R87-14"' in text
    assert "没有符合的规则" in Client().get("/rules/?q=zzzz").content.decode()


def test_the_record_page_shows_the_seals_and_lets_the_auditor_export():
    make_tender("DRAFTED")
    checkpoint = seal()
    assert checkpoint.digest in Client().get("/record/").content.decode()
    assert "record_file" not in Client().get("/record/").content.decode()
    client = Client()
    client.force_login(actor("auditor").user)
    assert "/reports/new/record_file/" in client.get("/record/").content.decode()


def test_a_refusal_leads_to_the_place_of_its_rule():
    from portal.workflow import refuse

    refusal = refuse("R87-14", "late")
    assert refusal.rule_url == "/rules/#R87-14"
    assert f'id="{refusal.rule_url.split("#")[1]}"' in Client().get("/rules/").content.decode()
