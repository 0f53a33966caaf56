"""Projects that run over the year stand in the next plan with their sum of that year (R102-28, RTR-05, CAR-01, CAR-02)."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from portal.money import ZERO
from portal.workflow import Refusal, refuse

from .models import Outcome, Plan, PlanItem, Project, Stage, YearAmount
from .models.item import FALLEN

RUNNING = (Stage.CONTRACTED, Stage.PERFORMING)
ENDED = (Stage.ACCEPTED, Stage.EVALUATED, Stage.CLOSED, Stage.ABORTED)
CARRIED = PlanItem.Route.CARRIED
_holders: list[Callable[[list[Project], int], dict[int, Decimal]]] = []


def holds_money(holder: Callable[[list[Project], int], dict[int, Decimal]]) -> Callable:
    """Register `holder(projects, year) -> {project key: yuan}`: a higher floor knows what the contracts left of a year's sums."""
    _holders.append(holder)
    return holder


@dataclass(frozen=True, slots=True)
class Carried:
    """One running project as it would stand in a plan: its sum of the year and what was last said of it."""

    project: Project
    origin: PlanItem
    amount: Decimal
    outcome: Outcome | None


def waiting_projects(plan: Plan) -> QuerySet[Project]:
    """Running projects of the plan's agency whose term reaches its year and that do not stand in it yet."""
    reaches = YearAmount.objects.filter(item__project=OuterRef("pk"), year=plan.year, item__year__lt=plan.year).exclude(item__route=CARRIED)
    there = PlanItem.objects.filter(project=OuterRef("pk"), route=CARRIED, year=plan.year).exclude(state__in=FALLEN)
    found = Project.objects.filter(agency=plan.agency_id, state__in=RUNNING)
    return found.filter(Exists(reaches.order_by())).exclude(Exists(there.order_by())).order_by("id")


def waiting(plan: Plan) -> list[Carried]:
    """What a plan that is being compiled still may carry over."""
    if plan.state not in (Plan.State.DRAFTED, Plan.State.SENT_BACK):
        return []
    return of(list(waiting_projects(plan).prefetch_related("items__years", "outcomes")), plan.year)


def of(projects: list[Project], year: int) -> list[Carried]:
    """What projects would carry into a year; none of those whose schedule has nothing for it."""
    held = [holder(projects, year) for holder in _holders]
    return [proposal for project in projects if (proposal := _one(project, year, held)) is not None]


def _one(project: Project, year: int, held: list[dict[int, Decimal]]) -> Carried | None:
    for item in sorted(project.items.all(), key=lambda each: each.pk):
        amount = item.approved_years().get(year, ZERO) if item.route != CARRIED and item.year < year else ZERO
        if amount > 0:
            left = [of_all[project.pk] for of_all in held if project.pk in of_all]
            return Carried(project, item, min([amount, *left]), project.latest_outcome)
    return None


def against(project: Project, plan: Plan) -> Iterator[Refusal]:
    """Every reason why a project does not stand in the plan of a year (CAR-01)."""
    words = {"project": project.title, "year": plan.year}
    if project.agency_id != plan.agency_id:
        yield refuse("G1", _("“%(project)s”不是本单位的项目。"), field="projects", project=project.title)
    if project.state in ENDED:
        yield refuse("CAR-01", _("“%(project)s”%(stage)s，不再结转。"), field="projects", project=project.title,
                     stage=project.get_state_display())
    elif project.state not in RUNNING:
        yield refuse("CAR-01", _("“%(project)s”还没有签约，不能结转。"), field="projects", project=project.title)
    there = PlanItem.objects.filter(project=project, route=CARRIED, year=plan.year).exclude(state__in=FALLEN).first()
    if there is not None:
        yield refuse("CAR-01", _("“%(project)s”已结转到 %(year)s 年度计划。"), field="projects", **words)
    elif not of([project], plan.year):
        yield refuse("CAR-01", _("“%(project)s”的期限和分年资金不到 %(year)s 年。"), field="projects", **words)
