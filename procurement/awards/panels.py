"""Where evaluation and award show on other pages: the project page, the navigation."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.workflow.surfaces import navigation_entry, project_panel

from . import reading
from .models import Award, Draw, EvaluationReport
from .views.organising import OFFICIALS

navigation_entry(44, _("评审与定标"), "evaluate", "awards:list", *OFFICIALS)
navigation_entry(10, _("今日评审"), "evaluate", "awards:panel", Role.EXPERT)


@project_panel(order=40, anchor="award")
def award_panel(project, actor, now):
    """How the evaluation of a project stands, and who was chosen; nothing of the panel before the result (R87-28)."""
    draw = Draw.objects.visible_to(actor).filter(tender__project=project).select_related("tender").order_by("-id").first()
    awards = Award.objects.visible_to(actor).filter(tender__project=project)
    awards = list(awards.select_related("supplier", "tender", "notice", "lot").order_by("-id"))
    report = EvaluationReport.objects.visible_to(actor).filter(tender__project=project).select_related("tender").order_by("-id").first()
    if draw is None and not awards:
        return None
    table = reading.result_table(report.content["scoring"]) if report and report.content else None
    return "awards/project_panel.html", {
        "draw": draw, "awards": awards, "report": report, "table": table,
        "objects": [obj for obj in (draw, report, *awards) if obj is not None],
    }
