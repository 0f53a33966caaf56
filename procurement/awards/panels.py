"""Where evaluation and award show on other pages: the project page, the navigation."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.workflow.surfaces import navigation_entry, project_chains, project_panel

from . import reading, secrecy
from .models import Award, Draw, EvaluationReport
from .views.organising import OFFICIALS

navigation_entry(44, _("评审与定标"), "evaluate", "awards:list", *OFFICIALS)
navigation_entry(10, _("今日评审"), "evaluate", "awards:panel", Role.EXPERT)


@project_chains(_("评审委员会"))
def panel_chains(project) -> list[str]:
    """What a panel did joins the project's record with the result, never before (R87-28)."""
    draws = Draw.objects.filter(tender__project=project, tender__awarded_at__isnull=False).order_by("pk")
    return [secrecy.panel_chain(pk) for pk in draws.values_list("pk", flat=True)]


@project_panel(order=40, anchor="award")
def award_panel(project, actor, now):
    """How the evaluation of a project stands, and who was chosen; nothing of the panel before the result (R87-28)."""
    if not project.may_have("tenders.tender"):
        return None
    tenders = {tender.pk: tender for tender in project.tenders.all()}
    draw = Draw.objects.visible_to(actor).filter(tender__in=tenders).order_by("-id").first()
    awards = Award.objects.visible_to(actor).filter(tender__in=tenders).select_related("supplier", "notice", "lot")
    awards = list(awards.order_by("-id")) if project.may_have("awards.award") else []
    if draw is None and not awards:
        return None
    report = EvaluationReport.objects.visible_to(actor).filter(tender__in=tenders).order_by("-id").first()
    for thing in filter(None, (draw, report, *awards)):
        thing.tender = tenders[thing.tender_id]
    table = reading.result_table(report.content["scoring"]) if report and report.content else None
    return "awards/project_panel.html", {
        "draw": draw, "awards": awards, "report": report, "table": table,
        "objects": [obj for obj in (draw, report, *awards) if obj is not None],
    }
