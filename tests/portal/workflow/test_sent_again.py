"""A call whose answer got lost is sent again with its key and is not done twice, whatever kind of act it is (G7)."""
from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from portal import clock
from portal.audit.models import Entry
from portal.workflow import due, perform
from portal.workflow.models import ClockOffset, DoneOnce
from portal.workflow.refusals import Refused, WrongState
from portal.workflow.tasks import forget_keys
from tests.factories.people import actor
from tests.factories.plans import COMPILED_AT, content, make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    with clock.at(COMPILED_AT):
        yield make_plan(items=[content()]).items.get()


def edits(item) -> int:
    return Entry.objects.of_subject("plans.item", item.pk).filter(transition="edit").count()


def test_an_act_that_changes_no_state_is_done_once_for_its_key(item):
    values = {**content(), "title": "改过的标题"}
    perform(item, "edit", actor=actor("planner"), key="k", **values)
    with pytest.raises(WrongState) as again:
        perform(item, "edit", actor=actor("planner"), key="k", **values)
    assert again.value.done == item.pk
    assert edits(item) == 1
    perform(item, "edit", actor=actor("planner"), key="another", **values)
    assert edits(item) == 2


def test_what_was_refused_may_be_sent_again_under_the_same_key():
    with clock.at(COMPILED_AT):
        plan = make_plan("DRAFTED", items=[])
        with pytest.raises(Refused):
            perform(plan, "propose", actor=actor("planner"), key="k")
    assert not DoneOnce.objects.exists()


def test_programs_learn_that_it_is_done_also_when_the_thing_is_out_of_their_hands(client, item):
    client.force_login(actor("planner").user, backend="django.contrib.auth.backends.ModelBackend")
    url, key = f"/api/v1/plans/{item.plan_id}/propose/", {"Idempotency-Key": "k"}
    first = client.post(url, {}, content_type="application/json", headers=key)
    again = client.post(url, {}, content_type="application/json", headers=key)
    other = client.post(url, {}, content_type="application/json", headers={"Idempotency-Key": "other"})
    assert (first.status_code, again.status_code, other.status_code) == (200, 409, 409)
    assert again.json()["done"] == {"id": item.plan_id}
    assert "done" not in other.json()


def test_what_was_made_is_named(client):
    with clock.at(COMPILED_AT):
        client.force_login(actor("planner_2").user, backend="django.contrib.auth.backends.ModelBackend")
        sent = [
            client.post("/api/v1/plans/", {"year": 2026}, content_type="application/json", headers={"Idempotency-Key": "k"})
            for _turn in range(2)
        ]
    assert [answer.status_code for answer in sent] == [201, 409]
    assert sent[1].json()["done"] == {"id": sent[0].json()["id"]}


def test_keys_are_forgotten_after_a_week(item):
    perform(item, "edit", actor=actor("planner"), key="k", **content())
    forget_keys()
    assert DoneOnce.objects.count() == 1
    DoneOnce.objects.update(done_at=timezone.now() - timedelta(days=8))
    forget_keys()
    assert not DoneOnce.objects.exists()


def test_one_broken_thing_does_not_hold_up_the_deadlines_of_the_others(settings, monkeypatch, caplog):
    settings.DEMO = True
    first, second = make_plan("DRAFTED", year=2028, items=[]), make_plan("DRAFTED", year=2029, items=[])
    ClockOffset.objects.update_or_create(pk=1, defaults={"seconds": 0})
    really = due.perform

    def perform_or_break(obj, name, **given):
        if obj == first:
            raise RuntimeError("broken")
        return really(obj, name, **given)

    monkeypatch.setattr(due, "perform", perform_or_break)
    due.advance_demo_clock(second.lapses_at + timedelta(days=1))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("DRAFTED", "LAPSED")
    assert f"failed to fire: plans.plan lapse of {first.pk}" in caplog.text
