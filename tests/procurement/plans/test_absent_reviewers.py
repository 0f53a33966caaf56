"""A claim is for working on it: what its holder leaves lying goes back to the queue (L2.3 release, S-168)."""
from datetime import datetime

import pytest

from portal import clock
from portal.accounts.models import Membership
from portal.audit.models import Entry
from portal.notifications.models import Message
from portal.rules.jurisdiction import decide
from portal.workdays.calendars import load_calendars
from portal.workdays.verbs import clocks_of
from portal.workflow import due, perform
from procurement.plans.models import ReviewStep
from tests.factories.people import actor
from tests.factories.plans import COMPILED_AT, make_plan_item

pytestmark = pytest.mark.django_db


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=clock.SHANGHAI)


def step_of(item) -> ReviewStep:
    return item.steps.get(kind="FINANCE")


@pytest.fixture
def item():
    load_calendars()
    with clock.at(COMPILED_AT):
        yield make_plan_item("SUBMITTED")


@pytest.fixture
def claimed(item) -> ReviewStep:
    """Taken on by the finance officer on Friday 28 November 2025."""
    return perform(step_of(item), "claim", actor=actor("finance_officer"))


def second_reviewer(item):
    Membership.objects.create(user=actor("budget_officer").user, organisation=step_of(item).department, role="FINANCE_OFFICER")
    return actor("budget_officer")


def test_what_is_left_lying_goes_back_on_record_and_told(claimed):
    colleague = second_reviewer(claimed.item)
    limit = clocks_of(claimed).live().get().ends_at
    assert claimed.idle_until == claimed.goes_back_at == at(2025, 12, 3)  # two working days after the Friday
    due.run(at(2025, 12, 2, 23, 59))
    assert step_of(claimed.item).state == "CLAIMED"
    due.run(at(2025, 12, 3))
    step = step_of(claimed.item)
    assert (step.state, step.claimed_by, step.claimed_at, step.idle_until, step.goes_back_at) == ("PENDING", None, None, None, None)
    entry = Entry.objects.of_subject("plans.step", step.pk).get(transition="put_back")
    assert (entry.facts["holder"], entry.facts["days"]) == (actor("finance_officer").user_id, 2)
    told = Message.objects.filter(event="plans.step/put_back")
    assert {message.user.username for message in told} == {"finance_officer", colleague.user.username, "finance_head"}
    assert "满 2 个工作日没有办理" in told.first().body
    assert clocks_of(step).live().get().ends_at == limit  # the limit of the department runs on
    with clock.at(at(2025, 12, 3, 9)):
        assert perform(step, "claim", actor=colleague).idle_until == at(2025, 12, 6)


def test_while_the_agency_owes_an_answer_nothing_counts(claimed):
    step = perform(claimed, "ask", actor=actor("finance_officer"), field="unit_price", reason="依据？")
    assert step.idle_until is None
    due.run(at(2025, 12, 4))
    assert step_of(claimed.item).state == "CLAIMED"
    with clock.at(at(2025, 12, 4, 10)):
        comment = perform(claimed.item.comments.get(), "answer", actor=actor("planner"), answer="见附件")
        assert step_of(claimed.item).idle_until == at(2025, 12, 9)  # Thursday the 4th, then Friday and Monday
        comment = perform(comment, "ask_again", actor=actor("finance_officer"), reason="哪一页？")
        assert step_of(claimed.item).idle_until is None
    with clock.at(at(2025, 12, 5, 10)):
        perform(comment, "resolve", actor=actor("finance_officer"))
        assert step_of(claimed.item).idle_until == at(2025, 12, 10)


def test_a_question_without_a_claim_starts_nothing(item):
    assert perform(step_of(item), "ask", actor=actor("finance_officer"), field="", reason="依据？").idle_until is None
    perform(item.comments.get(), "answer", actor=actor("planner"), answer="见附件")
    assert step_of(item).idle_until is None


def test_who_is_given_it_has_his_own_days_and_who_lets_go_none(claimed):
    colleague = second_reviewer(claimed.item)
    with clock.at(at(2025, 12, 1, 9)):
        step = perform(claimed, "delegate", actor=actor("finance_officer"), colleague=colleague.user, reason="出差")
        assert step.idle_until == at(2025, 12, 4)
        assert perform(step, "release", actor=colleague).idle_until is None


def test_a_region_may_do_without(item):
    decide("reviewer_absent_wd", 0, source="测试", valid_from=COMPILED_AT.date(), region=item.agency.region)
    assert perform(step_of(item), "claim", actor=actor("finance_officer")).idle_until is None


def test_the_pages_say_until_when(claimed, client):
    client.force_login(actor("finance_officer").user, backend="django.contrib.auth.backends.ModelBackend")
    assert "到 2025-12-03 00:00 没有办理，即放回待办" in client.get(claimed.get_absolute_url()).content.decode()
    assert "2025-12-03 00:00 放回" in client.get("/reviews/waiting/").content.decode()
    perform(claimed, "release", actor=actor("finance_officer"))
    assert "即放回待办" not in client.get(claimed.get_absolute_url()).content.decode()
