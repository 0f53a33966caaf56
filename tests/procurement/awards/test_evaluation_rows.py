"""L7.2 and L7.4: conformity, scores each alone, what reopens them, low prices, signatures."""
from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from portal import clock
from portal.accounts.actor import PUBLIC, system_actor
from portal.workdays import clocks_of
from portal.workflow import NotYours, perform
from portal.workflow.inputs import inputs_form
from procurement.awards import content
from procurement.awards.models import EvaluationReport, PriceQuestion, Score, ScoreSheet
from procurement.awards.workflow import SHEET
from procurement.bids.models import Bid
from procurement.tenders.models import Tender
from tests.factories import awards as factory
from tests.factories.people import actor

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def build() -> Tender:
    return factory.make_evaluation()


@pytest.fixture(autouse=True)
def at_the_review():
    with clock.at(factory.REVIEW_AT + timedelta(minutes=10)):
        yield


def sheets(stage) -> list[ScoreSheet]:
    return factory.sheets_of(stage)


def who(sheet):
    return factory.who(sheet.member)


def judge(sheet, bid, *, responsive=True, reason=""):
    return perform(sheet, "review_conformity", actor=who(sheet), findings=[{"bid": bid, "responsive": responsive, "reason": reason}])


def give(sheet, bid, factor_name, points, note=""):
    factor = sheet.tender.factors.get(name=factor_name)
    row = {"bid": bid, "factor": factor, "points": Decimal(points), "note": note}
    return perform(sheet, "score", actor=who(sheet), points=[row])


def report_of(stage) -> EvaluationReport:
    return EvaluationReport.objects.get(tender=stage, state="DRAFTED")


def scored(stage) -> EvaluationReport:
    factory.find_conform(stage)
    for number, sheet in enumerate(sheets(stage)):
        factory.score(sheet, {key: (str(int(plan) + number % 2), record) for key, (plan, record) in factory.GIVEN.items()})
    return report_of(stage)


class TestConformity:
    def test_the_majority_decides(self, stage):
        bid = factory.bids_of(stage)[0]
        for sheet in sheets(stage)[:3]:
            judge(sheet, bid)
        assert Bid.objects.get(pk=bid.pk).state == "QUALIFIED"
        judge(sheets(stage)[3], bid)
        assert Bid.objects.get(pk=bid.pk).state == "RESPONSIVE"

    def test_what_the_majority_finds_wanting_is_invalid_with_its_reasons(self, stage):
        bid = factory.bids_of(stage)[0]
        for number, sheet in enumerate(sheets(stage)[:4]):
            judge(sheet, bid, responsive=False, reason="没有应急承诺" if number else "缺少人员清单")
        bid.refresh_from_db()
        assert (bid.state, bid.invalid_code) == ("INVALIDATED", "NOT_RESPONSIVE")
        assert bid.invalid_reason == "缺少人员清单；没有应急承诺"

    def test_an_opinion_may_change_until_the_majority_has_spoken(self, stage, refused):
        bid = factory.bids_of(stage)[0]
        first, *others = sheets(stage)
        judge(first, bid, responsive=False, reason="缺少承诺")
        judge(first, bid)
        for sheet in others[:3]:
            judge(sheet, bid)
        refused("R87-32", judge, others[4], bid)

    def test_once_all_are_decided_there_is_nothing_to_review(self, stage, refused):
        bid = factory.bids_of(stage)[0]
        factory.find_conform(stage)
        refused("G7", judge, sheets(stage)[0], bid)

    def test_a_price_above_the_limit_cannot_be_found_responsive(self, stage, refused):
        Tender.objects.filter(pk=stage.pk).update(ceiling=Decimal("22000000.00"))
        above = next(bid for bid in factory.bids_of(stage) if bid.price > 22_000_000)
        refused("R87-35", judge, sheets(stage)[0], above)

    def test_a_no_needs_its_reason(self, stage):
        sheet, bid = sheets(stage)[0], factory.bids_of(stage)[0]

        def form_saying(answer: bool):
            data = {"findings": [{"bid": bid.pk, "responsive": answer}]}
            return inputs_form(SHEET["review_conformity"], subject=sheet, actor=who(sheet), data=data)

        assert not form_saying(False).is_valid()
        form = form_saying(True)
        assert form.is_valid(), form.errors
        assert form.cleaned_data["findings"][0]["responsive"] is True


class TestScore:
    def test_nothing_is_scored_before_it_is_found_responsive(self, stage, refused):
        refused("R87-41", give, sheets(stage)[0], factory.bids_of(stage)[0], factory.PLAN, "40")

    def test_only_the_member_himself_scores_his_sheet(self, stage):
        factory.find_conform(stage)
        first, second, *_rest = sheets(stage)
        for other in (who(second), actor("buyer"), actor("head"), actor("expert_7")):
            with pytest.raises(NotYours):
                perform(first, "score", actor=other, points=[])

    def test_an_undrawn_expert_does_not_even_see_a_sheet(self, stage):
        assert not ScoreSheet.objects.visible_to(actor("expert_7")).exists()

    @pytest.mark.parametrize("points", ["50.01", "77"])
    def test_outside_every_band_is_refused(self, stage, refused, points):
        factory.find_conform(stage)
        refused("R22-09", give, sheets(stage)[0], factory.bids_of(stage)[0], factory.PLAN, points)

    def test_an_objective_factor_takes_its_own_values_alone(self, stage, refused):
        factory.find_conform(stage)
        refused("R22-09", give, sheets(stage)[0], factory.bids_of(stage)[0], factory.RECORD, "20")

    def test_the_price_is_not_scored_by_hand(self, stage, refused):
        factory.find_conform(stage)
        refused("R87-43", give, sheets(stage)[0], factory.bids_of(stage)[0], "投标报价", "20")

    def test_an_outlying_score_needs_its_reason(self, stage, refused):
        factory.find_conform(stage)
        stage.factors.filter(name=factory.PLAN).update(bands=[{"label": "整体", "from": "0", "to": "50", "points": "50", "text": ""}])
        sheet, bid = sheets(stage)[0], factory.bids_of(stage)[0]
        refused("R87-50", give, sheet, bid, factory.PLAN, "45")
        give(sheet, bid, factory.PLAN, "45", "方案最具针对性。")
        assert Score.objects.get(sheet=sheet).note == "方案最具针对性。"

    def test_a_bid_that_fell_is_not_scored(self, stage, refused):
        fallen = factory.bids_of(stage)[0]
        factory.find_conform(stage, except_for=(fallen.pk,))
        refused("R87-41", give, sheets(stage)[0], fallen, factory.PLAN, "40")

    def test_a_later_score_takes_the_place_of_an_earlier(self, stage):
        factory.find_conform(stage)
        sheet, bid = sheets(stage)[0], factory.bids_of(stage)[0]
        give(sheet, bid, factory.PLAN, "40")
        give(sheet, bid, factory.PLAN, "0")
        assert Score.objects.get(sheet=sheet).points == 0

    def test_who_left_the_panel_scores_no_more(self, stage, refused):
        factory.find_conform(stage)
        sheet = next(one for one in sheets(stage) if one.member.capacity == "EXPERT" and not one.member.is_leader)
        owner = who(sheet)
        perform(sheet.member, "recuse", actor=owner, reason_code="OTHER_TIE", reason="与投标人有合作。")
        assert ScoreSheet.objects.get(pk=sheet.pk).state == "VOIDED"
        newcomer = stage.panel_draw.members.get(state="DRAWN")
        factory.declare(factory.confirm(newcomer))
        assert ScoreSheet.objects.get(member=newcomer).state == "ISSUED"
        assert sheets(stage)[0].tender.score_sheets.counting().count() == 7

    def test_a_seat_lost_behind_the_sheets_back_is_noticed(self, stage, refused):
        factory.find_conform(stage)
        sheet = sheets(stage)[0]
        type(sheet.member).objects.filter(pk=sheet.member_id).update(state="RELEASED")
        refused("R87-30", give, sheet, factory.bids_of(stage)[0], factory.PLAN, "40")


class TestSubmit:
    def test_conformity_and_every_score_first_and_all_is_named_at_once(self, stage, refused):
        sheet = sheets(stage)[0]
        refused("R87-32", perform, sheet, "submit", actor=who(sheet))
        factory.find_conform(stage)
        found = refused("R87-47", perform, sheet, "submit", actor=who(sheet))
        assert len([one for one in found if one.rule == "R87-47"]) == 3

    def test_nought_is_a_score(self, stage):
        factory.find_conform(stage)
        zero = dict.fromkeys(factory.GIVEN, ("0", "0"))
        assert factory.score(sheets(stage)[0], zero).state == "SUBMITTED"

    def test_after_it_nothing_changes(self, stage):
        factory.find_conform(stage)
        sheet = factory.score(sheets(stage)[0])
        from portal.workflow import WrongState

        with pytest.raises(WrongState):
            give(sheet, factory.bids_of(stage)[0], factory.PLAN, "40")


class TestNobodySeesAnothersSheet:
    def test_before_handing_in_his_own(self, stage):
        factory.find_conform(stage)
        first, second, third, *_rest = sheets(stage)
        factory.score(first)
        assert list(ScoreSheet.objects.visible_to(who(second))) == [second]
        factory.score(second)
        assert set(ScoreSheet.objects.visible_to(who(second))) == {first, second}
        assert third not in ScoreSheet.objects.visible_to(who(first))

    def test_organisers_and_auditors_only_when_the_report_is_signed(self, stage):
        report = scored(stage)
        watchers = ("buyer", "head", "witness", "auditor")
        for username in watchers:
            assert not ScoreSheet.objects.visible_to(actor(username)).exists(), username
            assert not EvaluationReport.objects.visible_to(actor(username)).exists(), username
        factory.sign_all(report, moment=clock.now())
        for username in watchers:
            assert ScoreSheet.objects.visible_to(actor(username)).count() == 7, username
            assert EvaluationReport.objects.visible_to(actor(username)).exists(), username

    def test_outsiders_never(self, stage):
        factory.sign_all(scored(stage), moment=clock.now())
        for username in ("planner", "supplier_a_head", "expert_7", "finance_officer", "buyer_2", "hongshan_auditor"):
            assert not ScoreSheet.objects.visible_to(actor(username)).exists(), username
            assert not EvaluationReport.objects.visible_to(actor(username)).exists(), username
        assert not ScoreSheet.objects.visible_to(PUBLIC).exists()
        assert not EvaluationReport.objects.visible_to(PUBLIC).exists()
        assert not PriceQuestion.objects.visible_to(PUBLIC).exists()


class TestReopen:
    def wrong(self, stage) -> ScoreSheet:
        """Everything is in, but the second member counted the certificates of one bid differently."""
        factory.find_conform(stage)
        for number, sheet in enumerate(sheets(stage)):
            given = {**factory.GIVEN, "supplier_c": ("34", "0")} if number == 1 else factory.GIVEN
            factory.score(sheet, given)
        return sheets(stage)[1]

    def test_only_the_leader_and_only_on_a_finding(self, stage, refused):
        report = scored(stage)
        leader = factory.who(report.tender.panel_draw.leader)
        sheet = sheets(stage)[1]
        with pytest.raises(NotYours):
            perform(sheet, "reopen", actor=who(sheet), reason_code="OBJECTIVE", reason="计数有误。")
        refused("R87-50", perform, sheet, "reopen", actor=leader, reason_code="OBJECTIVE", reason="计数有误。")

    def test_a_difference_on_an_objective_item_stops_the_signing_until_it_is_mended(self, stage, refused):
        sheet = self.wrong(stage)
        report, leader = report_of(stage), factory.who(stage.panel_draw.leader)
        refused("PF-10", perform, report, "sign", actor=leader, dissent=False)
        refused("R87-50", perform, sheet, "reopen", actor=leader, reason_code="ABNORMAL", reason="偏离。")
        perform(sheet, "reopen", actor=leader, reason_code="OBJECTIVE", reason="履约评价份数计错。")
        give(sheet, next(bid for bid in factory.bids_of(stage) if factory.key_of(bid) == "supplier_c"), factory.RECORD, "15")
        perform(sheet, "submit", actor=who(sheet))
        assert perform(report, "sign", actor=leader, dissent=False)

    def test_an_abnormal_total_is_found(self, stage):
        factory.find_conform(stage)
        for number, sheet in enumerate(sheets(stage)):
            factory.score(sheet, {**factory.GIVEN, "supplier_a": ("1", "30")} if number == 1 else factory.GIVEN)
        odd = sheets(stage)[1]
        assert {(one.kind, one.sheet) for one in content.findings(stage)} == {("ABNORMAL", odd.pk)}
        leader = factory.who(stage.panel_draw.leader)
        assert perform(odd, "reopen", actor=leader, reason_code="ABNORMAL", reason="明显偏低，请复核。").state == "REOPENED"

    def test_signatures_given_before_are_void(self, stage):
        factory.find_conform(stage)
        for number, sheet in enumerate(sheets(stage)):
            factory.score(sheet, {**factory.GIVEN, "supplier_a": ("1", "30")} if number == 1 else factory.GIVEN)
        report, leader = report_of(stage), factory.who(stage.panel_draw.leader)
        perform(report, "sign", actor=leader, dissent=False)
        perform(sheets(stage)[1], "reopen", actor=leader, reason_code="ABNORMAL", reason="明显偏低，请复核。")
        assert not report.signatures.filter(void_at=None).exists()

    def test_after_the_signing_nothing_is_reopened_here(self, stage, refused):
        factory.sign_all(scored(stage), moment=clock.now())
        leader = factory.who(stage.panel_draw.leader)
        sheet = ScoreSheet.objects.get(pk=sheets(stage)[1].pk)
        from portal.workflow import WrongState

        with pytest.raises(WrongState):
            perform(sheet, "reopen", actor=leader, reason_code="OBJECTIVE", reason="计数有误。")


class TestSign:
    def test_every_sheet_must_be_in(self, stage, refused):
        factory.find_conform(stage)
        leader = factory.who(stage.panel_draw.leader)
        refused("R87-70", perform, report_of(stage), "sign", actor=leader, dissent=False)

    def test_fewer_than_three_left_is_a_failed_tender(self, stage, refused):
        fallen = factory.bids_of(stage)[0]
        factory.find_conform(stage, except_for=(fallen.pk,))
        for sheet in sheets(stage):
            factory.score(sheet)
        refused("R-GP-50", perform, report_of(stage), "sign", actor=factory.who(stage.panel_draw.leader), dissent=False)

    def test_a_gap_in_the_panel_is_filled_first(self, stage, refused):
        report = scored(stage)
        members = factory.seated(stage.panel_draw)
        perform(members[1], "recuse", actor=factory.who(members[1]), reason_code="KINSHIP", reason="亲属任职。")
        refused("R87-30", perform, report, "sign", actor=factory.who(members[2]), dissent=False)

    def test_a_panel_without_leader_elects_one_first(self, stage, refused):
        report = scored(stage)
        type(stage.panel_draw).objects.filter(pk=stage.panel_draw.pk).update(leader=None)
        member = factory.seated(stage.panel_draw)[1]
        refused("R87-25", perform, EvaluationReport.objects.get(pk=report.pk), "sign", actor=factory.who(member), dissent=False)

    def test_each_signs_once_the_last_one_fires(self, stage, refused):
        report = scored(stage)
        members = factory.seated(stage.panel_draw)
        perform(report, "sign", actor=factory.who(members[0]), dissent=False)
        refused("G7", perform, report, "sign", actor=factory.who(members[0]), dissent=False)
        for member in members[1:]:
            assert EvaluationReport.objects.get(pk=report.pk).state == "DRAFTED"
            perform(report, "sign", actor=factory.who(member), dissent=False)
        report.refresh_from_db()
        assert report.state == "SIGNED"
        assert report.document.is_intact()
        assert Tender.objects.get(pk=stage.pk).state == "EVALUATED"
        assert set(ScoreSheet.objects.filter(tender=stage).values_list("state", flat=True)) == {"LOCKED"}
        assert set(Bid.objects.filter(tender=stage).values_list("state", flat=True)) == {"RANKED"}
        assert clocks_of(report).get(name="REPORT_DELIVERY").last_day == date(2026, 3, 26)

    def test_dissent_is_written_and_kept(self, stage):
        report = factory.sign_all(scored(stage), dissenting=2, moment=clock.now())
        assert [row["reason"] for row in report.content["signatures"] if row["dissent"]] == ["报价偏低，履约有风险。"]

    def test_nobody_outside_the_panel_signs(self, stage):
        report = scored(stage)
        for username in ("buyer", "head", "expert_7", "supplier_a_head"):
            with pytest.raises(NotYours):
                perform(report, "sign", actor=actor(username), dissent=False)

    def test_after_it_no_member_leaves(self, stage, refused):
        factory.sign_all(scored(stage), moment=clock.now())
        member = factory.seated(stage.panel_draw)[1]
        refused("R87-30", perform, member, "recuse", actor=factory.who(member), reason_code="KINSHIP", reason="亲属任职。")


class TestLowPrice:
    """Prices below a trigger are asked about, never rejected by the trigger alone (RAL-01 to RAL-08)."""

    def low(self, stage, price="9000000.00") -> Bid:
        bid = next(one for one in factory.bids_of(stage) if factory.key_of(one) == "supplier_c")
        Bid.objects.filter(pk=bid.pk).update(price=Decimal(price))
        factory.find_conform(stage)
        return Bid.objects.get(pk=bid.pk)

    def question(self, stage) -> PriceQuestion:
        return PriceQuestion.objects.get(report__tender=stage)

    def test_the_bidder_is_asked_when_a_trigger_is_met(self, stage):
        bid = self.low(stage)
        question = self.question(stage)
        assert question.bid == bid
        assert question.triggers == ["RAL-03", "RAL-04"]
        assert bid.state == "RESPONSIVE"
        assert clocks_of(question).get(name="LOW_PRICE_EXPLANATION").state == "RUNNING"

    def test_nobody_is_asked_below_no_trigger(self, stage):
        factory.find_conform(stage)
        assert not PriceQuestion.objects.exists()

    def test_procedures_before_february_2026_know_no_triggers(self, stage):
        Tender.objects.filter(pk=stage.pk).update(rules_as_of=date(2026, 1, 31))
        self.low(Tender.objects.get(pk=stage.pk))
        assert not PriceQuestion.objects.exists()

    def test_only_the_bidder_answers_and_others_do_not_see_it(self, stage):
        self.low(stage)
        question = self.question(stage)
        assert not PriceQuestion.objects.visible_to(actor("supplier_a_head")).exists()
        with pytest.raises(NotYours):
            perform(question, "answer", actor=actor("supplier_a_head"), answer="与我无关。")
        assert PriceQuestion.objects.visible_to(actor("supplier_c_head")).exists()
        assert perform(question, "answer", actor=actor("supplier_c_head"), answer="自有车辆，无折旧。").state == "ANSWERED"

    def test_it_is_judged_after_the_answer_or_thirty_minutes(self, stage, refused):
        self.low(stage)
        question, member = self.question(stage), factory.seated(stage.panel_draw)[0]
        asked = question.asked_at
        with clock.at(asked + timedelta(minutes=29)):
            refused("RAL-07", perform, question, "judge", actor=factory.who(member), justified=True, reason="成本可信。")
        with clock.at(asked + timedelta(minutes=30)):
            perform(question, "judge", actor=factory.who(member), justified=True, reason="成本可信。")
            refused("G7", perform, question, "judge", actor=factory.who(member), justified=False, reason="再想。")

    def test_neither_purchaser_nor_agency_judges(self, stage):
        self.low(stage)
        for username in ("buyer", "head"):
            with pytest.raises(NotYours):
                perform(self.question(stage), "judge", actor=actor(username), justified=True, reason="可以。")

    def test_the_report_waits_for_the_finding(self, stage, refused):
        self.low(stage)
        for sheet in sheets(stage):
            factory.score(sheet)
        leader = factory.who(stage.panel_draw.leader)
        refused("RAL-07", perform, report_of(stage), "sign", actor=leader, dissent=False)
        self.decide(stage, justified=True)
        assert self.question(stage).state == "JUSTIFIED"
        assert perform(report_of(stage), "sign", actor=leader, dissent=False)

    def decide(self, stage, *, justified: bool) -> None:
        question = self.question(stage)
        if question.state == "ASKED":
            perform(question, "answer", actor=actor("supplier_c_officer"), answer="自有车辆，无折旧。")
        for member in factory.seated(stage.panel_draw)[:4]:
            perform(question, "judge", actor=factory.who(member), justified=justified, reason="与同类项目成交价相比不可信。")

    def test_what_cannot_be_proved_is_invalid(self, stage):
        bid = self.low(stage)
        self.decide(stage, justified=False)
        bid.refresh_from_db()
        assert (bid.state, bid.invalid_code) == ("INVALIDATED", "LOW_PRICE")
        assert self.question(stage).state == "UNJUSTIFIED"

    def test_the_leader_may_ask_on_the_panels_own_judgement(self, stage, refused):
        factory.find_conform(stage)
        bid, report = factory.bids_of(stage)[0], report_of(stage)
        leader, other = factory.who(stage.panel_draw.leader), factory.who(factory.seated(stage.panel_draw)[1])
        data = {"report": report, "bid": bid, "question": "人工单价低于当地最低工资。"}
        refused("RAL-07", perform, PriceQuestion(), "ask", actor=other, **data)
        question = perform(PriceQuestion(), "ask", actor=leader, **data)
        assert question.triggers == ["RAL-05"]
        refused("G7", perform, PriceQuestion(), "ask", actor=leader, **data)

    def test_only_of_a_bid_in_review(self, stage, refused):
        fallen = factory.bids_of(stage)[0]
        factory.find_conform(stage, except_for=(fallen.pk,))
        leader = factory.who(stage.panel_draw.leader)
        refused("RAL-05", perform, PriceQuestion(), "ask", actor=leader, report=report_of(stage), bid=fallen, question="偏低。")


class TestEndOfTheTender:
    def test_when_the_tender_fails_sheets_and_report_lose_their_object(self, stage):
        perform(Tender.objects.get(pk=stage.pk), "fail", actor=actor("head"), reason="泄露评审信息。", reason_code="VIOLATION")
        assert set(ScoreSheet.objects.filter(tender=stage).values_list("state", flat=True)) == {"VOIDED"}
        report = EvaluationReport.objects.get(tender=stage)
        assert (report.state, report.superseded_code) == ("SUPERSEDED", "VIOLATION")
        assert not stage.panel_draw.members.filter(state="SEATED").exists()


def test_the_panel_reads_the_bids_only_while_it_works(stage):
    member = factory.seated(stage.panel_draw)[0]
    who_ = factory.who(member)
    assert Bid.objects.visible_to(who_).filter(tender=stage).count() == 3
    assert not Bid.objects.visible_to(actor("expert_7")).exists()
    report = factory.sign_all(scored(stage), moment=clock.now())
    assert not Bid.objects.visible_to(who_).exists()
    perform(report, "deliver", actor=actor("buyer"))
    assert stage.panel_draw.members.filter(state="RELEASED").count() == 7
    assert system_actor().is_system
