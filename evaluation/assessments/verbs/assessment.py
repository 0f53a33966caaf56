"""Effects of an assessment: opened, scored by each party, computed line by line, served, settled, published (L11.4)."""
from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from evaluation.assessments.models import Assessment, Computation, Engagement, Score
from evaluation.schemes import rules
from evaluation.schemes.models import Indicator, Party
from evaluation.schemes.verbs import scheme_for
from portal.identifiers import Series
from portal.rules.jurisdiction import setting
from portal.workflow import Act
from procurement.plans.models import Stage
from procurement.plans.numbers import next_number
from procurement.plans.verbs import record_outcome, report_branch, revoke_outcome

State = Assessment.State
#: States of an engagement whose scores count.
DELIVERED = (Engagement.State.REPORTED, Engagement.State.CHECKED)


# --- asking ----------------------------------------------------------------------------------------------------------
def reference_of(assessment: Assessment) -> str:
    """How floors below name a result."""
    return f"assessments.assessment:{assessment.pk}"


def live_engagement(contract) -> Engagement | None:
    return Engagement.objects.live().filter(contract=contract).order_by("-id").first()


def expected_parties(assessment: Assessment) -> list[str]:
    """The parties whose scores the result waits for: all with a weight, less those absent by rule (R-050, X-28).

    Below the setting two parties are enough: without an engagement neither third party nor recipients are heard.
    """
    weights = assessment.scheme.party_weights()
    parties = [party for party, weight in weights.items() if weight > 0]
    engagement = live_engagement(assessment.contract)
    least = setting("third_party_required_above", assessment.contract.agency.region, assessment.contract.rules_as_of)
    if engagement is None and assessment.contract.amount <= least:
        return [party for party in parties if party == Party.PURCHASER]
    if engagement is not None and engagement.state in DELIVERED and engagement.recipients_absent:
        return [party for party in parties if party != Party.RECIPIENTS]
    return parties


def missing_parties(assessment: Assessment) -> list[str]:
    """Those of the expected parties who have not scored all their indicators yet."""
    done: dict[str, set[int]] = {}
    for party, indicator in assessment.scores.values_list("party", "indicator_id"):
        done.setdefault(party, set()).add(indicator)
    return [
        party for party in expected_parties(assessment)
        if {leaf.pk for leaf in assessment.indicators_of(party)} - done.get(party, set())
    ]


def computed(assessment: Assessment) -> dict:
    """Parties and lines with exact values, as they are kept and shown (figures as text)."""
    weights = assessment.scheme.party_weights()
    present = [party for party in expected_parties(assessment) if assessment.indicators_of(party)]
    shares = rules.rescaled(weights, present)
    rows: dict[str, list[Score]] = {party: [] for party in present}
    for row in assessment.scores.select_related("indicator").order_by("indicator__order"):
        if row.party in rows:
            rows[row.party].append(row)
    scores = {party: rules.party_score((row.indicator.weight, row.value) for row in found) for party, found in rows.items()}
    total = rules.overall(shares, scores)
    lines = []
    for party, found in rows.items():
        whole = sum((Fraction(row.indicator.weight) for row in found), Fraction(0))
        for row in found:
            points = shares[party] * Fraction(row.indicator.weight) / whole * Fraction(row.value) / 100
            lines.append({
                "party": party, "code": row.indicator.code, "name": row.indicator.name, "weight": str(row.indicator.weight),
                "value": str(row.value), "points": str(rules.shown(points, 4)), "exact": rules.exact(points),
            })  # fmt: skip
    return {
        "parties": [
            {"party": party, "weight": str(weights[party]), "share": str(rules.shown(shares[party], 4)),
             "share_exact": rules.exact(shares[party]), "score": str(rules.shown(scores[party])), "exact": rules.exact(scores[party])}
            for party in present
        ],
        "absent": [party for party, weight in weights.items() if weight > 0 and party not in present],
        "lines": lines, "total": rules.exact(total),
    }  # fmt: skip


# --- effects ---------------------------------------------------------------------------------------------------------
def open_assessment(assessment: Assessment, act: Act) -> dict:
    """Begin the assessment of a contract; a report that is there already is taken in by itself."""
    contract = act.data["contract"]
    assessment.contract, assessment.scheme = contract, scheme_for(contract)
    assessment.period_from, assessment.period_until = contract.starts_on, contract.ends_on
    assessment.engagement = live_engagement(contract)
    assessment.previous = Assessment.objects.filter(contract=contract, state=State.VOIDED).order_by("-id").first()
    assessment.number = next_number(Series.ASSESSMENT, contract.agency, act.now.year)
    return {"number": assessment.number, "contract": contract.number}


def score_party(assessment: Assessment, act: Act) -> dict:
    """The purchaser's scores; the other parties' come with the report."""
    leaves = {leaf.code: leaf for leaf in assessment.indicators_of(Party.PURCHASER)}
    for row in act.data["scores"]:
        _keep(assessment, Party.PURCHASER, leaves[row["indicator"]], row["value"], row.get("reason", ""), act.actor.user_id, act)
    return {"party": Party.PURCHASER, "scores": len(act.data["scores"])}


def take_report(assessment: Assessment, act: Act) -> dict:
    """The evaluator's scores and those of the recipients he heard, as his report has them."""
    assessment.engagement = act.data["engagement"]
    found = list(assessment.engagement.scores.select_related("indicator"))
    for row in found:
        _keep(assessment, row.party, row.indicator, row.value, row.reason, row.scored_by_id, act)
    return {"evaluator": assessment.engagement.evaluator.name, "scores": len(found)}


def _keep(assessment: Assessment, party: str, indicator, value, reason: str, user_id: int | None, act: Act) -> None:
    Score.objects.update_or_create(
        assessment=assessment, party=party, indicator=indicator,
        defaults={"value": value, "reason": reason, "scored_by_id": user_id, "scored_at": act.now},
    )


def compute(assessment: Assessment, act: Act) -> dict:
    """Sum up once everybody is in; who is absent by rule is named and the others' weights are brought to one hundred."""
    return keep_computation(assessment, act, cause="")


def keep_computation(assessment: Assessment, act: Act, *, cause: str) -> dict:
    """A new version of the sum; the grade is that of the exact score, capped where no recipient was heard."""
    detail = computed(assessment)
    total = Fraction(detail["total"])
    grade = rules.grade(total)
    assessment.without_recipients = ""
    if Party.RECIPIENTS in detail["absent"]:
        engagement = assessment.engagement
        assessment.without_recipients = engagement.recipients_absent if engagement else str(_("未委托第三方，未听取服务对象意见。"))
        most = setting("without_recipients_grade_max", assessment.contract.agency.region, assessment.contract.rules_as_of)
        grade = rules.lower(grade, most)
    assessment.version += 1
    assessment.score, assessment.exact, assessment.grade = rules.shown(total), detail["total"], grade
    assessment.save()
    Computation.objects.create(
        assessment=assessment, version=assessment.version, detail=detail, score=assessment.score, exact=assessment.exact, grade=grade,
        cause=cause[:300], made_at=act.now,
    )
    return {"score": assessment.score, "exact": assessment.exact, "grade": grade, "version": assessment.version, "absent": detail["absent"]}


def serve(assessment: Assessment, act: Act) -> dict:
    return {"score": assessment.score, "grade": assessment.grade}


def dispute(assessment: Assessment, act: Act) -> dict:
    assessment.dispute_reason = act.reason
    return {}


def review(assessment: Assessment, act: Act) -> dict:
    """Kept, or computed anew from what was put right; the earlier computation stays."""
    assessment.review_opinion = act.reason
    leaves = {leaf.code: leaf for leaf in assessment.scheme.leaves()}
    changes = act.data.get("changes") or []
    if not changes:
        return {"kept": True, "score": assessment.score, "grade": assessment.grade}
    for row in changes:
        given = assessment.scores.get(party=row["party"], indicator=leaves[row["indicator"]])
        _keep(assessment, row["party"], given.indicator, row["value"], act.reason, given.scored_by_id, act)
    return {"kept": False, **keep_computation(assessment, act, cause=act.reason)}


def satisfaction_of(assessment: Assessment) -> Decimal | None:
    """How satisfied the recipients were, of a hundred: the mean of what they gave for satisfaction; None where nobody was asked."""
    given = [
        Fraction(score.value) for score in assessment.scores.select_related("indicator").filter(party=Party.RECIPIENTS)
        if score.indicator.aspect == Indicator.Aspect.SATISFACTION
    ]
    return rules.shown(sum(given, Fraction(0)) / len(given)) if given else None


def confirm(assessment: Assessment, act: Act) -> dict:
    """Settled: next year's plan and the budget can rest on it from now on (S-110)."""
    record_outcome(
        act, assessment.project, reference=reference_of(assessment), title=f"{assessment.number} {assessment}",
        grade=assessment.get_grade_display(), score=assessment.score, satisfaction=satisfaction_of(assessment),
    )
    return {"score": assessment.score, "exact": assessment.exact, "grade": assessment.grade}


def publish(assessment: Assessment, act: Act) -> dict:
    assessment.summary = act.data["summary"]
    return {"grade": assessment.grade, "score": assessment.score}


def note_evaluated(assessment: Assessment, act: Act) -> None:
    """The contract's branch is evaluated; the project follows."""
    contract = assessment.contract
    report_branch(act, contract.project, contract.branch_code, Stage.EVALUATED)


def void(assessment: Assessment, act: Act) -> dict:
    """Taken back: it binds nobody any more; what was applied is revoked by hand, one by one (L11.5)."""
    assessment.void_reason = act.reason
    if assessment.project.outcomes.filter(reference=reference_of(assessment)).exists():
        revoke_outcome(act, assessment.project, reference=reference_of(assessment))
    return {"score": assessment.score, "grade": assessment.grade}
