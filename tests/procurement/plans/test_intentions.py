"""L2.6: the market is told at least thirty days before; the edges of the design by name."""
from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from portal import clock
from portal.accounts.actor import PUBLIC, system_actor
from portal.accounts.models import Membership, Region
from portal.accounts.roles import Role
from portal.files.models import Document
from portal.notices.models import Notice
from portal.notifications.models import Message
from portal.rules.jurisdiction import decide
from portal.workdays import clocks_of
from portal.workdays.calendars import load_calendars
from portal.workdays.models import LegalClock
from portal.workflow import NotYours, Refused, WrongState, due, perform
from portal.workflow.engine import Act
from procurement.plans import leads
from procurement.plans.models import Intention, Project, Stage
from procurement.plans.verbs import report_branch
from procurement.plans.workflow import INTENTION
from procurement.plans.workflow.intention import before_start
from tests.factories.budgets import make_funded_project
from tests.factories.people import actor
from tests.factories.plans import draft_intention, make_plan_item, one_year
from tests.factories.tampering import behind_the_back

pytestmark = pytest.mark.django_db
SUM = "1000000.00"


def at(month: int, day: int, hour: int = 10, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=clock.SHANGHAI)


def rules(refused) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


def refused_for(intention: Intention, row: str, who: str = "head", **data) -> list[str]:
    with pytest.raises(Refused) as refused:
        perform(intention, row, actor=actor(who), **data)
    return rules(refused)


@pytest.fixture
def drafted() -> Intention:
    load_calendars()
    intention = draft_intention(**one_year(SUM))
    with clock.at(at(8, 1)):
        return perform(intention, "edit", actor=actor("buyer"), **text(intention, expected=date(2026, 11, 1)))


def text(intention: Intention, **changes) -> dict:
    return {name: getattr(intention, name) for name in ("title", "outline", "budget", "expected", "remark")} | changes


def published(intention: Intention, when: datetime, **data) -> Intention:
    with clock.at(when):
        return perform(intention, "publish", actor=actor("head"), **data)


def blocked(intention: Intention, when: datetime) -> list[str]:
    """What stands against starting the purchase at a moment."""
    with clock.at(when):
        act = Act(row=INTENTION["publish"], lifecycle=INTENTION, actor=system_actor(), now=when)
        return [refusal.rule for refusal in before_start(intention.project, act)]


def start_purchase(project: Project, when: datetime) -> None:
    with clock.at(when):
        act = Act(row=INTENTION["publish"], lifecycle=INTENTION, actor=system_actor(), now=when)
        report_branch(act, project, "lot-1", Stage.TENDERING)


# --- drafting --------------------------------------------------------------------------------------------------------
def test_an_approved_purchase_has_its_intention_drafted_at_once():
    intention = draft_intention(**one_year(SUM))
    project = intention.project
    assert (intention.state, intention.required, intention.title, intention.budget) == ("DRAFTED", True, project.title, project.amount)
    assert "数量：100次。" in intention.outline
    assert "服务期限：12个月。" in intention.outline
    assert intention.expected == date(2026, 1, 1)
    assert not Intention.objects.visible_to(PUBLIC).exists()


def test_below_the_threshold_it_is_not_required_but_offered():
    """Edge 4 of L2.6, RYX-05."""
    item = make_plan_item("APPROVED", **one_year("120000.00"))
    assert not Intention.objects.filter(project=item.project).exists()
    with clock.at(at(1, 10)):
        offered = perform(Intention(), "draft", actor=actor("buyer"), project=item.project, title=item.title, outline="清扫保洁。",
                          budget=Decimal(120000), expected=date(2026, 3, 1), remark="")  # fmt: skip
        assert (offered.state, offered.required) == ("DRAFTED", False)
    assert blocked(offered, at(1, 11)) == []
    with clock.at(at(1, 12)):
        waived = perform(offered, "waive", actor=actor("head"), reason="未达标准", reason_code="not_owed")
    assert waived.state == "WAIVED"


def test_an_intention_is_drafted_for_an_own_project_that_has_none(drafted):
    values = {"title": "又一份", "outline": "同一个项目。", "budget": Decimal(SUM), "expected": date(2026, 11, 1), "remark": ""}
    with pytest.raises(Refused) as refused:
        perform(Intention(), "draft", actor=actor("buyer"), project=drafted.project, **values)
    assert rules(refused) == ["RYX-01"]
    with pytest.raises(Refused) as refused:
        perform(Intention(), "draft", actor=actor("planner_2"), project=drafted.project, **values)
    assert rules(refused) == ["G1", "RYX-01"]


# --- the lead --------------------------------------------------------------------------------------------------------
def test_published_on_31_august_it_may_start_on_30_september(drafted):
    """Edge 1 of L2.6."""
    intention = published(drafted, at(8, 31))
    assert intention.may_start_on == date(2026, 9, 30)
    assert blocked(intention, at(9, 29, 23)) == ["RYX-02"]
    assert blocked(intention, at(9, 30, 0)) == []


def test_published_on_2_september_it_may_start_after_the_holidays(drafted):
    """Edge 2 of L2.6: the thirtieth day, 2 October, is a day off."""
    intention = published(drafted, at(9, 2))
    assert intention.may_start_on == date(2026, 10, 8)
    running = clocks_of(intention).get()
    assert (running.name, running.last_day, running.bearer) == ("INTENTION_LEAD", date(2026, 10, 8), intention.agency)


def test_a_budget_corrected_from_100_to_111_starts_a_new_lead(drafted):
    """Edge 3 of L2.6."""
    intention = published(drafted, at(9, 2))
    with clock.at(at(9, 20)):
        intention = perform(intention, "correct", actor=actor("head"), reason="增加路段", **text(intention, budget=Decimal("1110000.00")))
    assert (intention.version, intention.may_start_on) == (2, leads.lead_of(at(9, 20)).last_day)
    assert intention.may_start_on > date(2026, 10, 8)
    version = intention.versions.get(number=2)
    assert version.restarts
    assert sorted(LegalClock.objects.of(intention).values_list("state", flat=True)) == ["RUNNING", "VOIDED"]
    notice = version.notice
    assert (notice.kind, notice.payload["original_number"]) == ("N-07", intention.notice.number)
    assert notice.payload["changes"] == [{"item": "预算金额（万元）", "before": "100.00", "after": "111.00"}]
    assert "重新计算" in notice.text


def test_small_steps_of_the_budget_add_up(drafted):
    intention = published(drafted, at(9, 2))
    for day, budget, again in ((3, "1090000.00", False), (4, "1099999.99", False), (5, "1100000.00", True)):
        with clock.at(at(9, day)):
            intention = perform(intention, "correct", actor=actor("head"), reason="核定", **text(intention, budget=Decimal(budget)))
        assert intention.versions.get(number=intention.version).restarts is again, budget


def test_other_content_starts_the_lead_anew_and_a_remark_does_not(drafted):
    intention = published(drafted, at(9, 2))
    with clock.at(at(9, 3)):
        intention = perform(intention, "correct", actor=actor("head"), reason="补充", **text(intention, remark="面向中小企业"))
        assert intention.may_start_on == date(2026, 10, 8)
        intention = perform(intention, "correct", actor=actor("head"), reason="补充", **text(intention, outline="另加绿化养护。"))
    assert [version.restarts for version in intention.versions.all()] == [True, False, True]
    assert intention.may_start_on == leads.lead_of(at(9, 3)).last_day
    assert intention.versions.get(number=1).content["outline"] != intention.outline


def test_the_share_that_restarts_is_the_regions(drafted):
    decide("intention_restart_share", Decimal("0.20"), source="市财政局通知", valid_from=date(2026, 1, 1), region=drafted.agency.region)
    intention = published(drafted, at(9, 2))
    with clock.at(at(9, 20)):
        intention = perform(intention, "correct", actor=actor("head"), reason="核定", **text(intention, budget=Decimal("1110000.00")))
    assert intention.may_start_on == date(2026, 10, 8)


def test_the_lead_is_counted_to_the_notice_not_to_the_opening():
    """Edge 5 of L2.6: an opening after the thirty days does not help a notice within them."""
    from tests.factories.tenders import (
        CLOSES_AT,
        OFFER_UNTIL,
        PUBLISHED_AT,
        make_key,
        make_tender,
        publish,
        publish_plan,
    )

    project = make_funded_project()
    publish_plan(project)
    tender = make_tender("REVIEWED", project=project)
    with clock.at(PUBLISHED_AT):
        make_key(tender)
        times = {"offer_until": OFFER_UNTIL, "closes_at": CLOSES_AT}
        with pytest.raises(Refused) as refused:
            publish(tender, **times)
        assert rules(refused) == ["RYX-02"]
    Intention.objects.update(expected=date(2026, 3, 1))
    intention = published(Intention.objects.get(project=project), at(2, 20))  # opening on 24 March, 32 days later
    with clock.at(PUBLISHED_AT), pytest.raises(Refused) as refused:
        publish(tender, **times)
    assert rules(refused) == ["RYX-02"]
    with clock.at(PUBLISHED_AT):
        perform(intention, "shorten", actor=actor("head"), reason="汛期以前须进场", starts_on=PUBLISHED_AT.date())
        assert publish(tender, **times).state == "PUBLISHED"
    intention.refresh_from_db()
    assert (intention.state, intention.followed_at) == ("FOLLOWED", PUBLISHED_AT)


def test_projects_approved_before_the_duty_do_not_get_stuck():
    from tests.factories.tenders import make_tender, publish_plan

    project = make_funded_project()
    publish_plan(project)
    behind_the_back("DELETE FROM plans_intention WHERE project_id = %s", project.pk)  # as installed before intentions were kept
    assert make_tender("PUBLISHED", project=project).state == "PUBLISHED"


# --- publishing ------------------------------------------------------------------------------------------------------
def test_publication_is_a_notice_with_its_sentence_and_a_paper(drafted):
    """RYX-06: an intention binds nobody, and its notice says so."""
    intention = published(drafted, at(8, 31))
    notice = intention.notice
    assert (notice.kind, notice.title) == ("N-01", f"{intention.agency.name}2026年11月政府采购意向")
    assert "本次公开的采购意向是本单位政府采购工作的初步安排" in notice.text
    assert "预算金额（万元）：100.00" in notice.text
    assert (intention.basis, intention.version) == ("DRAFT", 1)
    assert intention.versions.get().content["budget"] == "1000000.00"
    paper = Document.objects.get(pk=intention.paper_id)
    assert paper.public
    assert '"budget":"100.00"' in paper.paper.content
    assert Intention.objects.visible_to(PUBLIC).get() == intention


def test_several_go_out_in_one_notice_of_the_agency(drafted):
    other = draft_intention(year=2027, **one_year(SUM, year=2027))
    with clock.at(at(12, 20)):
        drafted = perform(drafted, "edit", actor=actor("buyer"), **text(drafted, expected=date(2026, 12, 1)))
    first = published(drafted, at(12, 21), together=[other])
    other.refresh_from_db()
    assert (first.notice, other.state, Notice.objects.filter(kind="N-01").count()) == (other.notice, "PUBLISHED", 1)
    assert [row["name"] for row in first.notice.payload["items"]] == [first.title, other.title]
    assert first.notice.title.endswith("2026年12月至2027年1月政府采购意向")
    assert first.may_start_at == other.may_start_at
    assert clocks_of(other).live().count() == 1


def test_what_goes_out_along_is_held_to_the_same(drafted):
    other = draft_intention(year=2027, **one_year(SUM, year=2027))
    with clock.at(at(12, 20)):
        drafted = perform(drafted, "edit", actor=actor("buyer"), **text(drafted, expected=date(2026, 12, 1)))
        other = perform(other, "edit", actor=actor("buyer"), **text(other))
        Membership.objects.create(user=actor("buyer").user, organisation=other.agency, role=Role.HEAD)
        mine = draft_intention_of_head(drafted)
        assert refused_for(mine, "publish", "buyer", together=[other]) == ["G2"]
        other = perform(other, "withdraw", actor=actor("head"), reason="缓办")
        assert refused_for(drafted, "publish", together=[other]) == ["G7"]


def draft_intention_of_head(like: Intention) -> Intention:
    """Another intention of the agency, drafted by its approval and touched by nobody."""
    found = draft_intention(year=2028, **one_year(SUM, year=2028))
    assert found.agency == like.agency
    return found


def test_who_wrote_it_does_not_publish_it(drafted):
    Membership.objects.create(user=actor("buyer").user, organisation=drafted.agency, role=Role.HEAD)
    with clock.at(at(8, 31)):
        assert refused_for(drafted, "publish", "buyer") == ["G2"]
        with pytest.raises(NotYours):
            perform(drafted, "publish", actor=actor("head_2"))


def test_nobody_is_told_of_a_month_that_is_over(drafted):
    with clock.at(at(12, 1)):
        assert refused_for(drafted, "publish") == ["RYX-01"]


def test_not_before_the_plan_is_approved_nor_after_the_purchase_began(drafted):
    Project.objects.filter(pk=drafted.project_id).update(state="PROPOSED")
    with clock.at(at(8, 31)):
        assert refused_for(drafted, "publish") == ["RYX-04"]
        Project.objects.filter(pk=drafted.project_id).update(state="TENDERING")
        assert refused_for(drafted, "publish") == ["RYX-03"]


def test_a_correction_says_something_else_and_speaks_of_a_month_to_come(drafted):
    intention = published(drafted, at(8, 31))
    with clock.at(at(9, 1)):
        assert refused_for(intention, "correct", reason="无", **text(intention)) == ["RYX-01"]
        assert refused_for(intention, "correct", reason="提前", **text(intention, expected=date(2026, 8, 1))) == ["RYX-01"]
        with pytest.raises(WrongState):
            perform(intention, "edit", actor=actor("buyer"), **text(intention))


# --- waived, shortened, withdrawn ------------------------------------------------------------------------------------
def test_a_waiver_names_its_case_and_is_told_to_finance_and_audit(drafted):
    with clock.at(at(8, 2)):
        assert refused_for(drafted, "waive", reason="不需要", reason_code="not_owed") == ["RYX-05"]
        assert refused_for(drafted, "waive", reason="抢险") == ["S-172"]
        waived = perform(drafted, "waive", actor=actor("head"), reason="暴雨损毁，须立即清淤", reason_code="urgent")
    assert (waived.state, waived.waive_code, waived.end_reason) == ("WAIVED", "urgent", "暴雨损毁，须立即清淤")
    assert blocked(waived, at(8, 3)) == []
    told = set(Message.objects.filter(event="plans.intention/waive").values_list("user__username", flat=True))
    assert {"finance_head", "auditor"} <= told
    assert not Intention.objects.visible_to(PUBLIC).exists()


def test_an_early_start_is_marked_and_told_to_finance_and_audit(drafted):
    intention = published(drafted, at(8, 31))
    with clock.at(at(9, 5)):
        for day in (date(2026, 9, 4), date(2026, 9, 30)):
            assert refused_for(intention, "shorten", reason="汛期", starts_on=day) == ["RYX-02"]
        intention = perform(intention, "shorten", actor=actor("head"), reason="汛期以前须进场", starts_on=date(2026, 9, 10))
    assert (intention.shortened, intention.shorten_reason, intention.may_start_on) == (True, "汛期以前须进场", date(2026, 9, 10))
    assert blocked(intention, at(9, 9, 23)) == ["RYX-02"]
    assert blocked(intention, at(9, 10, 0)) == []
    told = set(Message.objects.filter(event="plans.intention/shorten").values_list("user__username", flat=True))
    assert {"finance_head", "auditor", "buyer"} <= told


def test_no_early_start_where_the_region_forbids_it_or_the_lead_is_over(drafted):
    intention = published(drafted, at(8, 31))
    with clock.at(at(10, 1)):
        assert "RYX-02" in refused_for(intention, "shorten", reason="汛期", starts_on=date(2026, 10, 2))
    decide("intention_may_be_shorter", False, source="市财政局通知", valid_from=date(2026, 1, 1), region=Region.objects.get(
        pk=intention.agency.region_id))
    with clock.at(at(9, 5)):
        assert refused_for(intention, "shorten", reason="汛期", starts_on=date(2026, 9, 10)) == ["RYX-02"]


def test_a_withdrawn_intention_is_taken_back_in_public_and_bars_the_purchase(drafted):
    intention = published(drafted, at(8, 31))
    with clock.at(at(9, 5)):
        intention = perform(intention, "withdraw", actor=actor("head"), reason="项目推迟到明年")
    notice = Notice.objects.of_subject(intention).get(kind="N-07")
    assert "撤销。项目推迟到明年" in notice.text
    assert blocked(intention, at(12, 1)) == ["RYX-02"]
    assert LegalClock.objects.of(intention).get().state == "VOIDED"
    assert intention in Intention.objects.visible_to(PUBLIC)


def test_it_falls_with_its_project(drafted):
    intention = published(drafted, at(8, 31))
    with clock.at(at(9, 5)):
        perform(Project.objects.get(pk=intention.project_id), "abort", actor=system_actor(), reason="采购任务取消")
    intention.refresh_from_db()
    assert (intention.state, intention.end_reason) == ("WITHDRAWN", "采购任务取消")


def test_a_voluntary_draft_falls_when_the_purchase_starts():
    project = make_funded_project(**one_year("120000.00"))
    with clock.at(at(2, 1)):
        offered = perform(Intention(), "draft", actor=actor("buyer"), project=project, title="保洁", outline="清扫保洁。",
                          budget=Decimal(120000), expected=date(2026, 3, 1), remark="")  # fmt: skip
    start_purchase(project, at(2, 10))
    offered.refresh_from_db()
    assert offered.state == "WITHDRAWN"


# --- by itself -------------------------------------------------------------------------------------------------------
def test_the_officer_hears_that_it_may_start_and_later_that_the_month_is_over(drafted):
    intention = published(drafted, at(8, 31))
    with clock.at(at(9, 30, 0)):
        due.run(until=clock.now())
    intention.refresh_from_db()
    assert intention.start_told_at == at(9, 30, 0)
    assert "buyer" in Message.objects.filter(event="plans.intention/announce_start").values_list("user__username", flat=True)
    with clock.at(at(12, 1, 1)):
        due.run(until=clock.now())
    intention.refresh_from_db()
    assert intention.late_told_at == at(12, 1, 1)
    with clock.at(at(12, 2)):
        before = Message.objects.filter(event__startswith="plans.intention/").count()
        due.run(until=clock.now())
        assert Message.objects.filter(event__startswith="plans.intention/").count() == before


def test_a_calendar_that_comes_later_moves_the_first_day(drafted):
    intention = published(drafted, at(9, 2))
    from portal.workdays import Deadline, midnight_after

    with clock.at(at(9, 3)):
        running = clocks_of(intention).get()
        perform(running, "recount", actor=system_actor(), deadline=Deadline(midnight_after(date(2026, 10, 9))))
    intention.refresh_from_db()
    assert intention.may_start_on == date(2026, 10, 9)
