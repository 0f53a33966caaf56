"""L11.4 the result: scored by three parties, computed, served, contested or settled by time, published."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from evaluation.assessments import forms, guards
from evaluation.assessments.models import Assessment
from evaluation.assessments.verbs import assessment as verbs
from evaluation.assessments.verbs import use as uses
from portal.accounts.roles import Role
from portal.workflow import Lifecycle, Transition, Who, consequence, registered_guard, starts, stops, voids

S = Assessment.State
FINANCE_OFFICER = [Who(Role.FINANCE_OFFICER, region="contract__agency__region")]
FINANCE_HEAD = [Who(Role.FINANCE_HEAD, region="contract__agency__region")]
HEAD = [Who(Role.HEAD, at="contract__agency")]
SUPPLIER_HEAD = [Who(Role.SUPPLIER_HEAD, at="contract__supplier")]
EVALUATOR_HEAD = [Who(Role.EVALUATOR_HEAD, at="engagement__evaluator")]
VOID_REASONS = [("BREACH", _("评价机构违规")), ("ERROR", _("查实有误")), ("OTHER", _("其他"))]

ASSESSMENT = Lifecycle(
    code="assessments.assessment", reference="L11.4", name=_("绩效评价"), model=Assessment,
    rows=[
        Transition("open_assessment", "", S.OPENED, _("启动评价"), who=[Who(Role.FINANCE_OFFICER)], system=True,
                   inputs=forms.OpenAssessmentForm, checks=[guards.contract_has_scheme, guards.not_assessed_yet, guards.term_is_over],
                   effect=verbs.open_assessment, tells=[*HEAD, *FINANCE_OFFICER, *EVALUATOR_HEAD], rules=["R102-24", "S-106"],
                   sentence=_("启动评价 %(number)s")),
        Transition("score_party", S.OPENED, None, _("购买主体评分"), who=HEAD, inputs=forms.PurchaserScoresForm, task=True,
                   guards=[guards.scorer_did_not_accept], checks=[guards.purchaser_scores_fit], effect=verbs.score_party,
                   rules=["R-050", "S-106"], hint=_("只评由购买主体评分的指标，低于 60 分须写明理由。")),
        Transition("take_report", S.OPENED, None, _("收入第三方报告"), system=True, effect=verbs.take_report, rules=["R-050", "R-056"],
                   sentence=_("收入%(evaluator)s的报告，%(scores)s 项评分")),
        Transition("compute", S.OPENED, S.COMPUTED, _("计算得分"), system=True, guards=[guards.every_party_is_in], effect=verbs.compute,
                   tells=FINANCE_OFFICER, rules=["S-106", "R-050", "RPE-02"], sentence=_("得分 %(score)s")),
        Transition("serve", S.COMPUTED, S.SERVED, _("送达结果"), who=[*FINANCE_OFFICER, *FINANCE_HEAD], effect=verbs.serve, task=True,
                   clocks=[starts("ASSESSMENT_OBJECTION")], tells=[*SUPPLIER_HEAD, *HEAD], rules=["S-106"],
                   hint=_("送达后双方可以在期限内提出异议，期满自动确定。")),
        Transition("dispute", S.SERVED, S.DISPUTED, _("提出异议"), who=[*SUPPLIER_HEAD, *HEAD], reason=True, effect=verbs.dispute,
                   clocks=[stops("ASSESSMENT_OBJECTION")], tells=[*FINANCE_HEAD, *FINANCE_OFFICER], hint=_("就事实提出，附依据。")),
        Transition("review", S.DISPUTED, S.SERVED, _("复核异议"), who=FINANCE_HEAD, reason=True, inputs=forms.ReviewForm, task=True,
                   guards=[guards.reviewer_did_not_score], checks=[guards.changes_fit], effect=verbs.review,
                   clocks=[starts("ASSESSMENT_OBJECTION")], tells=[*SUPPLIER_HEAD, *HEAD], sentence=_("复核后得分 %(score)s"),
                   hint=_("维持，或者更正后重新计算；原计算保留。")),
        Transition("confirm", S.SERVED, S.CONFIRMED, _("确定结果"), who=FINANCE_HEAD, system=True, guards=[guards.objection_time_is_over],
                   effect=verbs.confirm, clocks=[stops("ASSESSMENT_OBJECTION")], tells=[*SUPPLIER_HEAD, *HEAD, *FINANCE_OFFICER],
                   rules=["R-053", "S-110"], sentence=_("评价结果确定，得分 %(score)s")),
        Transition("publish", S.CONFIRMED, S.PUBLISHED, _("公布结果"), who=[*FINANCE_HEAD, *HEAD], inputs=forms.PublishForm, task=True,
                   guards=[guards.contract_was_accepted], effect=verbs.publish, tells=SUPPLIER_HEAD, rules=["R102-24", "RPE-10"],
                   sentence=_("公布评价结果，得分 %(score)s")),
        Transition("void", [S.OPENED, S.COMPUTED, S.SERVED, S.DISPUTED, S.CONFIRMED, S.PUBLISHED], S.VOIDED, _("作废评价"),
                   who=FINANCE_HEAD, reason=VOID_REASONS, effect=verbs.void, clocks=[voids()],
                   tells=[*SUPPLIER_HEAD, *HEAD, *FINANCE_OFFICER],
                   confirm=_("作废后结果不再有效，已作的应用须逐项撤销。")),
    ],
    readers={S.PUBLISHED: {"public": _("已公布")}},
    tones={S.DISPUTED: "warn", S.VOIDED: "idle", S.SERVED: "wait", S.CONFIRMED: "ok", S.PUBLISHED: "ok"},
)  # fmt: skip


# --- what happens when something fires elsewhere ----------------------------------------------------------------------
@consequence("contracts.contract", "finish")
def ended_contract_is_assessed(contract, act) -> None:
    """The term is over: the assessment opens by itself where the contract was signed on a scheme."""
    if contract.project.is_history or Assessment.objects.live().filter(contract=contract).exists():
        return
    if guards.contract_scheme(contract) is not None:
        act.perform(Assessment(), "open_assessment", contract=contract)


@consequence("assessments.assessment", "open_assessment")
def report_is_there_already(assessment, act) -> None:
    engagement = verbs.live_engagement(assessment.contract)
    if engagement is not None and engagement.state in verbs.DELIVERED:
        act.perform(assessment, "take_report", engagement=engagement)
        assessment.refresh_from_db()


@consequence("assessments.engagement", "report")
def report_is_taken_in(engagement, act) -> None:
    """The evaluator's scores enter the assessment in the same act in which he reports."""
    for assessment in Assessment.objects.filter(contract=engagement.contract_id, state=S.OPENED):
        act.perform(assessment, "take_report", engagement=engagement)


@consequence("assessments.assessment", "score_party", "take_report")
def last_party_completes_the_sum(assessment, act) -> None:
    if not verbs.missing_parties(assessment):
        act.perform(assessment, "compute")
        assessment.refresh_from_db()


@consequence("workdays.clock", "elapse")
def silence_settles_the_result(clock, act) -> None:
    """Nobody objected in time: the result is settled by itself."""
    if clock.name != "ASSESSMENT_OBJECTION":
        return
    assessment = clock.subject
    if assessment is not None and assessment.state == S.SERVED:
        act.perform(assessment, "confirm")


@consequence("assessments.assessment", "confirm")
def result_is_used(assessment, act) -> None:
    uses.propose_uses(assessment, act)


@consequence("assessments.assessment", "publish")
def project_is_evaluated(assessment, act) -> None:
    verbs.note_evaluated(assessment, act)
    uses.close_if_ready(act, assessment.project)


@consequence("assessments.assessment", "void")
def proposals_fall_with_the_result(assessment, act) -> None:
    """What was only proposed ends with the result; what was applied waits for the one who revokes it."""
    for use in assessment.uses.filter(state="PROPOSED"):
        act.perform(use, "revoke", reason=act.reason)


@consequence("payments.request", "record_receipt", "cancel")
@consequence("contracts.contract", "complete")
def project_may_be_closed(thing, act) -> None:
    uses.close_if_ready(act, thing.project)


registered_guard("plans.project", "close")(guards.evaluation_is_finished)
registered_guard("payments.request", "submit", "confirm")(guards.tied_payment_waits_for_result)
