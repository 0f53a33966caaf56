"""Reminders before a period ends and word to the next level after it: the review of a plan handed in on 28 November 2025.

A review step has five working days, Monday to Friday, 1 to 5 December.
"""
import re
from datetime import datetime

import pytest
from django.db.models import F
from django.test import Client
from icalendar import Calendar

from portal import clock
from portal.accounts.models import Membership, User
from portal.clock import SHANGHAI
from portal.notifications.deadlines import calendar_of, deadlines_of, roles_by_clock
from portal.notifications.models import Message, Reminder
from portal.notifications.preferences import close_calendar, open_calendar
from portal.notifications.reminders import EVENT, remind
from portal.workdays.calendars import load_calendars
from portal.workdays.models import LegalClock
from portal.workflow.due import run
from tests.factories.people import actor
from tests.factories.plans import make_plan

pytestmark = pytest.mark.django_db


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2025, 12, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def period() -> LegalClock:
    """The review step of the finance department."""
    load_calendars()
    make_plan("SUBMITTED")
    return LegalClock.objects.get(name="REVIEW_STEP", bearer=actor("finance_officer").organisation)


def told(step: str = "") -> set[str]:
    found = Message.objects.filter(event=EVENT, **({"values__step": step} if step else {}))
    return set(found.values_list("user__username", flat=True))


def remind_at(moment: datetime) -> int:
    with clock.at(moment):
        return remind()


def test_the_worked_period_is_what_the_others_count_on(period):
    assert (period.state, str(period.last_day)) == ("RUNNING", "2025-12-05")


def test_nobody_is_reminded_early(period):
    assert remind_at(at(1)) == 0


def test_three_working_days_before_those_who_can_act_hear_of_it_once(period):
    assert remind_at(at(2)) > 0
    assert "finance_officer" in told("SOON")
    assert "finance_head" not in told("SOON")
    assert remind_at(at(2, 17)) == 0
    assert remind_at(at(3)) == 0


def test_a_day_before_and_on_the_day_it_is_said_again(period):
    for day in (2, 4, 5):
        remind_at(at(day))
    assert "finance_officer" in told("NEXT")
    assert {"finance_officer", "finance_head"} <= told("TODAY")


def test_who_was_late_to_hear_hears_the_nearest_step_alone(period):
    remind_at(at(5))
    assert told("SOON") == told("NEXT") == set()
    assert remind_at(at(5, 18)) == 0


def test_a_day_off_is_no_day_for_reminders_but_of_what_ends_that_day(period):
    LegalClock.objects.update(ends_at=at(9, 0))  # until Monday, 8 December
    assert remind_at(at(6)) == 0  # a Saturday
    assert remind_at(at(5)) > 0


def test_what_is_done_is_not_reminded_of(period):
    LegalClock.objects.update(state="MET", stopped_at=F("started_at"))
    assert remind_at(at(4)) == 0


def test_a_period_that_moves_is_spoken_of_anew(period):
    remind_at(at(4))
    before = Reminder.objects.count()
    LegalClock.objects.update(ends_at=at(11, 0))
    remind_at(at(8))
    assert Reminder.objects.count() > before


def test_long_after_the_end_the_next_level_hears_of_it(period):
    with clock.at(at(6, 1)):
        run()
    period.refresh_from_db()
    assert period.state == "OVERDUE"
    assert remind_at(at(9)) == 0  # Monday is one working day, Tuesday not yet over
    remind_at(at(11))
    assert "finance_head" in told("HIGHER")
    assert "auditor" not in told("HIGHER")
    remind_at(at(16))
    assert "auditor" in told("HIGHEST")


def test_a_reminder_says_what_until_when_and_by_which_rule(period):
    remind_at(at(4))
    message = Message.objects.filter(event=EVENT, user__username="finance_officer").latest("pk")
    assert "还有一个工作日" in message.title
    assert "2025-12-05" in message.body
    assert message.link == period.get_absolute_url()


def test_clocks_wait_for_the_roles_of_the_rows_that_stop_them():
    assert "FINANCE_OFFICER" in roles_by_clock()["REVIEW_STEP"]


# --- the calendar ------------------------------------------------------------------------------------------------


def test_one_sees_the_deadlines_that_wait_for_oneself(period):
    assert period in deadlines_of(actor("finance_officer"))
    assert not deadlines_of(actor("budget_officer")).exists()  # same department, other duty
    assert not deadlines_of(actor("buyer")).filter(name="REVIEW_STEP").exists()


def test_a_calendar_program_reads_them_without_signing_in(period):
    secret = open_calendar(actor=actor("finance_officer"))
    response = Client().get(f"/calendar/{secret}.ics")
    assert response["Content-Type"].startswith("text/calendar")
    events = Calendar.from_ical(response.content).walk("VEVENT")
    mine = next(event for event in events if event["UID"] == f"clock-{period.pk}@portal")
    assert mine.decoded("DTSTART") == period.ends_at
    assert period.get_absolute_url() in mine["URL"]


def test_a_wrong_an_old_and_an_ended_address_lead_nowhere(period):
    who = actor("finance_officer")
    first = open_calendar(actor=who)
    second = open_calendar(actor=who)
    assert Client().get(f"/calendar/{first}.ics").status_code == 404
    assert Client().get("/calendar/none.ics").status_code == 404
    close_calendar(actor=who)
    assert Client().get(f"/calendar/{second}.ics").status_code == 404


def test_a_disabled_person_has_no_calendar(period):
    who = actor("finance_officer")
    secret = open_calendar(actor=who)
    User.objects.filter(pk=who.user_id).update(is_active=False)
    assert Client().get(f"/calendar/{secret}.ics").status_code == 404


def test_who_left_the_organisation_sees_its_deadlines_no_more(period):
    who = actor("finance_officer")
    assert list(calendar_of(who.user))
    Membership.objects.filter(user=who.user).update(ends_at=at(1))
    assert not list(calendar_of(who.user))


def test_the_address_is_shown_once_and_kept_as_a_digest(period):
    client = Client()
    client.force_login(actor("finance_officer").user)
    page = client.post("/inbox/calendar/").content.decode()
    secret = re.search(r"/calendar/([\w-]{20,})\.ics", page)[1]
    assert Client().get(f"/calendar/{secret}.ics").status_code == 200
    assert secret not in client.get("/inbox/settings/").content.decode()
