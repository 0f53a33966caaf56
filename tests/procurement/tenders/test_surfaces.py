"""Pages and programs of tenders: who sees what, typed text kept, the same refusals, queries counted."""
from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal import clock
from portal.accounts.actor import PUBLIC
from portal.accounts.models import Organisation
from portal.reports.verbs import queue_report
from portal.workflow.inputs import inputs_form
from procurement.tenders.models import Tender
from procurement.tenders.workflow import TENDER
from tests.factories.people import actor
from tests.factories.tenders import (
    CLOSES_AT,
    DRAFTED_AT,
    OFFER_UNTIL,
    PUBLISHED_AT,
    document,
    make_key,
    make_tender,
    published_project,
)

pytestmark = pytest.mark.django_db


def browser(username: str = "") -> Client:
    client = Client()
    if username:
        client.force_login(actor(username).user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def visible(username: str, tender: Tender) -> bool:
    who = actor(username) if username else PUBLIC
    return Tender.objects.visible_to(who).filter(pk=tender.pk).exists()


def as_json(value):
    return json.loads(json.dumps(value, default=str))


def test_drafts_are_seen_by_the_agency_and_by_finance_and_audit_of_the_region():
    tender = make_tender("DRAFTED")
    assert all(visible(name, tender) for name in ("buyer", "reviewer_finance", "department", "finance_officer", "auditor"))
    outside = ("", "head_2", "supplier_a_head", "expert_1", "evaluator", "hongshan_auditor", "hongshan_head", "administrator")
    assert not any(visible(name, tender) for name in outside)
    Tender.objects.filter(pk=tender.pk).update(state="PUBLISHED")
    assert all(visible(name, tender) for name in outside)


@pytest.mark.parametrize(
    ("username", "listed", "page", "builder"),
    [("buyer", 200, 200, 200), ("head", 200, 200, 403), ("auditor", 200, 200, 403), ("head_2", 200, 404, 403),
     ("buyer_2", 200, 404, 404), ("supplier_a_head", 403, 403, 403), ("administrator", 403, 403, 403)],
)  # fmt: skip
def test_who_opens_the_work_pages(username, listed, page, builder):
    tender = make_tender("DRAFTED")
    client = browser(username)
    assert client.get("/buying/tenders/").status_code == listed
    assert client.get(tender.get_absolute_url()).status_code == page
    assert client.get(f"/buying/tenders/{tender.pk}/document/").status_code == builder


def test_the_builder_says_what_is_missing_and_keeps_what_was_typed():
    tender = make_tender("DRAFTED", consortium="")
    client, url = browser("buyer"), f"/buying/tenders/{tender.pk}/document/"
    with clock.at(DRAFTED_AT):
        page = client.get(url)
        assert [refusal.rule for refusal, _anchor in page.context["missing"]] == ["R87-07"]
        typed = page_data(page.context["form"]) | {"title": "改过的名称", "budget": "不是数字", "factors-0-points": "200"}
        answer = client.post(url, typed)
        assert answer.status_code == 422
        assert "改过的名称" in answer.content.decode()
        assert {"budget", "factors"} <= set(answer.context["form"].errors)
        tender.refresh_from_db()
        assert tender.title != "改过的名称"
        good = page_data(client.get(url).context["form"]) | {"title": "改过的名称", "consortium": "ALLOWED"}
        saved = client.post(url, good)
        assert saved.status_code == 302, saved.context["form"].errors
        tender.refresh_from_db()
        assert (tender.title, tender.factors.count(), tender.consortium) == ("改过的名称", 3, "ALLOWED")
        sent = client.post(url, good | {"propose": "1"})
        assert sent.status_code == 302
        tender.refresh_from_db()
        assert tender.state == "PROPOSED"
        assert client.post(url, good).status_code == 409


def page_data(form) -> dict:
    """What a browser would send for a form as it stands."""
    data = {}
    for bound in form:
        if hasattr(bound.field, "row_form"):
            for index, row in enumerate(bound.value() or []):
                for cell in bound.field.make(f"{bound.name}-{index}", initial=row):
                    value = cell.value()
                    if value is not None and value is not False:
                        data[cell.html_name] = str(cell.field.prepare_value(value))
        elif bound.value() is not None and bound.value() is not False:
            data[bound.name] = str(bound.value())
    return data


def test_programs_send_the_same_document_in_parts():
    project = published_project()
    client = browser("buyer")
    with clock.at(DRAFTED_AT):
        made = client.post("/api/v1/tenders/", {"project": project.pk}, content_type="application/json", headers={"Idempotency-Key": "a"})
        assert made.status_code == 201, made.content
        assert client.post(
            "/api/v1/tenders/", {"project": project.pk}, content_type="application/json", headers={"Idempotency-Key": "a"}
        ).status_code == 409
        url = f"/api/v1/tenders/{made.json()['id']}/"
        wrong = client.post(f"{url}edit/", {"budget": "x", "factors": [{"name": "价格"}]}, content_type="application/json")
        assert wrong.status_code == 400
        assert {"budget", "factors"} <= set(wrong.json()["errors"])
        refused = client.post(f"{url}propose/", {}, content_type="application/json")
        assert refused.status_code == 409
        assert "R87-08" in {refusal["rule"] for refusal in refused.json()["refusals"]}
        body = as_json(document(Decimal("23328000.00")))
        assert client.post(f"{url}edit/", body, content_type="application/json").status_code == 200
        assert client.post(f"{url}edit/", {"title": "只改名称"}, content_type="application/json").status_code == 200
        tender = Tender.objects.get(pk=made.json()["id"])
        assert (tender.title, tender.factors.count(), tender.ceiling) == ("只改名称", 3, Decimal("23327900.00"))
        sent = client.post(f"{url}propose/", {}, content_type="application/json")
        assert sent.json()["state"] == "PROPOSED"
        assert browser("head_2").post(f"{url}cancel/", {}, content_type="application/json").status_code == 404
        assert client.post(f"{url}cancel/", {"reason": "x"}, content_type="application/json").status_code == 403


def test_bands_are_typed_as_lines_or_sent_as_objects():
    from procurement.tenders.forms import BandsField

    field = BandsField(required=False)
    typed = field.clean("优 | 8-10 | 方案完整\n良｜5–8\n一般 | 0-5")
    assert typed[0] == {"label": "优", "from": "8", "to": "10", "points": "10", "text": "方案完整"}
    assert [(band["from"], band["to"]) for band in typed] == [("8", "10"), ("5", "8"), ("0", "5")]
    assert field.clean(typed) == typed
    assert field.clean(field.prepare_value(typed)) == typed
    assert field.clean("") == []
    for wrong in ("优", "优 | 很多", [{"label": "优"}], ["优"]):
        with pytest.raises(Exception, match="等次"):
            field.clean(wrong)


def test_the_public_page_says_what_a_bidder_must_know():
    tender = make_tender("PUBLISHED")
    with clock.at(PUBLISHED_AT + timedelta(days=1)):
        page = browser().get(tender.get_public_url())
        text = page.content.decode()
        assert page.status_code == 200
        for part in ("23,328,000.00", "2026-03-24 09:30:00", "一、项目基本情况", "对招标文件提出质疑", "登录后获取招标文件", tender.number):
            assert part in text
        assert tender.versions.get().document.get_absolute_url() not in text
        names = [str(period.name) for period in page.context["periods"]]
        assert names == ["公告期限", "采购文件提供", "对招标文件提出质疑", "投标截止、开标"]
        assert str(page.context["periods"][2].time).startswith("2026-03-18")  # 7 working days after the notice ended on 03-09
        calendar = browser().get(f"/tenders/{tender.number}/dates.ics")
        assert calendar["Content-Type"].startswith("text/calendar")
        assert "DTSTART:20260324T013000Z" in calendar.content.decode()
        assert "获取招标文件" in browser("supplier_a_head").get(tender.get_public_url()).content.decode()
    draft = Tender.objects.get(pk=tender.pk)
    Tender.objects.filter(pk=draft.pk).update(state="REVIEWED")
    assert browser().get(tender.get_public_url()).status_code == 404


def test_the_public_list_is_searched_filtered_and_light():
    tender = make_tender("PUBLISHED")
    with clock.at(PUBLISHED_AT):
        for query, count in (({}, 1), ({"q": "保洁"}, 1), ({"q": "别的"}, 0), ({"open": "true"}, 1), ({"order": "closes_at"}, 1),
                             ({"region": tender.agency.region_id}, 1), ({"state": "FAILED"}, 0)):  # fmt: skip
            assert len(browser().get("/tenders/", query).context["page"].object_list) == count
        region = Organisation.objects.get(name="赤峰市红山区民政局").region_id
        assert not browser().get("/tenders/", {"region": region}).context["page"].object_list
        data = browser().get("/api/v1/public-tenders/").json()["results"][0]
        assert data["number"] == tender.number
        assert not set(data) & {"project", "few_takers", "takings", "bids"}
    with clock.at(CLOSES_AT):
        assert not browser().get("/tenders/", {"open": "true"}).context["page"].object_list


def add_copies(tender: Tender, stem: str, count: int) -> None:
    """Plain copies for counting queries; the lists do not look behind them."""
    for number in range(count):
        copy = Tender.objects.get(pk=tender.pk)
        copy.pk, copy.number, copy.state, copy.end_reason, copy.made_by_key = None, f"{stem}-CG-2026-{number + 1000}", "FAILED", "x", None
        copy.save(force_insert=True)


@pytest.mark.parametrize(("username", "url"), [("", "/tenders/"), ("auditor", "/buying/tenders/"), ("auditor", "/api/v1/tenders/"),
                                               ("", "/api/v1/public-tenders/")])  # fmt: skip
def test_lists_ask_the_same_number_of_questions_however_long_they_are(username, url):
    tender = make_tender("DRAFTED")
    Tender.objects.filter(pk=tender.pk).update(
        state="PUBLISHED", published_at=PUBLISHED_AT, closes_at=CLOSES_AT, rules_as_of=date(2026, 3, 2)
    )
    client = browser(username)
    client.get(url)
    counts = []
    for stem, more in (("X1", 1), ("X2", 20)):
        add_copies(tender, stem, more)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16


def test_the_project_page_shows_the_tender_to_the_public_from_the_notice_on():
    tender = make_tender("DRAFTED")
    address = tender.project.get_absolute_url()
    assert tender.number not in browser().get(address, follow=True).content.decode()
    assert tender.number in browser("buyer").get(address, follow=True).content.decode()


def test_a_draft_is_set_as_paper_for_the_people_inside():
    tender = make_tender("DRAFTED")
    with clock.at(DRAFTED_AT):
        form = inputs_form(TENDER["edit"], subject=tender, actor=actor("buyer"))
        assert form["factors"].value()[0]["name"] == "投标报价"
        from procurement.tenders.documents import DraftPaperForm, readable

        assert DraftPaperForm({"tender": tender.pk}, subject=None, actor=actor("buyer")).is_valid()
        assert not DraftPaperForm({"tender": tender.pk}, subject=None, actor=actor("buyer_2")).is_valid()
        assert not readable(actor("supplier_a_head")).exists()


def test_a_draft_paper_is_made_by_a_job():
    from portal.reports.runner import run_job

    tender = make_tender("DRAFTED")
    with clock.at(DRAFTED_AT):
        job = queue_report("tender_draft", actor=actor("buyer"), parameters={"tender": str(tender.pk)})
        run_job(job.pk)
        job.refresh_from_db()
    assert (job.state, job.document.content_type) == ("COMPLETED", "application/pdf")


def test_the_general_page_publishes_with_every_refusal():
    tender = make_tender("REVIEWED")
    client = browser("head")
    url = f"/act/tenders.tender/{tender.pk}/publish/"
    with clock.at(PUBLISHED_AT):
        refused = client.post(url, {"offer_until": "2026-03-05", "closes_at": "2026-03-21T09:30"})
        assert refused.status_code == 409
        assert [r.rule for r in refused.context["refusals"]] == ["R-GP-30", "R87-18", "TND-01", "SEAL-04"]
        make_key(tender)
        done = client.post(url, {"offer_until": OFFER_UNTIL.isoformat(), "closes_at": CLOSES_AT.strftime("%Y-%m-%dT%H:%M")})
        assert done.status_code == 302
    tender.refresh_from_db()
    assert (tender.state, tender.closes_at) == ("PUBLISHED", CLOSES_AT)
