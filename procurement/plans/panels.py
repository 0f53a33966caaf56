"""Where planning shows on other pages: navigation, the project page."""
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.workflow.surfaces import navigation_entry, project_panel

from .models import PlanItem

GOVERNMENT = (Role.PLANNER, Role.OFFICER, Role.HEAD, Role.DEPARTMENT, Role.FINANCE_OFFICER, Role.FINANCE_HEAD, Role.MEETING_SECRETARY,
              Role.CONVENER, Role.AUDITOR)  # fmt: skip
navigation_entry(30, _("购买计划"), "plan", "plans:list", *GOVERNMENT)
navigation_entry(32, _("计划审核"), "check", "plans:queue", Role.ESTABLISHMENT_REVIEWER, Role.HUMAN_RESOURCES_REVIEWER,
                 Role.FINANCE_OFFICER)
navigation_entry(34, _("联席会议"), "screen", "plans:meetings", Role.MEETING_SECRETARY, Role.CONVENER, Role.FINANCE_HEAD)


@project_panel(order=10, anchor="plan")
def plan_panel(project, actor, now):
    """What was planned: item, figures, the word of each department, the decision."""
    items = list(project.items.select_related("plan", "leaf", "agency__region").order_by("id"))
    if not items:
        return None
    item = items[0]
    visible = PlanItem.objects.visible_to(actor).filter(pk=item.pk).exists()
    steps = list(item.steps.select_related("department").order_by("round", "group", "id")) if actor.organisation else []
    return "plans/panel.html", {
        "item": item, "linked": visible, "steps": steps, "years": list(item.years.all()), "indicators": list(item.indicators.all()),
        "holds": list(project.holds.live()), "objects": items,
    }
