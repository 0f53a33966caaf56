"""A plan of many items is put forward, submitted and sent back in one act: nothing lost, nothing asked one by one (S-25)."""
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal import clock
from portal.audit.models import Entry
from portal.audit.record import verify
from portal.notifications.models import Message
from portal.search.models import Entry as Found
from portal.workdays.calendars import load_calendars
from portal.workdays.models import LegalClock
from portal.workflow import Refused, due, perform
from procurement.plans.models import Plan, PlanItem, ProjectDuty, ReviewChainStep, ReviewStep
from procurement.plans.verbs import submitting
from tests.factories.people import actor
from tests.factories.plans import COMPILED_AT, make_plan, one_year, pass_reviews

pytestmark = pytest.mark.django_db
COUNT = 6


@pytest.fixture
def many(monkeypatch):
    """A plan whose items count as many."""
    load_calendars()
    monkeypatch.setattr(submitting, "ONE_BY_ONE", COUNT - 1)
    posts = {"kind": "POST", "posts": 3}
    plan = make_plan(items=[one_year(f"{1000 + number}00.00", **(posts if number == 0 else {})) for number in range(COUNT)])
    with clock.at(COMPILED_AT):
        yield plan


def entries(lifecycle: str, pk) -> list[Entry]:
    return list(Entry.objects.of_subject(lifecycle, pk).order_by("id"))


def test_they_are_proposed_by_one_entry_with_their_digest(many):
    plan = perform(many, "propose", actor=actor("planner"))
    assert set(plan.items.values_list("state", flat=True)) == {"PROPOSED"}
    said = entries("plans.plan", plan.pk)[-1].facts
    assert said["items"] == COUNT
    assert said["digest"] == submitting.digest_of(plan.items.order_by("pk"))
    assert not Entry.objects.filter(lifecycle="plans.item", transition="propose").exists()
    assert Message.objects.filter(user=actor("head").user).count() == 1


def test_each_has_its_project_its_steps_and_its_record_as_one_alone_would(many):
    alone = make_plan("SUBMITTED", items=[one_year("5000.00")], planner="planner_2", head="head_2").items.get()
    plan = perform(perform(many, "propose", actor=actor("planner")), "submit", actor=actor("head"))
    items = list(plan.items.order_by("pk"))
    assert [item.project.number[-4:] for item in items] == [f"{number:04d}" for number in range(1, COUNT + 1)]
    for item in items:
        assert (item.state, item.round, item.first_submitted_at) == ("SUBMITTED", 1, COMPILED_AT)
        assert [each.transition for each in entries("plans.project", item.project_id)] == ["open_project"]
        assert entries("plans.item", item.pk)[-1].facts["digest"] == entries("plans.plan", plan.pk)[-1].facts["digest"]
        assert ProjectDuty.objects.get(project=item.project).user == actor("planner").user
        assert Found.objects.filter(kind__icontains="project", object_id=item.project_id).exists()
    post, plain = items[0], items[1]
    assert {(s.kind, s.state) for s in post.steps.all()} == {
        ("ESTABLISHMENT", "PENDING"), ("HUMAN_RESOURCES", "PENDING"), ("FINANCE", "PENDING"),
    }
    like = ("kind", "state", "round", "group", "may_reject", "limit_at", "department__kind")
    assert list(plain.steps.order_by("kind").values_list(*like)) == list(alone.steps.order_by("kind").values_list(*like))
    clocks = LegalClock.objects.filter(name="REVIEW_STEP", project_id__in=[plain.project_id, alone.project_id])
    shown = ("bearer__kind", "length", "unit", "ends_at", "yellow_at", "state", "started_at")
    ours, theirs = (list(clocks.filter(project_id=key).order_by("bearer__kind").values_list(*shown))
                    for key in (plain.project_id, alone.project_id))  # fmt: skip
    assert ours == theirs
    assert list(verify()) == []


def test_afterwards_they_are_reviewed_like_any_other(many):
    plan = perform(perform(many, "propose", actor=actor("planner")), "submit", actor=actor("head"))
    for item in plan.items.all():
        assert pass_reviews(item).state == "REVIEWED"
    assert list(verify()) == []


def test_a_department_hears_of_them_once(many):
    plan = perform(many, "propose", actor=actor("planner"))
    Message.objects.all().delete()
    perform(plan, "submit", actor=actor("head"))
    for name in ("establishment", "finance_officer", "human_resources"):
        assert Message.objects.filter(user=actor(name).user).count() == 1, name


def test_without_a_department_none_is_submitted(many):
    from portal.accounts.models import Organisation

    plan = perform(many, "propose", actor=actor("planner"))
    Organisation.objects.filter(kind="ESTABLISHMENT").update(disabled_at=COMPILED_AT)
    with pytest.raises(Refused) as refused:
        perform(plan, "submit", actor=actor("head"))
    assert [refusal.rule for refusal in refused.value.refusals] == ["S-23"]
    assert set(plan.items.values_list("state", flat=True)) == {"PROPOSED"}
    assert Plan.objects.get(pk=plan.pk).state == "PROPOSED"


def test_a_first_group_that_answers_for_none_of_them_lets_the_next_speak(many):
    for group, kind in ((1, "HUMAN_RESOURCES"), (2, "FINANCE")):
        ReviewChainStep.objects.create(
            region=many.agency.region, group=group, kind=kind, only_posts=kind != "FINANCE", valid_from=COMPILED_AT.date()
        )
    plan = perform(perform(many, "propose", actor=actor("planner")), "submit", actor=actor("head"))
    post, plain = plan.items.order_by("pk")[:2]
    assert {(s.kind, s.state) for s in post.steps.all()} == {("HUMAN_RESOURCES", "PENDING"), ("FINANCE", "WAITING")}
    assert {(s.kind, s.state) for s in plain.steps.all()} == {("HUMAN_RESOURCES", "SKIPPED"), ("FINANCE", "PENDING")}


def test_where_no_department_answers_the_review_is_complete_at_once(many):
    ReviewChainStep.objects.create(
        region=many.agency.region, group=1, kind="HUMAN_RESOURCES", only_posts=True, valid_from=COMPILED_AT.date()
    )
    plan = perform(perform(many, "propose", actor=actor("planner")), "submit", actor=actor("head"))
    assert list(plan.items.order_by("pk").values_list("state", flat=True)) == ["SUBMITTED"] + ["REVIEWED"] * (COUNT - 1)
    assert list(verify()) == []


def test_the_head_sends_them_back_and_they_come_again(many):
    plan = perform(many, "propose", actor=actor("planner"))
    plan = perform(plan, "send_back", actor=actor("head"), reason="补充测算")
    assert set(plan.items.values_list("state", "decision_reason")) == {("SENT_BACK", "补充测算")}
    plan = perform(perform(plan, "propose", actor=actor("planner")), "submit", actor=actor("head"))
    assert set(plan.items.values_list("state", "decision_reason")) == {("SUBMITTED", "")}


def test_they_lapse_with_their_plan(many):
    with clock.at(many.cut_off):
        due.run()
    assert set(many.items.values_list("state", flat=True)) == {"LAPSED"}
    assert not PlanItem.objects.exclude(state="LAPSED").exists()


@pytest.mark.parametrize("name", ["propose", "submit"])
def test_more_items_ask_the_database_no_more_often(name, monkeypatch):
    load_calendars()
    monkeypatch.setattr(submitting, "ONE_BY_ONE", 2)
    counted = []
    for planner, head, count in (("planner", "head", 4), ("planner_2", "head_2", 12)):
        plan = make_plan(items=[one_year("1000.00") for _ in range(count)], planner=planner, head=head)
        with clock.at(COMPILED_AT):
            if name == "submit":
                plan = perform(plan, "propose", actor=actor(planner))
            with CaptureQueriesContext(connection) as queries:
                perform(plan, name, actor=actor(planner if name == "propose" else head))
        counted.append(len(queries))
    assert counted[1] <= counted[0] + 2
    assert ReviewStep.objects.count() in (0, 48)


# --- the page ---------------------------------------------------------------------------------------------------
def page_of(client, plan, **asked):
    return client.get(plan.get_absolute_url(), asked)


@pytest.fixture
def long_plan(client):
    """Thirty items: five without a price, three above the guide price."""
    with clock.at(COMPILED_AT):
        plan = make_plan(items=[one_year("1000.00", title=f"项目{number:02d}") for number in range(30)])
        items = list(plan.items.order_by("pk"))
        for item in items[:5]:
            perform(item, "edit", actor=actor("planner"), unit_price=None)
        for item in items[27:]:
            perform(item, "edit", actor=actor("planner"), guide_price=item.unit_price / 2)
        client.force_login(actor("planner").user, backend="django.contrib.auth.backends.ModelBackend")
        yield plan


def test_a_long_plan_is_shown_page_by_page_with_the_sums_of_all(client, long_plan):
    body = page_of(client, long_plan).content.decode()
    assert "项目24" in body
    assert "项目25" not in body
    assert "25,000.00" in body  # five ask for nothing yet
    assert "项目29" in page_of(client, long_plan, page=2).content.decode()


def test_what_is_wrong_can_be_listed_alone(client, long_plan):
    found = page_of(client, long_plan, fault="gaps")
    assert [item.title for item in found.context["page"]] == [f"项目{number:02d}" for number in range(5)] + ["项目27", "项目28", "项目29"]
    found = page_of(client, long_plan, fault="price")
    assert [item.title for item in found.context["page"]] == ["项目27", "项目28", "项目29"]
    assert "3,000.00" in found.content.decode()
    assert page_of(client, long_plan, state="APPROVED").context["page"].paginator.count == 0
    assert "没有这样的项目" in page_of(client, long_plan, state="APPROVED").content.decode()


def test_those_outside_are_not_told_what_is_wrong(client):
    plan = make_plan("PUBLISHED", items=[one_year("1000.00")])
    body = page_of(client, plan, fault="gaps").content.decode()
    assert "要留意的" not in body
    assert "1,000.00" in body


def test_more_items_ask_the_page_no_more_often(client, long_plan):
    with CaptureQueriesContext(connection) as long:
        page_of(client, long_plan)
    other = make_plan(items=[one_year("1000.00"), one_year("1000.00", unit_price=None)], planner="planner_2")
    client.force_login(actor("planner_2").user, backend="django.contrib.auth.backends.ModelBackend")
    with CaptureQueriesContext(connection) as short:
        page_of(client, other)
    assert len(long) <= len(short) + 1


def test_of_many_gaps_the_first_are_named_and_the_rest_counted(monkeypatch, long_plan):
    from procurement.plans.workflow import plan as table

    monkeypatch.setattr(table, "NAMED", 2)
    with pytest.raises(Refused) as refused:
        perform(long_plan, "propose", actor=actor("planner"))
    said = [refusal.message for refusal in refused.value.refusals]
    assert any(sentence.startswith("项目00：") for sentence in said)
    assert any("另有 6 个项目没有填写完整" in sentence for sentence in said)


def test_what_came_to_lack_something_after_it_was_written_is_still_found(long_plan):
    item = long_plan.items.get(title="项目10")
    item.sources.all().delete()
    with pytest.raises(Refused) as refused:
        perform(long_plan, "propose", actor=actor("planner"))
    assert any(refusal.message.startswith("项目10：") for refusal in refused.value.refusals)


def test_an_item_from_before_gaps_were_counted_is_asked(long_plan):
    PlanItem.objects.filter(plan=long_plan).update(gap_count=None)
    with pytest.raises(Refused):
        perform(long_plan, "propose", actor=actor("planner"))
