"""What stands against an act of evaluation: independence, completeness, time, parties (L11.2, L11.4, L11.5)."""
from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from evaluation.schemes.models import Indicator, Party
from portal.accounts.roles import OrganisationKind
from portal.clock import written
from portal.workdays import clocks_of
from portal.workflow import Act, Refusal, had_a_hand, refuse
from procurement.contracts.models import Contract
from procurement.plans.models import Stage

from .forms import contract_scheme
from .models import Assessment, Engagement, ResultUse
from .verbs import assessment as assessments
from .verbs import engagement as engagements

#: Below this an indicator's score needs its reason (L11.4).
NEEDS_REASON = 60


# --- engagement ------------------------------------------------------------------------------------------------------
def contract_has_scheme(thing, act: Act) -> Iterator[Refusal]:
    """Only what was agreed before signing is evaluated (S-108, S-122)."""
    if contract_scheme(act.data.get("contract")) is None:
        yield refuse("S-122", _("合同没有写入评价方案，不能评价。"), field="contract")


def period_in_order(engagement: Engagement, act: Act) -> Iterator[Refusal]:
    contract = act.data["contract"]
    first, last = act.data.get("period_from") or contract.starts_on, act.data.get("period_until") or contract.ends_on
    if first > last or first < contract.starts_on or last > contract.ends_on:
        yield refuse("RPE-11", _("评价期须在合同期限 %(first)s 至 %(last)s 之内。"), first=contract.starts_on, last=contract.ends_on,
                     field="period_from")


def not_engaged_yet(engagement: Engagement, act: Act) -> Iterator[Refusal]:
    other = assessments.live_engagement(act.data["contract"])
    if other:
        yield refuse("G7", _("合同已委托“%(name)s”评价。"), name=other.evaluator.name, field="contract")


def evaluator_of_data_is_independent(engagement: Engagement, act: Act) -> Iterator[Refusal]:
    probe = Engagement(contract=act.data["contract"], evaluator=act.data["evaluator"])
    yield from evaluator_is_independent(probe, act)


def evaluator_is_independent(engagement: Engagement, act: Act) -> Iterator[Refusal]:
    """The evaluator is neither side, belongs to neither side, and shares no people with the contractor (RPE-11, S-69)."""
    evaluator, contract = engagement.evaluator, engagement.contract
    sides = {contract.agency_id, contract.supplier_id}
    if evaluator.pk in sides or evaluator.superior_id in sides or evaluator.kind != OrganisationKind.EVALUATOR:
        yield refuse("RPE-11", _("%(name)s与购买主体或承接主体有隶属关系，不得承担评价。"), name=evaluator.name, field="evaluator")
    if contract.supplier.superior_id == evaluator.pk:
        yield refuse("RPE-11", _("承接主体由%(name)s举办，不得由其评价。"), name=evaluator.name, field="evaluator")
    related = engagements.related_names(engagement)
    if related:
        yield refuse("S-69", _("%(names)s同时是承接主体的关联人员，评价机构不独立。"), names="、".join(related), field="evaluator")


def not_declared_yet(engagement: Engagement, act: Act) -> Iterator[Refusal]:
    """Each person gives his word once (RPE-11)."""
    if engagement.declarations.filter(user=act.actor.user_id).exists():
        yield refuse("G7", _("您已作出独立性声明。"))


def head_and_team_declared(engagement: Engagement, act: Act) -> Iterator[Refusal]:
    """The head and at least one who does the work have no tie (RPE-11)."""
    team = engagements.team(engagement)
    if act.actor.user_id not in team:
        yield refuse("RPE-11", _("机构负责人尚未声明独立，或者声明有利害关系。"))
    if len(team - {act.actor.user_id}) < 1:
        yield refuse("RPE-11", _("还没有评价人员声明独立。"))


def actor_is_in_team(engagement: Engagement, act: Act) -> Iterator[Refusal]:
    """Only who declared himself independent does the work (RPE-11)."""
    if act.actor.user_id not in engagements.team(engagement):
        yield refuse("RPE-11", _("没有声明独立的人员不能参加本次评价。"))


def evidence_says_something(engagement: Engagement, act: Act) -> Iterator[Refusal]:
    """A piece belongs to a scored indicator of this scheme (S-114)."""
    indicator: Indicator = act.data["indicator"]
    if indicator.scheme_id != engagement.scheme_id or indicator.level != 3:
        yield refuse("S-108", _("指标不在本合同的评价方案之内。"), field="indicator")


def third_party_scores_fit(engagement: Engagement, act: Act) -> Iterator[Refusal]:
    yield from _scores_fit(engagement, Party.THIRD_PARTY, act.data["scores"])


def recipients_scores_fit(engagement: Engagement, act: Act) -> Iterator[Refusal]:
    """Either every indicator of theirs, proved, or the reason why not (S-109, L11.4 edge 3)."""
    if act.data.get("recipients_absent"):
        return
    if not act.data.get("recipients_answered"):
        yield refuse("S-109", _("没有有效回答，须写明未能取得评分的理由。"), field="recipients_absent")
    yield from _scores_fit(engagement, Party.RECIPIENTS, act.data.get("scores") or [])


def purchaser_scores_fit(assessment: Assessment, act: Act) -> Iterator[Refusal]:
    yield from _scores_fit(assessment, Party.PURCHASER, act.data["scores"])


def _scores_fit(thing, party: str, rows: list[dict]) -> Iterator[Refusal]:
    """Each party scores its own indicators, all of them, once; a score under sixty says why (R-050, L11.4)."""
    own = {leaf.code: leaf for leaf in thing.indicators_of(party)}
    given = [row["indicator"] for row in rows]
    for code in sorted(set(given) - set(own)):
        yield refuse("R-050", _("指标 %(code)s 不由%(party)s评分。"), code=code, party=Party(party).label, field="scores")
    for code in sorted({code for code in given if given.count(code) > 1}):
        yield refuse("R-050", _("指标 %(code)s 评分重复。"), code=code, field="scores")
    for code in [code for code in own if code not in given]:
        yield refuse("R-050", _("指标 %(code)s 还没有评分。"), code=code, field="scores")
    for row in rows:
        if row["value"] < NEEDS_REASON and not row.get("reason"):
            yield refuse("S-172", _("指标 %(code)s 低于 60 分，须写明理由。"), code=row["indicator"], field="scores")


def every_indicator_is_scored(engagement: Engagement, act: Act) -> Iterator[Refusal]:
    """The draft has a score for every indicator of the third party, and the recipients were heard or named as absent."""
    done = {(row.party, row.indicator_id) for row in engagement.scores.all()}
    for leaf in engagement.indicators_of(Party.THIRD_PARTY):
        if (Party.THIRD_PARTY, leaf.pk) not in done:
            yield refuse("S-113", _("指标 %(code)s 还没有评分。"), code=leaf.code)
    unheard = any((Party.RECIPIENTS, leaf.pk) not in done for leaf in engagement.indicators_of(Party.RECIPIENTS))
    if engagement.scheme.recipients_weight and not engagement.recipients_absent and unheard:
        yield refuse("S-109", _("还没有听取服务对象意见。"))


def every_indicator_has_evidence(engagement: Engagement, act: Act) -> Iterator[Refusal]:
    """At least one piece for each indicator, or why there is none (L11.2)."""
    proved = set(engagement.evidence.values_list("indicator_id", flat=True))
    wanted = {leaf.pk: leaf for party in (Party.THIRD_PARTY, Party.RECIPIENTS) for leaf in engagement.indicators_of(party)}
    for key, leaf in wanted.items():
        if key not in proved and not (leaf.parties == (Party.RECIPIENTS,) and engagement.recipients_absent):
            yield refuse("S-114", _("指标 %(code)s 还没有证据，无法取得的写明理由。"), code=leaf.code)


def not_replied_yet(engagement: Engagement, act: Act) -> Iterator[Refusal]:
    side = "purchaser" if act.actor.organisation_id == engagement.contract.agency_id else "supplier"
    if getattr(engagement, f"{side}_replied_at"):
        yield refuse("G7", _("贵方已反馈意见。"))


def reply_time_is_over(engagement: Engagement, act: Act) -> Iterator[Refusal]:
    """Both sides answered, or their time to answer is over: silence means no objection (L11.2 edge 5)."""
    waiting = clocks_of(engagement).live().filter(name=engagements.REPLY)
    for clock in waiting.select_related("bearer"):
        yield refuse("S-113", _("%(name)s的反馈期限未到，也还没有反馈。"), name=clock.bearer.name)


def replies_are_answered(engagement: Engagement, act: Act) -> Iterator[Refusal]:
    """Whatever a side said is taken up or answered (L11.2)."""
    for side, label in (("purchaser", _("购买主体")), ("supplier", _("承接主体"))):
        if getattr(engagement, f"{side}_reply") and not act.data.get(f"{side}_answer"):
            yield refuse("S-113", _("%(side)s的意见还没有答复。"), side=label, field=f"{side}_answer")


# --- assessment ------------------------------------------------------------------------------------------------------
def not_assessed_yet(assessment: Assessment, act: Act) -> Iterator[Refusal]:
    other = Assessment.objects.live().filter(contract=act.data["contract"]).first()
    if other:
        yield refuse("G7", _("合同已有评价 %(number)s。"), number=other.number, field="contract")


def term_is_over(assessment: Assessment, act: Act) -> Iterator[Refusal]:
    contract = act.data["contract"]
    if contract.ends_on >= act.now.date():
        yield refuse("R102-24", _("合同 %(day)s 期满后才能评价。"), day=contract.ends_on, field="contract")


def scorer_did_not_accept(assessment: Assessment, act: Act) -> Iterator[Refusal]:
    """Who led the acceptance does not alone speak for the purchaser (G2)."""
    if assessment.contract.acceptances.filter(leader__in=act.actor.persons).exists():
        yield refuse("G2", _("您是本合同的验收组长，购买主体评分须由他人负责。"))


def every_party_is_in(assessment: Assessment, act: Act) -> Iterator[Refusal]:
    """The result is whole only when all parties scored (S-106, R-050)."""
    for party in assessments.missing_parties(assessment):
        yield refuse("S-106", _("%(party)s还没有评分。"), party=Party(party).label)


def reviewer_did_not_score(assessment: Assessment, act: Act) -> Iterator[Refusal]:
    scored = assessment.scores.filter(scored_by__in=act.actor.persons).exists()
    if scored or had_a_hand(act.actor, "assessments.assessment", [assessment.pk], "score_party"):
        yield refuse("G2", _("您参加了评分，复核须由他人办理。"))


def changes_fit(assessment: Assessment, act: Act) -> Iterator[Refusal]:
    """What is put right is a score that was given (R-050)."""
    known = {(row.party, row.indicator.code) for row in assessment.scores.select_related("indicator")}
    for row in act.data.get("changes") or []:
        if (row["party"], row["indicator"]) not in known:
            yield refuse("R-050", _("%(party)s没有评过指标 %(code)s。"), party=Party(row["party"]).label, code=row["indicator"],
                         field="changes")


def objection_time_is_over(assessment: Assessment, act: Act) -> Iterator[Refusal]:
    """Nobody's right to object is cut short (L11.4)."""
    running = clocks_of(assessment).live().filter(name="ASSESSMENT_OBJECTION").first()
    if running is not None and act.now < running.ends_at:
        yield refuse("S-113", _("异议期到 %(until)s 为止，尚未期满。"), until=written(running.ends_at))


def contract_was_accepted(assessment: Assessment, act: Act) -> Iterator[Refusal]:
    """The result is published after the final acceptance: an evaluated project is an accepted one (S-01)."""
    if not assessment.project.reached(Stage.ACCEPTED):
        yield refuse("S-104", _("项目还没有最终验收合格。"))


# --- use of results --------------------------------------------------------------------------------------------------
def result_is_settled(use: ResultUse, act: Act) -> Iterator[Refusal]:
    """Only a settled result is used (S-110)."""
    if use.assessment.state not in (Assessment.State.CONFIRMED, Assessment.State.PUBLISHED):
        yield refuse("S-110", _("评价结果还没有确定。"))


def contract_use_is_not_waived(use: ResultUse, act: Act) -> Iterator[Refusal]:
    """What the contract says is done, not waived (L11.5)."""
    if use.kind in (ResultUse.Kind.PAYMENT, ResultUse.Kind.CREDIT):
        yield refuse("S-95", _("合同约定或者依规记录的应用不能免除。"))


def result_is_gone(use: ResultUse, act: Act) -> Iterator[Refusal]:
    """A use is taken back only with the result it rests on (L11.5)."""
    if use.assessment.state != Assessment.State.VOIDED:
        yield refuse("S-110", _("评价结果仍然有效，不能撤销其应用。"))


# --- floors below ----------------------------------------------------------------------------------------------------
def evaluation_is_finished(project, act: Act) -> Iterator[Refusal]:
    """A project is put away when results are published, every use is applied or waived, and contracts are ended (L2.5)."""
    for contract in Contract.objects.filter(project=project, state__in=["SIGNED", "PERFORMING", "FINISHED"]):
        yield refuse("S-124", _("合同 %(number)s 尚未完成。"), number=contract.number)
    for found in Assessment.objects.filter(contract__project=project).exclude(state__in=["PUBLISHED", "VOIDED"]):
        yield refuse("R102-24", _("评价 %(number)s 尚未公布。"), number=found.number)
    for use in ResultUse.objects.filter(assessment__contract__project=project, state=ResultUse.State.PROPOSED):
        yield refuse("S-110", _("“%(use)s”尚未应用或者免除。"), use=use.get_kind_display())


def tied_payment_waits_for_result(request, act: Act) -> Iterator[Refusal]:
    """Only where the contract's scheme ties the last instalment to the result does it wait for it (S-95, X-17)."""
    from procurement.payments.models import ResultTie
    from procurement.payments.verbs import is_last

    if not request.pk or not is_last(request.term) or ResultTie.objects.filter(term=request.term).exists():
        return
    scheme = contract_scheme(request.contract)
    if scheme is not None and scheme.pays_by_result:
        yield refuse("S-95", _("合同约定末期款按评价等次计付，评价结果尚未确定。"))
