"""Legal clocks: they start from the register, wait, move, end well or badly (L0.1)."""
from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from portal import clock
from portal.accounts.actor import PUBLIC, actor_for, system_actor
from portal.accounts.models import Membership, Organisation
from portal.audit.models import Entry
from portal.clock import SHANGHAI
from portal.rules.jurisdiction import decide
from portal.workdays import clocks_of, move, pause, resume, start_clock, stop_clock, void_clocks
from portal.workdays.calendars import load_year
from portal.workdays.keeper import ClockKeeper
from portal.workdays.models import ClockMove, LegalClock
from portal.workdays.subjects import ClockTerms
from portal.workflow import Act, NotYours, Refused, WrongState, due, lifecycle, perform
from portal.workflow import engine as workflow_engine
from tests.factories.people import actor

pytestmark = pytest.mark.usefixtures("calendars")
State = LegalClock.State


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def act_at(text: str) -> Act:
    """An act of the system at a moment, as an engine row would hand it on."""
    table = lifecycle("workdays.clock")
    return Act(row=table["start"], lifecycle=table, actor=system_actor(), now=moment(text))


class At:
    """Act at a moment with the one clock standing there."""

    def __call__(self, text: str):
        self.text = text
        return self

    def __enter__(self) -> Act:
        self.context = clock.at(moment(self.text))
        self.context.__enter__()
        return act_at(self.text)

    def __exit__(self, *error) -> None:
        self.context.__exit__(*error)


at = At()


@pytest.fixture
def subject():
    """Something a clock can run for: the agency stands for a contract, an award, a review."""
    return actor("head").organisation


def started(subject, name="CHALLENGE_ANSWER", on="2026-09-16T10:00", **terms) -> LegalClock:
    with at(on) as act:
        return start_clock(name, subject, act, **terms)


def test_a_clock_starts_from_the_register(subject):
    running = started(subject, bearer=subject)
    assert (running.state, running.last_day, running.unit, running.length) == (State.RUNNING, date(2026, 9, 24), "wd", 7)
    assert running.ends_at == moment("2026-09-25T00:00")
    assert running.rule_id == "R94-06"
    assert running.subject == subject
    assert not running.provisional
    assert clocks_of(subject).get() == running
    entry = Entry.objects.of_subject("workdays.clock", running.pk).get()
    assert (entry.transition, entry.facts["rule"], entry.facts["clock"]) == ("start", "R94-06", "CHALLENGE_ANSWER")


def test_a_running_clock_is_not_started_again(subject):
    first = started(subject, bearer=subject)
    assert started(subject, on="2026-09-18T10:00", bearer=subject) == first
    assert started(subject, on="2026-09-18T10:00") != first  # another bearer: another duty
    assert LegalClock.objects.count() == 2


@pytest.mark.parametrize("borne", [True, False])
def test_the_database_keeps_one_live_clock_a_duty(subject, borne):
    first = started(subject, bearer=subject if borne else None)
    first.pk, first.made_by_key = None, None
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save()


def test_terms_of_the_subject_come_before_the_register(subject):
    closing = moment("2026-10-20T09:30")
    terms = {
        "SIGNING": ClockTerms(length=20),
        "BID_PERIOD": ClockTerms(ends_at=closing),
        "PLAN_CUTOFF": ClockTerms(last_day=date(2025, 11, 30), bearer=subject),
        "TENDER_NOTICE": ClockTerms(variant="CONSULTATION"),
        "SUPPLIER_REPORT": ClockTerms(length=5, start=date(2026, 9, 1)),
    }
    subject.clock_terms = terms.get
    assert started(subject, "SIGNING", "2026-09-02T08:00").last_day == date(2026, 9, 22)
    assert started(subject, "BID_PERIOD").ends_at == closing
    cut_off = started(subject, "PLAN_CUTOFF", "2025-11-03T08:00")
    assert cut_off.ends_at == moment("2025-12-01T00:00")  # a Sunday, and a fixed date does not roll
    assert cut_off.bearer == subject
    assert started(subject, "TENDER_NOTICE").last_day == date(2026, 9, 20)  # three working days, one a make-up Sunday
    assert started(subject, "SUPPLIER_REPORT").last_day == date(2026, 9, 8)
    with pytest.raises(ValueError, match="no length"):
        started(subject, "MAKE_UP")


def test_a_length_the_law_leaves_open_is_the_jurisdictions(subject):
    assert started(subject, "REVIEW_STEP", "2026-11-27T10:00").last_day == date(2026, 12, 4)
    decide("clock.REVIEW_STEP", 3, source="本市办法", valid_from=date(2026, 11, 1), region=subject.region)
    later = started(subject, "REVIEW_STEP", "2026-11-27T10:00", bearer=subject)
    assert later.last_day == date(2026, 12, 2)
    subject.rules_as_of = date(2026, 10, 31)  # a procedure keeps the rules of its day (G5)
    with at("2026-11-27T11:00") as act:
        void_clocks(subject, act)
    assert started(subject, "REVIEW_STEP", "2026-11-27T11:00", bearer=subject).last_day == date(2026, 12, 4)


def test_no_clock_starts_in_history_and_no_lead_ever(subject):
    with clock.history(moment("2020-07-14T09:00")):
        assert start_clock("CHALLENGE_ANSWER", subject, act_at("2020-07-14T09:00")) is None
    assert started(subject, "EXPERT_DRAW") is None
    assert not LegalClock.objects.exists()


def test_done_on_the_last_second_is_in_time_and_one_later_is_late(subject):
    """L0.1 edge 5."""
    in_time = started(subject)
    with at("2026-09-24T23:59:59") as act:
        assert stop_clock("CHALLENGE_ANSWER", subject, act).state == State.MET
    in_time.refresh_from_db()
    assert in_time.stopped_at == moment("2026-09-24T23:59:59")
    started(subject)
    with at("2026-09-25T00:00:00") as act:
        late = stop_clock("CHALLENGE_ANSWER", subject, act)
        assert stop_clock("CHALLENGE_ANSWER", subject, act) is None
    assert (late.state, late.stopped_at) == (State.MET_LATE, late.ends_at)
    assert Entry.objects.of_subject("workdays.clock", late.pk).values_list("transition", flat=True).count() == 3  # exceeded first


def test_met_is_refused_after_the_end(subject):
    running = started(subject)
    with at("2026-09-25T00:00"), pytest.raises(Refused) as refused:
        perform(running, "stop", actor=system_actor())
    assert refused.value.refusals[0].rule == "R00-08"
    with at("2026-09-24T23:59"):
        perform(running, "stop", actor=system_actor())


def test_the_due_event_exceeds_at_the_end_and_not_before(subject):
    running = started(subject)
    with at("2026-09-24T23:59:59"):
        assert due.run() == 0
        with pytest.raises(Refused) as refused:
            perform(running, "exceed", actor=system_actor())
        assert refused.value.refusals[0].rule == "G4"
        assert "2026-09-25 00:00" in refused.value.refusals[0].message
    with at("2026-09-25T00:00"):
        assert due.run() == 1
    running.refresh_from_db()
    assert running.state == State.OVERDUE
    with at("2026-09-28T09:00") as act:
        assert stop_clock("CHALLENGE_ANSWER", subject, act).state == State.MET_LATE


def test_nobody_is_late_for_a_minimum_or_a_right(subject):
    for name in ("DOCUMENT_OFFER", "RESULT_NOTICE", "CHALLENGE_WINDOW"):
        started(subject, name)
    with at("2026-10-20T00:00"):
        assert due.run() == 3
    for ended in LegalClock.objects.all():
        assert ended.state == State.MET
        assert ended.stopped_at == ended.ends_at
        assert ended.light(moment("2026-10-20T00:00")).words == "期满"


def test_a_minimum_that_ran_out_is_not_stopped_late(subject):
    started(subject, "DOCUMENT_OFFER")
    with at("2026-10-20T00:00") as act:
        assert stop_clock("DOCUMENT_OFFER", subject, act).state == State.MET


def test_pause_and_resume_give_back_the_unused_days(subject):
    """L0.1 edge 1: used 09-17, 09-18 and the make-up Sunday 09-20; four left from 10-09 end on 10-14."""
    running = started(subject, "ACCEPTANCE_START")
    assert running.last_day == date(2026, 9, 24)
    with at("2026-09-21T09:00") as act:
        [paused] = pause(clocks_of(subject), act, "hold:1")
    assert paused.state == State.PAUSED
    assert paused.pauses.get().left == 4
    with at("2026-10-05T09:00"):
        assert due.run() == 0  # its old end has passed, but it stands still
    with at("2026-10-09T09:00") as act:
        [resumed] = resume(clocks_of(subject), act, "hold:1")
    assert resumed.state == State.RUNNING
    assert resumed.last_day == date(2026, 10, 14)
    kept = ClockMove.objects.get(clock=resumed)
    assert (kept.ended_at, kept.cause) == (moment("2026-09-25T00:00"), ClockMove.Cause.RESUMED)


def test_of_two_holds_the_last_lets_the_clock_go_on(subject):
    """L0.1 edge 4."""
    started(subject, "ACCEPTANCE_START")
    with at("2026-09-21T09:00") as act:
        pause(clocks_of(subject), act, "hold:1")
    with at("2026-09-22T09:00") as act:
        pause(clocks_of(subject), act, "hold:2")
        assert pause(clocks_of(subject), act, "hold:2") == []  # the same cause lies on it once
    with at("2026-09-28T09:00") as act:
        assert resume(clocks_of(subject), act, "hold:1") == []
        with pytest.raises(Refused) as refused:
            perform(clocks_of(subject).get(), "resume", actor=system_actor())
        assert refused.value.refusals[0].rule == "G3"
    with at("2026-10-09T09:00") as act:
        assert resume(clocks_of(subject), act, "hold:2")[0].last_day == date(2026, 10, 14)
        assert resume(clocks_of(subject), act, "hold:2") == []


def test_a_clock_that_does_not_wait_is_not_paused(subject):
    running = started(subject, "CONTRACT_FILING")
    with at("2026-09-21T09:00") as act:
        assert pause(clocks_of(subject), act, "hold:1") == []
        with pytest.raises(Refused) as refused:
            perform(running, "pause", actor=system_actor(), cause="hold:1", left=1)
    assert refused.value.refusals[0].rule == "G3"


def test_what_is_done_during_a_pause_is_in_time(subject):
    started(subject, "ACCEPTANCE_START")
    with at("2026-09-21T09:00") as act:
        pause(clocks_of(subject), act, "hold:1")
    with at("2026-09-28T09:00") as act:
        assert stop_clock("ACCEPTANCE_START", subject, act).state == State.MET


def test_a_move_is_later_and_keeps_the_earlier_end(subject):
    running = started(subject)
    with at("2026-09-18T09:00") as act:
        with pytest.raises(Refused) as refused:
            move(running, act, moment("2026-09-24T00:00"))
        assert refused.value.refusals[0].rule == "R87-11"
        moved = move(running, act, moment("2026-09-29T00:00"), note="系统停机", cause=ClockMove.Cause.OUTAGE)
        moved = move(moved, act, moment("2026-09-30T00:00"))
    assert moved.last_day == date(2026, 9, 29)
    assert [one.ended_at for one in moved.moves.all()] == [moment("2026-09-25T00:00"), moment("2026-09-29T00:00")]


def test_a_paused_clock_that_moves_has_more_left(subject):
    running = started(subject, "ACCEPTANCE_START")
    with at("2026-09-21T09:00") as act:
        pause([running], act, "hold:1")
        running.refresh_from_db()
        move(running, act, moment("2026-09-29T00:00"))  # 09-28 is one working day more
    with at("2026-10-09T09:00") as act:
        assert resume(clocks_of(subject), act, "hold:1")[0].last_day == date(2026, 10, 15)


def test_a_provisional_end_takes_no_right_away(subject):
    """L0.1 edge 3."""
    running = started(subject, on="2026-12-25T10:00")
    assert running.provisional
    after = "2027-03-01T09:00"
    with at(after):
        assert due.run() == 0
        with pytest.raises(Refused) as refused:
            perform(running, "exceed", actor=system_actor())
        assert "RCV-02" in [one.rule for one in refused.value.refusals]
    assert "暂定" in running.light(moment("2026-12-28T09:00")).words
    with at(after) as act:
        assert stop_clock("CHALLENGE_ANSWER", subject, act).state == State.MET


def test_a_provisional_end_is_counted_anew_when_the_year_is_loaded(subject):
    running = started(subject, on="2026-12-25T10:00")
    provisional = running.ends_at
    with at("2026-12-28T09:00"):
        load_year(2027, {date(2027, 1, 1): "元旦", date(2027, 1, 4): "元旦"}, {}, source="通知", reference="国办发明电")
    running.refresh_from_db()
    assert not running.provisional
    assert running.last_day == date(2027, 1, 7)
    kept = running.moves.get()
    assert (kept.ended_at, kept.was_provisional, kept.cause) == (provisional, True, ClockMove.Cause.RECOUNTED)


def test_a_clock_that_lost_its_object_is_void(subject):
    started(subject, "ACCEPTANCE_START")
    started(subject, "SIGNING")
    with at("2026-09-21T09:00") as act:
        pause(clocks_of(subject), act, "hold:1")
        assert void_clocks(subject, act, ["SIGNING"]) == 1
        assert void_clocks(subject, act) == 1
        assert void_clocks(subject, act) == 0
    assert not clocks_of(subject).live().exists()
    assert clocks_of(subject).first().light(moment("2026-09-21T09:00")).words == "作废"


def test_the_engine_moves_clocks_by_its_keeper(subject):
    assert isinstance(workflow_engine._clock_keeper, ClockKeeper)
    keeper = ClockKeeper()
    with at("2026-09-29T10:00") as act:
        keeper.start("CONTRACT_PUBLICATION", subject, act)
        keeper.start("CONTRACT_FILING", subject, act)
        keeper.start("CONTRACT_FILING", None, act)
    assert [one.last_day for one in clocks_of(subject)] == [date(2026, 10, 8), date(2026, 10, 14)]  # RCV-05
    with at("2026-10-08T10:00") as act:
        keeper.stop("CONTRACT_PUBLICATION", subject, act)
        keeper.stop("CONTRACT_PUBLICATION", None, act)
        keeper.void(subject, act, "*")
        keeper.void(None, act)
    assert sorted(clocks_of(subject).values_list("state", flat=True)) == ["MET", "VOIDED"]


def test_only_the_system_touches_a_clock(subject):
    running = started(subject)
    with pytest.raises(NotYours):
        perform(running, "stop", actor=actor("head"))
    with at("2026-09-21T09:00"):
        perform(running, "stop", actor=system_actor())
        with pytest.raises(WrongState):
            perform(running, "stop_late", actor=system_actor())


@pytest.mark.parametrize(
    ("name", "when", "colour", "words"),
    [
        ("CHALLENGE_ANSWER", "2026-09-16T12:00", "green", "剩 7 工作日"),
        ("CHALLENGE_ANSWER", "2026-09-20T08:00", "green", "剩 4 工作日"),
        ("CHALLENGE_ANSWER", "2026-09-22T12:00", "yellow", "剩 2 工作日"),
        ("CHALLENGE_ANSWER", "2026-09-24T23:00", "yellow", "今日到期"),
        ("CHALLENGE_ANSWER", "2026-09-25T00:00", "red", "超期 1 日"),
        ("CHALLENGE_ANSWER", "2026-09-26T09:00", "red", "超期 2 日"),
        ("SIGNING", "2026-09-17T09:00", "green", "剩 29 日"),
        ("SIGNING", "2026-10-12T09:00", "yellow", "剩 4 日"),
        ("TENDER_NOTICE", "2026-09-22T09:00", "green", "今日到期"),  # a running notice presses nobody
        ("TENDER_NOTICE", "2026-09-23T00:00", "done", "期满"),
        ("LOW_PRICE_EXPLANATION", "2026-09-16T10:04:30", "green", "剩 26 分钟"),
    ],
)
def test_the_light_says_what_is_left(subject, name, when, colour, words):
    shown = started(subject, name).light(moment(when))
    assert (shown.colour, shown.words) == (colour, words)


def test_the_light_of_an_ended_clock(subject):
    running = started(subject, "ACCEPTANCE_START")
    with at("2026-09-21T09:00") as act:
        [paused] = pause([running], act, "hold:1")
    assert (paused.light(act.now).shape, paused.light(act.now).words) == ("paused", "中止计时")
    with at("2026-09-22T09:00") as act:
        met = stop_clock("ACCEPTANCE_START", subject, act)
    assert (met.light(act.now).shape, met.light(act.now).words) == ("done", "按期办结")


def test_lights_ask_no_question_of_the_database(subject, django_assert_num_queries):
    clocks_list = [started(subject, name) for name in ("SIGNING", "CHALLENGE_ANSWER", "REPORT_DELIVERY")]
    with django_assert_num_queries(0):
        for running in clocks_list:
            running.light(moment("2026-09-17T09:00"))


def test_a_clock_is_listed_for_its_bearer_and_its_overseers(subject):
    started(subject, bearer=subject)
    assert LegalClock.objects.visible_to(actor("head")).count() == 1
    assert LegalClock.objects.visible_to(actor("auditor")).count() == 1
    stranger = actor_for(Membership.objects.filter(organisation__kind="SUPPLIER").first().user)
    assert LegalClock.objects.visible_to(stranger).count() == 0
    assert LegalClock.objects.visible_to(PUBLIC).count() == 0


def test_an_end_before_the_start_cannot_be_stored(subject):
    running = started(subject)
    running.ends_at = running.started_at - timedelta(days=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        running.save()


def test_every_clock_of_the_register_has_a_rule_and_a_label():
    from portal.workdays.documents import clocks_page
    from portal.workdays.register import UnknownClock, definition, definitions

    page = clocks_page()
    for known in definitions().values():
        assert str(known.label)
        assert known.citation
        assert f"| {known.name} |" in page
    assert not definition("CHALLENGE_WINDOW").binding
    assert definition("SIGNING").binding
    with pytest.raises(UnknownClock):
        definition("NO_SUCH")


def test_organisations_without_a_lifecycle_are_named_by_their_model(subject):
    assert started(subject).subject_type == "accounts.organisation"
    assert isinstance(LegalClock.objects.get().subject, Organisation)
