"""L7.5 Award: decided, deemed, announced; abandoned, annulled, replaced."""
from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest

from portal import clock
from portal.accounts.actor import PUBLIC, system_actor
from portal.audit.record import verify
from portal.files.models import Document
from portal.reports.proof import examine
from portal.workdays import clocks_of
from portal.workflow import NotYours, WrongState, due, perform
from portal.workflow.inputs import inputs_form
from procurement.awards.models import Award, PanelMember
from procurement.awards.workflow import AWARD
from procurement.bids.models import Bid
from procurement.plans.models import Hold, Project
from procurement.suppliers.models import Supplier
from procurement.tenders.models import Tender
from tests.factories import awards as factory
from tests.factories.people import actor
from tests.procurement.awards.test_verify_award import verifier

pytestmark = pytest.mark.django_db
CREDIT = "信用中国、政府采购网查询无不良记录。"
NEXT_DAY = factory.REVIEW_AT + timedelta(days=1)


def build() -> Award:
    return factory.make_award("PROPOSED")


@pytest.fixture(autouse=True)
def the_next_day():
    with clock.at(NEXT_DAY):
        yield


def again(award: Award) -> Award:
    return Award.objects.get(pk=award.pk)


def announced(stage) -> Award:
    return perform(factory.decide(again(stage)), "announce", actor=actor("head"))


def bid_of(stage, key: str) -> Bid:
    return next(bid for bid in factory.bids_of(stage.tender) if factory.key_of(bid) == key)


def freeze(organisation) -> None:
    supplier = Supplier.objects.of(organisation)
    perform(supplier, "freeze", actor=actor("finance_officer"), reason="查无此人", reason_code="FALSE_IDENTITY")


class TestPropose:
    def test_the_first_in_order_stands_proposed_with_the_price_as_bid(self, stage):
        assert [row["rank"] for row in stage.candidates] == [1, 2, 3]
        assert stage.supplier == actor("supplier_a_head").organisation
        assert stage.amount == factory.PRICES["supplier_a"]

    def test_five_working_days_from_the_end_of_the_review(self, stage):
        """The purchaser runs its own tender (R87-72): signed on Tuesday 24 March, decide by the 31st."""
        running = clocks_of(stage).get(name="AWARD_DECISION")
        assert running.last_day == date(2026, 3, 31)
        assert stage.decide_until == running.ends_at


class TestDecide:
    def test_the_head_decides_the_officer_does_not(self, stage):
        for username in ("buyer", "head_2", "planner", "finance_head"):
            with pytest.raises(NotYours):
                perform(again(stage), "decide", actor=actor(username), credit_query=CREDIT)
        award = factory.decide(again(stage))
        assert (award.state, award.decided_by) == ("DECIDED", actor("head").user)
        assert clocks_of(award).get(name="AWARD_DECISION").state == "MET"
        assert clocks_of(award).get(name="RESULT_PUBLICATION").last_day == date(2026, 3, 27)

    def test_who_judged_does_not_decide(self, stage, refused):
        PanelMember.objects.filter(draw__tender=stage.tender, user=actor("project_officer").user).update(user=actor("head").user)
        refused("G2", factory.decide, again(stage))

    def test_a_candidate_whose_registration_is_frozen_is_not_chosen(self, stage, refused):
        freeze(stage.supplier)
        refused("G6", factory.decide, again(stage))

    def test_nor_one_whose_bid_was_found_invalid(self, stage):
        perform(stage.bid, "invalidate", actor=actor("head"), reason="提供虚假材料。", reason_code="FALSE_PAPERS")
        award = again(stage)
        assert (award.state, award.end_code) == ("ANNULLED", "FALSE_PAPERS")

    def test_above_the_limit_nothing_is_awarded(self, stage, refused):
        Tender.objects.filter(pk=stage.tender_id).update(ceiling=stage.amount - 1)
        refused("R87-35", factory.decide, again(stage))

    def test_a_hold_on_the_award_stops_it(self, stage, refused):
        perform(Hold(project=stage.tender.project, scope="AWARD", cause="质疑处理"), "impose", actor=system_actor())
        refused("G3", factory.decide, again(stage))


class TestDecideOther:
    def other(self, stage, key="supplier_b", **changes):
        data = {"candidate": str(bid_of(stage, key).pk), "credit_query": CREDIT, "reason_code": "FIRST_WITHDREW", "reason": "书面放弃。"}
        return perform(again(stage), "decide_other", actor=actor("head"), **{**data, **changes})

    def test_the_second_with_code_and_reason(self, stage):
        award = self.other(stage)
        assert (award.rank, award.choice_code) == (2, "FIRST_WITHDREW")
        assert award.supplier == actor("supplier_b_head").organisation

    def test_not_without_reason(self, stage, refused):
        refused("S-172", self.other, stage, reason="")

    def test_nobody_is_skipped(self, stage, refused):
        refused("R87-71", self.other, stage, key="supplier_c")

    def test_not_the_first_and_nobody_from_outside(self, stage, refused):
        refused("R87-71", self.other, stage, key="supplier_a")
        refused("R87-71", self.other, stage, candidate="12345")

    def test_not_one_whose_bid_fell(self, stage, refused):
        Bid.objects.filter(pk=bid_of(stage, "supplier_b").pk).update(state="INVALIDATED", invalid_code="OTHER")
        refused("R87-71", self.other, stage)

    def test_the_form_offers_the_candidates(self, stage):
        form = inputs_form(AWARD["decide_other"], subject=again(stage), actor=actor("head"))
        assert len(form.fields["candidate"].choices) == 3


class TestDeem:
    END = datetime(2026, 4, 1, 0, 0, tzinfo=clock.SHANGHAI)

    def test_after_five_working_days_the_first_is_the_winner(self, stage):
        with clock.at(self.END):
            due.run()
        award = again(stage)
        assert (award.state, award.deemed, award.decided_by) == ("DECIDED", True, None)
        assert clocks_of(award).get(name="RESULT_PUBLICATION").state == "RUNNING"

    def test_not_a_second_before(self, stage, refused):
        with clock.at(self.END - timedelta(seconds=1)):
            due.run()
            assert again(stage).state == "PROPOSED"
            refused("R87-73", perform, again(stage), "deem", actor=system_actor())

    def test_not_where_a_lawful_reason_was_noted(self, stage, refused):
        award = perform(again(stage), "note_obstacle", actor=actor("head"), reason="监督部门正在核查。")
        assert clocks_of(award).get(name="AWARD_DECISION").state == "PAUSED"
        refused("G7", perform, award, "note_obstacle", actor=actor("head"), reason="再说一次。")
        with clock.at(self.END + timedelta(days=30)):
            due.run()
            assert again(stage).state == "PROPOSED"
            refused("R87-73", perform, award, "deem", actor=system_actor())
        assert factory.decide(award).state == "DECIDED"

    def test_not_on_a_provisional_end(self, stage, refused):
        clocks_of(stage).filter(name="AWARD_DECISION").update(provisional=True)
        with clock.at(self.END + timedelta(days=1)):
            refused("RCV-02", perform, again(stage), "deem", actor=system_actor())

    def test_not_between_two_firsts(self, stage, refused):
        award = again(stage)
        Award.objects.filter(pk=award.pk).update(candidates=[{**row, "rank": 1} for row in award.candidates])
        with clock.at(self.END):
            refused("R87-73", perform, again(stage), "deem", actor=system_actor())

    def test_a_hold_yields_nothing(self, stage):
        perform(Hold(project=stage.tender.project, scope="AWARD", cause="质疑处理"), "impose", actor=system_actor())
        with clock.at(self.END + timedelta(days=1)):
            due.run()
        assert again(stage).state == "PROPOSED"


class TestAnnounce:
    def test_notice_letters_and_data_go_out_together(self, stage):
        award = announced(stage)
        assert award.notice.kind == "N-08"
        assert "专家" not in award.notice.payload["supplier_name"]
        assert "吴建国（采购人代表）" in award.notice.payload["experts"]
        assert award.scoring.digest in [row["digest"] for row in award.notice.payload["attachments"]]
        assert clocks_of(award).get(name="RESULT_PUBLICATION").state == "MET"
        assert clocks_of(award).get(name="SIGNING").last_day == date(2026, 4, 24)
        assert clocks_of(award.notice).get(name="RESULT_NOTICE").last_day == date(2026, 3, 26)
        states = {factory.key_of(bid): bid.state for bid in factory.bids_of(stage.tender)}
        assert states == {"supplier_a": "SELECTED", "supplier_b": "UNSUCCESSFUL", "supplier_c": "UNSUCCESSFUL"}
        assert Tender.objects.get(pk=stage.tender_id).state == "AWARDED"
        assert Project.objects.get(pk=stage.tender.project_id).state == "AWARDED"

    def test_the_published_data_give_the_same_digits(self, stage):
        with announced(stage).scoring.open() as file:
            data = json.load(file)
        assert [*verifier.faults_of_inputs(data), *verifier.faults_of_results(data)] == []
        assert data["digest"] == verifier.digest_of(data)
        assert len(data["sheets"]) == 7
        names = [member.user.name for member in stage.tender.panel_draw.members.select_related("user")]
        assert not [name for name in names if name in json.dumps(data, ensure_ascii=False)]

    def test_each_bidder_reads_his_own_letter_alone(self, stage):
        announced(stage)
        letters = Document.objects.filter(kind__in=["award_letter", "result_letter"])
        assert letters.count() == 3
        for key in factory.GIVEN:
            assert letters.visible_to(actor(f"{key}_head")).count() == 1
        assert not letters.visible_to(PUBLIC).exists()
        assert letters.visible_to(actor("buyer")).count() == 3

    @pytest.mark.paper
    def test_the_award_letter_is_sound_and_says_the_price_in_words(self, stage):
        with announced(stage).letter.open() as file:
            proof = examine(file.read())
        assert proof.is_sound
        assert proof.data["amount"] == "21900000.00"

    @pytest.mark.paper
    def test_a_losers_letter_has_his_scores_and_nobody_elses(self, stage):
        announced(stage)
        letter = Document.objects.visible_to(actor("supplier_c_head")).get(kind="result_letter")
        with letter.open() as file:
            proof = examine(file.read())
        assert proof.is_sound
        assert proof.data["rank"] == 3
        assert {row["name"] for row in proof.data["scores"]} == {factory.PLAN, factory.RECORD, "投标报价"}
        assert actor("supplier_b_head").organisation.name not in json.dumps(proof.data, ensure_ascii=False)

    @pytest.mark.paper
    def test_an_invalid_bidder_learns_why(self, stage):
        bid = bid_of(stage, "supplier_c")
        perform(bid, "invalidate", actor=actor("head"), reason="所附业绩不实。", reason_code="FALSE_PAPERS")
        announced(stage)
        with Document.objects.visible_to(actor("supplier_c_head")).get(kind="result_letter").open() as file:
            data = examine(file.read()).data
        assert data["invalid"]["reason"] == "所附业绩不实。"
        assert data["scores"] == []

    def test_the_tender_documents_are_everybodys_now(self, stage):
        announced(stage)
        assert all(version.document.public for version in stage.tender.versions.select_related("document"))

    def test_everybody_sees_an_announced_award_nobody_outside_one_before(self, stage):
        outside = ("supplier_a_head", "supplier_b_head", "expert_1", "evaluator", "buyer_2")
        assert not any(Award.objects.visible_to(actor(name)).exists() for name in outside)
        assert not Award.objects.visible_to(PUBLIC).exists()
        announced(stage)
        assert all(Award.objects.visible_to(actor(name)).exists() for name in outside)
        assert Award.objects.visible_to(PUBLIC).exists()

    def test_only_the_head_announces(self, stage):
        award = factory.decide(again(stage))
        with pytest.raises(NotYours):
            perform(award, "announce", actor=actor("buyer"))

    def test_not_a_winner_who_may_not_act_any_more(self, stage, refused):
        award = factory.decide(again(stage))
        freeze(stage.supplier)
        refused("G6", perform, award, "announce", actor=actor("head"))

    def test_not_a_bid_that_no_longer_stands(self, stage, refused):
        award = factory.decide(again(stage))
        Bid.objects.filter(pk=award.bid_id).update(state="INVALIDATED", invalid_code="OTHER")
        refused("R87-71", perform, award, "announce", actor=actor("head"))

    def test_not_without_what_the_notice_must_say(self, stage, refused):
        award = factory.decide(again(stage))
        stage.tender.deliverables.all().delete()
        refused("N-08", perform, award, "announce", actor=actor("head"))

    def test_the_panels_record_is_bound_into_the_projects(self, stage):
        from portal.audit.models import Chain, Entry

        award = announced(stage)
        facts = Entry.objects.of_subject(AWARD.code, award.pk).get(transition="announce").facts
        chain = Chain.objects.get(pk=f"panel:{stage.tender.panel_draw.pk}")
        assert facts["panel_record"] == {"count": chain.count, "head": chain.head}
        assert not list(verify())


class TestAfterwards:
    def abandon(self, award, who="supplier_a_head"):
        return perform(award, "abandon", actor=actor(who), reason_code="GAVE_UP", reason="资金周转困难。")

    def test_the_winner_may_give_up_the_purchaser_only_when_the_time_is_over(self, stage, refused):
        award = announced(stage)
        with pytest.raises(NotYours):
            self.abandon(award, "supplier_b_head")
        refused("R87-77", self.abandon, award, "head")
        with clock.at(NEXT_DAY + timedelta(days=40)):
            assert self.abandon(award, "head").state == "ABANDONED"
        assert clocks_of(award).get(name="SIGNING").state == "VOIDED"
        assert bid_of(stage, "supplier_a").state == "UNSUCCESSFUL"

    def test_the_next_candidate_steps_up(self, stage):
        gone = self.abandon(announced(stage))
        replaced = perform(gone, "replace", actor=actor("head"), credit_query=CREDIT)
        assert replaced.state == "REPLACED"
        award = Award.objects.get(predecessor=gone)
        assert (award.state, award.rank, award.supplier) == ("DECIDED", 2, actor("supplier_b_head").organisation)
        award = perform(award, "announce", actor=actor("head"))
        assert bid_of(stage, "supplier_b").state == "SELECTED"
        assert award.notice_id != gone.notice_id
        assert Tender.objects.get(pk=stage.tender_id).state == "AWARDED"

    def test_when_nobody_is_left_the_tender_fails(self, stage, refused):
        gone = self.abandon(announced(stage))
        for key in ("supplier_b", "supplier_c"):
            Bid.objects.filter(pk=bid_of(stage, key).pk).update(state="INVALIDATED", invalid_code="OTHER")
        refused("R-GP-40", perform, gone, "replace", actor=actor("head"), credit_query=CREDIT)

    def test_nor_is_anybody_put_in_once_the_tender_is_over(self, stage, refused):
        gone = self.abandon(announced(stage))
        perform(Tender.objects.get(pk=stage.tender_id), "fail", actor=actor("head"), reason="发现串通。", reason_code="VIOLATION")
        refused("R-GP-40", perform, gone, "replace", actor=actor("head"), credit_query=CREDIT)

    def test_a_failed_tender_annuls_its_award(self, stage):
        award = announced(stage)
        perform(Tender.objects.get(pk=stage.tender_id), "fail", actor=actor("head"), reason="发现串通。", reason_code="VIOLATION")
        award = again(award)
        assert (award.state, award.end_code) == ("ANNULLED", "VIOLATION")
        assert award.report.state == "SUPERSEDED"

    def test_the_signed_contract_ends_the_signing_period(self, stage):
        award = perform(announced(stage), "contract", actor=system_actor())
        assert award.state == "CONTRACTED"
        assert clocks_of(award).get(name="SIGNING").state == "MET"

    def test_a_tender_is_not_awarded_before_each_lot_is_announced(self, stage, refused):
        refused("R87-74", perform, Tender.objects.get(pk=stage.tender_id), "award", actor=system_actor())


class TestTheEndOfTheTender:
    def test_it_is_complete_with_the_contract_of_its_last_lot_and_fails_no_more(self, stage, refused):
        award = announced(stage)
        tender = Tender.objects.get(pk=stage.tender_id)
        refused("R-GP-39", perform, tender, "complete", actor=system_actor())
        perform(award, "contract", actor=system_actor())
        tender.refresh_from_db()
        assert (tender.state, tender.completed_at) == ("COMPLETED", NEXT_DAY)
        with pytest.raises(WrongState):
            perform(tender, "fail", actor=actor("head"), reason_code="WINNER_GONE", reason="不再履行")

    def test_who_has_won_does_not_leave_before_he_signs_or_gives_up(self, stage, refused):
        """L4.1: while the bids are judged nobody leaves; then only the winner is held, who learns it with the notice."""
        first, last = (Supplier.objects.of(bid_of(stage, key).supplier) for key in ("supplier_a", "supplier_c"))
        leaving = {"actor": actor("registrar"), "reason": "单位注销"}
        for supplier in (first, last):
            assert {each.rule for each in refused("R-GP-40", perform, supplier, "close", **leaving)} == {"R-GP-40"}
        award = announced(stage)
        assert perform(last, "close", **leaving).state == "CLOSED"
        assert award.tender.number in refused("R87-77", perform, first, "close", **leaving)[0].message
        perform(award, "abandon", actor=actor("supplier_a_head"), reason_code="GAVE_UP", reason="产能不足")
        assert perform(first, "close", **leaving).state == "CLOSED"
