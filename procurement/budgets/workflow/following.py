"""What follows when money moves, and what the money demands of the floor below."""
from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from portal.money import in_figures
from portal.workflow import Act, Refusal, consequence, refuse, registered_guard
from procurement.budgets import adjusting, reminding, verbs
from procurement.budgets.models import BudgetLine, Encumbrance
from procurement.plans import carrying
from procurement.plans.models import Adjustment, PlanItem, Project


@consequence("budgets.encumbrance", "pay")
def settled_when_nothing_is_left(row: Encumbrance, act: Act) -> None:
    if not row.committed:
        act.perform(row, "settle")


@consequence("budgets.encumbrance", "reserve", "pledge")
def project_is_funded(row: Encumbrance, act: Act) -> None:
    verbs.fund_if_covered(act, row.project)


@consequence("budgets.line", "allocate", "adjust", "unfreeze")
def waiting_projects_are_served(line: BudgetLine, act: Act) -> None:
    verbs.reserve_what_waits(act, line)
    for project in Project.objects.filter(agency=line.agency_id, encumbrances__state="PLEDGED", encumbrances__year=line.year).distinct():
        if project.reached("CONTRACTED"):
            verbs.honour(act, project, year=line.year)


@consequence("budgets.encumbrance", "reserve", "change", "honour", "commit", "reduce", "release")
def line_may_run_short(row: Encumbrance, act: Act) -> None:
    reminding.look_at(row.line_id, act)


@consequence("budgets.line", "adjust")
def adjusted_line_may_run_short(line: BudgetLine, act: Act) -> None:
    reminding.look_at(line.pk, act)


@consequence("plans.item", "approve")
def lines_wait_for_the_item(item: PlanItem, act: Act) -> None:
    """Lines allocated before the decision serve the item at once (X-31)."""
    for line in BudgetLine.objects.filter(item=item, state="ALLOCATED").order_by("id"):
        verbs.reserve_what_waits(act, line)


@registered_guard("plans.adjustment", "agree", "approve")
def adjusted_money_is_there(adjustment: Adjustment, act: Act) -> Iterator[Refusal]:
    yield from adjusting.wanting(adjustment)


@consequence("plans.item", "adjust")
def money_follows_the_plan(item: PlanItem, act: Act) -> None:
    adjusting.follow_plan(act, item.project)


@carrying.holds_money
def held_for_the_year(projects: list[Project], year: int) -> dict[int, Decimal]:
    """What signed contracts left of a later year: pledged, reserved or committed, where anything is arranged (RTR-05)."""
    held: dict[int, Decimal] = {}
    for row in Encumbrance.objects.live().filter(project__in=projects, year=year):
        held[row.project_id] = held.get(row.project_id, Decimal(0)) + row.held
    return held


@consequence("plans.project", "abort")
def money_goes_free(project: Project, act: Act) -> None:
    verbs.release(act, project, reason=project.abort_reason)


@registered_guard("plans.project", "fund")
def money_covers_the_year(project: Project, act: Act) -> Iterator[Refusal]:
    """The year is reserved and later years are pledged (R102-20, R1787-04); the past is loaded as it was."""
    if act.history and project.is_history:
        return
    for year, gap in verbs.uncovered(project).items():
        yield refuse("R1787-04", _("%(year)s 年还有 %(gap)s 元没有落实。"), year=year, gap=in_figures(gap))


@registered_guard("plans.item", "submit")
def existing_money_is_named(item: PlanItem, act: Act) -> Iterator[Refusal]:
    """An ad-hoc item names a line of its agency and year with enough free money (S-26, R-036)."""
    if item.route == PlanItem.Route.ANNUAL or (item.route == PlanItem.Route.IN_YEAR and not item.existing_line):
        return
    lines = BudgetLine.objects.filter(agency=item.agency_id, year=item.year, state=BudgetLine.State.ALLOCATED)
    line = lines.filter(number=item.existing_line).first()
    if line is None:
        yield refuse("R-036", _("没有编号为 %(number)s 的本单位当年指标；新增资金请走年中调整。"), field="existing_line",
                     number=item.existing_line)
    elif line.free < item.amount:
        yield refuse("R-036", _("指标 %(number)s 可用数 %(free)s 元，不足 %(amount)s 元；新增资金请走年中调整。"), field="existing_line",
                     number=line.number, free=in_figures(line.free), amount=in_figures(item.amount))
