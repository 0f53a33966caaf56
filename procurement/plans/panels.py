"""Where planning shows on other pages: navigation, the project page, the search box."""
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.workflow.surfaces import navigation_entry, project_panel, search_source

from .models import Meeting, Plan, PlanItem, Project

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


@search_source(20, _("项目与计划"))
def search_projects(query: str, actor) -> list[tuple]:
    if not query.strip():
        return []
    projects = Project.objects.visible_to(actor).filter(Q(number__icontains=query) | Q(title__icontains=query)).select_related("agency")
    plans = Plan.objects.visible_to(actor).filter(Q(number__icontains=query) | Q(agency__name__icontains=query)).select_related("agency")
    meetings = Meeting.objects.visible_to(actor).filter(Q(number__icontains=query) | Q(title__icontains=query))
    return [
        *((str(each), each.get_absolute_url(), str(each.agency)) for each in projects.order_by("-id")[:10]),
        *((str(each), each.get_absolute_url(), each.number) for each in plans.order_by("-id")[:5]),
        *((str(each), each.get_absolute_url(), "") for each in meetings.order_by("-id")[:5]),
    ][:10]
