"""Effects on a plan item: what it says, its project, its rounds, the decision (L2.2)."""
from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from catalogue.scope import QUESTIONS
from portal.files.verbs import store
from portal.identifiers import Series
from portal.money import ZERO, round_yuan, split_exact
from portal.rules.jurisdiction import setting
from portal.workflow import Act, Duty, doers_of
from procurement.plans import content, rules
from procurement.plans.completeness import FEASIBILITY, missing
from procurement.plans.limits import working_days_later
from procurement.plans.listed import sole_entry
from procurement.plans.models import (
    CostFactor,
    FundingSource,
    Indicator,
    PlanItem,
    Project,
    ReviewedContent,
    ReviewStep,
    YearAmount,
)
from procurement.plans.numbers import next_number

from . import reviews
from .projects import take_duty

CHILDREN = {"factors": CostFactor, "sources": FundingSource, "years": YearAmount, "indicators": Indicator}
#: What a copy to another route takes over.
COPIED = [
    field.name for field in PlanItem._meta.concrete_fields
    if field.name in {
        "title", "leaf", "function", "kind", "posts", "content", "objective", "quantity", "unit", "unit_price", "periods", "guide_price",
        "price_reason", "basic_public_service", "national_standard", "outside_duty", "must_perform_itself", "goods_or_works",
        "financing", "labour_hire", "otherwise_barred", "secret", "security", "scheme", "assessment", "supplier_conditions",
        "sme_policy", "sme_statement", "method", "term_months", "starts_on", "budget_guaranteed", "content_fixed", "continuous",
        "funding_stable", "price_stable", "survey", "risk_list", "public_opinion", "evaluation_standard", "predecessor",
        "result_response", *(question.reason for question in QUESTIONS),
    }
]  # fmt: skip


def draft(item: PlanItem, act: Act) -> dict:
    """Write an item down for the first time; what it lacks is said when it is put forward, not now."""
    data = dict(act.data)
    item.agency = act.actor.organisation
    item.plan = data.pop("plan", None)
    item.route = data.pop("route", None) or PlanItem.Route.ANNUAL
    item.year = item.plan.year if item.plan else data.get("year") or act.now.year
    data.pop("year", None)
    item.lapses_at = rules.year_end(item.year)
    return _write(item, act, data)


def edit(item: PlanItem, act: Act) -> dict:
    """Change what an item says; before and after stand in the record."""
    data = {name: value for name, value in act.data.items() if name not in ("plan", "route", "year")}
    return _write(item, act, data)


def _write(item: PlanItem, act: Act, data: dict) -> dict:
    children = {name: data.pop(name) for name in CHILDREN if name in data}
    upload = data.pop("feasibility", None)
    before = {name: getattr(item, name) for name in data if hasattr(item, name)}
    for name, value in data.items():
        setattr(item, name, value)
    item.amount = amount_of(item)
    changed = sorted(name for name, value in before.items() if getattr(item, name) != value) if item.pk else []
    item.save()
    for name, rows in children.items():
        replace_rows(item, name, rows)
    if "years" in children and not children["years"] and item.amount:
        replace_rows(item, "years", [{"year": item.year, "amount": item.amount}])
    if upload:
        store(upload, actor=act.actor, kind=FEASIBILITY, subject=item)
    count_gaps(item)
    await_mending(item, act)
    return {"amount": item.amount, "changed": changed, "rows": sorted(children)}


def await_mending(item: PlanItem, act: Act) -> None:
    """While it lies returned, the agency has the days the region sets before it is reminded; each change gives them anew (L2.2)."""
    item.remind_at = mending_until(item.agency.region, act.now) if item.state == PlanItem.State.SENT_BACK else None


def mending_until(region, moment: datetime) -> datetime | None:
    """From when what was returned at a moment is brought to mind; None where the region sets no days."""
    days = setting("returned_reminder_wd", region)
    return working_days_later(moment, days) if days else None


def count_gaps(item: PlanItem) -> None:
    """Note how much is still missing, so that a plan of ten thousand items need not ask them all (S-172)."""
    item.gap_count = len(missing(item))


def amount_of(item: PlanItem) -> Decimal:
    """Quantity × unit price × periods, brought to the fen once (S-27); zero while something is missing."""
    if item.quantity is None or item.unit_price is None:
        return ZERO
    return round_yuan(item.quantity * item.unit_price * (item.periods or 1))


def replace_rows(item: PlanItem, name: str, rows: list[dict]) -> None:
    """Write the rows of a part anew, in the order given."""
    model = CHILDREN[name]
    model.objects.filter(item=item).delete()
    for order, row in enumerate(rows, start=1):
        values = {key: value for key, value in row.items() if key != "DELETE"}
        if model is Indicator:
            values["order"] = order
        model.objects.create(item=item, **values)


def attach_report(item: PlanItem, act: Act) -> dict:
    """Hang the feasibility report on the item; an earlier one stays in the file (S-21)."""
    document = store(act.data["feasibility"], actor=act.actor, kind=FEASIBILITY, subject=item)
    count_gaps(item)
    await_mending(item, act)
    return {"name": document.name, "digest": document.digest}


def copy(item: PlanItem, act: Act) -> dict:
    """Carry what a lapsed or deferred item says over to another route, as a new draft (L2.1 lapse)."""
    values = {name: getattr(item, name) for name in COPIED}
    twin = PlanItem(agency=item.agency, copy_of=item)
    rows = {
        "factors": list(item.factors.values("factor", "unit_amount", "basis")),
        "sources": list(item.sources.values("kind", "level", "name", "amount")),
        "years": list(item.years.values("year", "amount")),
        "indicators": list(item.indicators.values("category", "group", "name", "direction", "target", "unit", "weight", "source")),
    }
    from portal.workflow import perform

    twin = perform(
        twin, "draft", actor=act.actor, plan=None, route=act.data["route"], year=max(item.year, act.now.year), **values, **rows
    )
    return {"copy": twin.pk, "route": twin.route}


def propose(item: PlanItem, act: Act) -> dict:
    """Put it forward; the one entry of the implementation catalogue that fits is the one it rests on (S-08)."""
    item.listed = item.listed or sole_entry(item)
    return {"amount": item.amount, **({"listed": item.listed_id} if item.listed_id else {})}


def submit(item: PlanItem, act: Act) -> dict:
    """The first submission opens the project, whose number and record last for ever; then the reviews are laid out."""
    if item.project is None:
        item.project = act.perform(
            Project(
                number=next_number(Series.PROJECT, item.agency, item.year), title=item.title, agency=item.agency,
                region=item.agency.region, year=item.year, amount=item.amount, leaf=item.leaf,
                leaf_name=item.catalogue_words, rules_as_of=act.now.date(), is_history=act.history,
            ),
            "open_project",
        )
        item.first_submitted_at = act.now
    else:
        Project.objects.filter(pk=item.project_id).update(
            title=item.title, amount=item.amount, leaf=item.leaf, leaf_name=item.catalogue_words,
        )
    changed = content.names_of(content.changes_of(item))
    item.round += 1
    item.decision_reason = ""
    item.save()
    for user_id in {item.created_by_id}.union(*doers_of(item, "draft", "edit").values()):
        take_duty(item.project, Duty.PLANNING, user_id, act.now)
    laid_out = reviews.lay_out(item, act)
    facts = {"amount": item.amount, "round": item.round, "steps": laid_out, "project": item.project.number}
    return {**facts, "changed": changed} if item.round > 1 else facts


def decision_with_reason(item: PlanItem, act: Act) -> dict:
    item.decision_reason = act.reason
    await_mending(item, act)
    return {"round": item.round}


def send_back_reviewed(item: PlanItem, act: Act) -> dict:
    """Back to its author with every reason; what the departments read is kept, for the next round to be compared with."""
    ReviewedContent.objects.update_or_create(item=item, round=item.round, defaults={"content": content.snapshot(item), "kept_at": act.now})
    return decision_with_reason(item, act)


def approve(item: PlanItem, act: Act) -> dict:
    """The decision on the merits; a cut is spread over the years in their proportion, to the fen (S-24)."""
    amount = act.data.get("approved_amount") or item.amount
    item.approved_amount = amount
    item.decision_reason = act.data.get("cut_reason") or ""
    spread_over_years(item, amount)
    return {"amount": amount, "asked": item.amount}


def spread_over_years(item: PlanItem, amount: Decimal) -> None:
    """What was approved, shared by the years in proportion to what each asks, to the fen."""
    years = list(item.years.order_by("year"))
    if not years:
        return
    for row, share in zip(years, split_exact(amount, [row.amount for row in years]), strict=True):
        row.approved_amount = share
        row.save(update_fields=["approved_amount"])


def withdraw(item: PlanItem, act: Act) -> dict:
    reviews.void_open(item, act)
    return {}


def ask_cancel(item: PlanItem, act: Act) -> dict:
    item.cancel_asked_reason = act.reason
    item.cancel_asked_by_id = act.actor.user_id
    return {}


def cancel(item: PlanItem, act: Act) -> dict:
    item.decision_reason = item.cancel_asked_reason
    return {"asked_by": item.cancel_asked_by_id}


def overrule_wording(item: PlanItem, act: Act) -> dict:
    """Let the ticked words stand, with the reason; any other word of the list still stops (R102-13)."""
    words = sorted(act.data["words"])
    item.wording_cleared = sorted({*item.wording_cleared, *words})
    item.wording_overruled, item.wording_question = act.reason, ""
    count_gaps(item)
    return {"words": words}


def ask_wording(item: PlanItem, act: Act) -> dict:
    """Ask finance to look at the words that stop the item, saying what they mean here."""
    item.wording_question = act.data["question"]
    return {"words": sorted({found.word for found in item.wording})}


def record_history(item: PlanItem, act: Act) -> dict:
    """Load a purchase of the past as approved, with its project (seed cases); only under `clock.history`."""
    data = dict(act.data)
    children = {name: data.pop(name, []) for name in CHILDREN}
    as_of = data.pop("as_of", None)
    for name, value in data.items():
        setattr(item, name, value)
    item.amount = item.amount or amount_of(item)
    item.approved_amount = item.amount
    item.lapses_at = rules.year_end(item.year)
    item.project = act.perform(
        Project(
            number=next_number(Series.PROJECT, item.agency, item.year), title=item.title, agency=item.agency,
            region=item.agency.region, year=item.year, amount=item.amount, leaf=item.leaf, leaf_name=item.catalogue_words,
            rules_as_of=act.now.date(), is_history=True, as_of=as_of,
        ),
        "open_project",
    )
    item.save()
    for name, rows in children.items():
        replace_rows(item, name, rows)
    return {"amount": item.amount, "project": item.project.number}


def open_steps(item: PlanItem) -> list[ReviewStep]:
    return list(item.steps.filter(state__in=["WAITING", "PENDING", "CLAIMED"]))
