"""The one door, with the lifecycles of the house: right, state, guards, record, time and transaction hold together."""
from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.db import OperationalError, connection

from portal import clock
from portal.accounts.actor import system_actor
from portal.audit.models import Entry
from portal.workdays.models import LegalClock
from portal.workflow import NotYours, Refused, WrongState, available_actions, consequence, due, engine, perform
from portal.workflow.models import ClockOffset
from procurement.plans.models import Plan, PlanItem, Project
from tests.factories.people import actor, also, colleague
from tests.factories.plans import COMPILED_AT, content, make_plan, make_project

pytestmark = pytest.mark.django_db


def rules(refused) -> set[str]:
    return {refusal.rule for refusal in refused.value.refusals}


@pytest.fixture
def compiling():
    with clock.at(COMPILED_AT):
        yield


@pytest.fixture
def handlers():
    """Consequences registered by a test are forgotten after it."""
    kept = {key: list(value) for key, value in engine._handlers.items()}
    yield engine._handlers
    engine._handlers.clear()
    engine._handlers.update(kept)


# --- who -------------------------------------------------------------------------------------------------------------


def test_who_compiled_a_plan_does_not_submit_it_and_somebody_else_does(compiling):
    planner = also("planner", "HEAD")
    plan = make_plan("PROPOSED")
    with pytest.raises(Refused) as refused:
        perform(plan, "submit", actor=planner)
    assert rules(refused) == {"G2"}
    assert [a.enabled for a in available_actions(plan, planner) if a.name == "submit"] == [False]
    assert perform(plan, "submit", actor=actor("head")).state == "SUBMITTED"


@pytest.mark.parametrize("account", ["head", "planner_2", "finance_head", "hongshan_planner", "auditor"])
def test_a_right_is_held_in_the_things_own_organisation(compiling, account):
    plan = make_plan("DRAFTED")
    with pytest.raises(NotYours):
        perform(plan, "propose", actor=actor(account))
    assert Plan.objects.get(pk=plan.pk).state == "DRAFTED"


def test_a_person_does_not_do_what_is_the_systems(compiling):
    with pytest.raises(NotYours):
        perform(make_plan("SUBMITTED"), "conclude", actor=actor("head"))


# --- once ------------------------------------------------------------------------------------------------------------


def test_a_second_click_reads_who_did_it_and_when(compiling):
    plan = make_plan("PROPOSED")
    perform(plan, "submit", actor=actor("head"))
    with pytest.raises(WrongState) as refused:
        perform(plan, "submit", actor=actor("head"))
    assert rules(refused) == {"G7"}
    said = refused.value.refusals[0].message
    assert actor("head").name in said
    assert "2025-11-28 09:30:00" in said
    assert Entry.objects.of_subject("plans.plan", plan.pk).filter(transition="submit").count() == 1


def test_an_act_from_a_wrong_state_names_the_state(compiling):
    with pytest.raises(WrongState) as refused:
        perform(make_plan("DRAFTED"), "submit", actor=actor("head"))
    assert str(Plan.State.DRAFTED.label) in refused.value.refusals[0].message


def test_a_creating_act_with_a_key_happens_once_for_one_person(compiling):
    plan = make_plan("DRAFTED", items=[])
    made = perform(PlanItem(), "draft", actor=actor("planner"), key="k1", plan=plan, **content())
    with pytest.raises(WrongState) as refused:
        perform(PlanItem(), "draft", actor=actor("planner"), key="k1", plan=plan, **content())
    assert rules(refused) == {"G7"}
    other = perform(PlanItem(), "draft", actor=colleague("planner"), key="k1", plan=plan, **content())
    assert {made.pk, other.pk} == set(plan.items.values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_one_does_it_and_the_other_reads_who(django_db_serialized_rollback):
    with clock.at(COMPILED_AT):
        plan = make_plan("PROPOSED")
        heads = [actor("head"), colleague("head")]
    gate, answers = threading.Barrier(2), []

    def submit(who) -> None:
        try:
            with clock.at(COMPILED_AT):
                gate.wait(60)
                answers.append(perform(Plan.objects.get(pk=plan.pk), "submit", actor=who).state)
        except Refused as refused:
            answers.append(refused.refusals[0].rule)
        finally:
            connection.close()

    threads = [threading.Thread(target=submit, args=[who]) for who in heads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(answers) == ["G7", "SUBMITTED"]
    assert Entry.objects.of_subject("plans.plan", plan.pk).filter(transition="submit").count() == 1


# --- one transaction -------------------------------------------------------------------------------------------------


def test_consequences_run_from_the_bottom_up_in_the_same_transaction(compiling, handlers):
    order = []

    def on_floor(module):
        def handler(obj, act):
            order.append((module, connection.in_atomic_block, obj.state))
        handler.__module__ = module
        return handler

    for module in ("portal.workbench.panels", "procurement.contracts.verbs", "procurement.budgets.verbs"):
        consequence("plans.plan", "propose")(on_floor(module))
    perform(make_plan("DRAFTED"), "propose", actor=actor("planner"))
    assert order == [("procurement.budgets.verbs", True, "PROPOSED"), ("procurement.contracts.verbs", True, "PROPOSED"),
                     ("portal.workbench.panels", True, "PROPOSED")]  # fmt: skip


def test_a_failing_consequence_undoes_the_whole_act(compiling, handlers):
    plan = make_plan("DRAFTED")
    before = Entry.objects.count(), LegalClock.objects.count()

    class Broken(Exception):
        pass

    @consequence("plans.plan", "propose")
    def fail(obj, act):
        raise Broken

    with pytest.raises(Broken):
        perform(plan, "propose", actor=actor("planner"))
    assert Plan.objects.get(pk=plan.pk).state == "DRAFTED"
    assert set(plan.items.values_list("state", flat=True)) == {"DRAFTED"}
    assert (Entry.objects.count(), LegalClock.objects.count()) == before


def test_a_deadlock_inside_another_transaction_is_left_to_it(compiling, monkeypatch):
    plan, tries = make_plan("DRAFTED"), []

    def deadlocked(*given):
        tries.append(1)
        raise OperationalError("deadlock detected")

    monkeypatch.setattr(engine, "_perform", deadlocked)
    with pytest.raises(OperationalError):
        perform(plan, "propose", actor=actor("planner"))
    assert len(tries) == 1


@pytest.mark.django_db(transaction=True)
def test_a_deadlocked_act_is_done_on_a_later_try(django_db_serialized_rollback, monkeypatch):
    with clock.at(COMPILED_AT):
        plan, tries = make_plan("DRAFTED"), []
        real = engine._perform

        def deadlocked(*given):
            tries.append(1)
            if len(tries) < 3:
                raise OperationalError("deadlock detected")
            return real(*given)

        monkeypatch.setattr(engine, "_perform", deadlocked)
        monkeypatch.setattr(engine.time, "sleep", lambda seconds: None)
        assert perform(plan, "propose", actor=actor("planner")).state == "PROPOSED"
    assert len(tries) > 2


@pytest.mark.django_db(transaction=True)
def test_what_another_made_at_the_same_moment_is_named_by_its_rule(django_db_serialized_rollback, monkeypatch):
    """Neither check saw the other's plan of the year; the database did, and the later one is told by the rule (R-003)."""
    with clock.at(COMPILED_AT):
        first, tries = make_plan("DRAFTED"), []
        real = engine.refusals

        def blind_at_first(*given, **more):
            tries.append(1)
            return [] if len(tries) == 1 else real(*given, **more)

        monkeypatch.setattr(engine, "refusals", blind_at_first)
        with pytest.raises(Refused) as refused:
            perform(Plan(), "draft", actor=colleague("planner"), year=first.year)
    assert rules(refused) == {"R-003"}
    assert refused.value.refusals[0].field == "year"
    assert len(tries) == 2
    assert Plan.objects.count() == 1


# --- time ------------------------------------------------------------------------------------------------------------


def test_moving_the_demonstration_clock_fires_what_is_due_in_order_each_at_its_own_moment(settings):
    settings.DEMO = True
    late, early = make_plan("DRAFTED", year=2029), make_plan("DRAFTED", year=2028, items=[])
    ClockOffset.objects.update_or_create(pk=1, defaults={"seconds": 0})
    assert early.lapses_at < late.lapses_at
    with pytest.raises(clock.ClockMovesForward):
        due.advance_demo_clock(clock.now() - timedelta(days=1))
    due.advance_demo_clock(late.lapses_at + timedelta(days=30))
    assert clock.now() >= late.lapses_at + timedelta(days=30)
    fired = list(Entry.objects.filter(lifecycle="plans.plan", transition="lapse").order_by("id").values_list("subject", "occurred_at"))
    assert fired == [(str(early.pk), early.lapses_at), (str(late.pk), late.lapses_at)]
    moments = list(Entry.objects.filter(transition="lapse").order_by("id").values_list("occurred_at", flat=True))
    assert moments == sorted(moments)


def test_history_keeps_its_own_time_and_starts_no_clock(compiling):
    moment = datetime(2024, 11, 20, 9, 0, tzinfo=clock.SHANGHAI)
    with clock.history(moment):
        past = perform(Plan(), "draft", actor=actor("planner"), year=2025)
    present = perform(Plan(), "draft", actor=actor("planner"), year=2026)
    assert Entry.objects.of_subject("plans.plan", past.pk).get().occurred_at == moment
    assert LegalClock.objects.filter(subject_type="plans.plan", subject_id=str(present.pk)).exists()
    assert not LegalClock.objects.filter(subject_type="plans.plan", subject_id=str(past.pk)).exists()


# --- holds -----------------------------------------------------------------------------------------------------------


def test_a_hold_stops_the_rows_marked_for_it_and_no_others():
    from procurement.plans.models import Hold
    from tests.factories.tenders import PUBLISHED_AT, make_key, make_tender, publish

    tender = make_tender("REVIEWED")
    project = Project.objects.get(pk=tender.project_id)
    with clock.at(PUBLISHED_AT):
        make_key(tender)
        hold = perform(Hold(), "impose_by_purchaser", actor=actor("head"), project=project, scope="PROCUREMENT", cause="核查",
                       ends_at=PUBLISHED_AT + timedelta(days=5))  # fmt: skip
        with pytest.raises(Refused) as refused:
            publish(tender)
        assert "G3" in rules(refused)
        perform(hold, "lift", actor=actor("head"), reason="查清无误")
        assert publish(tender).state == "PUBLISHED"


def test_every_act_leaves_one_entry_in_the_chain_of_its_project(compiling):
    project = make_project("PROPOSED")
    item = project.item
    chain = Entry.objects.of_chain(f"project:{project.pk}")
    before = chain.count()
    perform(item, "withdraw", actor=actor("head"), reason="不再需要")
    entries = list(chain.order_by("seq"))[before:]
    assert ("plans.item", "withdraw", "SUBMITTED", "WITHDRAWN") in {(e.lifecycle, e.transition, e.from_state, e.to_state) for e in entries}
    assert [entry.transition for entry in entries if entry.user_id] == ["withdraw"]
    assert system_actor().is_system
