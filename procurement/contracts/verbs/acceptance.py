"""Effects of an acceptance: the checklist, judgements, signatures, the result and what follows from it (L10.1)."""
from __future__ import annotations

from decimal import Decimal

from portal.accounts.models import Membership
from portal.files.verbs import store
from portal.notices.verbs import publish_notice
from portal.reports.verbs import facts_of_paper
from portal.workdays.deadlines import midnight_after
from portal.workflow import Act
from procurement.contracts import papers
from procurement.contracts.measure import standings
from procurement.contracts.models import Acceptance, AcceptanceItem, AcceptanceMember
from procurement.contracts.models.acceptance import PASSED
from procurement.contracts.notice import acceptance_notice
from procurement.contracts.rules import ASK_AFTER_DAYS
from procurement.plans.models import Stage
from procurement.plans.verbs import report_branch

Capacity = AcceptanceMember.Capacity


def plan(acceptance: Acceptance, act: Act) -> dict:
    from datetime import timedelta

    acceptance.asks_at = midnight_after(acceptance.planned_on + timedelta(days=ASK_AFTER_DAYS))
    return {"stage": acceptance.stage, "round": acceptance.round, "planned_on": acceptance.planned_on}


def request(acceptance: Acceptance, act: Act) -> dict:
    return {"stage": acceptance.stage, "round": acceptance.round}


def convene(acceptance: Acceptance, act: Act) -> dict:
    """Name who measures, and lay out the checklist: every deliverable with its target and what the confirmed log says."""
    contract = acceptance.contract
    acceptance.leader, acceptance.place = act.data["leader"], act.data["place"]
    acceptance.save()
    rows = [{"user": acceptance.leader, "capacity": Capacity.PURCHASER}, *act.data["members"]]
    for order, row in enumerate(rows, 1):
        user = row.get("user")
        AcceptanceMember.objects.create(
            acceptance=acceptance, order=order, user=user, capacity=row["capacity"],
            name=row.get("name") or user.name, employer=row.get("employer") or _employer(user, contract),
        )
    on = contract.ends_on if acceptance.stage == Acceptance.Stage.FINAL else acceptance.planned_on
    for each in standings(contract, on, confirmed_only=True):
        AcceptanceItem.objects.create(
            acceptance=acceptance, deliverable=each.deliverable, target=each.measure.due, actual=each.measure.actual,
            sub_target=each.measure.sub_due, sub_actual=each.measure.sub_actual, evidence=each.newest.text[:1000] if each.newest else "",
        )
    return {
        "leader": acceptance.leader.name, "members": [member.name for member in acceptance.members.all()],
        "items": acceptance.items.count(),
    }


def _employer(user, contract) -> str:
    """Where a member with an account works: the agency if he is of it, else his first organisation."""
    memberships = Membership.objects.live().filter(user=user).select_related("organisation").order_by("organisation_id")
    names = {each.organisation_id: each.organisation.name for each in memberships}
    return names.get(contract.agency_id) or next(iter(names.values()), "")


def judge_item(acceptance: Acceptance, act: Act) -> dict:
    """Keep the finding on one or several items."""
    items = {item.deliverable.order: item for item in acceptance.items.select_related("deliverable")}
    judged = {}
    for row in act.data["items"]:
        item = items[row["order"]]
        item.passed, item.opinion, item.reduction = row["passed"], row.get("opinion") or "", row.get("reduction")
        item.evidence = row.get("evidence") or item.evidence
        item.judged_by_id, item.judged_at = act.actor.user_id, act.now
        item.save()
        judged[str(row["order"])] = row["passed"]
    return {"items": judged}


def sign(acceptance: Acceptance, act: Act) -> dict:
    member = acceptance.members.get(user=act.actor.user)
    member.signed_at, member.dissent = act.now, act.data.get("dissent", "")
    member.save()
    return {"member": member.name, "dissent": member.dissent}


def record_signature(acceptance: Acceptance, act: Act) -> dict:
    member = act.data["member"]
    member.document = store(act.data["paper"], actor=act.actor, kind="signature_sheet", subject=acceptance)
    member.signed_at, member.dissent = act.now, act.data.get("dissent", "")
    member.save()
    return {"member": member.name, "dissent": member.dissent, "digest": member.document.digest}


def conclude(acceptance: Acceptance, act: Act) -> dict:
    """The result with its report on paper; the final stage settles every deliverable and moves the project."""
    acceptance.opinion = act.data.get("opinion") or acceptance.opinion
    acceptance.result_reason, acceptance.concluded_at = act.reason, act.now
    acceptance.reduction = sum((item.reduction or Decimal(0) for item in acceptance.items.all()), Decimal(0))
    acceptance.save()
    paper = papers.make_acceptance_paper(acceptance, act)
    if acceptance.stage == Acceptance.Stage.FINAL:
        _settle_deliverables(acceptance, act)
        if acceptance.state in PASSED:
            contract = acceptance.contract
            report_branch(act, contract.project, contract.branch_code, Stage.ACCEPTED)
        elif acceptance.round == 1:
            act.perform(
                Acceptance(contract=acceptance.contract, stage=acceptance.stage, round=2, planned_on=act.now.date()), "plan"
            )
    return {
        "stage": acceptance.stage, "round": acceptance.round, "failed": acceptance.items.filter(passed=False).count(),
        "reduction": acceptance.reduction, **facts_of_paper(paper),
    }


def _settle_deliverables(acceptance: Acceptance, act: Act) -> None:
    for item in acceptance.items.select_related("deliverable__contract"):
        act.perform(item.deliverable, "accept" if item.passed else "fail", reason=item.opinion)


def publish(acceptance: Acceptance, act: Act) -> dict:
    acceptance.published_at = act.now
    notice = publish_notice(
        act=act, kind="N-11", subject=acceptance, title=papers.acceptance_title(acceptance), payload=acceptance_notice(acceptance),
        organisation=acceptance.contract.agency,
    )
    return {"notice": notice.number}


def void(acceptance: Acceptance, act: Act) -> dict:
    return {"stage": acceptance.stage}
