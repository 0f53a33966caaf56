"""Programs narrow the lists of planning as people do on the pages, and read the sums that the pages show."""
import pytest
from django.test import Client

from portal import clock
from portal.workdays.calendars import load_calendars
from portal.workflow import perform
from tests.factories.catalogue import make_version
from tests.factories.people import actor
from tests.factories.plans import COMPILED_AT, YEAR, content, make_plan, make_plan_item, one_year

pytestmark = pytest.mark.django_db


def call(username: str, path: str, **words):
    client = Client()
    if username:
        client.force_login(actor(username).user, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(f"/api/v1/{path}/", words)


def keys(username: str, path: str, **words) -> list[int]:
    answer = call(username, path, **words)
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_plans_are_found_by_words_and_agency():
    plan, other = make_plan(), make_plan(planner="planner_2", head="head_2")
    assert keys("finance_officer", "plans", q=plan.number) == [plan.pk]
    assert keys("finance_officer", "plans", agency=other.agency_id) == [other.pk]
    assert call("finance_officer", "plans", state="ANYTHING").status_code == 400


def test_items_are_found_by_what_is_wrong_with_them_by_government_alone():
    plan = make_plan(items=[content(title="河道保洁", scheme=""), one_year("5000.00", title="公园养护")])
    spoilt, sound = plan.items.order_by("pk")
    assert keys("planner", "plan-items", fault="gaps") == [spoilt.pk]
    assert keys("planner", "plan-items", q="公园", plan=plan.pk) == [sound.pk]
    assert keys("planner", "plan-items", leaf=sound.leaf_id, kind="POST") == []
    assert call("supplier_a_officer", "plan-items", fault="gaps").status_code == 403
    assert call("supplier_a_officer", "plan-items", q="公园").json()["results"] == []


def test_steps_are_found_by_who_has_to_decide_and_by_who_took_them():
    load_calendars()
    with clock.at(COMPILED_AT):
        item = make_plan_item("SUBMITTED")
        own, others = item.steps.get(kind="FINANCE"), item.steps.get(kind="ESTABLISHMENT")
        assert keys("finance_officer", "review-steps", waiting="true") == [own.pk]
        apart = keys("finance_officer", "review-steps", waiting="false")
        assert others.pk in apart
        assert own.pk not in apart
        assert keys("finance_officer", "review-steps", which="mine") == []
        perform(own, "claim", actor=actor("finance_officer"))
        assert keys("finance_officer", "review-steps", which="mine") == [own.pk]
        assert keys("finance_officer", "review-steps", kind="ESTABLISHMENT", item_kind=item.kind) == [others.pk]
        assert keys("finance_officer", "review-steps", q="没有这样的项目") == []


def test_agencies_are_found_by_how_far_their_plans_are():
    plan = make_plan("SUBMITTED")
    found = call("finance_officer", "plans/progress", year=YEAR, standing="handed_in").json()["results"]
    assert [row["plan"] for row in found] == [plan.pk]
    missing = call("finance_officer", "plans/progress", year=YEAR, standing="missing").json()["results"]
    assert plan.agency_id not in [row["agency"] for row in missing]
    assert call("finance_officer", "plans/progress", q=plan.agency.name, year=YEAR).json()["results"][0]["items"] == 1
    for nonsense in ({"year": "²"}, {"year": "26"}, {"standing": "lost"}):
        assert call("finance_officer", "plans/progress", **nonsense).status_code == 400


def test_sums_of_published_plans_are_free_for_everybody():
    """R1787-06."""
    assert call("", "plan-totals").json()["count"] == 0
    plan = make_plan("DECIDED")
    perform(plan, "publish", actor=actor("head"))
    told = call("", "plan-totals", year=plan.year, region=plan.agency.region.code).json()
    assert (told["year"], told["region"], told["count"], told["amount"]) == (plan.year, plan.agency.region.code, 1, "23328000.00")
    assert {sum(line["count"] for line in lines) for lines in told["groups"].values()} == {1}
    assert call("", "plan-totals", region="999999").status_code == 400


def test_two_versions_of_the_catalogue_are_compared_line_by_line():
    """S-07."""
    before = make_version("ISSUED")
    after = make_version("DRAFTED")
    line = after.items.filter(is_leaf=True).first()
    type(line).objects.filter(pk=line.pk).update(name="改了名的事项")
    told = call("finance_officer", "catalogue-versions/compare", before=before.pk, after=after.pk).json()
    assert told["counts"]["renamed"] == 1
    renamed = next(each for each in told["changes"] if each["kind"] == "renamed")
    assert (renamed["before"]["code"], renamed["after"]["name"]) == (line.code, "改了名的事项")
    assert call("", "catalogue-versions/compare", before=before.pk, after=after.pk).status_code == 400  # the public sees no draft
    assert call("finance_officer", "catalogue-versions/compare", before=before.pk).status_code == 400
