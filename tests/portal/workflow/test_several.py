"""One act done to many things by a program: an outcome each, nothing half done, nothing twice (S-172, G1, G7)."""
import json

import pytest

from portal import clock
from portal.workflow import all_lifecycles
from portal.workflow.api import LifecycleViewSet
from portal.workflow.several import MOST, rows_for_several
from procurement.plans.models import PlanItem
from tests.factories.people import actor
from tests.factories.plans import COMPILED_AT, content, make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(client):
    def post(username, path, body, **headers):
        client.force_login(actor(username).user)
        with clock.at(COMPILED_AT):
            return client.post(f"/api/v1/{path}", json.dumps(body, default=str), content_type="application/json", headers=headers)

    return post


def item(title: str, **changes) -> dict:
    said = {name: value for name, value in content(title=title).items() if name != "feasibility"}
    return {**said, "leaf": said["leaf"].pk, **changes}


@pytest.fixture
def plan():
    return make_plan("DRAFTED", items=[])


def test_items_are_drafted_each_with_its_outcome_and_a_bad_one_leaves_the_others_alone(send, plan):
    body = {"act": "draft", "plan": plan.pk, "things": [item("甲"), item("乙", quantity="许多"), "丙", item("丁", plan=0)]}
    told = send("planner", "plan-items/several/", body).json()
    assert (told["act"], told["done"]) == ("draft", 1)
    assert [outcome["place"] for outcome in told["outcomes"]] == [0, 1, 2, 3]
    assert [outcome["done"] for outcome in told["outcomes"]] == [True, False, False, False]
    assert "quantity" in told["outcomes"][1]["errors"]
    assert "things" in told["outcomes"][2]["errors"]
    assert "plan" in told["outcomes"][3]["errors"]
    drafted = PlanItem.objects.get()
    assert (drafted.title, drafted.state, drafted.pk) == ("甲", "DRAFTED", told["outcomes"][0]["id"])


def test_sent_again_with_its_key_nothing_is_made_twice_and_each_says_what_it_made(send, plan):
    body, key = {"act": "draft", "plan": plan.pk, "things": [item("甲"), item("乙")]}, {"Idempotency-Key": "k" * 60}
    first = send("planner", "plan-items/several/", body, **key).json()
    again = send("planner", "plan-items/several/", body, **key).json()
    assert again["done"] == 0
    assert [outcome["already"] for outcome in again["outcomes"]] == [outcome["id"] for outcome in first["outcomes"]]
    assert PlanItem.objects.count() == 2


def test_what_is_not_seen_not_his_or_elsewhere_by_now_is_refused_by_its_rule(send, plan):
    made = send("planner", "plan-items/several/", {"act": "draft", "plan": plan.pk, "things": [item("甲"), item("乙")]}).json()
    first, second = (outcome["id"] for outcome in made["outcomes"])
    things = [{"id": first}, {"id": first}, {"id": 99999999}, {"id": "x"}, {}]
    told = send("planner", "plan-items/several/", {"act": "discard", "things": things}).json()["outcomes"]
    assert [(each["done"], [refusal["rule"] for refusal in each["refusals"]]) for each in told] == [
        (True, []), (False, ["G7"]), (False, ["G1"]), (False, ["G1"]), (False, ["G1"]),
    ]  # fmt: skip
    assert told[0]["state"] == "WITHDRAWN"
    for stranger in ("head", "planner_2"):
        [refused] = send(stranger, "plan-items/several/", {"act": "discard", "things": [{"id": second}]}).json()["outcomes"]
        assert [refusal["rule"] for refusal in refused["refusals"]] == ["G1"]
    assert PlanItem.objects.get(pk=second).state == "DRAFTED"


def test_inputs_beside_the_things_hold_for_all_that_do_not_say_otherwise(send, plan):
    body = {"act": "draft", "plan": plan.pk, "kind": "OTHER", "things": [item("甲", objective="各自的目标")], "objective": "共同的目标"}
    assert send("planner", "plan-items/several/", body).json()["done"] == 1
    assert PlanItem.objects.get().objective == "各自的目标"


@pytest.mark.parametrize(("body", "field"), [
    ({}, "act"), ({"act": "submit_everything", "things": [{}]}, "act"), ({"act": ["draft"], "things": [{}]}, "act"),
    ({"act": "attach_report", "things": [{"id": 1}]}, "act"), ({"act": "draft"}, "things"), ({"act": "draft", "things": []}, "things"),
    ({"act": "draft", "things": {"id": 1}}, "things"), ({"act": "draft", "things": [{}] * (MOST + 1)}, "things"),
])  # fmt: skip
def test_what_cannot_be_meant_is_said_at_its_place(send, plan, body, field):
    answer = send("planner", "plan-items/several/", body)
    assert answer.status_code == 400
    assert field in answer.json()
    assert not PlanItem.objects.exists()


def test_nobody_without_a_right_is_let_in(client, plan):
    answer = client.post("/api/v1/plan-items/several/", json.dumps({"act": "draft", "things": [{}]}), content_type="application/json")
    assert answer.status_code in (401, 403)


def test_what_asks_for_the_person_or_a_file_is_done_one_by_one():
    rows = {cycle.code: {row.name for row in rows_for_several(cycle)} for cycle in all_lifecycles()}
    assert {"draft", "discard", "withdraw"} <= rows["plans.item"]
    assert "attach_report" not in rows["plans.item"]
    assert "minute" not in rows["plans.meeting"]
    assert "sign" not in rows["awards.report"]
    assert not [row.name for cycle in all_lifecycles() for row in rows_for_several(cycle) if not row.who]


def test_things_that_people_do_nothing_to_have_no_such_address(client):
    assert callable(LifecycleViewSet.several)
    client.force_login(actor("planner").user)
    assert client.post("/api/v1/notices/several/", "{}", content_type="application/json").status_code in (404, 405)
