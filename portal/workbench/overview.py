"""The right-hand side of the workbench: what is near or late, where projects stand, what was spent."""
from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.accounts.roles import OrganisationKind as Kind
from portal.money import percentage
from portal.workdays.models import LegalClock
from procurement.budgets.models import BudgetLine
from procurement.plans.models import Project

Stage = Project.State
FUNNEL = (
    (_("计划"), (Stage.PROPOSED, Stage.APPROVED, Stage.FUNDED)),
    (_("采购"), (Stage.PREPARING, Stage.TENDERING, Stage.AWARDED)),
    (_("履约"), (Stage.CONTRACTED, Stage.PERFORMING)),
    (_("评价"), (Stage.ACCEPTED, Stage.EVALUATED)),
    (_("办结"), (Stage.CLOSED,)),
)
INSIDE = {Kind.AGENCY, Kind.FINANCE, Kind.AUDIT, Kind.JOINT_MEETING, Kind.ESTABLISHMENT, Kind.HUMAN_RESOURCES}


def overview(actor: Actor, moment: datetime) -> dict:
    if actor.kind not in INSIDE:
        return {"near": [], "funnel": [], "budget": None}
    return {"near": near(actor, moment), "funnel": funnel(actor), "budget": budget_use(actor, moment)}


def near(actor: Actor, moment: datetime) -> list[dict]:
    """Clocks that are late or end within three days, of projects the reader sees."""
    projects = Project.objects.visible_to(actor).values("pk")
    clocks = (
        LegalClock.objects.live().filter(project_id__in=projects, ends_at__lte=moment + timedelta(days=3))
        .select_related("bearer").order_by("ends_at")[:8]
    )
    clocks = list(clocks)
    titles = {p.pk: p for p in Project.objects.filter(pk__in=[c.project_id for c in clocks])}
    return [
        {"clock": c, "project": titles.get(c.project_id), "light": c.light(moment)} for c in clocks
    ]


def funnel(actor: Actor) -> list[dict]:
    counts = dict(
        Project.objects.visible_to(actor).filter(is_history=False).order_by().values_list("state").annotate(n=Count("pk"))
    )
    rows = [{"name": name, "count": sum(counts.get(str(s), 0) for s in states)} for name, states in FUNNEL]
    top = max((row["count"] for row in rows), default=0) or 1
    return [{**row, "share": f"{100 * row['count'] / top:.1f}"} for row in rows]


def budget_use(actor: Actor, moment: datetime) -> dict | None:
    """Paid out of what this year's lines allocated, in the reader's scope."""
    total = BudgetLine.objects.visible_to(actor).filter(year=moment.year).aggregate(
        allocated=Sum("allocated"), reserved=Sum("reserved"), committed=Sum("committed"), paid=Sum("paid")
    )
    if not total["allocated"]:
        return None
    return {**total, "year": moment.year, "percent": percentage(total["paid"], total["allocated"])}
