"""Where evaluation shows on other pages: the project page, navigation, the public site."""
from __future__ import annotations

from django.utils.translation import gettext_lazy

from evaluation.schemes.models import Scheme
from portal.workflow.surfaces import navigation_entry, project_panel, public_entry

from .models import Assessment, Engagement, ResultUse
from .next_year_files import NEXT_YEAR_READERS
from .views.engagement import READERS

navigation_entry(65, gettext_lazy("绩效评价"), "evaluate", "assessments:list", *READERS)
navigation_entry(66, gettext_lazy("下年上限测算"), "stats", "assessments:next-year", *NEXT_YEAR_READERS)
public_entry(60, gettext_lazy("评价结果"), "assessments:results")


@project_panel(order=90, anchor="evaluation")
def evaluation_panel(project, actor, now):
    """Scheme, evaluator, result, uses: what the reader may see of them."""
    if not any(project.may_have(code) for code in ("schemes.scheme", "assessments.engagement", "assessments.assessment")):
        return None
    schemes = list(
        Scheme.objects.visible_to(actor).filter(project=project).exclude(state="RETIRED").select_related("project__agency__region")
    )
    engagements = list(Engagement.objects.visible_to(actor).with_names().filter(contract__project=project).order_by("id"))
    assessments = list(Assessment.objects.visible_to(actor).with_names().filter(contract__project=project).order_by("id"))
    uses = list(ResultUse.objects.visible_to(actor).with_names().filter(assessment__contract__project=project).order_by("id"))
    if not (schemes or engagements or assessments):
        return None
    return "assessments/panel.html", {
        "schemes": schemes, "engagements": engagements, "assessments": assessments, "uses": uses, "public": not actor.organisation,
        "objects": [*schemes, *engagements, *assessments, *uses],
    }
