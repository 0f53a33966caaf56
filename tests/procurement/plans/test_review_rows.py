"""L2.3 row by row: side by side, all reasons at once, rounds, limits."""
from datetime import datetime
from decimal import Decimal

import pytest

from portal import clock
from portal.accounts.actor import system_actor
from portal.accounts.models import Membership, Organisation
from portal.workdays.calendars import load_calendars
from portal.workflow import NotYours, Refused, WrongState, due, perform
from procurement.plans.models import PlanItem, ReviewChainStep
from procurement.plans.verbs.items import replace_rows
from tests.factories.people import actor
from tests.factories.plans import COMPILED_AT, content, make_plan, make_plan_item

pytestmark = pytest.mark.django_db


def rules(refused) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=clock.SHANGHAI)


@pytest.fixture
def item():
    load_calendars()
    with clock.at(COMPILED_AT):
        yield make_plan_item("SUBMITTED")


def step_of(item, kind):
    return item.steps.filter(kind=kind).order_by("-round").first()


def approve(item, kind, who):
    return perform(step_of(item, kind), "approve", actor=actor(who), opinion="同意")


def send_back(item, kind, who, *codes, reason="请补充"):
    return perform(step_of(item, kind), "send_back", actor=actor(who), codes=list(codes) or ["price"], reason=reason)


def resubmit(item, **changes) -> PlanItem:
    PlanItem.objects.filter(pk=item.pk).update(**changes)
    item = PlanItem.objects.get(pk=item.pk)
    return perform(perform(item, "propose", actor=actor("planner")), "submit", actor=actor("head"))


def test_only_posts_go_to_human_resources():
    with clock.at(COMPILED_AT):
        item = make_plan_item("SUBMITTED", kind="POST", posts=20)
    assert step_of(item, "HUMAN_RESOURCES").state == "PENDING"


def test_finance_of_the_plans_own_level_reviews_every_item(item):
    """R-007: the step is that of the region's finance; that of another region has no say, and nothing is reviewed without it."""
    step = step_of(item, "FINANCE")
    assert (step.department.kind, step.department.region) == ("FINANCE", item.agency.region)
    with pytest.raises(NotYours):
        perform(step, "approve", actor=actor("hongshan_finance_head"), opinion="同意")
    approve(item, "ESTABLISHMENT", "establishment")
    assert PlanItem.objects.get(pk=item.pk).state == "SUBMITTED"
    approve(item, "FINANCE", "finance_officer")
    assert PlanItem.objects.get(pk=item.pk).state == "REVIEWED"


def test_a_department_decides_only_its_own_step(item):
    with pytest.raises(NotYours):
        perform(step_of(item, "FINANCE"), "approve", actor=actor("establishment"))
    assert approve(item, "FINANCE", "finance_officer").state == "APPROVED"


def test_what_is_claimed_is_his_until_he_lets_go(item):
    step = perform(step_of(item, "FINANCE"), "claim", actor=actor("finance_officer"))
    with pytest.raises(WrongState) as refused:
        perform(step, "claim", actor=actor("finance_officer"))
    assert rules(refused) == ["G7"]
    other = Membership.objects.create(user=actor("budget_officer").user, organisation=step.department, role="FINANCE_OFFICER")
    with pytest.raises(Refused) as refused:
        perform(step, "approve", actor=actor(other.user.username))
    assert rules(refused) == ["S-166"]
    step = perform(step, "release", actor=actor("finance_head"))
    assert (step.state, step.claimed_by) == ("PENDING", None)
    assert perform(step, "approve", actor=actor(other.user.username)).claimed_by == other.user


def test_the_compiler_does_not_review_what_he_compiled(item):
    planner = actor("planner").user
    Membership.objects.filter(user=planner).delete()
    Membership.objects.create(user=planner, organisation=step_of(item, "FINANCE").department, role="FINANCE_OFFICER")
    with pytest.raises(Refused) as refused:
        approve(item, "FINANCE", "planner")
    assert rules(refused) == ["G2"]


def test_both_agree_and_the_review_is_complete(item):
    approve(item, "FINANCE", "finance_officer")
    item.refresh_from_db()
    assert item.state == "SUBMITTED"
    with pytest.raises(Refused) as refused:
        perform(item, "complete_review", actor=system_actor())
    assert rules(refused) == ["S-23"]
    approve(item, "ESTABLISHMENT", "establishment")
    item.refresh_from_db()
    assert item.state == "REVIEWED"


def test_the_author_hears_everything_once_when_all_have_spoken(item):
    with pytest.raises(Refused):
        send_back(item, "FINANCE", "finance_officer", reason="")
    send_back(item, "FINANCE", "finance_officer", "price", "targets", reason="工资依据不足")
    item.refresh_from_db()
    assert item.state == "SUBMITTED"
    send_back(item, "ESTABLISHMENT", "establishment", "duty", reason="与三定不符")
    item.refresh_from_db()
    assert item.state == "SENT_BACK"
    for expected in ("工资依据不足", "价格构成与依据不符", "绩效目标缺少目标值或依据", "与三定不符", "编办审核", "财政审核"):
        assert expected in item.decision_reason


def test_an_approval_stays_good_until_what_it_answers_for_changes(item):
    send_back(item, "FINANCE", "finance_officer")
    approve(item, "ESTABLISHMENT", "establishment")
    with clock.at(at(2025, 12, 3, 9)):
        again = resubmit(item, evaluation_standard="改过的评价标准")
        assert again.round == 2
        assert {(s.kind, s.round, s.state) for s in again.steps.filter(kind__in=["ESTABLISHMENT", "FINANCE"])} == {
            ("ESTABLISHMENT", 1, "APPROVED"), ("FINANCE", 1, "SENT_BACK"), ("FINANCE", 2, "PENDING"),
        }  # fmt: skip
        with pytest.raises(Refused) as refused:
            perform(step_of(again, "ESTABLISHMENT"), "void", actor=system_actor())
        assert rules(refused) == ["S-23"]
        approve(again, "FINANCE", "finance_officer")
        again.refresh_from_db()
        assert again.state == "REVIEWED"


def test_a_change_in_what_it_answers_for_voids_an_approval(item):
    send_back(item, "FINANCE", "finance_officer")
    approve(item, "ESTABLISHMENT", "establishment")
    with clock.at(at(2025, 12, 3, 9)):
        again = resubmit(item, content="改为另一种内容")
        assert {(s.round, s.state) for s in again.steps.filter(kind="ESTABLISHMENT")} == {(1, "VOIDED"), (2, "PENDING")}


def test_a_changed_price_is_finance_business_alone(item):
    approve(item, "FINANCE", "finance_officer")
    send_back(item, "ESTABLISHMENT", "establishment", "duty")
    rows = content()["factors"]
    rows[0]["basis"] = "新的依据"
    replace_rows(item, "factors", rows)
    with clock.at(at(2025, 12, 3, 9)):
        again = resubmit(item, objective="不变")
    assert step_of(again, "FINANCE").state == "PENDING"


def test_reject_needs_the_right_and_ends_item_and_steps(item):
    with clock.at(COMPILED_AT):
        posts = make_plan("SUBMITTED", items=[content(kind="POST", posts=5)], planner="planner_2", head="head_2").items.get()
        with pytest.raises(Refused) as refused:
            perform(step_of(posts, "HUMAN_RESOURCES"), "reject", actor=actor("human_resources"), reason="不同意", reason_code="posts")
        assert rules(refused) == ["S-23"]
    perform(step_of(item, "ESTABLISHMENT"), "reject", actor=actor("establishment"), reason="属于政府直接履职", reason_code="outside")
    item.refresh_from_db()
    assert (item.state, step_of(item, "FINANCE").state) == ("REJECTED", "VOIDED")
    assert "属于政府直接履职" in item.decision_reason
    assert item.project.__class__.objects.get(pk=item.project_id).state == "ABORTED"


def test_asking_does_not_stop_anything(item):
    with pytest.raises(Refused):
        perform(step_of(item, "FINANCE"), "ask", actor=actor("finance_officer"))
    step = perform(step_of(item, "FINANCE"), "ask", actor=actor("finance_officer"), reason="面积从何而来？")
    assert step.state == "PENDING"


def test_the_limit_is_five_working_days_and_silence_is_never_approval(item):
    step = step_of(item, "FINANCE")
    assert step.limit_at == at(2025, 12, 6)  # Friday 28 November + 5 working days, to the end of Friday 5 December
    due.run(at(2025, 12, 6))
    step.refresh_from_db()
    assert (step.state, step.escalations, step.limit_at) == ("PENDING", 1, at(2025, 12, 11))
    due.run(at(2025, 12, 11))
    step.refresh_from_db()
    assert (step.state, step.escalations) == ("PENDING", 2)


def test_a_step_silent_at_its_limit_does_not_keep_the_author_waiting(item):
    send_back(item, "FINANCE", "finance_officer", reason="请补充依据")
    due.run(at(2025, 12, 6))
    item.refresh_from_db()
    assert item.state == "SENT_BACK"
    assert "编办审核：期限内没有意见" in item.decision_reason
    with clock.at(at(2025, 12, 8, 9)):
        again = resubmit(item, objective="补充")
    assert {(s.kind, s.state) for s in again.steps.filter(round=2)} >= {("ESTABLISHMENT", "PENDING"), ("FINANCE", "PENDING")}


def test_a_region_may_let_groups_speak_one_after_the_other():
    region = actor("planner").organisation.region
    for group, kind in ((1, "ESTABLISHMENT"), (2, "FINANCE")):
        ReviewChainStep.objects.create(region=region, group=group, kind=kind, may_reject=True, valid_from=at(2025, 1, 1).date())
    with clock.at(COMPILED_AT):
        item = make_plan_item("SUBMITTED")
        assert step_of(item, "FINANCE").state == "WAITING"
        with pytest.raises(WrongState):
            approve(item, "FINANCE", "finance_officer")
        approve(item, "ESTABLISHMENT", "establishment")
        assert step_of(item, "FINANCE").state == "PENDING"
        approve(item, "FINANCE", "finance_officer")
    item.refresh_from_db()
    assert item.state == "REVIEWED"


def test_without_a_department_nothing_is_submitted():
    with clock.at(COMPILED_AT):
        plan = make_plan("PROPOSED")
        Organisation.objects.filter(kind="ESTABLISHMENT").update(disabled_at=COMPILED_AT)
        with pytest.raises(Refused) as refused:
            perform(plan, "submit", actor=actor("head"))
    assert rules(refused) == ["S-23"]
    assert plan.items.get().amount == Decimal("23328000.00")
