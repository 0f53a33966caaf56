"""The rows of L5.2 from review to restart: the refusal first, then the act, with its papers, clocks and project stage."""
from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from portal import clock
from portal.accounts.actor import system_actor
from portal.accounts.models import Membership
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.notices.models import Notice
from portal.workdays.models import LegalClock
from portal.workflow import NotYours, Refused, WrongState, available_actions, perform
from portal.workflow.due import run
from procurement.plans.models import Hold, Project
from procurement.tenders.models import Tender
from tests.factories.people import actor, colleague
from tests.factories.tenders import (
    CLOSES_AT,
    DRAFTED_AT,
    OFFER_UNTIL,
    PUBLISHED_AT,
    make_key,
    make_tender,
    publish,
    review_all,
)

pytestmark = pytest.mark.django_db
TEXT = {"general_opinion": "符合规定。", "key_opinion": "四项均无问题。"}


def refused(tender, row, username="head", **data) -> list[str]:
    who = actor(username) if username else system_actor()
    with pytest.raises(Refused) as caught:
        perform(tender, row, actor=who, **data)
    return [refusal.rule for refusal in caught.value.refusals]


def shanghai(day: str, hour: int = 9, minute: int = 30) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, minute=minute, tzinfo=clock.SHANGHAI)


# --- making --------------------------------------------------------------------------------------------------------
def test_one_live_tender_a_project_and_only_ones_own():
    tender = make_tender("DRAFTED")
    with clock.at(DRAFTED_AT):
        assert refused(Tender(), "draft", "buyer", project=tender.project) == ["G7"]
        assert "G1" in refused(Tender(), "draft", "buyer_2", project=tender.project)
        with pytest.raises(IntegrityError), transaction.atomic():
            Tender.objects.create(
                project=tender.project, agency=tender.agency, number="X-CG-2026-0009", title="x", budget=1, state="DRAFTED",
                state_since=DRAFTED_AT, created_at=DRAFTED_AT,
            )  # fmt: skip


def test_no_tender_before_the_plan_is_approved():
    from tests.factories.plans import make_project

    with clock.at(DRAFTED_AT):
        assert refused(Tender(), "draft", "buyer", project=make_project("PROPOSED")) == ["R-002"]


def test_every_save_is_on_record_with_the_digest_of_the_document():
    tender = make_tender("DRAFTED")
    entries = Entry.objects.of_subject("tenders.tender", tender.pk).filter(transition="edit")
    assert [len(entry.facts["digest"]) for entry in entries] == [64]


# --- review --------------------------------------------------------------------------------------------------------
def test_four_units_review_each_once_and_the_last_one_completes():
    tender = make_tender("PROPOSED")
    with clock.at(DRAFTED_AT):
        assert refused(tender, "review", "reviewer_finance", general_opinion="符合", key_opinion="") == ["R22-14"]
        tender = perform(tender, "review", actor=actor("reviewer_finance"), **TEXT)
        assert refused(tender, "review", "reviewer_finance", **TEXT) == ["R22-13"]
        colleague("reviewer_finance")
        assert refused(tender, "review", "reviewer_finance_colleague", **TEXT) == ["R22-13"]  # the unit has spoken
        for username in ("reviewer_procurement", "reviewer_business"):
            tender = perform(tender, "review", actor=actor(username), **TEXT)
        assert tender.state == "PROPOSED"
        assert perform(tender, "review", actor=actor("reviewer_supervision"), **TEXT).state == "REVIEWED"


def test_who_wrote_does_not_review_and_one_person_speaks_for_one_unit():
    tender = make_tender("PROPOSED")
    agency = tender.agency
    for role in (Role.REVIEWER_PROCUREMENT, Role.REVIEWER_FINANCE):
        Membership.objects.create(user=actor("buyer").user, organisation=agency, role=role)
    Membership.objects.create(user=actor("reviewer_finance").user, organisation=agency, role=Role.REVIEWER_BUSINESS)
    with clock.at(DRAFTED_AT):
        assert refused(tender, "review", "buyer", **TEXT) == ["R22-13"]
        assert refused(tender, "send_back", "buyer", reason="重写", reason_code="NEEDS") == ["R22-13"]
        tender = perform(tender, "review", actor=actor("reviewer_finance"), **TEXT)
        assert refused(tender, "review", "reviewer_finance", **TEXT) == ["R22-13"]


def test_sent_back_it_is_mended_and_reviewed_anew():
    tender = make_tender("PROPOSED")
    with clock.at(DRAFTED_AT):
        tender = perform(tender, "review", actor=actor("reviewer_finance"), **TEXT)
        assert refused(tender, "send_back", "reviewer_business", reason_code="NEEDS") == ["S-172"]
        tender = perform(tender, "send_back", actor=actor("reviewer_business"), reason="缺少应急要求", reason_code="NEEDS")
        with pytest.raises(WrongState):
            perform(tender, "review", actor=actor("reviewer_finance"), **TEXT)
        tender = perform(tender, "edit", actor=actor("buyer"), need_other="两小时内应急到场")
        tender = perform(tender, "propose", actor=actor("buyer"))
        assert (tender.review_round, tender.reviews.filter(round=2).count()) == (2, 0)
        assert review_all(tender).state == "REVIEWED"


def test_head_sends_back_what_was_reviewed():
    tender = make_tender("REVIEWED")
    with clock.at(DRAFTED_AT):
        assert perform(tender, "send_back", actor=actor("head"), reason="预算口径有误", reason_code="BUDGET").state == "SENT_BACK"


# --- publishing ----------------------------------------------------------------------------------------------------
@pytest.fixture
def reviewed():
    tender = make_tender("REVIEWED")
    with clock.at(PUBLISHED_AT):
        make_key(tender)
        yield tender


@pytest.mark.parametrize(
    ("times", "rules"),
    [
        ({"offer_until": date(2026, 3, 6)}, ["R-GP-30"]),
        ({"closes_at": shanghai("2026-03-20")}, ["R87-18"]),
        ({"closes_at": shanghai("2026-03-28")}, ["TND-01"]),  # a Saturday
        ({"closes_at": shanghai("2026-03-24", 8, 59)}, ["TND-01"]),
        ({"closes_at": shanghai("2026-03-24", 17, 1)}, ["TND-01"]),
        ({"offer_until": date(2026, 3, 24)}, ["R87-06"]),
    ],
)
def test_times_must_be_legal(reviewed, times, rules):
    assert refused(reviewed, "publish", **{"offer_until": OFFER_UNTIL, "closes_at": CLOSES_AT, **times}) == rules


def test_the_last_day_of_the_period_may_be_the_closing_day(reviewed):
    tender = publish(reviewed, closes_at=shanghai("2026-03-23"))  # 20 days end on Sunday the 22nd, so on Monday
    assert tender.closes_at == shanghai("2026-03-23")


def test_publication_freezes_the_document_and_starts_the_periods(reviewed):
    tender = publish(reviewed)
    version = tender.versions.get()
    assert version.document.is_intact()
    assert version.document.kind == "tender_document"
    assert version.content["closes_at"] == "2026-03-24T01:30:00.000000+00:00"
    assert version.document.paper.data_digest == version.digest
    notice = Notice.objects.of_subject(tender).get()
    assert (notice.kind, notice.state, notice.payload["project_number"]) == ("N-03", "PUBLISHED", tender.number)
    clocks = dict(LegalClock.objects.of(tender).values_list("name", "ends_at"))
    assert clocks == {"DOCUMENT_OFFER": shanghai("2026-03-10", 0, 0), "BID_PERIOD": CLOSES_AT}
    assert Project.objects.get(pk=tender.project_id).state == "TENDERING"
    assert tender.rules_as_of == PUBLISHED_AT.date()
    with pytest.raises(WrongState):
        perform(tender, "edit", actor=actor("buyer"), title="另一个名称")


def test_the_gate_wants_money_plan_and_catalogue(reviewed):
    from procurement.budgets.models import Encumbrance

    project, item = reviewed.project, reviewed.project.item
    Encumbrance.objects.filter(project=project).update(reserved=Decimal("0.00"), pledged=Decimal("0.00"))
    type(item.plan).objects.filter(pk=item.plan_id).update(state="DECIDED")
    type(project.leaf).objects.filter(pk=project.leaf_id).update(retired=True)
    times = {"offer_until": OFFER_UNTIL, "closes_at": CLOSES_AT}
    assert refused(reviewed, "publish", **times) == ["R102-20", "R-008", "R102-18"]
    action = next(a for a in available_actions(reviewed, actor("head")) if a.name == "publish")
    assert [refusal.rule for refusal in action.refusals] == ["R102-20", "R-008", "R102-18"]


def test_no_budget_no_notice():
    from tests.factories.plans import make_plan
    from tests.factories.tenders import publish_plan

    item = make_plan("DECIDED").items.get()
    publish_plan(item.project)
    tender = make_tender("REVIEWED", project=item.project)
    with clock.at(PUBLISHED_AT):
        make_key(tender)
        assert refused(tender, "publish", offer_until=OFFER_UNTIL, closes_at=CLOSES_AT) == ["R102-18", "R102-20", "RYX-02"]


def test_a_notice_without_a_mandatory_field_is_not_published(reviewed):
    Tender.objects.filter(pk=reviewed.pk).update(contact_name="")
    reviewed.refresh_from_db()
    assert set(refused(reviewed, "publish", offer_until=OFFER_UNTIL, closes_at=CLOSES_AT)) == {"N-03"}


def test_who_drafted_does_not_publish(reviewed):
    Membership.objects.create(user=actor("buyer").user, organisation=reviewed.agency, role=Role.HEAD)
    assert refused(reviewed, "publish", "buyer", offer_until=OFFER_UNTIL, closes_at=CLOSES_AT) == ["G2"]


def hold_on(project) -> Hold:
    return perform(Hold(project=project, scope="PROCUREMENT", cause="投诉处理"), "impose", actor=system_actor())


def test_a_hold_stops_publication(reviewed):
    hold_on(reviewed.project)
    assert refused(reviewed, "publish", offer_until=OFFER_UNTIL, closes_at=CLOSES_AT) == ["G3"]


def test_a_hold_stops_the_closing():
    tender = make_tender("PUBLISHED")
    with clock.at(CLOSES_AT):
        hold_on(tender.project)
        assert "G3" in refused(tender, "close", "")
        run()
        tender.refresh_from_db()
        assert tender.state == "PUBLISHED"


# --- changing ------------------------------------------------------------------------------------------------------
ITEM = {"part": "NEED", "old": "每日普扫两遍", "new": "每日普扫三遍"}


def prepared(tender, *, affects: bool = True, part: str = "NEED"):
    return perform(tender, "prepare_clarification", actor=actor("buyer"), items=[{**ITEM, "part": part}], affects_bids=affects)


def test_subject_and_qualification_do_not_change():
    tender = make_tender("PUBLISHED")
    with clock.at(PUBLISHED_AT + timedelta(days=1)):
        for part in ("SUBJECT", "QUALIFICATION"):
            assert refused(tender, "prepare_clarification", "buyer", items=[{**ITEM, "part": part}], affects_bids=True) == ["R87-11"]
        assert refused(tender, "clarify", reason="响应询问") == ["R87-11"]


def test_a_clarification_in_time_goes_to_everybody_with_a_new_version():
    tender = make_tender("PUBLISHED", takers=("supplier_a_officer",))
    with clock.at(shanghai("2026-03-09")):  # 15 days before the closing
        tender = prepared(tender)
        tender = perform(tender, "clarify", actor=actor("head"), reason="响应询问")
    assert tender.closes_at == CLOSES_AT
    assert [version.number for version in tender.versions.all()] == [1, 2]
    assert tender.versions.last().content["clarifications"][0]["items"][0]["after"] == "每日普扫三遍"
    notice = Notice.objects.of_subject(tender).get(kind="N-07")
    assert notice.payload["changes"] == [{"item": "采购需求", "before": "每日普扫两遍", "after": "每日普扫三遍"}]


def test_a_late_clarification_moves_the_closing_in_the_same_act():
    tender = make_tender("PUBLISHED")
    with clock.at(shanghai("2026-03-10")):
        tender = prepared(tender)
        assert refused(tender, "clarify", reason="响应询问") == ["R87-11"]
        assert refused(tender, "clarify", reason="响应询问", closes_at=shanghai("2026-03-24", 9, 0)) == ["R87-11", "R87-11"]
        tender = perform(tender, "clarify", actor=actor("head"), reason="响应询问", closes_at=shanghai("2026-03-25"))
    assert tender.closes_at == shanghai("2026-03-25")
    assert LegalClock.objects.of(tender).get(name="BID_PERIOD").ends_at == tender.closes_at
    assert tender.openings.get().scheduled_at == tender.closes_at


def test_what_does_not_affect_bids_may_come_late():
    tender = make_tender("PUBLISHED")
    with clock.at(shanghai("2026-03-20")):
        tender = perform(prepared(tender, affects=False), "clarify", actor=actor("head"), reason="更正笔误")
    assert tender.closes_at == CLOSES_AT


def test_the_drafter_does_not_publish_the_clarification_and_a_new_draft_replaces_the_old():
    tender = make_tender("PUBLISHED")
    Membership.objects.create(user=actor("buyer").user, organisation=tender.agency, role=Role.HEAD)
    with clock.at(PUBLISHED_AT + timedelta(days=1)):
        tender = prepared(prepared(tender), affects=False)
        assert [row.affects_bids for row in tender.clarifications.all()] == [False]
        assert refused(tender, "clarify", "buyer", reason="更正") == ["G2"]


def test_extending_is_only_later_and_before_the_closing():
    tender = make_tender("PUBLISHED")
    with clock.at(shanghai("2026-03-20")):
        for data, rules in (
            ({"closes_at": shanghai("2026-03-23")}, ["R87-11"]), ({"offer_until": date(2026, 3, 9)}, ["R87-06"]),
            ({"offer_until": date(2026, 3, 24)}, ["R87-06"]), ({"closes_at": shanghai("2026-03-28")}, ["TND-01"]),
        ):
            assert refused(tender, "extend", reason="天气", reason_code="OTHER", **data) == rules
        assert refused(tender, "extend", offer_until=date(2026, 3, 16), reason="少", reason_code="FEW_TAKERS") == ["R87-06"]
        tender = perform(tender, "extend", actor=actor("head"), closes_at=shanghai("2026-03-27"), reason="天气", reason_code="OTHER")
    assert LegalClock.objects.of(tender).get(name="BID_PERIOD").moves.count() == 1
    with clock.at(shanghai("2026-03-27")):
        assert refused(tender, "extend", closes_at=shanghai("2026-03-30"), reason="天气", reason_code="OTHER") == ["R87-11"]


@pytest.mark.parametrize(("takers", "few"), [(("supplier_a_officer", "supplier_b_officer"), True),
                                             (("supplier_a_officer", "supplier_b_officer", "supplier_c_officer"), False)])  # fmt: skip
def test_when_the_offer_ends_the_officer_learns_one_bit(takers, few):
    tender = make_tender("PUBLISHED", takers=takers)
    with clock.at(PUBLISHED_AT):
        assert refused(tender, "end_offer", "") == ["R87-06"]
    with clock.at(shanghai("2026-03-10", 0, 0)):
        run()
        tender.refresh_from_db()
        assert tender.few_takers is few
        entry = Entry.objects.of_subject("tenders.tender", tender.pk).get(transition="end_offer")
        assert entry.facts == {}  # the record says nothing of it
        if few:
            longer = {"offer_until": date(2026, 3, 17), "reason": "不足三家", "reason_code": "FEW_TAKERS"}
            tender = perform(tender, "extend", actor=actor("head"), **longer)
            assert (tender.few_takers, tender.offer_ended_at) == (None, None)


# --- closing and ending --------------------------------------------------------------------------------------------
def test_it_closes_by_time_not_a_second_early():
    tender = make_tender("PUBLISHED")
    with clock.at(CLOSES_AT - timedelta(seconds=1)):
        assert "R87-14" in refused(tender, "close", "")
        run()
        tender.refresh_from_db()
        assert tender.state == "PUBLISHED"
        assert tender.accepts_bids(clock.now())
    with clock.at(CLOSES_AT):
        assert not tender.accepts_bids(clock.now())
        run()
        tender.refresh_from_db()
    assert tender.state == "CLOSED"
    assert LegalClock.objects.of(tender).get(name="BID_PERIOD").state == "MET"


def test_people_cannot_do_what_the_system_does():
    tender = make_tender("CLOSED")
    with clock.at(CLOSES_AT):
        for row in ("open_bids", "close", "finish_evaluation", "award", "complete", "complete_review", "end_offer"):
            with pytest.raises(NotYours):
                perform(tender, row, actor=actor("head"))


@pytest.mark.parametrize(("code", "rule"), [("RESERVED_FEW", "R46-10"), ("WINNER_GONE", "R-GP-40")])
def test_a_ground_of_failure_needs_its_facts(code, rule):
    tender = make_tender("CLOSED")
    with clock.at(CLOSES_AT):
        assert refused(tender, "fail", reason="理由", reason_code=code) == [rule]
        assert refused(tender, "fail", reason="理由", reason_code="NICE") == ["S-172"]


def test_nobody_bid_so_it_fails_in_public_and_starts_again():
    tender = make_tender("CLOSED")
    with clock.at(CLOSES_AT + timedelta(hours=1)):
        tender = perform(tender, "fail", actor=actor("head"), reason="截止时无人投标", reason_code="NOBODY_BID")
        notice = Notice.objects.of_subject(tender).get(kind="N-09")
        assert notice.payload["grounds"] == "无人投标。截止时无人投标"
        assert Project.objects.get(pk=tender.project_id).state == "PREPARING"
        tender = perform(tender, "restart", actor=actor("buyer"), reason="放宽服务期")
        successor = tender.successors.get()
        assert (successor.state, successor.content["factors"]) == ("DRAFTED", tender.content["factors"])
        assert refused(tender, "restart", "buyer", reason="再来") == ["G7"]
        perform(successor, "cancel", actor=actor("head"), reason="需求另行论证")
        perform(tender, "restart", actor=actor("buyer"), reason="论证完成")
    assert tender.successors.count() == 2


def test_termination_needs_its_ground_and_ends_the_need():
    tender = make_tender("PUBLISHED", takers=("supplier_a_officer",))
    with clock.at(PUBLISHED_AT + timedelta(days=2)):
        assert refused(tender, "terminate", reason="不想买了", reason_code="OTHER") == ["S-172"]
        tender = perform(tender, "terminate", actor=actor("head"), reason="上级取消任务", reason_code="MAJOR_CHANGE")
        assert refused(tender, "restart", "buyer", reason="再来") == ["R87-13"]
    assert not LegalClock.objects.of(tender).live().exists()
    assert Notice.objects.of_subject(tender).filter(kind="N-09").count() == 1


@pytest.mark.parametrize("state", ["DRAFTED", "PROPOSED", "REVIEWED"])
def test_before_publication_it_is_cancelled(state):
    tender = make_tender(state)
    with clock.at(DRAFTED_AT):
        assert refused(tender, "cancel") == ["S-172"]
        tender = perform(tender, "cancel", actor=actor("head"), reason="项目并入他项")
        assert (tender.state, tender.end_reason) == ("CANCELLED", "项目并入他项")


def test_once_published_it_is_terminated_never_cancelled():
    tender = make_tender("PUBLISHED")
    with clock.at(PUBLISHED_AT), pytest.raises(WrongState):
        perform(tender, "cancel", actor=actor("head"), reason="算了")


def test_foreign_heads_and_officers_act_on_nothing():
    tender = make_tender("PROPOSED")
    with clock.at(DRAFTED_AT):
        for username, row in (("head_2", "send_back"), ("head_2", "cancel"), ("buyer", "review"), ("head", "review")):
            with pytest.raises(NotYours):
                perform(tender, row, actor=actor(username), reason="x", reason_code="OTHER")
