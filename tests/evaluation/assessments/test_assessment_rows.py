"""L11.4 and L11.5: every row, each refusal first; the result reaches plan, supplier and project."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from evaluation.assessments.models import Assessment, Computation, Engagement, ResultUse
from evaluation.assessments.models.assessment import Immutable
from evaluation.assessments.verbs.use import yearly_sum
from evaluation.schemes.models import Scheme
from portal import clock
from portal.accounts.models import Membership
from portal.rules.jurisdiction import decide
from portal.workbench.todo import waiting_for
from portal.workflow import NotYours, Refused, begun_from, due, perform
from procurement.payments.models import ResultTie
from procurement.plans.models import Project
from procurement.suppliers.models import SupplierOutcome
from tests.factories.evaluation import ENGAGED_AT, SCORED_AT, make_assessment, make_engagement, propose, scores
from tests.factories.people import actor
from tests.factories.tampering import nothing_kept

pytestmark = pytest.mark.django_db
SETTLED = SCORED_AT + timedelta(days=20)


def do(thing, row: str, who: str, *, at=SCORED_AT, **data):
    with clock.at(at):
        return perform(thing, row, actor=actor(who), **data)


def refused_rules(thing, row: str, who: str, *, at=SCORED_AT, **data) -> list[str]:
    with pytest.raises(Refused) as refused:
        do(thing, row, who, at=at, **data)
    return [refusal.rule for refusal in refused.value.refusals]


def use_of(assessment, kind: str) -> ResultUse:
    return ResultUse.objects.get(assessment=assessment, kind=kind)


# --- the sum ---------------------------------------------------------------------------------------------------------
def test_the_end_of_the_contract_opens_it_once(contract) -> None:
    assessment = make_assessment("OPENED", contract)
    assert assessment.created_by is None
    assert refused_rules(Assessment(), "open_assessment", "finance_officer", contract=contract) == ["G7"]


def test_an_open_result_calls_for_an_evaluator_until_one_is_chosen(contract) -> None:
    def waits() -> list[str]:
        return [item.row.name for group in waiting_for(actor("finance_officer"), SCORED_AT) for item in group.items]

    assessment = make_assessment("OPENED", contract)
    with clock.at(SCORED_AT):
        assert "propose" in waits()
        begun = begun_from(assessment, actor("finance_officer"))
        assert [action.url for action in begun] == [f"/act/assessments.engagement/new/propose/?contract={contract.pk}"]
        propose(Engagement(), contract)
        assert "propose" not in waits()


def test_finance_may_open_it_only_after_the_term(contract) -> None:
    do(make_assessment("OPENED", contract), "void", "finance_head", reason_code="OTHER", reason="重来")
    assert refused_rules(
        Assessment(), "open_assessment", "finance_officer", at=ENGAGED_AT.replace(month=4), contract=contract
    ) == ["R102-24"]
    again = do(Assessment(), "open_assessment", "finance_officer", contract=contract)
    assert again.previous is not None
    from evaluation.schemes.models import Binding

    do(again, "void", "finance_head", reason_code="OTHER", reason="再重来")
    Binding.objects.all().delete()
    assert refused_rules(Assessment(), "open_assessment", "finance_officer", contract=contract) == ["S-122"]


def test_the_last_party_completes_the_sum(contract) -> None:
    """S-106: 30 × 85 + 20 × 92 + 50 × 88, exactly."""
    assessment = make_assessment("OPENED", contract)
    scored = do(assessment, "score_party", "head", scores=scores(assessment, "PURCHASER", "85.00"))
    assert (scored.state, scored.score) == ("OPENED", None)
    make_engagement("REPORTED", contract)
    done = Assessment.objects.get(pk=assessment.pk)
    assert (done.state, done.score, done.exact, done.grade) == ("COMPUTED", Decimal("87.90"), "87.9", "GOOD")
    detail = done.computations.get().detail
    assert [row["share_exact"] for row in detail["parties"]] == ["30", "20", "50"]
    assert sum(Decimal(line["points"]) for line in detail["lines"]).quantize(Decimal("0.01")) == Decimal("87.90")


def test_a_report_that_is_early_waits_for_the_end(contract) -> None:
    do(make_assessment("OPENED", contract), "void", "finance_head", reason_code="OTHER", reason="重来")
    make_engagement("REPORTED", contract)
    again = do(Assessment(), "open_assessment", "finance_officer", contract=contract)
    assert again.scores.filter(party="THIRD_PARTY").exists()
    assert again.scores.filter(party="RECIPIENTS").exists()


def test_nothing_is_summed_before_all_are_in(contract) -> None:
    from portal.accounts.actor import system_actor

    assessment = make_assessment("OPENED", contract)
    with pytest.raises(Refused) as refused, clock.at(SCORED_AT):
        perform(assessment, "compute", actor=system_actor())
    assert {refusal.rule for refusal in refused.value.refusals} == {"S-106"}


def test_the_purchaser_scores_his_own_and_not_through_who_accepted(contract) -> None:
    assessment = make_assessment("OPENED", contract)
    own = scores(assessment, "PURCHASER")
    assert refused_rules(assessment, "score_party", "head", scores=own[1:]) == ["R-050"]
    low = scores(assessment, "PURCHASER", i2_1_1="40.00")
    next(row for row in low if row["indicator"] == "2.1.1")["reason"] = ""
    assert refused_rules(assessment, "score_party", "head", scores=low) == ["S-172"]
    Membership.objects.create(user=actor("acceptor").user, organisation=contract.agency, role="HEAD")
    assert refused_rules(assessment, "score_party", "acceptor", scores=own) == ["G2"]


def test_without_recipients_weights_are_rescaled_and_the_best_grade_is_out_of_reach(contract) -> None:
    """X-28, L11.4 edge 3."""
    done = make_assessment("COMPUTED", contract, purchaser="98.00", third_party="98.00", recipients=None)
    assert (done.score, done.grade) == (Decimal("98.00"), "GOOD")
    assert done.without_recipients == "服务对象分散，样本不足。"
    detail = done.computations.get().detail
    assert [row["share_exact"] for row in detail["parties"]] == ["37.5", "62.5"]
    assert detail["absent"] == ["RECIPIENTS"]


def test_below_the_setting_the_purchaser_alone_is_enough(contract) -> None:
    decide(
        "third_party_required_above",
        Decimal("99999999"),
        source="试点",
        valid_from=date(2020, 1, 1),
        region=contract.agency.region,
    )
    assessment = make_assessment("OPENED", contract)
    done = do(assessment, "score_party", "head", scores=scores(assessment, "PURCHASER", "85.00"))
    assert (done.state, done.exact) == ("COMPUTED", "85")
    assert done.without_recipients


def test_a_rounded_eighty_is_still_fair(contract) -> None:
    """L11.4 edge 1: 79.995 is shown as 80.00 with the exact score beside it, the grade is 中."""
    done = make_assessment("COMPUTED", contract, purchaser="79.99", third_party="80.00", recipients="79.99")
    assert (done.exact, done.score, done.grade, done.differs_from_shown) == ("79.995", Decimal("80.00"), "FAIR", True)


# --- settled ---------------------------------------------------------------------------------------------------------
def test_objection_review_and_a_new_version(contract) -> None:
    served = make_assessment("SERVED", contract)
    assert refused_rules(served, "confirm", "finance_head") == ["S-113"]
    assert refused_rules(served, "dispute", "supplier_a_head") == ["S-172"]
    disputed = do(served, "dispute", "supplier_a_head", reason="完成率口径有误")
    assert refused_rules(
        disputed,
        "review",
        "finance_head",
        reason="x",
        changes=[{"party": "PURCHASER", "indicator": "4.2.1", "value": Decimal(90)}],
    ) == ["R-050"]
    before = disputed.exact
    reviewed = do(
        disputed,
        "review",
        "finance_head",
        reason="口径有误，改正",
        changes=[{"party": "THIRD_PARTY", "indicator": "3.1.1", "value": Decimal("95.00")}],
    )
    assert (reviewed.state, reviewed.version) == ("SERVED", 2)
    assert reviewed.exact != before
    assert reviewed.computations.get(version=1).exact == before
    with pytest.raises(Immutable):
        reviewed.computations.get(version=1).save()
    with pytest.raises(Immutable):
        Computation.objects.first().delete()
    kept = do(do(reviewed, "dispute", "head", reason="仍有异议"), "review", "finance_head", reason="维持", changes=[])
    assert kept.version == 2


def test_who_scored_does_not_review(contract) -> None:
    disputed = do(make_assessment("SERVED", contract), "dispute", "supplier_a_head", reason="异议")
    Membership.objects.create(
        user=actor("head").user, organisation=actor("finance_head").organisation, role="FINANCE_HEAD"
    )
    from portal.accounts.actor import actor_for

    both = actor_for(actor("head").user, organisation_id=actor("finance_head").organisation_id)
    with pytest.raises(Refused) as refused, clock.at(SCORED_AT):
        perform(disputed, "review", actor=both, reason="维持", changes=[])
    assert refused.value.refusals[0].rule == "G2"


def test_silence_settles_it(contract, calendars) -> None:
    served = make_assessment("SERVED", contract)
    with clock.at(SCORED_AT + timedelta(hours=1)):
        due.run(until=SETTLED)
    assert Assessment.objects.get(pk=served.pk).state == "CONFIRMED"


# --- used ------------------------------------------------------------------------------------------------------------
def test_a_settled_result_reaches_plan_and_supplier(contract) -> None:
    """S-110, S-111: cited on the project and on the supplier; ceiling and gate wait for the head of finance."""
    done = make_assessment("CONFIRMED", contract, purchaser="50.00", third_party="50.00", recipients="50.00")
    assert done.grade == "POOR"
    outcome = contract.project.outcomes.get()
    assert (outcome.grade, outcome.score, outcome.ceiling, outcome.gate_closed) == ("差", Decimal("50.00"), None, False)
    assert outcome.satisfaction == Decimal("50.00")  # what the recipients gave for satisfaction, for next year's form (S-162)
    assert SupplierOutcome.objects.get(contract_ref=contract.number).cited == done.number
    assert {use.kind: use.state for use in done.uses.all()} == {
        "CREDIT": "APPLIED",
        "CEILING": "PROPOSED",
        "PLAN_GATE": "PROPOSED",
    }
    with pytest.raises(NotYours):
        do(use_of(done, "CEILING"), "apply", "finance_officer", at=SETTLED)
    ceiling = do(use_of(done, "CEILING"), "apply", "finance_head", at=SETTLED)
    gate = do(use_of(done, "PLAN_GATE"), "apply", "finance_head", at=SETTLED)
    outcome.refresh_from_db()
    assert outcome.ceiling == ceiling.amount == (yearly_sum(contract) * Decimal("0.80")).quantize(Decimal("0.01"))
    assert outcome.gate_closed
    assert done.number in outcome.gate_reason
    assert gate.effect_reference == f"plans.outcome:{outcome.pk}"


def test_contract_bound_uses_are_not_waived(contract) -> None:
    done = make_assessment("CONFIRMED", contract)
    waived = do(use_of(done, "CEILING"), "waive", "finance_head", at=SETTLED, reason="下年不再购买")
    assert waived.state == "WAIVED"
    with nothing_kept():
        ResultUse.objects.filter(kind="CREDIT").delete()
    credit = do_system(ResultUse(assessment=done, kind="CREDIT"), "propose")
    assert refused_rules(credit, "waive", "finance_head", at=SETTLED, reason="x") == ["S-95"]


def do_system(thing, row: str, **data):
    from portal.accounts.actor import system_actor

    with clock.at(SETTLED):
        return perform(thing, row, actor=system_actor(), **data)


def test_only_a_settled_result_is_used(contract) -> None:
    served = make_assessment("SERVED", contract)
    with pytest.raises(Refused) as refused:
        do_system(ResultUse(assessment=served, kind="CEILING"), "propose")
    assert refused.value.refusals[0].rule == "S-110"


def test_the_contract_may_tie_the_last_instalment(contract) -> None:
    """S-95: the bound scheme's percents decide; the payment waits for the result (X-17)."""
    from procurement.payments.models import PaymentRequest
    from tests.factories.payments import asking

    Scheme.objects.filter(bindings__contract=contract).update(pays_by_result=True)
    request = PaymentRequest.objects.get(contract=contract, term__condition="ACCEPTANCE")
    assert "S-95" in refused_rules(request, "submit", "supplier_a_head", **at_time(asking, request))
    done = make_assessment("CONFIRMED", contract, purchaser="70.00", third_party="70.00", recipients="70.00")
    assert use_of(done, "PAYMENT").state == "APPLIED"
    assert ResultTie.objects.get(term=request.term).percent == Decimal("90.00")
    assert "S-95" not in refused_rules(request, "submit", "supplier_a_head", at=SETTLED, **at_time(asking, request))


def at_time(function, *arguments):
    with clock.at(SCORED_AT):
        return function(*arguments)


def test_void_revokes_what_can_be_undone_and_names_the_rest(contract) -> None:
    done = make_assessment("CONFIRMED", contract, purchaser="50.00", third_party="50.00", recipients="50.00")
    gate = do(use_of(done, "PLAN_GATE"), "apply", "finance_head", at=SETTLED)
    assert refused_rules(gate, "revoke", "finance_head", at=SETTLED, reason_code="VOIDED", reason="x") == ["S-110"]
    do(done, "void", "finance_head", at=SETTLED, reason_code="BREACH", reason="评价机构违规")
    assert contract.project.outcomes.get().revoked_at is not None
    assert use_of(done, "CEILING").state == "REVOKED"
    revoked = do(gate, "revoke", "finance_head", at=SETTLED, reason_code="VOIDED", reason="结果作废")
    assert (revoked.state, contract.project.outcomes.get().gate_closed) == ("REVOKED", False)
    credit = do(use_of(done, "CREDIT"), "revoke", "finance_head", at=SETTLED, reason_code="VOIDED", reason="结果作废")
    assert "保留" in credit.undone


# --- the project -----------------------------------------------------------------------------------------------------
def test_published_the_project_is_evaluated_and_closes_when_nothing_is_owed(contract) -> None:
    done = make_assessment("PUBLISHED", contract)
    project = Project.objects.get(pk=contract.project_id)
    assert project.state == "EVALUATED"
    from procurement.contracts.models import Contract
    from tests.factories.budgets import make_line
    from tests.factories.payments import pay_everything

    make_line(amount="30000000.00", year=2027, moment=SETTLED.replace(month=1))
    do(use_of(done, "CEILING"), "apply", "finance_head", at=SETTLED)
    assert Project.objects.get(pk=project.pk).state == "EVALUATED"  # money is still owed
    pay_everything(contract, SETTLED + timedelta(days=1))
    assert Contract.objects.get(pk=contract.pk).state == "COMPLETED"
    assert Project.objects.get(pk=project.pk).state == "CLOSED"


def test_a_project_is_not_put_away_while_it_is_assessed_anew(contract) -> None:
    """R102-24: a published result was voided, the next one is not out yet."""
    done = make_assessment("PUBLISHED", contract)
    do(done, "void", "finance_head", at=SETTLED, reason_code="ERROR", reason="计算有误")
    again = do(Assessment(), "open_assessment", "finance_officer", at=SETTLED, contract=contract)
    project = Project.objects.get(pk=contract.project_id)
    with pytest.raises(Refused) as refused:
        do_system(project, "close")
    said = {refusal.rule: refusal.message for refusal in refused.value.refusals}
    assert again.number in said["R102-24"]
    do(again, "void", "finance_head", at=SETTLED, reason_code="OTHER", reason="不再评价")
    with pytest.raises(Refused) as refused:
        do_system(project, "close")
    assert "R102-24" not in {refusal.rule for refusal in refused.value.refusals}


def test_published_results_are_for_everybody(contract, client) -> None:
    from portal.accounts.actor import PUBLIC

    done = make_assessment("CONFIRMED", contract)
    assert not Assessment.objects.visible_to(PUBLIC).exists()
    assert client.get(f"/results/{done.pk}/").status_code == 404
    do(done, "publish", "head", at=SETTLED, summary="达到要求")
    assert Assessment.objects.visible_to(PUBLIC).count() == 1
    page = client.get(f"/results/{done.pk}/")
    assert page.status_code == 200
    assert "87.90" in page.content.decode()
    assert "达到要求" in page.content.decode()
    assert client.get("/results/?q=不存在的").status_code == 200
