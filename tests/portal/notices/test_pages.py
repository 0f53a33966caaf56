"""The public pages of notices: no sign-in, found by words, the digest can be taken again."""
from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from portal import clock
from portal.files.verbs import make_public, store
from portal.notices.models import Notice
from portal.workdays.calendars import load_calendars
from tests.factories.notices import make_notice, tender_payload
from tests.factories.papers import upload
from tests.factories.people import actor

pytestmark = pytest.mark.django_db
THURSDAY = datetime(2026, 8, 27, 9, 0, tzinfo=clock.SHANGHAI)


@pytest.fixture
def notice():
    load_calendars()
    with clock.at(THURSDAY):
        return make_notice()


def test_the_page_tells_everything_without_sign_in(client, notice):
    with clock.at(THURSDAY + timedelta(days=1)):
        page = client.get(notice.get_absolute_url())
    assert page.status_code == 200
    body = page.content.decode()
    for words in (notice.title, notice.number, notice.digest, "一、项目基本情况", "3,860,000.00", "林晓东", "data:image/svg+xml"):
        assert words in body
    assert 'data-countdown="2026-09-24T09:30:00+08:00"' in body
    assert body.count("<h1") == 1


def test_after_the_deadline_nothing_counts_down(client, notice):
    with clock.at(datetime(2026, 10, 30, tzinfo=clock.SHANGHAI)):
        assert "data-countdown" not in client.get(notice.get_absolute_url()).content.decode()


def test_what_is_typed_into_a_notice_is_text(client):
    load_calendars()
    with clock.at(THURSDAY):
        notice = make_notice(title="<script>alert(1)</script>", payload=tender_payload(requirement="<b>粗</b>"))
    body = client.get(notice.get_absolute_url()).content.decode()
    assert "<script>alert" not in body
    assert "&lt;b&gt;粗" in body


def test_the_data_give_the_digest_again(client, notice):
    response = client.get(reverse("notices:data", args=[notice.number]))
    assert hashlib.sha256(response.content).hexdigest() == notice.digest
    assert "attachment" in response["Content-Disposition"]


def test_the_dates_fit_a_calendar(client, notice):
    response = client.get(reverse("notices:dates", args=[notice.number]))
    text = response.content.decode()
    assert response["Content-Type"].startswith("text/calendar")
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    assert "DTSTART:20260924T013000Z" in text
    assert text.count("BEGIN:VEVENT") == 4  # closing, opening, end of the documents, end of the notice
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    unfolded = text.replace("\r\n ", "")
    assert f"SUMMARY:投标截止 · {notice.title}" in unfolded


def test_the_paper_is_the_same_text(client, notice):
    body = client.get(reverse("notices:paper", args=[notice.number])).content.decode()
    assert all(line in body for line in ("一、项目基本情况", notice.number, notice.digest, "赣江市城市管理局"))


def test_public_files_of_the_subject_stand_on_the_page(client, notice):
    from portal.files.kinds import _kinds, register_kind

    if "test_attachment" not in _kinds:
        register_kind("test_attachment", "附件")
    subject_type, subject_id = notice.subject_type, notice.subject_id
    from portal.workflow.table import lifecycle

    subject = lifecycle(subject_type).model.objects.get(pk=subject_id)
    shown = store(upload("招标文件.pdf"), actor=actor("buyer"), kind="test_attachment", subject=subject)
    store(upload("内部.pdf"), actor=actor("buyer"), kind="test_attachment", subject=subject)
    make_public([shown])
    body = client.get(notice.get_absolute_url()).content.decode()
    assert "招标文件.pdf" in body
    assert "内部.pdf" not in body


def test_a_draft_is_nobodys(client):
    from portal.accounts.actor import system_actor
    from portal.workflow import perform

    head = actor("head")
    draft = perform(
        Notice(kind="N-03", payload={}, title="x", text="x", number="x-1", subject_type="x", subject_id=1,
               organisation=head.organisation, region=head.organisation.region),
        "draft", actor=system_actor(),
    )
    assert client.get(draft.get_absolute_url()).status_code == 404
    assert draft not in Notice.objects.visible_to(head)
    assert client.get(reverse("notices:notice", args=["nonsense"])).status_code == 404


def test_the_list_is_filtered_by_kind_region_and_words(client, notice):
    with clock.at(THURSDAY + timedelta(hours=1)):
        other = make_notice(title="垃圾清运公开招标公告", who="hongshan_head")

    def shown(**query):
        page = client.get(reverse("notices:list"), query)
        assert page.status_code == 200
        return list(page.context["page"].object_list)

    assert shown() == [other, notice]
    assert shown(q="绿化") == [notice]
    assert shown(q="红山 垃圾") == [other]
    assert shown(q=notice.number.lower()) == [notice]
    assert shown(region="1504") == [other]  # the city and what lies in it
    assert shown(region="36") == [notice]
    assert shown(kind="N-08") == []
    assert "没有符合条件的公告" in client.get(reverse("notices:list"), {"kind": "N-08"}).content.decode()


def test_the_list_costs_the_same_for_many(client, notice, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    url = reverse("notices:list")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    with clock.at(THURSDAY):
        for _turn in range(30):
            make_notice()
    with django_assert_num_queries(len(few)):
        page = client.get(url)
    assert len(page.context["page"].object_list) == 25
    assert client.get(url, {"page": "2"}).context["page"].number == 2
    assert client.get(url, {"page": "nonsense"}).status_code == 200


def test_the_verifying_page_knows_a_notice(client, notice):
    body = client.get(reverse("reports:verify", args=[notice.digest])).content.decode()
    assert notice.number in body


def test_programs_read_notices_without_a_token(client, notice):
    listed = client.get("/api/v1/notices/", {"kind": "N-03"}).json()["results"]
    assert [item["number"] for item in listed] == [notice.number]
    assert client.get("/api/v1/notices/", {"kind": "N-08"}).json()["results"] == []
    one = client.get(f"/api/v1/notices/{notice.pk}/").json()
    assert (one["digest"], one["payload"]["budget"]) == (notice.digest, "3860000.00")
    assert client.post("/api/v1/notices/", {}).status_code in (401, 403, 405)


def test_a_notice_stands_on_its_project_and_in_the_search(notice):
    from types import SimpleNamespace

    from portal.accounts.actor import PUBLIC
    from portal.notices.panels import notices_of_project
    from portal.search.sources import source_of

    assert notices_of_project(SimpleNamespace(pk=10**6, may_have=lambda code: True), PUBLIC, clock.now()) is None
    assert [find.url for find in source_of(type(notice)).find("绿化带", PUBLIC)] == [notice.get_absolute_url()]
    assert source_of(type(notice)).find("  ", PUBLIC) == []
