"""Projects, plans and meetings in the search box."""
from django.utils.translation import gettext_lazy as _

from portal.money import in_figures
from portal.search.sources import Find, searchable
from portal.search.words import Words

from .models import Meeting, Plan, Project

searchable(
    Project, order=20, title=_("项目"), related=("agency",),
    words=lambda project: Words(
        names=[project.title, project.agency.name], numbers=[project.number], amounts=[project.amount]
    ),
    show=lambda project, actor: Find(str(project), project.get_absolute_url(), f"{project.agency} · {in_figures(project.amount)}"),
)
searchable(
    Plan, order=22, title=_("年度购买计划"), related=("agency",),
    words=lambda plan: Words(names=[plan.agency.name], numbers=[plan.number]),
    show=lambda plan, actor: Find(str(plan), plan.get_absolute_url(), plan.number),
)
searchable(
    Meeting, order=24, title=_("联席会议"),
    words=lambda meeting: Words(names=[meeting.title], numbers=[meeting.number]),
    show=lambda meeting, actor: Find(str(meeting), meeting.get_absolute_url(), meeting.number),
)
