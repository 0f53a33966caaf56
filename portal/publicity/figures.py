"""What the front page says of a year: counted anew for everybody while that costs little, then kept for five minutes."""
from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.core.cache import cache
from django.db.models import Count, Sum

from portal.accounts.actor import PUBLIC as VISITOR
from portal.money import ZERO
from procurement.budgets.models import BudgetLine
from procurement.plans.models import Project

Stage = Project.State
TOLD = [Stage.CONTRACTED, Stage.PERFORMING, Stage.ACCEPTED, Stage.EVALUATED, Stage.CLOSED]
STORIES = 3
FEW = 5_000  # projects of a year: up to so many they are counted for every reader
KEPT = 300  # seconds


class Figures(TypedDict):
    """Amounts in yuan; `performing` counts what is served today, whatever its year; `told` are the keys of the purchases that
    moved last; `moment` is when it was counted."""

    year: int
    stages: dict[str, int]
    projects: int
    agencies: int
    performing: int
    planned: object
    paid: object
    told: list[int]
    moment: datetime


def figures_of(moment: datetime) -> Figures:
    """The published figures of the moment's year, not older than five minutes; of a small year as they are now."""
    key = f"front-page-{moment.year}"
    kept = cache.get(key)
    if kept is None or kept["moment"] > moment:  # the clock of a demonstration can be turned back
        kept = _counted(moment)
        if kept["projects"] > FEW:
            cache.set(key, kept, KEPT)
    return kept


def _counted(moment: datetime) -> Figures:
    published = Project.objects.visible_to(VISITOR)
    this_year = published.filter(year=moment.year).exclude(state=Stage.ABORTED).order_by()
    stages = dict(this_year.values_list("state").annotate(n=Count("pk")))
    total = this_year.aggregate(amount=Sum("amount"), agencies=Count("agency", distinct=True))
    return {
        "year": moment.year, "stages": stages, "projects": sum(stages.values()), "agencies": total["agencies"],
        "performing": published.filter(state__in=[Stage.CONTRACTED, Stage.PERFORMING], is_history=False).count(),
        "planned": total["amount"] or ZERO,
        "paid": BudgetLine.objects.filter(year=moment.year).aggregate(total=Sum("paid"))["total"] or ZERO,
        "told": list(published.filter(state__in=TOLD).order_by("-state_since").values_list("pk", flat=True)[:STORIES]),
        "moment": moment,
    }
