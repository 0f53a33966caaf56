"""Effects of carrying a running project into the next plan: another item of the same project, nothing to be bought again."""
from __future__ import annotations

from portal.money import in_figures, split_exact
from portal.workflow import Act
from procurement.plans import carrying, rules
from procurement.plans.models import Plan, PlanItem

from .items import COPIED, replace_rows

#: What was bought in one go and is not bought again for the year.
ONCE = ("quantity", "unit", "unit_price", "periods")


def carry_over(plan: Plan, act: Act) -> dict:
    """One act for all that are chosen."""
    made = []
    for carried in carrying.of(list(act.data["projects"]), plan.year):
        item = act.perform(PlanItem(agency=plan.agency), "carry_over", plan=plan, carried=carried)
        made.append(f"{carried.project.number} {in_figures(item.amount)}")
    return {"year": plan.year, "count": len(made), "carried": made}


def make_carried(item: PlanItem, act: Act) -> dict:
    """The year's part of a contract that runs on: approved with its project years ago, signed, and counted in this year."""
    plan, carried = act.data["plan"], act.data["carried"]
    origin = carried.origin
    for name in COPIED:
        if name not in ONCE:
            setattr(item, name, getattr(origin, name))
    item.plan, item.year, item.route = plan, plan.year, PlanItem.Route.CARRIED
    item.project = item.predecessor = carried.project
    item.carried_from, item.round = origin, 0
    item.amount = item.approved_amount = carried.amount
    item.approved_at, item.lapses_at, item.gap_count = origin.approved_at, rules.year_end(plan.year), 0
    item.save()
    replace_rows(item, "years", [{"year": plan.year, "amount": carried.amount, "approved_amount": carried.amount}])
    sources = list(origin.sources.values("kind", "level", "name", "amount"))
    shares = split_exact(carried.amount, [row["amount"] for row in sources]) if sources else []
    replace_rows(item, "sources", [{**row, "amount": share} for row, share in zip(sources, shares, strict=True) if share])
    targets = origin.indicators.values("category", "group", "name", "direction", "target", "unit", "weight", "source")
    replace_rows(item, "indicators", list(targets))
    return {"project": carried.project.number, "year": plan.year, "amount": carried.amount}


def drop(item: PlanItem, act: Act) -> dict:
    return {"project": item.project.number, "year": item.year, "amount": item.amount}
