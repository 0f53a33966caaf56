"""An outage moves what it made impossible, once, in one act that another person approves; until then nothing ends (L0.3)."""
from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from portal import clock
from portal.accounts.actor import system_actor
from portal.accounts.demo import organisation
from portal.clock import SHANGHAI
from portal.notices.models import Notice
from portal.workdays import clocks_of, start_clock, stop_clock
from portal.workdays.models import LegalClock, Outage
from portal.workdays.outages import record_silence
from portal.workdays.postponing import later_end
from portal.workflow import Act, NotYours, Refused, lifecycle, perform
from portal.workflow.due import run
from procurement.bids.models import OpeningSession
from procurement.tenders.models import Tender
from tests.factories.people import actor, make_outage
from tests.factories.tenders import CLOSES_AT, make_tender

pytestmark = pytest.mark.usefixtures("calendars")
SUBJECT = "合同公告"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def rules_of(error) -> set[str]:
    return {refusal.rule for refusal in error.value.refusals}


def act_at(when: datetime) -> Act:
    table = lifecycle("workdays.clock")
    return Act(row=table["start"], lifecycle=table, actor=system_actor(), now=when)


def running(name: str = "CONTRACT_PUBLICATION", on: str = "2026-06-01T10:00") -> LegalClock:
    """A period of two working days that the agency bears: 2026-06-03, 24:00."""
    head = actor("head")
    with clock.at(moment(on)):
        return start_clock(name, head.organisation, act_at(moment(on)), bearer=head.organisation)


def chosen(outage: Outage):
    return outage.deadlines.all()


@pytest.mark.parametrize(("old", "hours", "new"), [
    ("2026-09-30T09:30", 1.67, "2026-10-08T09:30"),  # L0.3, edge 1: over the holiday of October
    ("2026-06-03T09:30", 1, "2026-06-04T09:30"),
    ("2026-06-05T09:30", 30, "2026-06-08T09:30"),
    ("2026-06-04T00:00", 2, "2026-06-05T00:00"),  # 24:00 of the third becomes 24:00 of the fourth
    ("2026-06-03T09:30", 26, "2026-06-05T09:30"),
])
def test_the_new_end_is_the_same_hour_of_the_next_working_day(old, hours, new):
    assert later_end(moment(old), timedelta(hours=hours)) == moment(new)


def test_what_ended_within_two_hours_is_listed_and_nothing_else():
    due = running()
    running("SIGNING")  # thirty days: far away
    with clock.at(moment("2026-06-04T01:00")):
        outage = make_outage(ended_at=moment("2026-06-04T00:30"))
    assert outage.state == "RECORDED"
    outage.refresh_from_db()
    assert outage.state == "PROPOSED"
    assert [row.clock for row in outage.deadlines.all()] == [due]


def test_nothing_ends_while_it_is_undecided_and_the_end_is_moved_in_one_act():
    due = running()
    now = moment("2026-06-03T23:50")
    with clock.at(now):
        outage = make_outage(ended_at=now)
    with clock.at(moment("2026-06-04T00:10")):
        run()
        due.refresh_from_db()
        assert due.state == "RUNNING"
        with pytest.raises(Refused) as error:
            perform(due, "exceed", actor=system_actor())
        assert rules_of(error) == {"OUT-01"}
        outage.refresh_from_db()
        done = perform(outage, "apply", actor=actor("finance_head"), deadlines=chosen(outage), reason="情况属实")
        assert done.state == "APPLIED"
        due.refresh_from_db()
        assert due.ends_at == moment("2026-06-05T00:00")
        assert due.moves.get().cause == "OUTAGE"
    with clock.at(moment("2026-06-05T00:10")):
        run()
        due.refresh_from_db()
        assert due.state == "OVERDUE"


def test_an_act_done_while_it_is_undecided_is_not_stopped():
    due = running()
    with clock.at(moment("2026-06-03T23:50")):
        make_outage(ended_at=moment("2026-06-03T23:45"))
    late = moment("2026-06-04T09:00")
    with clock.at(late):
        assert stop_clock("CONTRACT_PUBLICATION", actor("head").organisation, act_at(late)).state == "MET_LATE"
    assert due.pk


def test_dismissed_it_leaves_every_end_as_it_was():
    due = running()
    with clock.at(moment("2026-06-03T23:50")):
        outage = make_outage(ended_at=moment("2026-06-03T23:45"))
    with clock.at(moment("2026-06-04T09:00")):
        outage.refresh_from_db()
        perform(outage, "dismiss", actor=actor("finance_head"), reason="不影响办理")
        run()
    due.refresh_from_db()
    assert due.state == "OVERDUE"


def test_what_is_left_out_or_over_is_not_moved_and_says_why():
    due, other = running(), running("CONTRACT_FILING", "2026-05-25T10:00")
    assert other.ends_at == due.ends_at
    with clock.at(moment("2026-06-03T23:50")):
        outage = make_outage(ended_at=moment("2026-06-03T23:45"))
        outage.refresh_from_db()
        stop_clock("CONTRACT_FILING", actor("head").organisation, act_at(clock.now()))
        perform(outage, "apply", actor=actor("finance_head"), deadlines=outage.deadlines.filter(clock=other), reason="只影响备案")
    assert not any(row.moved_at for row in outage.deadlines.all())
    assert all(row.left_out for row in outage.deadlines.all())
    due.refresh_from_db()
    assert due.ends_at == moment("2026-06-04T00:00")


def test_who_records_and_who_decides():
    running()
    with clock.at(moment("2026-06-03T23:50")):
        with pytest.raises(NotYours):
            perform(Outage(), "record", actor=actor("finance_head"), region=organisation("agency").region, reason_code="POWER",
                    reason="停电", started_at=clock.now() - timedelta(hours=1), ended_at=clock.now())  # fmt: skip
        outage = make_outage()
        outage.refresh_from_db()
        for username in ("administrator", "hongshan_finance_head"):
            with pytest.raises(NotYours):
                perform(outage, "apply", actor=actor(username), deadlines=chosen(outage), reason="同意")
        with pytest.raises(Refused) as error:
            make_outage()
        assert rules_of(error) == {"OUT-01"}
        with pytest.raises(Refused) as error:
            make_outage(ended_at=clock.now() + timedelta(hours=3), hours=-1)
        assert {refusal.field for refusal in error.value.refusals} == {"ended_at"}
        with pytest.raises(Refused) as error:
            make_outage(ended_at=clock.now() - timedelta(days=3), where="hongshan_civil")
        assert rules_of(error) == {"ADM-01"}


def test_without_a_period_there_is_nothing_to_move_and_a_late_decision_is_called_for():
    with clock.at(moment("2026-06-03T12:00")):
        outage = make_outage()
        outage.refresh_from_db()
        with pytest.raises(Refused) as error:
            perform(outage, "apply", actor=actor("finance_head"), deadlines=chosen(outage), reason="同意")
        assert rules_of(error) == {"OUT-01"}
    with clock.at(moment("2026-06-05T00:01")):
        run()
    assert actor("finance_head").user.messages.filter(event="workdays.outage/escalate").exists()


# --- a closing --------------------------------------------------------------------------------------------------------
def test_bids_do_not_close_by_time_and_the_closing_moves_with_a_correction():
    tender = make_tender("PUBLISHED")
    with clock.at(CLOSES_AT + timedelta(minutes=10)):
        outage = make_outage(ended_at=CLOSES_AT + timedelta(minutes=5), hours=1.5)
        run()
        tender.refresh_from_db()
        assert tender.state == "PUBLISHED"
        with pytest.raises(Refused) as error:
            perform(tender, "close", actor=system_actor())
        assert rules_of(error) == {"OUT-01"}
        outage.refresh_from_db()
        perform(outage, "apply", actor=actor("finance_head"), deadlines=chosen(outage), reason="情况属实")
    tender = Tender.objects.get(pk=tender.pk)
    assert tender.closes_at == CLOSES_AT + timedelta(days=1)
    assert clocks_of(tender).get(name="BID_PERIOD").ends_at == tender.closes_at
    assert Notice.objects.of_subject(tender).filter(kind="N-07").count() == 1
    assert OpeningSession.objects.get(tender=tender).scheduled_at == tender.closes_at
    with pytest.raises(Refused) as error:
        perform(tender, "postpone", actor=system_actor(), closes_at=CLOSES_AT)
    assert rules_of(error) == {"R87-11"}


# --- the health log ---------------------------------------------------------------------------------------------------
def test_a_silence_of_the_portal_is_recorded_where_periods_ended():
    due = running()
    now = moment("2026-06-04T02:00")
    with clock.at(now):
        assert not record_silence(None, now)
        assert not record_silence(now - timedelta(minutes=5), now)
        [outage] = record_silence(now - timedelta(hours=5), now)
        outage.refresh_from_db()
        assert (outage.state, outage.created_by, outage.region) == ("PROPOSED", None, organisation("agency").region)
        run()
    due.refresh_from_db()
    assert due.state == "RUNNING"


# --- pages ------------------------------------------------------------------------------------------------------------
def client(username: str) -> Client:
    found = Client()
    found.force_login(actor(username).user)
    return found


def test_record_look_and_decide_by_pages():
    running()
    with clock.at(moment("2026-06-03T23:50")):
        sent = client("administrator").post("/act/workdays.outage/new/record/", {
            "region": organisation("agency").region_id, "started_at": "2026-06-03T22:00", "ended_at": "2026-06-03T23:40",
            "reason_code": "POWER", "reason": "机房停电",
        })  # fmt: skip
        assert sent.status_code == 302
        outage = Outage.objects.get()
        finance = client("finance_head")
        assert SUBJECT in finance.get(outage.get_absolute_url()).content.decode()
        assert "待决定" in finance.get(outage.get_absolute_url()).content.decode()
        form = finance.get(f"/act/workdays.outage/{outage.pk}/apply/").content.decode()
        assert "2026-06-04 00:00 → 2026-06-05 00:00" in form
        row = outage.deadlines.get()
        assert finance.post(f"/act/workdays.outage/{outage.pk}/apply/", {"deadlines": [row.pk], "reason": "属实"}).status_code == 302
        assert "机房停电" in finance.get(outage.get_absolute_url()).content.decode()
        assert finance.get("/administration/outages/").status_code == 200
        assert client("hongshan_finance_head").get(outage.get_absolute_url()).status_code == 404
        assert client("head").get("/administration/outages/").status_code == 403
