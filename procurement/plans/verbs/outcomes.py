"""Results of evaluation pushed down: next year's item must cite them and stay within them (S-110, L11.5)."""
from __future__ import annotations

from decimal import Decimal

from portal.money import yuan
from portal.workflow import Act
from procurement.plans.models import Outcome, Project


def record_outcome(
    act: Act, project: Project, *, reference: str, title: str, grade: str, score: Decimal, ceiling: Decimal | None = None,
    satisfaction: Decimal | None = None,
) -> Outcome:
    """Keep what an evaluation said of a project; the successor's plan item must answer it (R102-25).

    `reference` names the result above ("assessments.assessment:17"); the same reference again replaces what it said.
    """
    outcome, _made = Outcome.objects.update_or_create(
        project=project, reference=reference,
        defaults={"title": title, "grade": grade, "score": score, "satisfaction": satisfaction, "recorded_at": act.now, "revoked_at": None},
    )
    if ceiling is not None:
        set_ceiling(act, project, amount=ceiling, reference=reference)
        outcome.refresh_from_db()
    return outcome


def _outcome(project: Project, reference: str) -> Outcome:
    return Outcome.objects.select_for_update().get(project=project, reference=reference)


def set_ceiling(act: Act, project: Project, *, amount: Decimal, reference: str) -> Outcome:
    """Limit what the successor may ask for in a year, in yuan; cites the result. Raises Outcome.DoesNotExist, NotMoney."""
    outcome = _outcome(project, reference)
    outcome.ceiling = yuan(amount)
    outcome.save(update_fields=["ceiling"])
    return outcome


def close_gate(act: Act, project: Project, *, reason: str, reference: str) -> Outcome:
    """Stop the successor item until the fault is mended or waived (PLAN_GATE)."""
    outcome = _outcome(project, reference)
    outcome.gate_closed, outcome.gate_reason = True, reason
    outcome.save(update_fields=["gate_closed", "gate_reason"])
    return outcome


def open_gate(act: Act, project: Project, *, reference: str) -> Outcome:
    """The fault is mended, or the gate waived with reason above."""
    outcome = _outcome(project, reference)
    outcome.gate_closed, outcome.gate_reason = False, ""
    outcome.save(update_fields=["gate_closed", "gate_reason"])
    return outcome


def revoke_outcome(act: Act, project: Project, *, reference: str) -> Outcome:
    """The result was voided: it no longer binds; plans approved under it stay as they are and can be found by it."""
    outcome = _outcome(project, reference)
    outcome.revoked_at = act.now
    outcome.save(update_fields=["revoked_at"])
    return outcome
