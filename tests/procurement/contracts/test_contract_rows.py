"""L9.1, L9.2: every row of the contract and its filing, its guard failing first, then passing."""
from __future__ import annotations

import json
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from evaluation.schemes.models import Scheme
from portal import clock
from portal.accounts.actor import system_actor
from portal.accounts.demo import organisation
from portal.audit.canonical import digest
from portal.audit.models import Entry
from portal.files.models import Document
from portal.notices.models import Notice
from portal.reports.proof import examine
from portal.reports.typesetting import finish
from portal.workdays import clocks_of
from portal.workflow import NotYours, Refused, WrongState, available_actions, perform
from procurement.contracts.models import Acceptance, Contract, Deliverable, Filing, Inspection, SupplierReport
from procurement.contracts.models.contract import SIX_PARTS
from procurement.contracts.papers import text_digest
from procurement.contracts.verbs import complete_if_ready, confirmed_logs, gate_refusals
from procurement.plans.models import Hold, Project, ProjectDuty
from procurement.suppliers.models import Supplier
from tests.factories.contracts import (
    BEGINS_AT,
    DRAFTED_AT,
    ENDS_AT,
    ENDS_ON,
    SIGNED_AT,
    STARTS_ON,
    accept,
    deliver,
    fill,
    make_contract,
    run_until,
)
from tests.factories.papers import upload
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


def rules_of(refused) -> set[str]:
    return {refusal.rule for refusal in refused.value.refusals}


def stage_of(contract) -> str:
    return Project.objects.get(pk=contract.project_id).state


def refused_for(obj, row, who, **data) -> set[str]:
    with pytest.raises(Refused) as refused:
        perform(obj, row, actor=who, **data)
    return rules_of(refused)


# --- draft, edit, propose --------------------------------------------------------------------------------------------
def test_draft_takes_over_what_award_and_documents_say(award):
    contract = make_contract("DRAFTED", award=award)
    assert contract.amount == award.amount
    assert contract.supplier == award.supplier
    assert contract.branch_code == f"tender:{award.tender.number}"
    assert [each.name for each in contract.deliverables.all()] == ["道路清扫保洁", "绿地修剪"]
    assert set(contract.deliverables.values_list("state", flat=True)) == {"DRAFTED"}
    terms = list(contract.payment_terms.all())
    assert sum(term.amount for term in terms) == contract.amount
    assert terms[1].report_number == 2  # of four quarterly reports
    with clock.at(DRAFTED_AT):
        contract = fill(contract)
    assert contract.payment_terms.get(order=2).report_number == 1  # of two half-yearly ones
    assert contract.payee_account
    assert contract.term_months == 12


def test_an_award_has_one_live_contract(award):
    make_contract("DRAFTED", award=award)
    with pytest.raises(Exception, match="award"), clock.at(DRAFTED_AT):
        perform(Contract(), "draft", actor=system_actor(), award=award)


def test_nobody_drafts_a_contract_by_hand(award):
    with pytest.raises(NotYours):
        perform(Contract(), "draft", actor=actor("buyer"), award=award)


def test_propose_lists_everything_that_is_missing_at_once(award):
    contract = make_contract("DRAFTED", award=award)
    contract.clauses.filter(kind__in=["LIABILITY", "DISPUTE", "ACCEPTANCE"]).delete()
    with clock.at(DRAFTED_AT):
        contract = perform(contract, "edit", actor=actor("buyer"), no_transfer=False, no_guarantee=False, acceptance_standard="")
        found = refused_for(contract, "propose", actor("buyer"))
    assert found >= {"S-70", "RCO-01", "RCO-02", "RCO-09", "R22-10", "R102-30", "R102-33", "S-84", "S-108"}
    assert contract.state == "DRAFTED"


CASES = [
    ({"starts_on": date(2026, 5, 1), "ends_on": date(2027, 5, 1)}, {"RCO-04"}),  # 13 months; the documents say 12
    ({"starts_on": date(2026, 4, 1), "ends_on": date(2027, 3, 31)}, {"R102-28"}),  # begins in the past
    ({"bond_percent": Decimal("5"), "bond_terms": ""}, {"RCO-05"}),
    ({"project_officer": None}, {"S-84"}),
    ({"payee_account": ""}, {"S-100"}),
    ({"gates": [{"order": 2, "year": 2026, "report_number": 3}]}, {"RCO-03"}),  # there are two reports
    ({"gates": [{"order": 3, "year": 2030, "report_number": None}]}, {"RCO-07"}),
    ({"interim_acceptance_on": date(2027, 6, 1)}, {"R22-10"}),
    ({"acceptance_manner": " "}, {"R22-10"}),
    ({"no_transfer": False}, {"S-70", "R102-30"}),
    ({"place": ""}, {"RCO-02"}),
]


@pytest.mark.parametrize(("changes", "found"), CASES)
def test_propose_refuses_each_fault_by_its_rule(award, changes, found):
    contract = make_contract("FILLED", award=award, filling=changes)
    with clock.at(DRAFTED_AT):
        assert refused_for(contract, "propose", actor("buyer")) == found
        gates = [{"order": 2, "year": 2026, "report_number": 1}, {"order": 3, "year": 2027, "report_number": None}]
        contract = fill(
            contract, gates=gates, starts_on=STARTS_ON, ends_on=ENDS_ON, bond_percent=Decimal(0), payee_account="6228",
            interim_acceptance_on=None, no_transfer=True,
        )
        assert perform(contract, "propose", actor=actor("buyer")).state == "PROPOSED"


def test_a_longer_term_needs_the_five_ticks(award):
    """Twelve months; with budget, content, continuity, funding and price all fixed up to thirty-six (R102-28)."""
    tender = award.tender
    tender.service_until = date(2028, 4, 30)
    tender.save()
    contract = make_contract("FILLED", award=award, filling={"ends_on": date(2028, 4, 30), "budget_guaranteed": False})
    with clock.at(DRAFTED_AT):
        assert refused_for(contract, "propose", actor("buyer")) == {"R102-28"}
        ticks = dict.fromkeys(("budget_guaranteed", "content_fixed", "continuous", "funding_stable", "price_stable"), True)
        contract = fill(contract, ends_on=date(2028, 4, 30), **ticks)
        assert perform(contract, "propose", actor=actor("buyer")).term_months == 24


def test_the_pilot_rule_of_two_years_holds_for_its_day(award):
    """Before 2020-03-01 two years needed no ticks (R-025, X-11)."""
    award.tender.service_until = date(2028, 4, 30)
    award.tender.save()
    contract = make_contract("FILLED", award=award, filling={"ends_on": date(2028, 4, 30), "budget_guaranteed": False})
    contract.rules_as_of = date(2019, 12, 1)
    contract.save()
    with clock.at(DRAFTED_AT):
        assert perform(contract, "propose", actor=actor("buyer")).state == "PROPOSED"


def test_price_and_quantities_are_those_of_award_and_documents(award):
    contract = make_contract("FILLED", award=award)
    Contract.objects.filter(pk=contract.pk).update(amount=contract.amount + 1)
    contract.deliverables.filter(order=1).update(standard="")
    contract.deliverables.filter(order=2).update(unit="", sub_quota=None)
    contract.payment_terms.filter(order=1).update(percent=29)
    with clock.at(DRAFTED_AT):
        assert refused_for(Contract.objects.get(pk=contract.pk), "propose", actor("buyer")) == {"R87-77", "S-76", "RCO-03"}


def test_edit_is_for_the_own_officer_and_keeps_what_it_does_not_name(award):
    contract = make_contract("FILLED", award=award)
    with clock.at(DRAFTED_AT):
        for who in ("buyer_2", "planner", "supplier_a_officer", "head"):
            with pytest.raises(NotYours):
                perform(contract, "edit", actor=actor(who), title="改名")
        contract = perform(contract, "edit", actor=actor("buyer"), optional=["1"])
    assert contract.place == "赣江市城区（演示）"
    assert list(contract.deliverables.values_list("mandatory", flat=True)) == [False, True]
    assert ProjectDuty.objects.filter(project=contract.project, duty="BUYING", user=actor("buyer").user).exists()


# --- send back, decline, offer -----------------------------------------------------------------------------------------
def test_the_head_sends_back_with_a_reason_and_the_officer_mends(award):
    contract = make_contract("PROPOSED", award=award)
    with clock.at(DRAFTED_AT):
        assert refused_for(contract, "send_back", actor("head")) == {"S-172"}
        contract = perform(contract, "send_back", actor=actor("head"), reason="违约责任不明确", reason_code="INCOMPLETE")
        assert contract.state == "SENT_BACK"
        assert perform(fill(contract), "propose", actor=actor("buyer")).state == "PROPOSED"


def test_who_wrote_it_does_not_send_it_out(award):
    """The officer has no hand in it; a head who edited it is barred too (G2)."""
    contract = make_contract("PROPOSED", award=award)
    with clock.at(DRAFTED_AT):
        with pytest.raises(NotYours):
            perform(contract, "offer", actor=actor("buyer"))
        contract = perform(contract, "offer", actor=actor("head"))
    assert contract.state == "OFFERED"
    assert contract.text_digest
    assert Contract.objects.visible_to(actor("supplier_a_head")).filter(pk=contract.pk).exists()
    assert not Contract.objects.visible_to(actor("supplier_b_head")).filter(pk=contract.pk).exists()


def test_before_it_is_offered_the_supplier_does_not_see_it(award):
    contract = make_contract("PROPOSED", award=award)
    assert not Contract.objects.visible_to(actor("supplier_a_head")).filter(pk=contract.pk).exists()


def test_the_contractor_declines_a_text_that_departs_from_the_documents(award):
    contract = make_contract("OFFERED", award=award)
    with clock.at(SIGNED_AT):
        with pytest.raises(NotYours):
            perform(contract, "decline", actor=actor("supplier_b_head"), reason="不一致", reason_code="DEPARTURE")
        assert refused_for(contract, "decline", actor("supplier_a_head")) == {"S-172"}
        contract = perform(contract, "decline", actor=actor("supplier_a_head"), reason="附加条件", reason_code="UNREASONABLE")
    assert (contract.state, contract.text_digest) == ("SENT_BACK", "")


# --- sign, countersign ---------------------------------------------------------------------------------------------------
def test_signing_asks_for_word_standing_text_term_and_hold(award):
    contract = make_contract("OFFERED", award=award)
    head = actor("supplier_a_head")
    with clock.at(SIGNED_AT):
        assert refused_for(contract, "sign", head, agreed=False) == {"S-172"}
        supplier = Supplier.objects.of(contract.supplier)
        perform(supplier, "freeze", actor=actor("finance_officer"), reason="身份存疑", reason_code="FALSE_IDENTITY")
        assert refused_for(contract, "sign", head, agreed=True) == {"G6"}
        perform(Supplier.objects.get(pk=supplier.pk), "unfreeze", actor=actor("finance_head"), reason="查清")
        contract.clauses.filter(kind="LIABILITY").update(text="改过的违约责任")
        assert refused_for(contract, "sign", head, agreed=True) == {"R87-77"}
    contract.text_digest = text_digest(contract)
    contract.save()
    with clock.at(ENDS_AT + timedelta(days=2)):
        assert refused_for(contract, "sign", head, agreed=True) == {"R102-28"}
    with clock.at(SIGNED_AT):
        hold = perform(Hold(project=contract.project, scope="SIGNING", cause="质疑"), "impose", actor=system_actor())
        assert refused_for(contract, "sign", head, agreed=True) == {"G3"}
        perform(hold, "lift", actor=system_actor(), reason="已答复")
        with pytest.raises(NotYours):
            perform(contract, "sign", actor=actor("supplier_a_officer"), agreed=True)
        assert perform(contract, "sign", actor=head, agreed=True).state == "HALF_SIGNED"


def test_an_agreed_bond_is_lodged_before_signing_and_given_back_at_the_end(award):
    contract = make_contract("OFFERED", award=award, filling={"bond_percent": Decimal("5"), "bond_terms": "期满无息退还"})
    with clock.at(SIGNED_AT):
        assert refused_for(contract, "sign", actor("supplier_a_head"), agreed=True) == {"R-GP-36"}
        contract = perform(contract, "sign", actor=actor("supplier_a_head"), agreed=True, bond_paper=upload("保函.pdf"))
        contract = perform(contract, "countersign", actor=actor("head"), agreed=True)
    contract = deliver(run_until(contract, BEGINS_AT))
    accept(contract)
    contract = Contract.objects.get(pk=contract.pk)
    with clock.at(ENDS_AT + timedelta(days=40)):
        assert "RCO-05" in refused_for(contract, "complete", system_actor())
        contract = perform(contract, "release_bond", actor=actor("head"))
        assert refused_for(contract, "release_bond", actor("head")) == {"G7"}
    assert contract.bond_returned_at


def test_without_bond_nothing_is_given_back(award):
    contract = make_contract("FILED", award=award)
    contract = run_until(contract, ENDS_AT)
    assert contract.state == "FINISHED"
    with clock.at(ENDS_AT):
        assert refused_for(contract, "release_bond", actor("head")) == {"RCO-05"}


@pytest.mark.paper
def test_countersigning_commits_the_money_prints_the_text_and_moves_project_and_award(award):
    contract = make_contract("HALF_SIGNED", award=award)
    with clock.at(SIGNED_AT):
        assert refused_for(contract, "countersign", actor("head"), agreed=False) == {"S-172"}
        with pytest.raises(NotYours):
            perform(contract, "countersign", actor=actor("buyer"), agreed=True)
        contract = perform(contract, "countersign", actor=actor("head"), agreed=True)
    assert contract.signed_at == SIGNED_AT
    assert stage_of(contract) == "CONTRACTED"
    award.refresh_from_db()
    assert award.state == "CONTRACTED"
    committed = {row.year: row.committed + row.pledged for row in contract.project.encumbrances.filter(state__in=["COMMITTED", "PLEDGED"])}
    assert committed == contract.years()
    paper = Document.objects.of_subject(contract).get(kind="contract_paper")
    with paper.open() as stream:
        proof = examine(stream.read())
    assert proof.is_sound
    assert proof.data["text_digest"] == contract.text_digest
    assert set(contract.deliverables.values_list("state", flat=True)) == {"AGREED"}
    assert Filing.objects.get(contract=contract).state == "PREPARED"
    assert Acceptance.objects.get(contract=contract).stage == "FINAL"
    assert Scheme.objects.get(project=contract.project).state == "BOUND"
    running = {each.name: each for each in clocks_of(contract).live()}
    assert set(running) == {"CONTRACT_PUBLICATION", "CONTRACT_FILING"}
    assert running["CONTRACT_PUBLICATION"].last_day == date(2026, 4, 22)
    assert running["CONTRACT_FILING"].last_day == date(2026, 4, 29)
    with pytest.raises(WrongState):
        perform(contract, "countersign", actor=actor("head"), agreed=True)


def test_what_both_sign_is_the_very_file_and_nobody_signs_before_it_is_there(award, slow_papers):
    contract, head = make_contract("OFFERED", award=award), actor("supplier_a_head")
    assert not contract.paper.is_ready
    with clock.at(SIGNED_AT):
        button = next(each for each in available_actions(contract, head) if each.row.name == "sign")
        assert not button.enabled
        assert "正在排版" in str(button.refusals[0])
        assert refused_for(contract, "sign", head, agreed=True) == {"R87-77"}
        finish([contract.paper])
        contract = perform(Contract.objects.get(pk=contract.pk), "sign", actor=head, agreed=True)
        contract = perform(contract, "countersign", actor=actor("head"), agreed=True)
    with contract.paper.open() as stream:
        of_file = digest(stream.read())
    record = {entry.transition: entry.facts for entry in Entry.objects.of_subject("contracts.contract", contract.pk)}
    assert record["offer"]["data_digest"] == contract.paper.paper.data_digest
    assert [record[name]["file"] for name in ("sign", "countersign")] == [of_file, of_file]
    assert Filing.objects.get(contract=contract).digest == of_file
    page = Document.objects.of_subject(contract).get(kind="contract_signatures")
    finish([page])
    assert of_file in page.paper.content
    assert actor("head").name in page.paper.content


def test_a_contract_offered_before_papers_were_set_at_the_offer_is_still_signed_and_filed(award, slow_papers):
    contract = make_contract("OFFERED", award=award)
    Contract.objects.filter(pk=contract.pk).update(paper=None)
    with clock.at(SIGNED_AT):
        contract = perform(contract, "sign", actor=actor("supplier_a_head"), agreed=True)
        contract = perform(contract, "countersign", actor=actor("head"), agreed=True)
        filing = Filing.objects.get(contract=contract)
        assert refused_for(filing, "submit", actor("buyer")) == {"R-GP-42"}
        finish([contract.paper])
        filing = perform(Filing.objects.get(contract=contract), "submit", actor=actor("buyer"))
    assert filing.digest == Document.objects.get(pk=contract.paper_id).digest != ""


def test_money_that_is_not_there_stops_the_second_signature_and_leaves_nothing_behind(award):
    contract = make_contract("HALF_SIGNED", award=award)
    contract.payment_terms.filter(order=1).update(year=2027)
    contract.payment_terms.filter(order=2).update(year=2027)
    contract.text_digest = text_digest(contract)
    contract.save()
    with clock.at(SIGNED_AT):
        assert refused_for(contract, "countersign", actor("head"), agreed=True) == {"R1787-04"}
    assert Contract.objects.get(pk=contract.pk).state == "HALF_SIGNED"
    assert not Filing.objects.filter(contract=contract).exists()


def test_a_hold_between_the_two_signatures_stops_the_second(award):
    contract = make_contract("HALF_SIGNED", award=award)
    with clock.at(SIGNED_AT):
        perform(Hold(project=contract.project, scope="SIGNING", cause="质疑"), "impose", actor=system_actor())
        assert refused_for(contract, "countersign", actor("head"), agreed=True) == {"G3"}


# --- publish, filing, gates ----------------------------------------------------------------------------------------------
@pytest.mark.paper
def test_publish_once_with_a_copy_that_hides_the_account(award):
    contract = make_contract("SIGNED", award=award)
    with clock.at(SIGNED_AT + timedelta(days=1)):
        contract = perform(contract, "publish", actor=actor("head"))
        assert refused_for(contract, "publish", actor("head")) == {"G7"}
    notice = Notice.objects.public().of_subject(contract).get()
    assert notice.kind == "N-10"
    copy = Document.objects.of_subject(contract).get(kind="contract_public")
    assert copy.public
    with copy.open() as stream:
        content = stream.read()
    data = examine(content).data
    assert data["text"]["payee"] == {"bank": "", "account": ""}
    assert contract.payee_account not in str(data)
    assert not clocks_of(contract).live().filter(name="CONTRACT_PUBLICATION").exists()


def test_filing_is_sent_back_mended_and_filed_and_opens_the_payments(award):
    contract = make_contract("SIGNED", award=award)
    filing = Filing.objects.get(contract=contract)
    first = contract.payment_terms.get(order=1)
    assert {refusal.rule for refusal in gate_refusals(contract, first)} == {"S-72", "R-GP-41"}
    with clock.at(SIGNED_AT + timedelta(days=2)):
        with pytest.raises(NotYours):
            perform(filing, "submit", actor=actor("buyer_2"))
        Filing.objects.filter(pk=filing.pk).update(digest="0" * 64)
        assert refused_for(filing, "submit", actor("buyer")) == {"R-GP-42"}
        Filing.objects.filter(pk=filing.pk).update(digest=filing.digest)
        filing = perform(filing, "submit", actor=actor("buyer"))
        assert not clocks_of(contract).live().filter(name="CONTRACT_FILING").exists()
        assert clocks_of(filing).live().filter(name="FILING_RECEIPT").exists()
        assert refused_for(filing, "send_back", actor("finance_officer")) == {"S-172"}
        filing = perform(filing, "send_back", actor=actor("finance_officer"), reason="附件缺页", reason_code="UNREADABLE")
        assert filing.send_back_reason == "附件缺页"
        filing = perform(filing, "submit", actor=actor("buyer"))
        with pytest.raises(NotYours):
            perform(filing, "file", actor=actor("buyer"))
        filing = perform(filing, "file", actor=actor("finance_officer"), number="")
        contract = perform(contract, "publish", actor=actor("head"))
    assert filing.number
    assert gate_refusals(contract, first) == []
    assert {refusal.rule for refusal in gate_refusals(contract, contract.payment_terms.get(order=2))} == {"S-77"}
    assert {refusal.rule for refusal in gate_refusals(contract, contract.payment_terms.get(order=3))} == {"R-GP-46"}


def test_a_filing_number_is_given_once(award):
    contract = make_contract("SIGNED", award=award)
    filing = Filing.objects.get(contract=contract)
    other = Contract.objects.get(pk=contract.pk)
    other.pk, other.award, other.number = None, None, "OTHER-HT-2026-0001"
    other.save()
    taken = Filing(contract=other, number="BA-1", state="FILED", state_since=SIGNED_AT, created_at=SIGNED_AT)
    taken.save()
    with clock.at(SIGNED_AT):
        filing = perform(filing, "submit", actor=actor("buyer"))
        assert refused_for(filing, "file", actor("finance_officer"), number="BA-1") == {"S-72"}
        assert perform(filing, "file", actor=actor("finance_officer"), number="BA-2").number == "BA-2"


# --- by time ---------------------------------------------------------------------------------------------------------------
def test_it_starts_on_its_day_calls_for_reports_and_visits_and_ends_with_its_term(award):
    contract = make_contract("FILED", award=award)
    with clock.at(SIGNED_AT):
        assert refused_for(contract, "start", system_actor()) == {"R102-28"}
    contract = run_until(contract, BEGINS_AT)
    assert (contract.state, contract.performing_at) == ("PERFORMING", BEGINS_AT)
    assert stage_of(contract) == "PERFORMING"
    first = Inspection.objects.get(contract=contract)
    assert (first.period_from, first.period_until, first.duty) == (STARTS_ON, date(2026, 6, 30), True)
    with clock.at(BEGINS_AT):
        assert refused_for(contract, "finish", system_actor()) == {"R102-28"}
    contract = run_until(contract, ENDS_AT)
    assert contract.state == "FINISHED"
    reports = list(contract.reports.order_by("number"))
    assert [(r.number, r.kind, r.period_until) for r in reports] == [(1, "MID_TERM", date(2026, 10, 31)), (2, "FINAL", ENDS_ON)]
    assert contract.inspections.count() == 5
    assert set(contract.inspections.values_list("state", flat=True)) == {"MISSED"}
    assert contract.next_report_at is None
    assert confirmed_logs(contract).count() == 0


def test_a_hold_over_performance_keeps_it_from_starting_until_it_is_lifted(award):
    contract = make_contract("FILED", award=award)
    with clock.at(SIGNED_AT):
        hold = perform(Hold(project=contract.project, scope="PERFORMANCE", cause="投诉"), "impose", actor=system_actor())
    contract = run_until(contract, BEGINS_AT)
    assert contract.state == "SIGNED"
    with clock.at(BEGINS_AT + timedelta(days=3)):
        perform(hold, "lift", actor=system_actor(), reason="处理完毕")
    contract = run_until(contract, BEGINS_AT + timedelta(days=4))
    assert contract.state == "PERFORMING"


# --- the ends ----------------------------------------------------------------------------------------------------------------
def test_complete_needs_the_final_acceptance(award):
    contract = make_contract("FINISHED", award=award)
    with clock.at(ENDS_AT + timedelta(days=9)):
        assert "R-GP-46" in refused_for(contract, "complete", system_actor())
    accept(contract)
    contract = Contract.objects.get(pk=contract.pk)
    with clock.at(ENDS_AT + timedelta(days=40)):
        done = complete_if_ready(_act(contract), contract)
        if done.state != "COMPLETED":  # a floor above still waits for its last payment
            assert refused_for(contract, "complete", system_actor()).isdisjoint({"R-GP-46", "RCO-05"})


def _act(contract):
    from portal.workflow import Act
    from procurement.contracts.workflow import CONTRACT

    return Act(row=CONTRACT["release_bond"], lifecycle=CONTRACT, actor=system_actor(), now=clock.now())


def test_termination_by_agreement_needs_the_paper_of_both_and_ends_what_is_owed(award):
    contract = run_until(make_contract("FILED", award=award), BEGINS_AT)
    when = BEGINS_AT + timedelta(days=30)
    with clock.at(when):
        assert refused_for(contract, "terminate", actor("head"), reason="双方协商", reason_code="AGREED") == {"R-GP-45"}
        assert refused_for(contract, "terminate", actor("head"), agreement=upload("协议.pdf")) == {"S-172"}
        with pytest.raises(NotYours):
            perform(contract, "terminate", actor=actor("buyer"), reason="x", reason_code="AGREED", agreement=upload("协议.pdf"))
        contract = perform(contract, "terminate", actor=actor("head"), reason="双方协商一致", reason_code="AGREED",
                           agreement=upload("协议.pdf"), need_remains=True)  # fmt: skip
    assert contract.state == "TERMINATED"
    assert contract.acceptances.get().state == "VOIDED"
    assert contract.reports.get().period_until == when.date()
    assert contract.inspections.get().state == "VOIDED"
    assert stage_of(contract) == "PREPARING"
    assert set(contract.project.encumbrances.values_list("state", flat=True)) == {"RELEASED"}
    assert not clocks_of(contract).live().exists()
    assert run_until(contract, ENDS_AT).state == "TERMINATED"


def test_termination_in_the_public_interest_needs_a_reason_only(award):
    contract = make_contract("SIGNED", award=award)
    with clock.at(SIGNED_AT + timedelta(days=2)):
        contract = perform(contract, "terminate", actor=actor("head"), reason="规划调整", reason_code="PUBLIC_INTEREST", need_remains=False)
    assert contract.state == "TERMINATED"
    assert not contract.reports.exists()


def test_an_abandoned_award_takes_its_unsigned_contract_with_it(award):
    contract = make_contract("OFFERED", award=award)
    with clock.at(SIGNED_AT):
        perform(award, "abandon", actor=actor("supplier_a_head"), reason="无力履行", reason_code="GAVE_UP")
    contract.refresh_from_db()
    assert (contract.state, contract.end_reason) == ("CANCELLED", "无力履行")


def test_take_over_is_for_history_alone(award):
    project = Project(
        title="旧项目", agency=organisation("agency"), region=organisation("agency").region, year=2020, amount=Decimal(1),
        rules_as_of=date(2020, 7, 14), as_of=date(2021, 1, 13),
    )
    assert refused_for(project, "take_over", system_actor()) == {"G4"}
    moment = SIGNED_AT.replace(year=2020)
    with clock.history(moment):
        project = perform(project, "take_over", actor=system_actor())
    contract = Contract(
        project=project, agency=project.agency, supplier=organisation("supplier_a"), title="旧合同", amount=Decimal(1),
        rules_as_of=date(2020, 7, 14), signed_at=moment,
    )
    data = {"starts_on": date(2020, 7, 14), "ends_on": date(2021, 7, 13), "deliverables": [{"name": "服务", "standard": "良好"}]}
    assert refused_for(contract, "take_over", system_actor(), **data) == {"G4"}
    with clock.history(moment):
        contract = perform(contract, "take_over", actor=system_actor(), **data)
    assert (contract.state, project.is_history) == ("PERFORMING", True)
    assert contract.deliverables.get().state == "AGREED"
    assert Project.objects.get(pk=project.pk).branches.get().code == f"contract:{contract.number}"


def test_buttons_say_what_is_missing(award):
    contract = make_contract("DRAFTED", award=award)
    with clock.at(DRAFTED_AT):
        actions = {action.name: action for action in available_actions(contract, actor("buyer"))}
    assert set(actions) == {"edit", "propose"}
    assert not actions["propose"].enabled
    assert available_actions(contract, actor("supplier_a_head")) == []


def test_reports_and_logs_are_empty_before_performance(award):
    contract = make_contract("SIGNED", award=award)
    assert not SupplierReport.objects.filter(contract=contract).exists()
    assert Deliverable.objects.filter(contract=contract, state="AGREED").count() == 2


def test_papers_and_record_are_chinese_whatever_the_doer_reads(award):
    """An English reader sends the contract out: its labels, its file and the record's are those of the portal (decision 0007)."""
    contract = make_contract("PROPOSED", award=award)
    with clock.at(DRAFTED_AT), translation.override("en"):
        contract = perform(contract, "offer", actor=actor("head"))
        assert translation.get_language() == "en"
    shown = json.loads(contract.paper.paper.content)["labels"]
    assert contract.paper.name.startswith("合同 ")
    with translation.override("zh-hans"):
        assert shown["inspections"] == contract.get_inspection_cadence_display()
        assert shown["clauses"][0]["heading"] == contract.clauses.first().get_kind_display()
        assert shown["acceptance"][0]["heading"] == contract._meta.get_field(SIX_PARTS[0]).verbose_name
    assert re.search("[\u4e00-\u9fff]", shown["inspections"])
    assert re.search("[\u4e00-\u9fff]", shown["acceptance"][0]["heading"])
