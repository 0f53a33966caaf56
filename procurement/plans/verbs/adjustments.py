"""Effects of plan adjustments: asked, decided, and written into the item with both versions in the record (L2.2 adjust)."""
from __future__ import annotations

from typing import Any

from portal.money import ZERO
from portal.workflow import Act
from procurement.plans import adjusting, leads
from procurement.plans.models import Adjustment, Intention, PlanItem, Project

from .intentions import outline_of


def ask(item: PlanItem, act: Act) -> dict:
    """Begin an adjustment of an approved item; until it is decided the item stays as it is."""
    made = act.perform(
        Adjustment(item=item), "draft", reason=act.reason, reason_code=act.reason_code, trial=adjusting.tried(item, act.data)
    )
    return _facts(made)


def draft(adjustment: Adjustment, act: Act) -> dict:
    item = adjustment.item
    adjustment.project, adjustment.agency, adjustment.year = item.project, item.agency, item.year
    adjustment.serial = item.adjustments.count() + 1
    adjustment.reason, adjustment.reason_code = act.reason, act.reason_code
    _keep(adjustment, act.data["trial"])
    return _facts(adjustment)


def edit(adjustment: Adjustment, act: Act) -> dict:
    """Say it otherwise before it is handed in; the item may have changed meanwhile, so the comparison begins anew."""
    adjustment.reason, adjustment.reason_code = act.reason, act.reason_code
    _keep(adjustment, adjusting.tried(adjustment.item, act.data))
    return _facts(adjustment)


def _keep(adjustment: Adjustment, trial: adjusting.Trial) -> None:
    item = adjustment.item
    adjustment.before, adjustment.after = trial.before, trial.after
    adjustment.amount_before, adjustment.amount_after = item.effective_amount, trial.granted
    adjustment.granted_years = {str(year): str(amount) for year, amount in sorted(trial.years.items())}
    adjustment.kind = adjusting.kind_of(adjustment.amount_before, adjustment.amount_after)
    adjustment.by_head = adjusting.needs_head(item, trial)


def _facts(adjustment: Adjustment) -> dict[str, Any]:
    """What the record keeps: which adjustment, the money and every changed field before and after."""
    return {
        "number": adjustment.number, "kind": str(adjustment.get_kind_display()), "before": adjustment.amount_before,
        "after": adjustment.amount_after, "changes": adjusting.words_of(adjusting.changes_of(adjustment)),
    }


def submit(adjustment: Adjustment, act: Act) -> dict:
    adjustment.decision_reason = ""
    return _facts(adjustment)


def agree(adjustment: Adjustment, act: Act) -> dict:
    adjustment.opinion = act.data.get("opinion") or ""
    adjustment.document = act.data.get("document") or ""
    return {"number": adjustment.number, "opinion": adjustment.opinion}


def with_reason(adjustment: Adjustment, act: Act) -> dict:
    adjustment.decision_reason = act.reason
    return {"number": adjustment.number}


def approve(adjustment: Adjustment, act: Act) -> dict:
    """It takes effect: item, project, money and what the market was told change in one act."""
    adjustment.document = act.data.get("document") or adjustment.document
    adjustment.item = act.perform(adjustment.item, "adjust", adjustment=adjustment)
    return {**_facts(adjustment), "document": adjustment.document}


def adjust(item: PlanItem, act: Act) -> dict:
    """Write the decided change into the item; its project is called and costs what the item says."""
    adjustment = act.data["adjustment"]
    adjusting.write(item, adjusting.proposed(adjustment))
    Project.objects.filter(pk=item.project_id).update(
        title=item.title, amount=item.effective_amount, leaf=item.leaf, leaf_name=item.catalogue_words
    )
    item.project = Project.objects.get(pk=item.project_id)
    return _facts(adjustment)


def record(adjustment: Adjustment, act: Act) -> dict:
    """Note an addition or a cancellation of the year beside the changes, so that finance and the public read one list."""
    item = adjustment.item
    adjustment.kind, adjustment.reason = act.data["kind"], act.reason
    adjustment.project, adjustment.agency, adjustment.year = item.project, item.agency, item.year
    adjustment.serial = item.adjustments.count() + 1
    adjustment.by_head = True
    added = adjustment.kind == Adjustment.Kind.ADD
    adjustment.amount_before, adjustment.amount_after = (ZERO, item.effective_amount) if added else (item.effective_amount, ZERO)
    return {"number": adjustment.number, "kind": str(adjustment.get_kind_display()), "before": adjustment.amount_before,
            "after": adjustment.amount_after}  # fmt: skip


def tell_the_market(item: PlanItem, act: Act) -> None:
    """An intention says what the plan says: a draft is rewritten, a published one corrected by a new version (L2.2, L2.6)."""
    for found in Intention.objects.filter(project=item.project_id, state__in=["DRAFTED", "PUBLISHED"]):
        said = {"title": item.project.title, "outline": outline_of(item) or item.project.title, "budget": item.project.amount}
        if all(getattr(found, name) == value for name, value in said.items()):
            continue
        expected = found.expected
        if leads.month_over(expected) <= act.now:
            expected = leads.expected_month(item.starts_on, item.year, act.now.date())
        row = "edit" if found.state == "DRAFTED" else "correct"
        reason = act.data["adjustment"].reason
        act.perform(found, row, reason=reason if row == "correct" else "", **said, expected=expected, remark=found.remark)
