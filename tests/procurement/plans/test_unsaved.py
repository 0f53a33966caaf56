"""What is typed into an item is kept without a button, taken up again, and never overwritten in silence."""
from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from portal import clock
from portal.audit.models import Entry
from portal.workflow import perform
from procurement.plans.models import ItemTyping, PlanItem
from procurement.plans.verbs import record_outcome
from tests.factories.people import actor, colleague
from tests.factories.plans import COMPILED_AT, content, make_plan, make_plan_item, make_project

from .test_pages import post_of, sign_in, text  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
TYPED = "/plans/items/typed/"


@pytest.fixture
def item(db):
    with clock.at(COMPILED_AT):
        yield make_plan_item()


def seen(item: PlanItem) -> int:
    return Entry.objects.of_subject("plans.item", item.pk).order_by("-id").first().pk


def kept(client, item, window="a1", **changes):
    return client.post(TYPED, {**post_of(content()), "item": item.pk, "window": window, "seen": seen(item), **changes})


def test_what_is_typed_is_kept_and_taken_up_again(sign_in, item):  # noqa: F811
    client = sign_in("planner")
    entries = Entry.objects.count()
    answer = kept(client, item, title="城市保洁二期", quantity="many")
    assert answer.status_code == 200
    assert "自动保存" in answer.json()["message"]
    assert answer.json()["conflict"] == ""
    assert Entry.objects.count() == entries, "nothing of it counts yet"
    item.refresh_from_db()
    assert item.title == "城市保洁绿化道路养护"
    page = text(client.get(reverse("plans:edit_item", args=[item.pk])))
    assert "城市保洁二期" in page
    assert 'value="many"' in page
    assert "已恢复您" in page


def test_it_is_his_alone_and_goes_with_saving_or_on_his_word(sign_in, item):  # noqa: F811
    address = reverse("plans:edit_item", args=[item.pk])
    kept(sign_in("planner"), item, title="甲的改动")
    assert "甲的改动" not in text(sign_in(colleague("planner").user.username).get(address))
    client = sign_in("planner")
    answer = client.post(address, {**post_of(content(title="存下的")), "window": "a1", "seen": seen(item)})
    assert answer.status_code == 302
    assert not ItemTyping.objects.exists()
    kept(client, item, title="又改")
    assert client.post(address, {"anew": "1", "window": "a1"}).status_code == 302
    assert "又改" not in text(client.get(address))


def test_an_item_that_was_never_saved_is_taken_up_again_in_its_plan(sign_in, item):  # noqa: F811
    client, plan = sign_in("planner"), item.plan
    assert client.post(TYPED, {"title": "还没有存过的", "plan": plan.pk, "window": "b2", "seen": 0}).status_code == 200
    assert "还没有存过的" in text(client.get(reverse("plans:new_item"), {"plan": plan.pk}))
    given = {"title": "还没有存过的", "plan": plan.pk, "route": "ANNUAL", "window": "b2"}
    answer = client.post(f"{reverse('plans:new_item')}?plan={plan.pk}", given)
    assert answer.status_code == 302
    assert not ItemTyping.objects.exists()


def test_two_windows_are_told_and_lose_nothing(sign_in, item):  # noqa: F811
    client = sign_in("planner")
    kept(client, item, window="a1", title="窗口一")
    told = kept(client, item, window="a2", title="窗口二").json()
    assert "另一个窗口" in told["conflict"]
    assert {each.data["title"][0] for each in ItemTyping.objects.all()} == {"窗口一", "窗口二"}


def test_who_saves_over_a_colleagues_change_is_asked_first(sign_in, item):  # noqa: F811
    client, before = sign_in("planner"), seen(item)
    perform(item, "edit", actor=colleague("planner"), **content(title="同事的改动"))
    told = client.post(TYPED, {**post_of(content(title="我的")), "item": item.pk, "window": "a1", "seen": before}).json()
    assert "另行保存" in told["conflict"]
    address = reverse("plans:edit_item", args=[item.pk])
    answer = client.post(address, {**post_of(content(title="我的")), "window": "a1", "seen": before})
    assert answer.status_code == 409
    assert 'value="我的"' in text(answer), "what was typed stands there still"
    item.refresh_from_db()
    assert item.title == "同事的改动"
    answer = client.post(address, {**post_of(content(title="我的")), "window": "a1", "seen": seen(item)})
    assert answer.status_code == 302
    item.refresh_from_db()
    assert item.title == "我的"


def test_only_who_may_edit_has_anything_kept(sign_in, item):  # noqa: F811
    for name, status in (("planner_2", 404), ("head", 403), ("supplier_a_officer", 403)):
        assert kept(sign_in(name), item).status_code == status
    assert not ItemTyping.objects.exists()
    client = sign_in("planner")
    assert kept(client, item, content="长" * 300_001).status_code == 422
    assert kept(client, item, window="<script>").status_code == 422
    perform(item, "discard", actor=actor("planner"))
    assert kept(client, item).status_code == 403


def test_what_nobody_came_back_to_goes_after_a_month(sign_in, item):  # noqa: F811
    client = sign_in("planner")
    kept(client, item, window="old")
    with clock.at(COMPILED_AT + timedelta(days=31)):
        kept(client, item, window="new")
    assert [each.window for each in ItemTyping.objects.all()] == ["new"]


def test_last_years_price_grade_and_satisfaction_stand_beside_the_form(sign_in):  # noqa: F811
    project = make_project()
    act = type("Done", (), {"now": COMPILED_AT})()
    record_outcome(act, project, reference="x:1", title="x", grade="良", score=Decimal("86.50"), satisfaction=Decimal("91.25"))
    with clock.at(COMPILED_AT.replace(year=2026)):
        plan = make_plan(year=2027, items=[content(
            predecessor=project, years=[{"year": 2027, "amount": Decimal("11664000")}, {"year": 2028, "amount": Decimal("11664000")}]
        )])
        page = text(sign_in("planner").get(reverse("plans:edit_item", args=[plan.items.get().pk])))
        assert "延续的上期项目" in page
        for part in (project.number, "13.50", "86.50", "良", "91.25"):
            assert part in page
        page = text(sign_in("planner").get(reverse("plans:new_item"), {"plan": plan.pk}))
        assert "本单位上期项目" in page
