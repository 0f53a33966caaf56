"""L10.1: each row of the acceptance, its guard failing first, then passing."""
from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from portal import clock
from portal.accounts.actor import system_actor
from portal.files.models import Document
from portal.notices.models import Notice
from portal.reports.proof import examine
from portal.workbench.todo import waiting_for
from portal.workdays import clocks_of
from portal.workflow import NotYours, Refused, due, perform
from procurement.contracts.models import Acceptance, Contract
from procurement.contracts.verbs import gate_refusals
from procurement.plans.models import Project, ProjectDuty
from tests.factories.contracts import (
    ACCEPTED_AT,
    ENDS_AT,
    RECIPIENT,
    accept,
    convene,
    judge,
    make_contract,
    run_until,
    sign_all,
    submit_report,
)
from tests.factories.papers import upload
from tests.factories.people import actor

pytestmark = pytest.mark.django_db
REDUCTION = "每少一次扣 5000 元"


def refused(function, *args, **kwargs) -> set[str]:
    with pytest.raises(Refused) as caught:
        function(*args, **kwargs)
    return {refusal.rule for refusal in caught.value.refusals}


@pytest.fixture
def contract(award) -> Contract:
    return make_contract("FINISHED", award=award)


def final(contract) -> Acceptance:
    return Acceptance.objects.get(contract=contract, stage="FINAL", round=1)


# --- request ---------------------------------------------------------------------------------------------------------------
def test_final_acceptance_waits_for_the_end_the_reports_and_what_is_done(award):
    contract = make_contract("PERFORMING", award=award)
    acceptance = final(contract)
    with clock.at(ACCEPTED_AT.replace(year=2026)):
        assert refused(perform, acceptance, "request", actor=actor("supplier_a_head")) == {"R-GP-46", "S-104"}
    contract = run_until(contract, ENDS_AT)
    with clock.at(ACCEPTED_AT):
        assert refused(perform, acceptance, "request", actor=actor("supplier_a_head")) == {"S-104"}  # two reports are out
        with pytest.raises(NotYours):
            perform(acceptance, "request", actor=actor("supplier_b_head"))


def test_the_contractor_asks_and_seven_working_days_run(contract):
    acceptance = final(contract)
    with clock.at(ACCEPTED_AT):
        acceptance = perform(acceptance, "request", actor=actor("supplier_a_head"))
    assert acceptance.state == "REQUESTED"
    assert clocks_of(acceptance).live().get(name="ACCEPTANCE_START").last_day == date(2027, 5, 20)


def test_the_system_asks_fifteen_days_after_the_end_when_nobody_has(contract):
    with clock.at(ENDS_AT + timedelta(days=7)):
        due.run(until=ENDS_AT + timedelta(days=14, hours=23))
        assert final(contract).state == "PLANNED"
        due.run(until=ENDS_AT + timedelta(days=15))
    assert final(contract).state == "REQUESTED"


# --- convene ---------------------------------------------------------------------------------------------------------------
def test_the_committee_is_three_led_by_one_who_did_not_buy_without_who_pays_with_a_recipient(contract):
    reviewer = {"user": actor("reviewer_business").user, "capacity": "PURCHASER"}
    assert refused(convene, contract, members=[RECIPIENT]) == {"S-104"}  # two are not three
    perform_again = {"members": [reviewer, {"user": actor("payer").user, "capacity": "PURCHASER"}, RECIPIENT]}
    acceptance = final(contract)
    data = {"leader": actor("acceptor").user, "place": "会议室"}

    def sit(**changes):
        with clock.at(ACCEPTED_AT):
            return perform(final(contract), "convene", actor=actor("head"), **{**data, **changes})

    assert acceptance.state == "REQUESTED"
    assert refused(sit, **perform_again) == {"S-125"}
    assert refused(sit, members=[reviewer, reviewer, RECIPIENT]) == {"S-104"}
    assert refused(sit, members=[reviewer, {"user": actor("supplier_b_head").user, "capacity": "OTHER_BIDDER"}, RECIPIENT]) == {"S-104"}
    assert refused(sit, leader=actor("buyer").user, members=[reviewer, RECIPIENT]) == {"S-125"}
    Contract.objects.filter(pk=contract.pk).update(public_service=True)
    other = {"name": "许某", "employer": "江西绿城", "capacity": "OTHER_BIDDER"}
    assert refused(sit, members=[reviewer, other]) == {"R-GP-46"}
    with pytest.raises(NotYours), clock.at(ACCEPTED_AT):
        perform(acceptance, "convene", actor=actor("acceptor"), **data, members=[reviewer, RECIPIENT])
    done = sit(members=[reviewer, {"user": actor("expert_1").user, "capacity": "EXPERT"}, other, RECIPIENT])
    assert done.members.count() == 5
    assert [(item.target, item.actual, item.sub_actual) for item in done.items.all()] == [(None, None, None), (12, 12, 6)]
    assert not clocks_of(done).live().filter(name="ACCEPTANCE_START").exists()
    assert Acceptance.objects.visible_to(actor("expert_1")).filter(pk=done.pk).exists()
    assert not Acceptance.objects.visible_to(actor("expert_2")).filter(pk=done.pk).exists()


# --- judge and sign ----------------------------------------------------------------------------------------------------------
def test_the_leader_judges_every_item_before_anybody_signs(contract):
    acceptance = convene(contract)
    with clock.at(ACCEPTED_AT):
        def judged(items, who="acceptor"):
            return perform(acceptance, "judge_item", actor=actor(who), items=items)

        assert refused(judged, [{"order": 7, "passed": True}]) == {"R-GP-46"}
        assert refused(judged, [{"order": 1, "passed": False, "opinion": " "}]) == {"S-104"}
        assert refused(judged, [{"order": 1, "passed": True, "reduction": Decimal(1)}]) == {"S-104"}
        with pytest.raises(NotYours):
            judged([{"order": 1, "passed": True}], who="buyer")
        assert refused(perform, acceptance, "sign", actor=actor("reviewer_business")) == {"R-GP-46"}
        judged([{"order": 1, "passed": True, "evidence": "现场查看"}])
        assert refused(perform, acceptance, "accept", actor=actor("acceptor"), opinion="好") == {"R-GP-46", "S-104"}
        judged([{"order": 2, "passed": True}])
        assert refused(perform, acceptance, "sign", actor=actor("project_officer")) == {"S-104"}  # not a member
        perform(acceptance, "sign", actor=actor("reviewer_business"), dissent="建议增加夜间抽查")
        assert refused(perform, acceptance, "sign", actor=actor("reviewer_business")) == {"G7"}
        assert refused(judged, [{"order": 2, "passed": True}]) == {"S-104"}  # signed for already
    assert ProjectDuty.objects.filter(project=contract.project, duty="ACCEPTING", user=actor("acceptor").user).exists()


def test_another_acceptor_than_the_leader_keeps_out(contract):
    from portal.accounts.models import Membership, User

    user = User.objects.create(username="acceptor_two", name="另一人")
    Membership.objects.create(user=user, organisation=contract.agency, role="ACCEPTOR")
    acceptance = convene(contract)
    with clock.at(ACCEPTED_AT):
        items = [{"order": 1, "passed": True}]
        assert refused(perform, acceptance, "judge_item", actor=actor("acceptor_two"), items=items) == {"S-104"}


def test_a_member_finds_his_signature_among_his_tasks_from_judgement_to_signing(contract):
    def waits(username: str) -> list[str]:
        return [item.row.name for group in waiting_for(actor(username), clock.now()) for item in group.items]

    acceptance = convene(contract)
    assert "sign" not in waits("reviewer_business")
    acceptance = judge(acceptance)
    assert "sign" in waits("reviewer_business")
    assert "sign" in waits("acceptor")
    assert "sign" not in waits("project_officer")
    sign_all(acceptance)
    assert "sign" not in waits("reviewer_business")


def test_a_member_without_account_signs_on_paper(contract):
    acceptance = judge(convene(contract))
    recipient = acceptance.members.get(capacity="RECIPIENT")
    with clock.at(ACCEPTED_AT):
        with pytest.raises(NotYours):
            perform(acceptance, "record_signature", actor=actor("head"), member=recipient, paper=upload("签字.pdf"))
        perform(acceptance, "record_signature", actor=actor("acceptor"), member=recipient, paper=upload("签字.pdf"), dissent="")
        recipient.refresh_from_db()
        assert recipient.document.digest
        assert refused(perform, acceptance, "accept", actor=actor("acceptor"), opinion="好") == {"S-104"}  # the others are missing


# --- results -----------------------------------------------------------------------------------------------------------------
@pytest.mark.paper
def test_accepted_settles_deliverables_project_and_payment(contract):
    acceptance = sign_all(judge(convene(contract)))
    with clock.at(ACCEPTED_AT + timedelta(hours=3)):
        assert refused(perform, acceptance, "fail", actor=actor("acceptor"), opinion="x", reason="y", reason_code="QUALITY") == {"R-GP-46"}
        assert refused(perform, acceptance, "accept_in_part", actor=actor("acceptor"), opinion="x", reason="y") == {"R-GP-46", "R22-10"}
        acceptance = perform(acceptance, "accept", actor=actor("acceptor"), opinion="全部合格。")
    assert set(contract.deliverables.values_list("state", flat=True)) == {"ACCEPTED"}
    assert Project.objects.get(pk=contract.project_id).state == "ACCEPTED"
    assert gate_refusals(contract, contract.payment_terms.get(order=3)) == []
    paper = Document.objects.of_subject(acceptance).get(kind="acceptance_report")
    with paper.open() as stream:
        proof = examine(stream.read())
    assert proof.is_sound
    assert [item["passed"] for item in proof.data["items"]] == [True, True]
    assert clocks_of(acceptance).live().get(name="ACCEPTANCE_PUBLICATION").last_day == date(2027, 5, 13)


def test_the_result_is_published_once(contract):
    acceptance = accept(contract)
    notice = Notice.objects.public().of_subject(acceptance).get()
    assert notice.kind == "N-11"
    assert "罗春生" in notice.text
    with clock.at(ACCEPTED_AT + timedelta(days=1)):
        assert refused(perform, acceptance, "publish", actor=actor("head")) == {"G7"}


def test_a_mandatory_item_failed_fails_it_and_a_second_round_is_the_last(contract):
    acceptance = sign_all(judge(convene(contract), failed=(2,)))
    with clock.at(ACCEPTED_AT + timedelta(hours=3)):
        assert refused(perform, acceptance, "accept", actor=actor("acceptor"), opinion="x") == {"R-GP-46"}
        assert "R-GP-46" in refused(perform, acceptance, "accept_in_part", actor=actor("acceptor"), opinion="x", reason="y")
        assert refused(perform, acceptance, "fail", actor=actor("acceptor"), opinion="x") == {"S-172"}
        acceptance = perform(acceptance, "fail", actor=actor("acceptor"), opinion="不合格", reason="修剪不达标", reason_code="QUALITY")
    assert list(contract.deliverables.values_list("state", flat=True)) == ["ACCEPTED", "FAILED"]
    assert {refusal.rule for refusal in gate_refusals(contract, contract.payment_terms.get(order=3))} == {"R-GP-46"}
    second = Acceptance.objects.get(contract=contract, round=2)
    with clock.at(ACCEPTED_AT + timedelta(days=5)):
        assert refused(perform, second, "request", actor=actor("supplier_a_head")) == {"S-104"}
        perform(contract.deliverables.get(order=2), "report_done", actor=actor("supplier_a_officer"), shortfall="已返工")
    with pytest.raises(Exception, match="contracts_acceptance_two_rounds"):
        perform(Acceptance(contract=contract, stage="FINAL", round=3, planned_on=date(2027, 6, 1)), "plan", actor=system_actor())


def test_an_optional_item_failed_is_accepted_in_part_at_the_agreed_price(award):
    contract = make_contract("FINISHED", award=award, filling={"optional": ["2"], "reduction_terms": REDUCTION})
    acceptance = sign_all(judge(convene(contract), failed=(2,)))
    with clock.at(ACCEPTED_AT + timedelta(hours=3)):
        assert refused(perform, acceptance, "fail", actor=actor("acceptor"), opinion="x", reason="y", reason_code="QUALITY") == {"R22-10"}
        assert refused(perform, acceptance, "accept_in_part", actor=actor("acceptor"), opinion="x", reason="y") == {"S-104"}  # no price
        acceptance.items.filter(deliverable__order=2).update(reduction=Decimal("5000.00"))
        assert refused(perform, acceptance, "accept_in_part", actor=actor("acceptor"), opinion="x") == {"S-172"}
        acceptance = perform(acceptance, "accept_in_part", actor=actor("acceptor"), opinion="部分合格", reason="少修剪一次")
    assert (acceptance.state, acceptance.reduction) == ("ACCEPTED_IN_PART", Decimal("5000.00"))
    assert Project.objects.get(pk=contract.project_id).state == "ACCEPTED"


def test_an_interim_stage_is_measured_on_its_day_and_moves_nothing(award):
    contract = make_contract("PERFORMING", award=award, filling={"interim_acceptance_on": date(2026, 11, 20)})
    interim = Acceptance.objects.get(contract=contract, stage="INTERIM")
    from tests.factories.contracts import log

    moment = ACCEPTED_AT.replace(year=2026, month=11, day=23)
    with clock.at(moment - timedelta(days=10)):
        assert refused(perform, interim, "request", actor=actor("supplier_a_head")) == {"R22-10"}
    for deliverable in contract.deliverables.all():
        log(deliverable, date(2026, 10, 1), **({} if deliverable.is_continuous else {"quantity": 7, "sub_quantity": Decimal(4)}))
    run_until(contract, moment)
    with clock.at(moment):
        assert refused(perform, interim, "request", actor=actor("supplier_a_head")) == {"S-104"}
        perform(submit_report(contract.reports.get()), "confirm", actor=actor("project_officer"))
        interim = perform(interim, "request", actor=actor("supplier_a_head"))
        interim = perform(
            interim, "convene", actor=actor("head"), leader=actor("acceptor").user, place="现场",
            members=[{"user": actor("reviewer_business").user, "capacity": "PURCHASER"}, RECIPIENT],
        )
        assert [item.target for item in interim.items.all()] == [None, 6]
    interim = sign_all(judge(interim))
    with clock.at(ACCEPTED_AT):
        interim = perform(interim, "accept", actor=actor("acceptor"), opinion="中期合格")
    assert set(contract.deliverables.values_list("state", flat=True)) == {"AGREED"}
    assert Project.objects.get(pk=contract.project_id).state == "PERFORMING"


def test_void_ends_what_was_planned(contract):
    acceptance = final(contract)
    with pytest.raises(NotYours):
        perform(acceptance, "void", actor=actor("head"), reason="x")
    assert perform(acceptance, "void", actor=system_actor(), reason="合同解除").state == "VOIDED"
