"""Effects of an engagement: chosen, independent, planned, proved, consulted, reported (L11.2)."""
from __future__ import annotations

from evaluation.assessments.documents import make_report
from evaluation.assessments.models import Declaration, Engagement, EngagementScore, EvidencePiece
from evaluation.schemes.models import Party
from evaluation.schemes.verbs import scheme_for
from portal.accounts.models import Membership
from portal.files.verbs import store
from portal.reports.verbs import facts_of_paper
from portal.workdays import start_clock, stop_clock
from portal.workflow import Act
from procurement.suppliers.models import Supplier

REPLY = "DRAFT_REPORT_REPLY"


def propose(engagement: Engagement, act: Act) -> dict:
    """Name the evaluator; the period is the contract's where none is given."""
    contract = act.data["contract"]
    engagement.contract, engagement.scheme = contract, scheme_for(contract)
    for name in ("evaluator", "fee", "choice"):
        setattr(engagement, name, act.data[name])
    engagement.period_from = act.data.get("period_from") or contract.starts_on
    engagement.period_until = act.data.get("period_until") or contract.ends_on
    return {"evaluator": engagement.evaluator.name, "contract": contract.number, "fee": engagement.fee}


def engage(engagement: Engagement, act: Act) -> dict:
    return {"evaluator": engagement.evaluator.name, "fee": engagement.fee}


def sign_independence(engagement: Engagement, act: Act) -> dict:
    """One person's word; who has a tie is named and takes no part."""
    Declaration.objects.create(
        engagement=engagement, user=act.actor.user, has_tie=act.data["has_tie"], statement=act.data.get("statement", ""),
        declared_at=act.now,
    )
    return {"person": act.actor.name, "has_tie": act.data["has_tie"]}


def declare(engagement: Engagement, act: Act) -> dict:
    return {"people": [str(row) for row in engagement.declarations.filter(has_tie=False)]}


def plan(engagement: Engagement, act: Act) -> dict:
    for name in ("object", "method", "sample", "report_due"):
        setattr(engagement, name, act.data[name])
    return {"report_due": engagement.report_due}


def add_evidence(engagement: Engagement, act: Act) -> dict:
    """A piece for one indicator, from the evaluator or from a side that was asked."""
    upload = act.data.get("document")
    document = store(upload, actor=act.actor, kind="evaluation_evidence", subject=engagement) if upload else None
    piece = EvidencePiece.objects.create(
        engagement=engagement, indicator=act.data["indicator"], available=act.data["available"], text=act.data["text"],
        document=document, organisation=act.actor.organisation, added_at=act.now, added_by=act.actor.user,
    )
    return {"indicator": piece.indicator.code, "available": piece.available, "digest": document.digest if document else ""}


def score(engagement: Engagement, act: Act) -> dict:
    return _keep(engagement, Party.THIRD_PARTY, act)


def hear_recipients(engagement: Engagement, act: Act) -> dict:
    """What the recipients said; without their scores the reason stands in the report and beside the result."""
    for name in ("recipients_asked", "recipients_answered", "recipients_method", "recipients_absent"):
        setattr(engagement, name, act.data.get(name) if act.data.get(name) is not None else "")
    if engagement.recipients_absent:
        engagement.scores.filter(party=Party.RECIPIENTS).delete()
        return {"answered": engagement.recipients_answered, "scores": 0}
    return {"answered": engagement.recipients_answered, **_keep(engagement, Party.RECIPIENTS, act)}


def _keep(engagement: Engagement, party: str, act: Act) -> dict:
    leaves = {leaf.code: leaf for leaf in engagement.indicators_of(party)}
    for row in act.data["scores"]:
        EngagementScore.objects.update_or_create(
            engagement=engagement, party=party, indicator=leaves[row["indicator"]],
            defaults={"value": row["value"], "reason": row.get("reason", ""), "scored_by": act.actor.user, "scored_at": act.now},
        )
    return {"scores": len(act.data["scores"])}


def consult(engagement: Engagement, act: Act) -> dict:
    """The draft goes to both sides, each with its own period."""
    engagement.draft = act.data["draft"]
    engagement.save()
    for side in (engagement.contract.agency, engagement.contract.supplier):
        start_clock(REPLY, engagement, act, bearer=side)
    return {"evaluator": engagement.evaluator.name}


def reply(engagement: Engagement, act: Act) -> dict:
    """Agreement or objections of one side; said once."""
    side = "purchaser" if act.actor.organisation_id == engagement.contract.agency_id else "supplier"
    setattr(engagement, f"{side}_reply", act.reason)
    setattr(engagement, f"{side}_replied_at", act.now)
    stop_clock(REPLY, engagement, act, bearer=act.actor.organisation)
    return {"side": side}


def report(engagement: Engagement, act: Act) -> dict:
    """The signed report, delivered to finance and purchaser in one act, readable by all, writable by nobody (R-056, X-23)."""
    for name in ("conclusion", "suggestions", "purchaser_answer", "supplier_answer"):
        setattr(engagement, name, act.data.get(name) or "")
    engagement.report = make_report(engagement, act)
    return {"evaluator": engagement.evaluator.name, **facts_of_paper(engagement.report)}


def check(engagement: Engagement, act: Act) -> dict:
    engagement.quality = act.reason
    return {}


def terminate(engagement: Engagement, act: Act) -> dict:
    engagement.end_reason = act.reason
    return {}


def team(engagement: Engagement) -> set[int]:
    """Those who declared themselves independent: they may do the work."""
    return set(engagement.declarations.filter(has_tie=False).values_list("user_id", flat=True))


def related_names(engagement: Engagement) -> list[str]:
    """People of the evaluator who stand behind the contractor too (S-69)."""
    staff = set(Membership.objects.live().filter(organisation=engagement.evaluator_id).values_list("user__name", flat=True))
    supplier = Supplier.objects.of(engagement.contract.supplier)
    if supplier is None:
        return []
    behind = {supplier.legal_representative, *supplier.related_persons.values_list("name", flat=True)}
    return sorted(staff & behind)
