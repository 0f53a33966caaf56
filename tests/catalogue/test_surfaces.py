"""Pages and addresses of the catalogue: open to all where the law wants it, drafts closed, queries counted."""
import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from catalogue.models import CatalogueItem, CatalogueVersion
from catalogue.verbs import load_reference_catalogue
from portal.accounts.models import User
from portal.workdays.calendars import load_calendars
from tests.factories.catalogue import SMALL, catalogue_file, make_version
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


def signed_in(username: str) -> Client:
    actor(username)
    client = Client()
    client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_everybody_browses_all_146_rows_with_their_marks(client):
    version = load_reference_catalogue()
    page = client.get("/catalogue/")
    text = page.content.decode()
    for code, name in version.items.exclude(level=1).values_list("code", "name"):
        assert code in text
        assert name in text
    assert text.count("待核 ") >= 144
    assert version.source_note in text


def test_without_a_list_the_page_says_how_one_comes(client):
    assert "还没有施行的目录" in client.get("/catalogue/").content.decode()


@pytest.mark.parametrize(("query", "found"), [
    ("社会组织", ["A1002"]), ("a10", ["A10", "A1001", "A1002", "A1003", "A1004", "A1005", "A1006"]), ("法律 咨询", ["B0102"]),
    ("没有这样的服务", []),
])
def test_one_box_finds_by_code_and_by_words(client, query, found):
    load_reference_catalogue()
    page = client.get("/catalogue/", {"q": query})
    assert [hit.item.code for hit in page.context["hits"]] == found
    assert page.status_code == 200


def test_an_item_shows_where_it_stands(client):
    item = load_reference_catalogue().items.get(code="A1002")
    text = client.get(item.get_absolute_url()).content.decode()
    assert "社会治理服务" in text
    assert "社区治理服务" in text


def test_a_draft_is_404_for_everybody_but_the_bodies_of_its_region(client):
    version = make_version()
    item = version.items.get(code="A1001")
    for url in (version.get_absolute_url(), item.get_absolute_url(), reverse("catalogue:export", args=[version.pk])):
        assert client.get(url).status_code == 404
        assert signed_in("hongshan_finance_head").get(url).status_code == 404
        assert signed_in("buyer").get(url).status_code == 404
        assert signed_in("finance_officer").get(url).status_code == 200
        assert signed_in("auditor").get(url).status_code == 200


def test_a_consultation_is_public_with_its_end_and_its_changes(client):
    version = make_version("CONSULTING")
    text = client.get(version.get_absolute_url()).content.decode()
    assert "公开征求意见" in text
    assert str(version.consultation.last_day) in text
    assert "取消" in text


def test_finance_makes_a_version_through_the_page_and_reads_every_fault_of_its_file(client):
    load_reference_catalogue()
    load_calendars()
    finance = signed_in("finance_officer")
    url = reverse("workflow:create", args=["catalogue.version", "draft"])
    assert url in finance.get("/catalogue/versions/").content.decode()
    data = {"year": 2027, "title": "新目录", "start": "FILE"}
    refused = finance.post(url, {**data, "file": catalogue_file(*SMALL, "A1,A,9,", "A1001,A10,3,重复")})
    assert refused.status_code == 409
    text = refused.content.decode()
    assert "第 9 行 level 列" in text
    assert "第 9 行 name_zh 列" in text
    assert "第 10 行 code 列" in text
    assert "新目录" in text
    assert finance.post(url, {**data}).status_code == 422
    made = finance.post(url, {**data, "file": catalogue_file(), "made_by": "once"})
    assert made.status_code == 302
    version = CatalogueVersion.objects.get(title="新目录")
    assert finance.post(url, {**data, "file": catalogue_file(), "made_by": "once"}).status_code == 409
    assert made["Location"] == version.get_absolute_url()
    for who in ("finance_head", "buyer"):
        assert signed_in(who).get(url).status_code == 403


def test_an_export_is_what_an_import_reads(client):
    version = load_reference_catalogue()
    answer = client.get(reverse("catalogue:export", args=[version.pk]))
    assert answer["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 146
    from catalogue.importing import read_catalogue

    assert read_catalogue(answer.content).faults == []


def test_queries_do_not_grow_with_the_list(client, django_assert_max_num_queries):
    load_reference_catalogue()
    with django_assert_max_num_queries(12):
        client.get("/catalogue/")
    with django_assert_max_num_queries(12):
        client.get("/catalogue/", {"q": "服务"})
    for number in range(30):
        make_version(title=f"版本 {number}") if number < 3 else CatalogueVersion.objects.bulk_create([_copy(number)])
    finance = signed_in("finance_officer")
    with django_assert_max_num_queries(16):
        page = finance.get("/catalogue/versions/")
    assert len(page.context["rows"]) == 25


def _copy(number: int) -> CatalogueVersion:
    first = CatalogueVersion.objects.filter(is_reference=False).first()
    first.pk, first.title = None, f"版本 {number}"
    return first


def test_programs_read_versions_and_items_and_act(client):
    version = load_reference_catalogue()
    listed = client.get("/api/v1/catalogue-versions/").json()["results"]
    assert [(row["id"], row["state_label"]) for row in listed] == [(version.pk, "现行")]
    items = client.get("/api/v1/catalogue-items/", {"version": version.pk, "q": "社会组织"}).json()["results"]
    assert [(row["code"], row["parent_code"], row["evidence"]) for row in items] == [("A1002", "A10", "P")]
    finance = signed_in("finance_officer")
    refused = finance.post("/api/v1/catalogue-versions/", {"year": 2027, "title": "目录", "start": "FILE",
                                                           "file": catalogue_file("A,,1,公共服务", "B,,2,缺上级")})
    assert refused.status_code == 409
    assert [(r["rule"], r["field"]) for r in refused.json()["refusals"]] == [("S-06", "file")]
    made = finance.post("/api/v1/catalogue-versions/", {"year": 2027, "title": "目录", "start": "COPY"})
    assert made.status_code == 201
    assert made.json()["item_count"] == 146
    assert CatalogueItem.objects.filter(version_id=made.json()["id"]).count() == 146
    assert {action["name"] for action in made.json()["actions"]} == {
        "replace_items", "add_item", "change_item", "move_item", "retire_item", "restore_item",
    }
    assert client.post("/api/v1/catalogue-versions/", {"year": 2027, "title": "目录", "start": "COPY"}).status_code == 403
