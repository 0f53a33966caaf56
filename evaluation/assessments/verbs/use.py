"""Effects of the use of a result: proposed by the region's table, applied by the verb of the floor below (L11.5)."""
from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from evaluation.assessments.decisions import ceiling_percent, gate_closes
from evaluation.assessments.models import Assessment, ResultUse
from evaluation.assessments.next_year import yearly_sum
from portal.accounts.actor import system_actor
from portal.money import percent_of
from portal.workflow import Act
from portal.workflow.engine import refusals
from portal.workflow.table import lifecycle_of
from procurement.payments.verbs import tie_result
from procurement.plans.models import Project, Stage
from procurement.plans.verbs import close_gate, open_gate, set_ceiling
from procurement.suppliers.models import Supplier
from procurement.suppliers.verbs import record_outcome

from .assessment import reference_of

Kind = ResultUse.Kind
#: What the contract or the record of contracts asks for happens by itself; what touches the budget is decided by finance.
BY_ITSELF = (Kind.PAYMENT, Kind.CREDIT)


def proposals(assessment: Assessment, on) -> list[dict]:
    """What a grade leads to by the region's table: kind, percent, amount, in the order they are applied (S-110)."""
    contract, region = assessment.contract, assessment.contract.agency.region
    found = []
    if assessment.scheme.pays_by_result:
        found.append({"kind": Kind.PAYMENT, "percent": assessment.scheme.payment_percents()[assessment.grade]})
    if Supplier.objects.filter(organisation=contract.supplier).exists():
        found.append({"kind": Kind.CREDIT})
    percent = Decimal(ceiling_percent(assessment.grade, region, on))
    found.append({"kind": Kind.CEILING, "percent": percent, "amount": percent_of(yearly_sum(contract), percent)})
    if gate_closes(assessment.grade, region, on):
        found.append({"kind": Kind.PLAN_GATE})
    return found


def propose_uses(assessment: Assessment, act: Act) -> None:
    """Fire the region's table for a settled result; what the contract ties is applied at once."""
    for row in proposals(assessment, act.now.date()):
        use = act.perform(ResultUse(assessment=assessment, **row), "propose")
        if use.kind in BY_ITSELF:
            act.perform(use, "apply")


def propose(use: ResultUse, act: Act) -> dict:
    return {"kind": use.kind, "percent": use.percent, "amount": use.amount, "result": use.citation}


def apply(use: ResultUse, act: Act) -> dict:
    """Call the verb of the floor below and keep where its effect stands."""
    assessment, contract = use.assessment, use.assessment.contract
    reference = reference_of(assessment)
    if use.kind == Kind.CEILING:
        outcome = set_ceiling(act, contract.project, amount=use.amount, reference=reference)
        use.effect_reference = f"plans.outcome:{outcome.pk}"
    elif use.kind == Kind.PLAN_GATE:
        reason = str(_("整改后方可申报：%(result)s")) % {"result": use.citation}
        outcome = close_gate(act, contract.project, reason=reason, reference=reference)
        use.effect_reference = f"plans.outcome:{outcome.pk}"
    elif use.kind == Kind.CREDIT:
        made = record_outcome(
            act, contract.supplier, project=contract.project, contract_ref=contract.number, grade=assessment.get_grade_display(),
            score=assessment.score, cited=assessment.number,
        )
        use.effect_reference = f"suppliers.outcome:{made.pk}"
    else:
        tie = tie_result(act, contract, percent=use.percent, reference=use.citation)
        if tie is None:
            use.reason = str(_("末期款已支付，差额另行结算。"))
        use.effect_reference = f"payments.tie:{tie.pk}" if tie else "payments.paid"
    return {"kind": use.kind, "result": use.citation, "effect": use.effect_reference, "percent": use.percent, "amount": use.amount}


def waive(use: ResultUse, act: Act) -> dict:
    use.reason = act.reason
    return {"kind": use.kind, "result": use.citation}


def revoke(use: ResultUse, act: Act) -> dict:
    """Undo what can be undone, name what cannot; nothing is undone silently (L11.5 edge 4)."""
    if not use.effect_reference:
        use.undone = str(_("尚未应用。"))
    elif use.kind == Kind.PLAN_GATE:
        open_gate(act, use.project, reference=reference_of(use.assessment))
        use.undone = str(_("申报限制已解除。"))
    elif use.kind == Kind.CEILING:
        use.undone = str(_("上限不再适用；已据此批准的计划保持不变，由财政部门核查。"))
    elif use.kind == Kind.CREDIT:
        use.undone = str(_("承接主体页面上的记录保留，本结果已作废。"))
    else:
        use.undone = str(_("已按原结果计付的款项不自动追回，差额另行结算。"))
    return {"kind": use.kind, "undone": use.undone}


def close_if_ready(act: Act, project) -> None:
    """Put the project away when nothing is owed on any floor (L2.5)."""
    project = Project.objects.get(pk=project.pk)
    if project.state != Stage.EVALUATED:
        return
    cycle = lifecycle_of(project)
    asked = Act(row=cycle["close"], lifecycle=cycle, actor=system_actor(), now=act.now)
    if not refusals(project, cycle["close"], asked):
        act.perform(project, "close")
