"""BOOK-01…04: a workbook is read whole, checked cell by cell, and put into the plan once, all of it or nothing."""
from __future__ import annotations

from decimal import Decimal

import pytest

from portal import clock
from portal.accounts.actor import system_actor
from portal.audit.models import Entry
from portal.workflow import NotYours, Refused, WrongState, perform
from procurement.plans.models import PlanItem, PlanWorkbook
from procurement.plans.workbooks import reading
from procurement.plans.workbooks.columns import INDICATORS, ITEMS, SOURCES
from tests.factories.people import actor, colleague
from tests.factories.plans import COMPILED_AT, make_plan
from tests.factories.workbooks import book, changed, hand_in, letter, put_in, values

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(db):
    with clock.at(COMPILED_AT):
        yield make_plan(items=[])


def rules(refused) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


def test_a_whole_workbook_becomes_drafted_items_by_one_act_and_one_entry(plan):
    found = hand_in(plan, book(values(1), values(2)))
    assert (found.state, found.item_count, found.error_count, found.gap_count, found.total) == ("READ", 2, 0, 0, Decimal(3000))
    before = Entry.objects.count()
    put_in(found)
    items = list(PlanItem.objects.filter(plan=plan).order_by("id"))
    assert [(item.title, item.state, item.amount) for item in items] == [
        ("社区服务 1", "DRAFTED", Decimal(1000)), ("社区服务 2", "DRAFTED", Decimal(2000))]
    assert {item.created_by_id for item in items} == {actor("planner").user_id}
    assert [row.unit_amount for row in items[1].factors.all()] == [Decimal(20), Decimal(0), Decimal(0), Decimal(0)]
    assert items[1].sources.get().amount == items[1].years.get().amount == Decimal(2000)
    assert [row.order for row in items[1].indicators.all()] == [1, 2]
    entry = Entry.objects.order_by("-id").first()
    assert Entry.objects.count() == before + 1
    assert (entry.transition, entry.facts["digest"], entry.facts["items"]) == ("commit", found.rows_digest, 2)


def test_one_error_keeps_the_whole_workbook_out(plan):
    spoilt = changed(book(values(1), values(2)), (ITEMS, f"{letter('unit_price')}3", "十元"))
    found = hand_in(plan, spoilt)
    assert found.error_count == 1
    with pytest.raises(Refused) as refused:
        perform(found, "commit", actor=actor("planner"), prepared=([], {}), prepared_digest=found.rows_digest)
    assert "BOOK-04" in rules(refused)
    assert not PlanItem.objects.filter(plan=plan).exists()


def test_the_same_file_again_is_noticed_and_doubles_nothing(plan):
    content = book(values(1))
    found = hand_in(plan, content)
    with pytest.raises(Refused) as refused:
        hand_in(plan, content)
    assert rules(refused) == ["BOOK-02"]
    put_in(found)
    with pytest.raises(Refused) as refused:
        hand_in(plan, content)
    assert rules(refused) == ["BOOK-02"]
    perform(PlanItem.objects.get(plan=plan), "discard", actor=actor("planner"))
    assert hand_in(plan, content).state == "READ", "what was taken out again may come again"


def test_the_same_rows_in_another_file_are_noticed_at_the_latest_when_they_are_put_in(plan):
    content = book(values(1))
    first, second = hand_in(plan, content), hand_in(plan, changed(content, ("填写说明", "D9", "另存")))
    assert first.rows_digest == second.rows_digest
    put_in(first)
    with pytest.raises(Refused) as refused:
        put_in(second)
    assert rules(refused) == ["BOOK-02"]
    assert PlanItem.objects.filter(plan=plan).count() == 1


def test_a_second_click_puts_nothing_in_twice(plan):
    found = hand_in(plan, book(values(1)))
    put_in(found)
    with pytest.raises(WrongState):
        perform(found, "commit", actor=actor("planner"), prepared=([], {}), prepared_digest=found.rows_digest)
    assert PlanItem.objects.filter(plan=plan).count() == 1


def test_rows_changed_after_they_were_made_ready_are_looked_at_again(plan):
    found = hand_in(plan, book(values(1)))
    with pytest.raises(Refused) as refused:
        perform(found, "commit", actor=actor("planner"), prepared=([], {}), prepared_digest="earlier")
    assert rules(refused) == ["BOOK-04"]


def test_a_plan_that_was_sent_takes_no_workbook(plan):
    late = hand_in(plan, book(values(1)))
    put_in(hand_in(plan, book(values(2))))
    from tests.factories.plans import report_file

    perform(PlanItem.objects.get(plan=plan), "attach_report", actor=actor("planner"), feasibility=report_file())
    perform(plan, "propose", actor=actor("planner"))
    plan.refresh_from_db()
    with pytest.raises(Refused) as refused:
        perform(late, "commit", actor=actor("planner"), prepared=([], {}), prepared_digest=late.rows_digest)
    assert "R-003" in rules(refused)


def test_a_row_is_corrected_in_the_browser_as_an_item_is_typed(plan):
    spoilt = changed(book(values(1), values(2)), (ITEMS, f"{letter('unit_price')}3", "十元"))
    found = hand_in(plan, spoilt)
    perform(found, "correct", actor=actor("planner"), row=2, **values(2))
    found.refresh_from_db()
    assert (found.error_count, found.gap_count, found.total) == (0, 0, Decimal(3000))
    assert put_in(found).items.count() == 2
    with pytest.raises(WrongState):
        perform(found, "correct", actor=actor("planner"), row=2, **values(2))


def test_only_a_row_that_is_there_is_corrected(plan):
    found = hand_in(plan, book(values(1)))
    with pytest.raises(Refused) as refused:
        perform(found, "correct", actor=actor("planner"), row=7, **values(2))
    assert rules(refused) == ["BOOK-03"]


def test_other_agencies_and_heads_put_nothing_in(plan):
    found = hand_in(plan, book(values(1)))
    for name in ("planner_2", "head", "finance_officer"):
        with pytest.raises(NotYours):
            perform(found, "commit", actor=actor(name), prepared=([], {}))
    assert not PlanWorkbook.objects.visible_to(actor("planner_2")).filter(pk=found.pk).exists()
    assert put_in(found, colleague("planner").user.username).state == "COMMITTED"


def test_who_put_items_in_by_workbook_does_not_submit_them(plan):
    """G2: the bulk insert leaves no entry for each item, and yet its author is known."""
    from portal.workflow import doers_of

    put_in(hand_in(plan, book(values(1))))
    item = PlanItem.objects.get(plan=plan)
    assert doers_of(item, "draft", "edit") == {"draft": frozenset({actor("planner").user_id})}


def test_a_discarded_workbook_leaves_no_rows(plan):
    found = hand_in(plan, book(values(1)))
    perform(found, "discard", actor=actor("planner"))
    assert not found.rows.exists()
    assert hand_in(plan, book(values(1))).state == "READ"


def test_gaps_are_said_and_do_not_keep_it_out(plan):
    """What the item form lets stand in a draft, a workbook may bring; it is said by rule all the same."""
    found = hand_in(plan, book(values(1, scheme="", outside_duty=True)))
    assert (found.error_count, found.gap_count) == (0, 2)
    assert put_in(found).items.get().scheme == ""


def test_parts_without_an_item_and_keys_twice_are_named(plan):
    spoilt = changed(book(values(1), values(2)), (SOURCES, "A3", "9"), (ITEMS, "A3", "1"), (INDICATORS, "A2", None))
    found = hand_in(plan, spoilt)
    said = [problem["message"] for problem in found.problem_texts]
    assert f"{ITEMS}!A3：项目序号“1”重复。" in said
    assert f"{SOURCES}!A3：没有序号为“9”的项目。" in said
    assert f"{INDICATORS}!A2：没有序号为“—”的项目。" in said
    assert found.error_count >= 3


def test_an_item_without_a_key_is_named(plan):
    found = hand_in(plan, changed(book(values(1)), (ITEMS, "A2", None)))
    assert f"{ITEMS}!A2：没有填项目序号。" in [problem["message"] for problem in found.problem_texts]


# --- a worker that dies ----------------------------------------------------------------------------------------------


def test_a_reading_that_died_is_begun_anew_and_doubles_nothing(plan, monkeypatch):
    found = hand_in(plan, book(*(values(n) for n in range(1, 7))), read=False)
    monkeypatch.setattr(reading, "BATCH", 2)
    written = reading._write

    def die(book, batch, percent):
        written(book, batch, percent)
        if percent > 50:
            raise SystemExit("killed")

    monkeypatch.setattr(reading, "_write", die)
    with pytest.raises(SystemExit):
        reading.read_workbook(found.pk)
    found.refresh_from_db()
    assert found.state == "READING"
    assert 0 < found.rows.count() < 6
    monkeypatch.setattr(reading, "_write", written)
    with clock.at(COMPILED_AT + reading.LOST_AFTER * 2):
        assert reading.requeue_lost() == 1
        reading.read_workbook(found.pk)
    found.refresh_from_db()
    assert (found.state, found.item_count, found.rows.count(), found.interruptions) == ("READ", 6, 6, 1)
    assert put_in(found).items.count() == 6


def test_what_a_worker_brings_after_it_was_given_up_is_not_taken(plan):
    found = hand_in(plan, book(values(1)), read=False)
    old = perform(found, "read", actor=system_actor())
    with clock.at(COMPILED_AT + reading.LOST_AFTER * 2):
        assert reading.requeue_lost() == 1
    perform(found, "read", actor=system_actor())
    for name, data in (("complete", {}), ("fail", {"problems": []}), ("requeue", {})):
        with pytest.raises(Refused) as refused:
            perform(old, name, actor=system_actor(), attempt=old.attempt, **data)
        assert rules(refused) == ["JOB-02"]
    with pytest.raises(reading.Stopped):
        reading._write(old, [], 10)


def test_after_three_deaths_the_upload_fails_and_says_so(plan):
    found = hand_in(plan, book(values(1)), read=False)
    with clock.at(COMPILED_AT) as _:
        pass
    moment = COMPILED_AT
    for _turn in range(4):
        with clock.at(moment):
            perform(PlanWorkbook.objects.get(pk=found.pk), "read", actor=system_actor())
        moment += reading.LOST_AFTER * 2
        with clock.at(moment):
            assert reading.requeue_lost() == 1
    found.refresh_from_db()
    assert found.state == "FAILED"
    assert "多次中断" in found.problem_texts[0]["message"]


def test_an_upload_that_no_worker_took_is_sent_again(plan, monkeypatch):
    sent = []
    found = hand_in(plan, book(values(1)), read=False)
    monkeypatch.setattr("procurement.plans.tasks.read_workbook.delay", sent.append)
    with clock.at(COMPILED_AT + reading.SEND_AGAIN_AFTER * 2):
        assert reading.requeue_lost() == 1
    assert sent == [found.pk]


def test_a_fault_of_the_portal_ends_in_a_clear_state(plan, monkeypatch):
    found = hand_in(plan, book(values(1)), read=False)
    monkeypatch.setattr(reading, "Checker", lambda book: 1 / 0)
    reading.read_workbook(found.pk)
    found.refresh_from_db()
    assert found.state == "FAILED"
    assert found.problem_texts[0]["message"].startswith("读取时出错")


def test_a_commit_that_dies_leaves_nothing_behind(plan, monkeypatch):
    found = hand_in(plan, book(values(1), values(2)))

    def die(*args, **kwargs):
        raise SystemExit("killed")

    from django.db.models import QuerySet

    made = QuerySet.bulk_create
    monkeypatch.setattr(QuerySet, "bulk_create", lambda self, rows, **more: made(self, rows, **more) if self.model is PlanItem else die())
    with pytest.raises(SystemExit):
        put_in(found)
    monkeypatch.undo()
    found.refresh_from_db()
    assert found.state == "READ"
    assert not PlanItem.objects.filter(plan=plan).exists()
    assert put_in(found).items.count() == 2
