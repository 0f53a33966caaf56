"""What planning brings to mind: returned and left lying, not begun, not handed in (L2.1, L2.2, R-001, S-131)."""
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal import clock
from portal.accounts.models import Organisation
from portal.notifications.models import Message
from portal.rules.jurisdiction import decide
from portal.workdays.calendars import load_calendars
from portal.workflow import perform
from procurement.plans.models import Plan, PlanItem
from procurement.plans.reminding import BEGIN, LATE, RETURNED, remind
from procurement.plans.tasks import remind as remind_task
from tests.factories.people import actor
from tests.factories.plans import COMPILED_AT, content, make_plan, make_plan_item, one_year

pytestmark = pytest.mark.django_db


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=clock.SHANGHAI)


@pytest.fixture(autouse=True)
def _calendars_and_people():
    load_calendars()
    for username in ("planner", "planner_2", "finance_officer"):
        actor(username)


@pytest.fixture
def sign_in(client):
    def as_(username: str):
        client.force_login(actor(username).user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_


def remind_at(*moment: int) -> int:
    with clock.at(at(*moment)):
        return remind()


def told(event: str) -> set[str]:
    return set(Message.objects.filter(event=event).values_list("user__username", flat=True))


def sent_back() -> PlanItem:
    """Sent back by its reviewers on Friday 28 November 2025."""
    with clock.at(COMPILED_AT):
        item = make_plan_item("SUBMITTED")
        perform(item.steps.get(kind="FINANCE"), "send_back", actor=actor("finance_officer"), codes=["price"], reason="请补充")
        perform(item.steps.get(kind="ESTABLISHMENT"), "approve", actor=actor("establishment"), opinion="")
    return PlanItem.objects.get(pk=item.pk)


# --- returned ------------------------------------------------------------------------------------------------------
def test_what_lies_returned_for_five_working_days_is_brought_to_mind_and_again_after_five():
    item = sent_back()
    assert item.remind_at == at(2025, 12, 6)
    remind_at(2025, 12, 5, 23)
    assert told(RETURNED) == set()
    remind_at(2025, 12, 7, 9)  # a Sunday
    assert told(RETURNED) == set()
    remind_at(2025, 12, 8, 9)
    assert told(RETURNED) == {"planner", "head"}
    message = Message.objects.filter(event=RETURNED).first()
    assert item.title in message.title
    assert message.link == item.get_absolute_url()
    remind_at(2025, 12, 8, 10)
    assert Message.objects.filter(event=RETURNED).count() == 2
    remind_at(2025, 12, 16, 9)
    assert Message.objects.filter(event=RETURNED).count() == 4


def test_who_works_on_it_is_left_alone():
    item = sent_back()
    values = {name: value for name, value in content(feasibility=None).items() if name != "feasibility"}
    with clock.at(at(2025, 12, 5, 9)):
        item = perform(item, "edit", actor=actor("planner"), **values | {"objective": "改过"})
        assert item.remind_at == at(2025, 12, 13)
    remind_at(2025, 12, 8, 9)
    assert told(RETURNED) == set()
    with clock.at(at(2025, 12, 8, 9)):
        perform(perform(item, "propose", actor=actor("planner")), "submit", actor=actor("head"))
    remind_at(2025, 12, 15, 9)
    assert told(RETURNED) == set()


def test_of_many_an_agency_hears_once():
    with clock.at(at(2025, 11, 17, 9)):
        plan = perform(Plan(), "draft", actor=actor("planner"), year=2026)
        for number in range(4):
            perform(PlanItem(), "draft", actor=actor("planner"), plan=plan, **one_year("1000.00", title=f"项目{number}"))
        plan = perform(perform(plan, "propose", actor=actor("planner")), "send_back", actor=actor("head"), reason="重写")
    remind_at(2025, 11, 25, 9)
    message = Message.objects.get(event=RETURNED, user=actor("planner").user)
    assert "退回的 4 个项目" in message.body
    assert "项目3" not in message.body
    assert message.link == f"/plans/{plan.pk}/?state=SENT_BACK"


def test_many_that_go_back_together_are_remembered_like_one(monkeypatch):
    monkeypatch.setattr("procurement.plans.verbs.submitting.ONE_BY_ONE", 1)
    with clock.at(at(2025, 11, 17, 9)):
        plan = make_plan("PROPOSED", items=[one_year("1000.00", title=f"项目{number}") for number in range(3)])
    with clock.at(COMPILED_AT):
        perform(plan, "send_back", actor=actor("head"), reason="重写")
    assert set(plan.items.values_list("state", "remind_at")) == {("SENT_BACK", at(2025, 12, 6))}


def test_a_region_may_do_without_reminders():
    decide("returned_reminder_wd", 0, source="测试", valid_from=at(2025, 1, 1).date())
    decide("plan_reminder_days", 0, source="测试", valid_from=at(2025, 1, 1).date())
    assert sent_back().remind_at is None
    assert remind_at(2025, 11, 28, 9) == 0
    assert remind_at(2025, 12, 8, 9) == len(told(LATE))  # of what is late finance hears all the same


# --- not begun -----------------------------------------------------------------------------------------------------
def test_agencies_without_a_plan_are_told_a_month_a_week_and_a_day_before_each_once():
    with clock.at(at(2025, 10, 20, 9)):
        perform(Plan(), "draft", actor=actor("planner"), year=2026)
    assert remind_at(2025, 10, 30, 9) == 0  # 31 days before
    remind_at(2025, 11, 3, 9)
    assert {"planner_2", "head_2"} <= told(BEGIN)
    assert not told(BEGIN) & {"planner", "head", "finance_officer", "supplier_a_officer"}
    once = Message.objects.filter(event=BEGIN, user=actor("planner_2").user)
    remind_at(2025, 11, 4, 9)
    assert once.count() == 1
    remind_at(2025, 11, 22, 9)  # a Saturday, not within a week of the last day
    assert once.count() == 1
    remind_at(2025, 11, 24, 9)
    remind_at(2025, 11, 28, 9)
    assert once.count() == 2
    remind_at(2025, 11, 30, 9)  # the last day, a Sunday: still told
    assert once.count() == 3
    assert "还剩 0 日" in once.order_by("-pk").first().body
    assert "2025-11-30" in once.first().title


def test_who_begins_is_told_no_more():
    remind_at(2025, 11, 3, 9)
    with clock.at(at(2025, 11, 10, 9)):
        perform(Plan(), "draft", actor=actor("planner_2"), year=2026)
    before = Message.objects.filter(event=BEGIN, user=actor("planner_2").user).count()
    remind_at(2025, 11, 28, 9)
    assert Message.objects.filter(event=BEGIN, user=actor("planner_2").user).count() == before == 1


def test_a_region_sets_from_when():
    decide("plan_reminder_days", 5, source="测试", valid_from=at(2025, 1, 1).date())
    assert remind_at(2025, 11, 24, 9) == 0
    assert remind_at(2025, 11, 25, 9) > 0


# --- late ----------------------------------------------------------------------------------------------------------
def test_after_the_last_day_finance_hears_once_who_is_late():
    make_plan("SUBMITTED")
    remind_at(2025, 11, 30, 23, 59)
    assert told(LATE) == set()
    remind_at(2025, 12, 1, 0)
    remind_at(2025, 12, 2, 9)
    assert {"finance_officer", "finance_head"} <= told(LATE)
    assert not told(LATE) & {"planner", "head", "auditor"}
    message = Message.objects.get(event=LATE, user=actor("finance_officer").user)
    assert message.link == "/plans/progress/?year=2026"
    late = Organisation.objects.filter(region=actor("finance_officer").organisation.region, memberships__role="PLANNER").distinct().count()
    assert f"{late - 1} 个单位" in message.body


def test_the_worker_reminds():
    with clock.at(at(2025, 11, 28, 9)):
        remind_task()
    assert "planner_2" in told(BEGIN)


# --- the page ------------------------------------------------------------------------------------------------------
def test_finance_sees_who_has_not_begun_who_compiles_and_who_has_handed_in(sign_in):
    make_plan("SUBMITTED")
    with clock.at(COMPILED_AT):
        client = sign_in("finance_officer")
        page = client.get("/plans/progress/").content.decode()
        assert "2026 年度计划编报进度" in page
        assert "已报送 1 个" in page
        agency = actor("planner").organisation.name
        assert page.index(actor("planner_2").organisation.name) < page.index(agency)  # what is wanting first
        assert agency in client.get("/plans/progress/?standing=handed_in&year=2026").content.decode()
        assert agency not in client.get("/plans/progress/?standing=missing&year=2026").content.decode()
        assert agency in client.get("/plans/progress/?standing=missing&year=2027").content.decode()
        assert "is-late" not in page
        assert {client.get("/plans/progress/", {"year": year}).status_code for year in ("²", "0", "99999", "x")} == {200}
        assert "/plans/progress/" in client.get("/plans/").content.decode()
    with clock.at(at(2025, 12, 2, 9)):
        assert "is-late" in client.get("/plans/progress/?year=2026").content.decode()
    for outsider in ("planner", "supplier_a_officer"):
        assert sign_in(outsider).get("/plans/progress/").status_code in (403, 404)
        assert "/plans/progress/" not in sign_in(outsider).get("/plans/").content.decode()
    assert agency not in sign_in("hongshan_finance_officer").get("/plans/progress/?year=2026").content.decode()


def test_programs_read_the_progress(sign_in):
    make_plan("SUBMITTED")
    rows = sign_in("finance_officer").get("/api/v1/plans/progress/?year=2026").json()["results"]
    own = next(row for row in rows if row["agency"] == actor("planner").organisation_id)
    assert (own["handed_in"], own["state"], own["items"], own["asked"]) == (True, "SUBMITTED", 1, "23328000.00")
    assert {row["plan"] for row in rows if not row["begun"]} == {None}
    assert sign_in("planner").get("/api/v1/plans/progress/").status_code == 403


def test_more_agencies_ask_the_database_no_more_often(sign_in):
    client, counted = sign_in("finance_officer"), []
    for planner in ("planner", "planner_2"):
        make_plan("DRAFTED", planner=planner)
        with CaptureQueriesContext(connection) as queries:
            client.get("/plans/progress/?year=2026")
        counted.append(len(queries))
    assert counted[1] <= counted[0]
