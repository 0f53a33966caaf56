"""L11.2: every row, each refusal first."""

from datetime import date, timedelta

import pytest

from evaluation.assessments.models import Engagement
from portal import clock
from portal.accounts.demo import organisation
from portal.accounts.models import Membership
from portal.files.models import Document
from portal.workdays import clocks_of
from portal.workflow import NotYours, Refused, WrongState, available_actions, perform
from procurement.plans.models import Project
from procurement.suppliers.models import RelatedPerson, Supplier
from tests.factories.evaluation import ENGAGED_AT, make_engagement, propose, scores
from tests.factories.papers import upload
from tests.factories.people import actor
from tests.factories.tampering import nothing_kept

pytestmark = pytest.mark.django_db
LATER = ENGAGED_AT + timedelta(days=8)


def do(engagement, row: str, who: str, *, at=LATER, **data):
    with clock.at(at):
        return perform(engagement, row, actor=actor(who), **data)


def refused_rules(engagement, row: str, who: str, *, at=LATER, **data) -> list[str]:
    with pytest.raises(Refused) as refused:
        do(engagement, row, who, at=at, **data)
    return [refusal.rule for refusal in refused.value.refusals]


def test_only_what_was_agreed_and_once(contract) -> None:
    from evaluation.schemes.models import Binding

    with clock.at(ENGAGED_AT):
        with pytest.raises(Refused) as refused:
            propose(Engagement(), contract, period_from=date(2026, 1, 1), period_until=None)
        assert refused.value.refusals[0].rule == "RPE-11"
        propose(Engagement(), contract)
        with pytest.raises(Refused) as refused:
            propose(Engagement(), contract)
        assert [refusal.rule for refusal in refused.value.refusals] == ["G7"]
        with nothing_kept():
            Engagement.objects.all().delete()
        Binding.objects.all().delete()
        with pytest.raises(Refused) as refused:
            propose(Engagement(), contract)
        assert "S-122" in [refusal.rule for refusal in refused.value.refusals]


def test_the_evaluator_is_neither_side_nor_related(contract) -> None:
    """RPE-11, S-69 (L11.2 edge 3)."""
    with clock.at(ENGAGED_AT):
        with pytest.raises(Refused) as refused:
            propose(Engagement(), contract, evaluator=contract.supplier)
        assert "RPE-11" in [refusal.rule for refusal in refused.value.refusals]
        engagement = propose(Engagement(), contract)
        RelatedPerson.objects.create(
            supplier=Supplier.objects.of(contract.supplier), name="苏明远", relation="SHAREHOLDER"
        )
    assert refused_rules(engagement, "engage", "finance_head") == ["S-69"]
    RelatedPerson.objects.all().delete()
    superior = organisation("evaluation")
    superior.superior = contract.supplier
    superior.save()
    assert refused_rules(engagement, "engage", "finance_head") == ["RPE-11"]
    superior.superior = None
    superior.save()
    contract.supplier.superior = superior  # the contractor belongs to the evaluator
    contract.supplier.save()
    assert refused_rules(engagement, "engage", "finance_head") == ["RPE-11"]
    contract.supplier.superior = None
    contract.supplier.save()
    assert do(engagement, "engage", "finance_head").state == "ENGAGED"


def test_who_proposes_does_not_engage(contract) -> None:
    Membership.objects.create(
        user=actor("finance_officer").user, organisation=actor("finance_officer").organisation, role="FINANCE_HEAD"
    )
    proposed = make_engagement("PROPOSED", contract)
    assert refused_rules(proposed, "engage", "finance_officer") == ["G2"]
    assert do(proposed, "engage", "finance_head").state == "ENGAGED"


def test_each_person_declares_and_the_tied_take_no_part(contract) -> None:
    engaged = make_engagement("ENGAGED", contract)
    assert refused_rules(engaged, "declare", "evaluator_head") == ["RPE-11", "RPE-11"]
    do(engaged, "sign_independence", "evaluator_head", has_tie=False, statement="")
    do(engaged, "sign_independence", "evaluator", has_tie=True, statement="曾任承接主体顾问")
    assert refused_rules(engaged, "sign_independence", "evaluator", has_tie=False, statement="") == ["G7"]
    assert refused_rules(engaged, "declare", "evaluator_head") == ["RPE-11"]
    ended = do(engaged, "terminate", "finance_head", reason_code="CONFLICT", reason="没有独立的评价人员")
    assert (ended.state, ended.end_reason) == ("TERMINATED", "没有独立的评价人员")
    assert make_engagement("PROPOSED", contract).state == "PROPOSED"  # another may be chosen


def test_who_did_not_declare_does_no_work(contract) -> None:
    declared = make_engagement("DECLARED", contract)
    declared.declarations.filter(user=actor("evaluator").user).update(has_tie=True)
    assert refused_rules(
        declared, "plan", "evaluator", object="", method="", sample="", report_due=date(2027, 7, 1)
    ) == ["RPE-11"]


def test_scores_fit_the_party(contract) -> None:
    collecting = make_engagement("COLLECTING", contract)
    own = scores(collecting, "THIRD_PARTY")
    assert refused_rules(collecting, "score", "evaluator", scores=own[1:]) == ["R-050"]
    assert "R-050" in refused_rules(
        collecting, "score", "evaluator", scores=[*own, {"indicator": "4.2.1", "value": own[0]["value"], "reason": ""}]
    )
    assert "R-050" in refused_rules(collecting, "score", "evaluator", scores=[*own, own[0]])
    low = scores(collecting, "THIRD_PARTY", i3_1_1="59.99")
    next(row for row in low if row["indicator"] == "3.1.1")["reason"] = ""
    assert refused_rules(collecting, "score", "evaluator", scores=low) == ["S-172"]
    do(collecting, "score", "evaluator", scores=own)
    do(collecting, "score", "evaluator", scores=scores(collecting, "THIRD_PARTY", "70.00"))
    assert {row.value for row in collecting.scores.filter(party="THIRD_PARTY")} == {70}


def test_recipients_are_heard_or_named_as_absent(contract) -> None:
    collecting = make_engagement("COLLECTING", contract)
    heard = {
        "recipients_asked": 10,
        "recipients_answered": 0,
        "recipients_method": "访谈",
        "recipients_absent": "",
        "scores": [],
    }
    assert "S-109" in refused_rules(collecting, "hear_recipients", "evaluator", **heard)
    done = do(collecting, "hear_recipients", "evaluator", **{**heard, "recipients_absent": "无人应答"})
    assert done.recipients_absent == "无人应答"


def test_consulting_wants_scores_and_evidence(contract) -> None:
    collecting = make_engagement("COLLECTING", contract)
    assert set(refused_rules(collecting, "consult", "evaluator_head", draft="稿")) == {"S-113", "S-109", "S-114"}
    leaf = collecting.scheme.leaves()[0]
    foreign = collecting.scheme.indicators.get(code="1")
    assert refused_rules(
        collecting, "add_evidence", "evaluator", indicator=foreign, available=True, text="x", document=None
    ) == ["S-108"]
    do(
        collecting,
        "add_evidence",
        "evaluator",
        indicator=leaf,
        available=True,
        text="台账",
        document=upload("台账.pdf"),
    )
    do(
        collecting,
        "provide_evidence",
        "supplier_a_officer",
        indicator=leaf,
        available=False,
        text="没有留存",
        document=None,
    )
    assert collecting.evidence.count() == 2


def test_both_sides_are_heard_before_the_report(contract) -> None:
    consulting = make_engagement("CONSULTING", contract)
    said = {"conclusion": "好", "suggestions": "无", "purchaser_answer": "", "supplier_answer": ""}
    at = ENGAGED_AT + timedelta(days=5, hours=1)
    assert refused_rules(consulting, "report", "evaluator_head", at=at, **said) == ["S-113", "S-113"]
    replied = do(consulting, "reply", "supplier_a_head", at=at, reason="第 3.1.1 项应加分")
    assert replied.supplier_reply == "第 3.1.1 项应加分"
    assert refused_rules(consulting, "reply", "supplier_a_head", at=at, reason="再说一次") == ["G7"]
    do(consulting, "reply", "head", at=at, reason="同意")
    assert not clocks_of(consulting).live().exists()
    assert refused_rules(consulting, "report", "evaluator_head", at=at, **said) == ["S-113", "S-113"]
    done = do(
        consulting,
        "report",
        "evaluator_head",
        at=at,
        **{**said, "purchaser_answer": "谢谢", "supplier_answer": "已核，维持"},
    )
    assert done.state == "REPORTED"


def test_silence_is_no_objection(contract, calendars) -> None:
    """L11.2 edge 5."""
    from portal.workflow import due

    consulting = make_engagement("CONSULTING", contract)
    with clock.at(ENGAGED_AT + timedelta(days=6)):
        due.run(until=ENGAGED_AT + timedelta(days=30))
    done = do(
        consulting,
        "report",
        "evaluator_head",
        at=ENGAGED_AT + timedelta(days=30),
        conclusion="好",
        suggestions="无",
        purchaser_answer="",
        supplier_answer="",
    )
    assert done.state == "REPORTED"


def test_nobody_writes_the_report(contract) -> None:
    """R-056, S-114, X-23: finance and purchaser get it in one act; neither they nor the contractor can change it."""
    reported = make_engagement("REPORTED", contract)
    for who in ("head", "buyer", "supplier_a_head", "supplier_a_officer"):
        assert [action.name for action in available_actions(reported, actor(who))] == []
        with pytest.raises(NotYours):
            do(reported, "report", who, conclusion="改", suggestions="", purchaser_answer="", supplier_answer="")
        assert Document.objects.visible_to(actor(who)).filter(pk=reported.report_id).exists()
    assert Document.objects.visible_to(actor("finance_officer")).filter(pk=reported.report_id).exists()
    assert not Document.objects.visible_to(actor("supplier_b_head")).filter(pk=reported.report_id).exists()
    with pytest.raises(WrongState):
        do(reported, "reply", "head", reason="改一改")
    assert reported.report.paper.data_digest


def test_quality_is_checked_by_another_and_changes_no_score(contract) -> None:
    Membership.objects.create(
        user=actor("finance_head").user, organisation=actor("finance_head").organisation, role="FINANCE_OFFICER"
    )
    reported = make_engagement("REPORTED", contract)
    assert refused_rules(reported, "check", "finance_head", reason="好") == ["G2"]
    before = list(reported.scores.values_list("indicator", "value"))
    assert do(reported, "check", "finance_officer", reason="底稿齐全").state == "CHECKED"
    assert list(reported.scores.values_list("indicator", "value")) == before


def test_who_sees_what(contract) -> None:
    def seen(who: str) -> bool:
        return Engagement.objects.visible_to(actor(who)).exists()

    proposed = make_engagement("PROPOSED", contract)
    assert seen("finance_officer")
    assert seen("head")
    assert not seen("evaluator")
    assert not seen("supplier_a_head")
    do(proposed, "engage", "finance_head")
    assert seen("evaluator")
    assert seen("supplier_a_head")
    assert not seen("supplier_b_head")
    assert not seen("head_2")
    assert Project.objects.visible_to(actor("evaluator")).filter(pk=contract.project_id).exists()
