"""Where planning shows on other pages: navigation, the project page."""
from django.db.models import Exists, OuterRef, Prefetch, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from catalogue.stages import Counts, counts_purchases
from portal.accounts.roles import Role
from portal.workflow.surfaces import navigation_entry, project_panel, public_entry

from . import totals
from .models import Intention, PlanItem

GOVERNMENT = (Role.PLANNER, Role.OFFICER, Role.HEAD, Role.DEPARTMENT, Role.FINANCE_OFFICER, Role.FINANCE_HEAD, Role.MEETING_SECRETARY,
              Role.CONVENER, Role.AUDITOR)  # fmt: skip
navigation_entry(30, _("购买计划"), "plan", "plans:list", *GOVERNMENT)
navigation_entry(32, _("计划审核"), "check", "plans:queue", Role.ESTABLISHMENT_REVIEWER, Role.HUMAN_RESOURCES_REVIEWER,
                 Role.FINANCE_OFFICER)
navigation_entry(34, _("联席会议"), "screen", "plans:meetings", Role.MEETING_SECRETARY, Role.CONVENER, Role.FINANCE_HEAD)
navigation_entry(36, _("采购意向"), "calendar", "plans:intentions", Role.PLANNER, Role.OFFICER, Role.HEAD, Role.FINANCE_HEAD, Role.AUDITOR)
navigation_entry(85, _("领导小组"), "person", "plans:leading_groups", Role.FINANCE_OFFICER, Role.FINANCE_HEAD)
public_entry(15, _("采购意向"), "plans:public_intentions")
public_entry(14, _("购买计划"), "plans:list")


@counts_purchases
def purchases(region, years: list[int]) -> Counts:
    """What targets by stage are held against (S-11)."""
    return totals.reached(region, years)


@project_panel(order=10, anchor="plan")
def plan_panel(project, actor, now):
    """What was planned: item, figures, the word of each department, the decision."""
    seen = Exists(PlanItem.objects.visible_to(actor).filter(pk=OuterRef("pk")).order_by())
    beside = ("plan", "leaf", "filed_request", "agency__region")
    found = PlanItem.objects.select_related(*beside).prefetch_related("years").annotate(linked=seen)
    prefetch_related_objects([project], Prefetch("items", found.order_by("id")))  # later panels find them there
    items = list(project.items.all())
    if not items:
        return None
    item = items[0]
    return "plans/panel.html", {
        "item": item, "linked": item.linked, "years": list(item.years.all()), "objects": items,
        "steps": list(item.steps.order_by("round", "group", "id")) if actor.organisation else [],
        "holds": list(project.holds.live()) if project.may_have("plans.hold") else [],
    }


@project_panel(order=25, anchor="intention")
def intention_panel(project, actor, now):
    """What the market was told of the purchase, and from which day it may start (L2.6)."""
    if not project.may_have("plans.intention"):
        return None
    inside = Exists(Intention.objects.inside(actor).filter(pk=OuterRef("pk")).order_by())
    found = Intention.objects.visible_to(actor).filter(project=project).select_related("agency__region").annotate(mine=inside)
    intention = found.order_by("-id").first()
    if intention is None:
        return None
    return "plans/intention_panel.html", {
        "intention": intention, "objects": [intention] if intention.mine else [],
        "url": intention.get_absolute_url() if intention.mine else intention.get_public_url(),
    }
