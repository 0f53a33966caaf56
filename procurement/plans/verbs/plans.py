"""Effects on the yearly plan: its items travel with it (L2.1)."""
from __future__ import annotations

from portal.identifiers import Series
from portal.rules.jurisdiction import setting
from portal.workflow import Act
from procurement.plans import rules
from procurement.plans.models import Plan, PlanItem
from procurement.plans.numbers import next_number


def draft(plan: Plan, act: Act) -> dict:
    """Open the agency's plan of a year."""
    plan.year = act.data["year"]
    plan.agency = act.actor.organisation
    plan.number = next_number(Series.PLAN, plan.agency, plan.year)
    plan.cut_off = plan.lapses_at = rules.cut_off(plan.year)
    plan.closes_at = rules.year_end(plan.year)
    return {"number": plan.number, "year": plan.year}


def propose(plan: Plan, act: Act) -> dict:
    """Put the plan and every item in hand before the head; one entry gives the three budgets (S-28)."""
    plan.service_budget = plan.total
    for name in ("department_budget", "procurement_budget"):
        given = act.data.get(name)
        setattr(plan, name, plan.total if given is None else given)
    plan.difference_reason = act.data.get("difference_reason", "")
    for item in in_state(plan, "DRAFTED", "SENT_BACK"):
        act.perform(item, "propose")
    return {"total": plan.total, "items": plan.items.filter(state="PROPOSED").count()}


def submit(plan: Plan, act: Act) -> dict:
    """The plan leaves the house; every item proposed with it goes to its first reviewers."""
    plan.rules_as_of = plan.rules_as_of or act.now.date()
    plan.lapses_at = rules.resubmit_until(plan.year, setting("resubmit_until", plan.agency.region))
    plan.save()
    items = [act.perform(item, "submit") for item in in_state(plan, "PROPOSED")]
    return {"total": plan.total, "items": len(items)}


def send_back(plan: Plan, act: Act) -> dict:
    """The envelope goes back; items not yet under review go with it, the others stay with their reviewers."""
    plan.sent_back_reason = act.reason
    for item in in_state(plan, "PROPOSED"):
        act.perform(item, "send_back", reason=act.reason)
    return {}


def lapse(plan: Plan, act: Act) -> dict:
    """A plan not sent in time falls away with what was not sent."""
    lapsed = [act.perform(item, "lapse") for item in in_state(plan, "DRAFTED", "PROPOSED", "SENT_BACK")]
    return {"items": len(lapsed)}


def close(plan: Plan, act: Act) -> dict:
    """The year is over."""
    lapsed = [act.perform(item, "lapse") for item in in_state(plan, "DEFERRED")]
    return {"lapsed": len(lapsed)}


def in_state(plan: Plan, *states: str) -> list[PlanItem]:
    return list(plan.items.filter(state__in=states).order_by("id"))


def conclude_if_decided(plan: Plan | None, act: Act) -> None:
    """When the last item under review is decided the plan is decided (L2.1 conclude)."""
    if plan is None:
        return
    plan = Plan.objects.get(pk=plan.pk)
    if plan.state == "SUBMITTED" and not plan.items.filter(state__in=OPEN_ITEMS).exists():
        act.perform(plan, "conclude")


#: Items that keep a plan from being decided.
OPEN_ITEMS = ("PROPOSED", "SUBMITTED", "SENT_BACK", "REVIEWED")
