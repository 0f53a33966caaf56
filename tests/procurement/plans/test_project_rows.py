"""L2.5 and L0.2: the stage follows the branches; holds and the four duties stand in every row."""
from dataclasses import replace
from datetime import datetime

import pytest
from django.db.models import Q

from portal import clock
from portal.accounts.actor import PUBLIC, system_actor
from portal.workdays.calendars import load_calendars
from portal.workdays.models import LegalClock
from portal.workflow import Act, Duty, NotYours, Refused, due, perform
from portal.workflow.engine import refusals
from portal.workflow.table import Hold as Scope
from procurement.plans import visibility
from procurement.plans.models import Hold, PlanItem, Project, Stage
from procurement.plans.verbs import end_branch, impose_hold, lift_holds, report_branch, take_duty
from procurement.plans.workflow import ITEM, PROJECT
from tests.factories.budgets import make_funded_project
from tests.factories.people import actor
from tests.factories.plans import make_project

pytestmark = pytest.mark.django_db
WAY = [Stage.PREPARING, Stage.TENDERING, Stage.AWARDED, Stage.CONTRACTED, Stage.PERFORMING, Stage.ACCEPTED, Stage.EVALUATED]


def rules(refused) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=clock.SHANGHAI)


@pytest.fixture
def act():
    with clock.at(at(2026, 2, 1, 9)):
        yield Act(row=PROJECT["prepare"], lifecycle=PROJECT, actor=system_actor(), now=at(2026, 2, 1, 9))


@pytest.fixture
def project(act):
    return make_funded_project()


def test_the_way_of_one_branch(project, act):
    for stage in WAY:
        project = report_branch(act, project, "lot-1", stage)
        assert project.state == stage
    assert PlanItem.objects.get(project=project).state == "EXECUTED"
    project = act.perform(project, "close")
    assert project.closed_at is not None


def test_the_project_stands_with_its_least_advanced_branch(project, act):
    report_branch(act, project, "lot-1", Stage.PREPARING)
    project = report_branch(act, project, "lot-2", Stage.PREPARING)
    project = report_branch(act, project, "lot-1", Stage.TENDERING)
    assert project.state == Stage.PREPARING
    with pytest.raises(Refused) as refused:
        act.perform(project, "start_tendering")
    assert rules(refused) == ["S-01"]
    report_branch(act, project, "lot-2", Stage.TENDERING)
    project = report_branch(act, project, "lot-1", Stage.PERFORMING)
    assert project.state == Stage.TENDERING


def test_a_failed_branch_whose_need_remains_brings_the_project_back(project, act):
    for stage in WAY[:3]:
        project = report_branch(act, project, "lot-1", stage)
    project = end_branch(act, project, "lot-1", ended_as="废标", need_remains=True)
    assert project.state == Stage.PREPARING
    for stage in WAY[:2]:
        project = report_branch(act, project, "lot-1-2", stage)
    assert project.state == Stage.TENDERING
    assert {(branch.code, branch.live) for branch in project.branches.all()} == {("lot-1", False), ("lot-1-2", True)}


def test_nobody_moves_a_project_by_hand(project):
    for name in ("prepare", "abort", "close"):
        with pytest.raises(NotYours):
            perform(project, name, actor=actor("head"))


def test_a_branch_before_the_money_waits(act):
    project = make_project()
    assert report_branch(act, project, "lot-1", Stage.PREPARING).state == Stage.APPROVED


def test_a_signed_project_is_not_aborted(project, act):
    for stage in WAY[:3]:
        project = report_branch(act, project, "lot-1", stage)
    project.branches.update(stage=Stage.CONTRACTED)
    with pytest.raises(Refused) as refused:
        act.perform(project, "abort", reason="停办")
    assert rules(refused) == ["S-01"]


def test_closed_only_when_no_hold_lies_on_it(project, act):
    """S-124, R-GP-48: with its closing the papers of a project are its file, kept for fifteen years."""
    for stage in WAY:
        project = report_branch(act, project, "lot-1", stage)
    impose_hold(act, project, scope=Scope.PAYMENT, cause="投诉", cause_reference="complaint:1")
    with pytest.raises(Refused) as refused:
        act.perform(project, "close")
    assert rules(refused) == ["S-124"]
    assert lift_holds(act, project, cause_reference="complaint:1", reason="处理完毕") == 1
    assert not LegalClock.objects.filter(name="RETENTION").exists()
    assert act.perform(project, "close").state == Stage.CLOSED
    kept = LegalClock.objects.get(name="RETENTION", project_id=project.pk)
    assert kept.ends_at.year - clock.now().year == 15


def row_with(**options):
    return replace(ITEM["ask_cancel"], **options)


def asked(item, row, who) -> list[str]:
    act = Act(row=row, lifecycle=ITEM, actor=actor(who), now=clock.now())
    return [refusal.rule for refusal in refusals(item, row, act)]


def test_a_hold_stops_the_rows_of_its_scope_until_the_last_is_gone(project, act):
    item = project.item
    first = impose_hold(act, project, scope=Scope.PROCUREMENT, cause="质疑", cause_reference="challenge:1")
    second = impose_hold(act, project, scope=Scope.PROCUREMENT, cause="投诉", cause_reference="complaint:1")
    assert asked(item, row_with(hold=Scope.PROCUREMENT), "head") == ["G3", "G3"]
    assert asked(item, row_with(hold=Scope.PAYMENT), "head") == []
    with pytest.raises(Refused) as refused:
        perform(first, "lift", actor=actor("head"), reason="x")
    assert rules(refused) == ["G3"]
    act.perform(first, "lift", reason="不成立")
    assert asked(item, row_with(hold=Scope.PROCUREMENT), "head") == ["G3"]
    act.perform(second, "lift", reason="不成立")
    assert asked(item, row_with(hold=Scope.PROCUREMENT), "head") == []


def test_a_purchaser_pauses_his_own_project_for_ten_working_days_at_most(project):
    load_calendars()
    values = {"project": project, "scope": Scope.AWARD, "cause": "中标候选人信用事项核查"}
    with pytest.raises(Refused) as refused:
        perform(Hold(), "impose_by_purchaser", actor=actor("head"), ends_at=at(2026, 3, 30), **values)
    assert rules(refused) == ["G3"]
    with pytest.raises(Refused) as refused:
        perform(Hold(), "impose_by_purchaser", actor=actor("head_2"), ends_at=at(2026, 2, 5), **values)
    assert rules(refused) == ["G1"]
    hold = perform(Hold(), "impose_by_purchaser", actor=actor("head"), ends_at=at(2026, 2, 5), **values)
    due.run(at(2026, 2, 5))
    hold.refresh_from_db()
    assert hold.state == "EXPIRED"


def test_the_head_lifts_what_he_imposed(project):
    hold = perform(Hold(), "impose_by_purchaser", actor=actor("head"), project=project, scope=Scope.AWARD,
        cause="核查", ends_at=at(2026, 2, 5))
    with pytest.raises(NotYours):
        perform(hold, "lift", actor=actor("buyer"), reason="x")
    assert perform(hold, "lift", actor=actor("head"), reason="核查完毕").lifted_by == actor("head").user


def test_four_duties_are_four_people(project):
    assert {(duty.duty, duty.user.username) for duty in project.duties.all()} == {("PLANNING", "planner")}
    row = row_with(duty=Duty.BUYING)
    assert asked(project.item, row, "planner") == ["S-125"]
    assert asked(project.item, row, "buyer") == []
    take_duty(project, Duty.BUYING, actor("buyer").user_id, clock.now())
    assert asked(project.item, row, "buyer") == []
    assert asked(project.item, row_with(duty=Duty.PAYING), "buyer") == ["S-125"]


def test_who_sees_a_project():
    proposed = make_project("PROPOSED")
    assert not Project.objects.visible_to(PUBLIC).exists()
    for who in ("planner", "finance_officer", "establishment", "auditor", "department"):
        assert Project.objects.visible_to(actor(who)).filter(pk=proposed.pk).exists(), who
    for who in ("planner_2", "supplier_a_officer", "hongshan_auditor", "expert_1", "administrator"):
        assert not Project.objects.visible_to(actor(who)).filter(pk=proposed.pk).exists(), who
    grant = visibility.register(lambda who: Q(pk=proposed.pk) if who.kind == "SUPPLIER" else None)
    try:
        assert Project.objects.visible_to(actor("supplier_a_officer")).filter(pk=proposed.pk).exists()
    finally:
        visibility._grants.remove(grant)


def test_the_public_sees_approved_projects():
    project = make_project("APPROVED")
    assert list(Project.objects.visible_to(PUBLIC)) == [project]
    assert list(PlanItem.objects.visible_to(PUBLIC)) == [project.item]
