"""Where money shows on other pages: navigation and the project's money line."""
from django.db.models import Exists, OuterRef, Prefetch, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.money import ZERO
from portal.workflow.surfaces import navigation_entry, project_panel

from . import verbs
from .models import Encumbrance

navigation_entry(40, _("预算"), "budget", "budgets:list", Role.PLANNER, Role.HEAD, Role.PAYER, Role.FINANCE_OFFICER, Role.FINANCE_HEAD,
                 Role.BUDGET_OFFICER, Role.AUDITOR)


@project_panel(order=20, anchor="budget")
def money_panel(project, actor, now):
    """Plan → reserved → committed → paid, year by year; outsiders see the line without the papers."""
    seen = Exists(Encumbrance.objects.visible_to(actor).filter(pk=OuterRef("pk")).order_by())
    found = Encumbrance.objects.select_related("line", "project").annotate(seen=seen).order_by("year", "id")
    prefetch_related_objects([project], Prefetch("encumbrances", found))  # what is uncovered is counted from all of them
    rows = [row for row in project.encumbrances.all() if row.seen]
    held = {name: sum((getattr(row, name) for row in rows), ZERO) for name in ("pledged", "reserved", "committed", "paid")}
    gaps = list(verbs.uncovered(project).items()) if rows or project.reached("APPROVED") else []
    if not rows and not gaps:
        return None
    if not rows and not actor.organisation:
        return None
    steps = [
        {"name": _("批准"), "amount": project.amount}, {"name": _("承诺"), "amount": held["pledged"]},
        {"name": _("预留"), "amount": held["reserved"]}, {"name": _("占用"), "amount": held["committed"]},
        {"name": _("支付"), "amount": held["paid"]},
    ]  # fmt: skip
    return "budgets/panel.html", {"steps": steps, "rows": rows, "gaps": [] if project.is_history else gaps, "objects": rows}
