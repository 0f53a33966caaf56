"""Schemes, engagements and assessments in the states that tests need, reached by running the verbs."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from evaluation.assessments.models import Assessment, Engagement
from evaluation.schemes.frames import PROJECT_SPENDING
from evaluation.schemes.models import Scheme
from portal import clock
from portal.accounts.demo import organisation
from portal.workflow import perform
from procurement.contracts.models import Contract
from tests.factories.people import actor

#: After the final acceptance of `tests.factories.contracts`.
ENGAGED_AT = datetime(2027, 5, 24, 9, tzinfo=clock.SHANGHAI)
ENGAGEMENT_STATES = ("PROPOSED", "ENGAGED", "DECLARED", "PLANNED", "COLLECTING", "CONSULTING", "REPORTED", "CHECKED")


def scheme_data(project, **changes) -> dict:
    return {
        "project": project,
        "title": "绩效评价方案",
        "purchaser_weight": Decimal(30),
        "recipients_weight": Decimal(20),
        "third_party_weight": Decimal(50),
        "indicators": PROJECT_SPENDING,
        "pays_by_result": False,
        **changes,
    }


def make_scheme(project, state: str = "APPROVED", **changes) -> Scheme:
    """A scheme DRAFTED, PROPOSED or APPROVED."""
    scheme = perform(Scheme(), "draft", actor=actor("buyer"), **scheme_data(project, **changes))
    if state == "DRAFTED":
        return scheme
    scheme = perform(scheme, "propose", actor=actor("buyer"))
    return scheme if state == "PROPOSED" else perform(scheme, "approve", actor=actor("head"))


def scores(thing, party: str, value: str = "90.00", **special) -> list[dict]:
    """The same value for every indicator of a party; `special` by code with _ for . ("i3_1_1")."""
    given = {code.lstrip("i").replace("_", "."): Decimal(each) for code, each in special.items()}
    return [
        {
            "indicator": leaf.code,
            "value": given.get(leaf.code, Decimal(value)),
            "reason": "见底稿" if given.get(leaf.code, Decimal(value)) < 60 else "",
        }
        for leaf in thing.indicators_of(party)
    ]


def make_engagement(
    state: str, contract: Contract, *, third_party: str = "88.00", recipients: str | None = "92.00"
) -> Engagement:
    """An engagement of a signed contract, up to a state; without `recipients` nobody could be asked."""
    wanted = ENGAGEMENT_STATES.index(state)
    engagement = Engagement()
    for number, name in enumerate(ENGAGEMENT_STATES[: wanted + 1]):
        with clock.at(ENGAGED_AT + timedelta(days=number)):
            engagement = STEPS[name](engagement, contract)
            if name == "COLLECTING" and wanted > number:
                engagement = work(engagement, third_party, recipients)
    return engagement


def work(engagement: Engagement, third_party: str, recipients: str | None) -> Engagement:
    """Every score and a piece of evidence for each indicator."""
    evaluator = actor("evaluator")
    engagement = perform(engagement, "score", actor=evaluator, scores=scores(engagement, "THIRD_PARTY", third_party))
    heard = {
        "recipients_asked": 120,
        "recipients_answered": 103,
        "recipients_method": "入户访谈",
        "recipients_absent": "",
        "scores": [],
    }
    if recipients is None:
        heard |= {"recipients_answered": 0, "recipients_absent": "服务对象分散，样本不足。"}
    else:
        heard["scores"] = scores(engagement, "RECIPIENTS", recipients)
    engagement = perform(engagement, "hear_recipients", actor=evaluator, **heard)
    for leaf in engagement.scheme.leaves():
        engagement = perform(
            engagement,
            "add_evidence",
            actor=evaluator,
            indicator=leaf,
            available=True,
            text="台账与现场核对。",
            document=None,
        )
    return engagement


def propose(engagement: Engagement, contract: Contract, **changes) -> Engagement:
    data = {
        "contract": contract,
        "evaluator": organisation("evaluation"),
        "period_from": None,
        "period_until": None,
        "fee": Decimal("48000.00"),
        "choice": "具备同类评价经验。",
        **changes,
    }
    return perform(engagement, "propose", actor=actor("finance_officer"), **data)


def declare(engagement: Engagement, contract: Contract) -> Engagement:
    for who in ("evaluator_head", "evaluator"):
        engagement = perform(engagement, "sign_independence", actor=actor(who), has_tie=False, statement="")
    return perform(engagement, "declare", actor=actor("evaluator_head"))


def plan(engagement: Engagement, contract: Contract) -> Engagement:
    return perform(
        engagement,
        "plan",
        actor=actor("evaluator"),
        object="合同全部服务内容",
        method="核对与访谈",
        sample="随机抽取 120 户",
        report_due=clock.today() + timedelta(days=30),
    )


def report(engagement: Engagement, contract: Contract) -> Engagement:
    for who in ("head", "supplier_a_head"):
        engagement = perform(engagement, "reply", actor=actor(who), reason="没有不同意见。")
    return perform(
        engagement,
        "report",
        actor=actor("evaluator_head"),
        conclusion="总体较好。",
        suggestions="加强雨季保洁。",
        purchaser_answer="已阅。",
        supplier_answer="已阅。",
    )


STEPS = {
    "PROPOSED": propose,
    "ENGAGED": lambda engagement, contract: perform(engagement, "engage", actor=actor("finance_head")),
    "DECLARED": declare,
    "PLANNED": plan,
    "COLLECTING": lambda engagement, contract: perform(engagement, "collect", actor=actor("evaluator")),
    "CONSULTING": lambda engagement, contract: perform(
        engagement, "consult", actor=actor("evaluator_head"), draft="征求意见稿"
    ),
    "REPORTED": report,
    "CHECKED": lambda engagement, contract: perform(
        engagement, "check", actor=actor("finance_officer"), reason="程序合规，底稿齐全。"
    ),
}
SCORED_AT = ENGAGED_AT + timedelta(days=10)
ASSESSMENT_STATES = ("OPENED", "COMPUTED", "SERVED", "CONFIRMED", "PUBLISHED")


def make_assessment(state: str, contract: Contract, *, purchaser: str = "85.00", **engagement) -> Assessment:
    """The assessment of a finished contract, up to a state; the evaluator reports on the way."""
    assessment = Assessment.objects.live().get(contract=contract)
    if state == "OPENED":
        return assessment
    make_engagement("REPORTED", contract, **engagement)
    wanted = ASSESSMENT_STATES.index(state)
    with clock.at(SCORED_AT):
        assessment = perform(
            assessment, "score_party", actor=actor("head"), scores=scores(assessment, "PURCHASER", purchaser)
        )
        if wanted >= ASSESSMENT_STATES.index("SERVED"):
            assessment = perform(assessment, "serve", actor=actor("finance_officer"))
    with clock.at(SCORED_AT + timedelta(days=20)):
        if wanted >= ASSESSMENT_STATES.index("CONFIRMED"):
            assessment = perform(assessment, "confirm", actor=actor("finance_head"))
        if wanted >= ASSESSMENT_STATES.index("PUBLISHED"):
            assessment = perform(assessment, "publish", actor=actor("finance_head"), summary="服务达到合同要求。")
    return Assessment.objects.get(pk=assessment.pk)
