"""The whole way of an item through the API, as a program would walk it; scope and refusals as on pages."""
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal import clock
from tests.factories.people import actor
from tests.factories.plans import COMPILED_AT, MEETING_AT, content, make_plan, make_project, report_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(client):
    def send(username, method, path, data=None, **kwargs):
        client.force_login(actor(username).user, backend="django.contrib.auth.backends.ModelBackend")
        options = {} if data is None else {"data": json.dumps(data), "content_type": "application/json"}
        return getattr(client, method)(f"/api/v1/{path}", **options, **kwargs)

    return send


def body_of(**changes) -> dict:
    values = {name: value for name, value in content().items() if name != "feasibility"} | changes
    values["leaf"] = values["leaf"].pk
    return json.loads(json.dumps(values, default=str))


def test_from_draft_to_approved_by_programs(call, client):
    with clock.at(COMPILED_AT):
        plan = call("planner", "post", "plans/", {"year": 2026}).json()
        assert plan["state"] == "DRAFTED"
        answer = call("planner", "post", "plan-items/", body_of(plan=plan["id"]))
        assert answer.status_code == 201, answer.content
        item = answer.json()
        assert item["amount"] == "23328000.00"
        assert [fault["field"] for fault in item["missing"]] == ["feasibility"]
        refused = call("planner", "post", f"plans/{plan['id']}/propose/", {})
        assert (refused.status_code, refused.json()["refusals"][0]["rule"]) == (409, "R-006")
        answer = client.post(f"/api/v1/plan-items/{item['id']}/attach_report/", {"feasibility": report_file()})
        assert answer.status_code == 200, answer.content
        assert answer.json()["missing"] == []
        assert call("planner", "post", f"plans/{plan['id']}/propose/", {}).json()["state"] == "PROPOSED"
        assert call("planner", "post", f"plans/{plan['id']}/submit/", {}).status_code == 403
        assert call("head", "post", f"plans/{plan['id']}/submit/", {}).json()["state"] == "SUBMITTED"
        for who in ("establishment", "finance_officer"):
            steps = call(who, "get", "review-steps/?state=PENDING").json()["results"]
            mine = next(step for step in steps if any(action["name"] == "approve" for action in
                        call(who, "get", f"review-steps/{step['id']}/").json()["actions"]))  # fmt: skip
            assert call(who, "post", f"review-steps/{mine['id']}/approve/", {"opinion": "同意"}).json()["state"] == "APPROVED"
    with clock.at(MEETING_AT):
        meeting = call("secretary", "post", "meetings/", {
            "title": "联席会议", "scheduled_at": "2025-12-08T10:00", "place": "三楼",
            "members": [{"organisation_name": "财政局", "name": "甲"}],
        }).json()  # fmt: skip
        path = f"meetings/{meeting['id']}"
        meeting = call("secretary", "post", f"{path}/list_item/", {"items": [item["id"]]}).json()
        members = [member["id"] for member in meeting["members"]]
        assert call("convener", "post", f"{path}/convene/", {"present": members}).json()["state"] == "CONVENED"
        agenda = meeting["agenda"][0]["id"]
        meeting = call("secretary", "post", f"{path}/record_decision/", {"agenda": agenda, "decision": "APPROVE"}).json()
        assert call("convener", "post", f"{path}/minute/", {}).json()["state"] == "MINUTED"
        item = call("planner", "get", f"plan-items/{item['id']}/").json()
        assert (item["state"], item["approved_amount"]) == ("APPROVED", "23328000.00")
        line = call("planner", "post", "budget-lines/", {
            "title": "城市维护", "year": 2026, "source": "GENERAL", "level": "CITY", "function_class": "2120501", "economic_class": "30227",
            "item": item["id"], "requested": "11664000.00",
        }).json()  # fmt: skip
        assert call("head", "post", f"budget-lines/{line['id']}/submit/", {}).status_code == 200
        line = call("finance_head", "post", f"budget-lines/{line['id']}/allocate/", {"approval_document": "1号"}).json()
        assert (line["allocated"], line["reserved"], line["free"]) == ("11664000.00", "11664000.00", "0.00")
        pledge = call("finance_head", "post", "encumbrances/", {
            "transition": "pledge", "project": item["project"], "year": 2027, "amount": "11664000.00",
        })  # fmt: skip
        assert pledge.status_code == 201, pledge.content
        assert call("planner", "get", f"projects/{item['project']}/").json()["state"] == "FUNDED"


def test_scope_and_idempotency(call, client):
    with clock.at(COMPILED_AT):
        plan = make_plan("PROPOSED")
        assert call("planner_2", "get", f"plans/{plan.pk}/").status_code == 404
        assert call("planner_2", "post", f"plans/{plan.pk}/propose/", {}).status_code == 404
        first = call("planner_2", "post", "plans/", {"year": 2026}, headers={"Idempotency-Key": "k"})
        again = call("planner_2", "post", "plans/", {"year": 2026}, headers={"Idempotency-Key": "k"})
        assert (first.status_code, again.status_code, again.json()["refusals"][0]["rule"]) == (201, 409, "G7")


def test_a_program_that_was_not_let_in_sees_public_projects_only(client):
    make_project("PROPOSED")
    assert client.get("/api/v1/projects/").json()["results"] == []
    assert client.get("/api/v1/plans/").status_code in (401, 403)


def test_a_program_posing_as_a_report_is_refused_and_nothing_is_kept(client):
    with clock.at(COMPILED_AT):
        item = make_plan(items=[content(feasibility=None)]).items.get()
        client.force_login(actor("planner").user, backend="django.contrib.auth.backends.ModelBackend")
        fake = SimpleUploadedFile("report.pdf", b"MZ\x90\x00" + b"\0" * 64)
        assert client.post(f"/api/v1/plan-items/{item.pk}/attach_report/", {"feasibility": fake}).status_code == 400
