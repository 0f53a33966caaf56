"""Effects on the yearly plan: its items travel with it (L2.1)."""
from __future__ import annotations

from portal.identifiers import Series
from portal.rules.jurisdiction import setting
from portal.workflow import Act
from procurement.plans import rules
from procurement.plans.listed import rest_on_entries
from procurement.plans.models import Plan, PlanItem
from procurement.plans.numbers import next_number

from . import submitting
from .items import mending_until


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
    plan.carry_reason = act.data.get("carry_reason") or ""
    plan.difference_reason = act.data.get("difference_reason", "")
    items = in_state(plan, "DRAFTED", "SENT_BACK")
    many = submitting.together(items)
    digest = submitting.move_all(many, "propose", act)
    rest_on_entries(many)
    for item in _others(items, many):
        act.perform(item, "propose")
    return {"total": plan.total, "items": plan.items.filter(state="PROPOSED").count(), **digest}


def submit(plan: Plan, act: Act) -> dict:
    """The plan leaves the house; every item proposed with it goes to its first reviewers."""
    plan.rules_as_of = plan.rules_as_of or act.now.date()
    plan.lapses_at = rules.resubmit_until(plan.year, setting("resubmit_until", plan.agency.region))
    plan.save()
    from procurement.plans.workflow.review import first_group_opens

    items = list(plan.items.filter(state="PROPOSED").select_related("leaf", "filed_request").order_by("id"))
    many = submitting.together(items)
    digest = submitting.submit_all(plan, many, act, opens_review=first_group_opens)
    for item in _others(items, many):
        act.perform(item, "submit")
    return {"total": plan.total, "items": len(items), **digest}


def send_back(plan: Plan, act: Act) -> dict:
    """The envelope goes back; items not yet under review go with it, the others stay with their reviewers."""
    plan.sent_back_reason = act.reason
    items = in_state(plan, "PROPOSED")
    many = submitting.together(items)
    digest = submitting.move_all(many, "send_back", act, decision_reason=act.reason, remind_at=mending_until(plan.agency.region, act.now))
    for item in _others(items, many):
        act.perform(item, "send_back", reason=act.reason)
    return {"items": len(items), **digest}


def lapse(plan: Plan, act: Act) -> dict:
    """A plan not sent in time falls away with what was not sent."""
    from procurement.plans.workflow.adjustment import request_falls_with_its_item
    from procurement.plans.workflow.comment import nothing_is_left_to_answer
    from procurement.plans.workflow.item import plan_is_decided_with_its_last_item, project_ends_with_its_item

    items = in_state(plan, "DRAFTED", "PROPOSED", "SENT_BACK")
    many = submitting.together(items)
    # the plan lapses, and none has a project, was ever reviewed, or was approved, as what is adjusted has been
    needless = [plan_is_decided_with_its_last_item, project_ends_with_its_item, nothing_is_left_to_answer, request_falls_with_its_item]
    digest = submitting.move_all(many, "lapse", act, instead=needless)
    for item in _others(items, many):
        act.perform(item, "lapse")
    for item in plan.items.filter(route=PlanItem.Route.CARRIED, state="EXECUTED").order_by("id"):
        act.perform(item, "drop_carried")
    return {"items": len(items), **digest}


def close(plan: Plan, act: Act) -> dict:
    """The year is over."""
    lapsed = [act.perform(item, "lapse") for item in in_state(plan, "DEFERRED")]
    return {"lapsed": len(lapsed)}


def _others(items: list[PlanItem], many: list[PlanItem]) -> list[PlanItem]:
    """Items with a record of their own, or few: each moves by an act of its own."""
    moved = {item.pk for item in many}
    return [item for item in items if item.pk not in moved]


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
