"""An adjusted plan and its money agree in the same act: increases are reserved, decreases set free (ADJ-03, R102-20, RTR-05)."""
from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.money import ZERO, in_figures
from portal.workflow import Act, Refusal, refuse
from procurement.plans.models import Adjustment, Project, Stage

from . import verbs
from .models import BudgetLine, Encumbrance, Sharing


def wanting(adjustment: Adjustment) -> Iterator[Refusal]:
    """What stands against the money of an adjustment: years short of free budget, a cost already shared by levels.

    A project that is not funded yet is stopped later, by the gate of funding itself (R102-20).
    """
    project = adjustment.project
    after = {int(year): Decimal(amount) for year, amount in adjustment.granted_years.items()}
    yield from _shared_years(adjustment, after)
    if not project.reached(Stage.FUNDED):
        return
    held = verbs.held_by_year(project)
    for year, amount in sorted(after.items()):
        gap = amount - held.get(year, ZERO)
        if gap > 0 and year <= project.year and (short := gap - sum((free for _line, free in _room(project, year)), ZERO)) > 0:
            yield refuse("ADJ-03", _("%(year)s 年需追加预留 %(gap)s 元，本单位可用指标还差 %(short)s 元；请先调整预算指标。"), year=year,
                         gap=in_figures(gap), short=in_figures(short))


def _shared_years(adjustment: Adjustment, after: dict[int, Decimal]) -> Iterator[Refusal]:
    """What levels of government have agreed to share is shared anew before the sum changes (R-037)."""
    live = Sharing.objects.filter(item=adjustment.item_id).exclude(state=Sharing.State.CANCELLED)
    for sharing in live:
        if after.get(sharing.year, ZERO) != sharing.amount:
            yield refuse("R-037", _("%(year)s 年资金已按 %(amount)s 元拟定分级负担，请先撤销分级负担再调整。"), year=sharing.year,
                         amount=in_figures(sharing.amount))


def _room(project: Project, year: int) -> list[tuple[BudgetLine, Decimal]]:
    """Lines that may serve a project in a year with what is free on each: its own first, then those for any purchase (R-035)."""
    fitting = Q(item__in=project.items.all()) | Q(item=None, purpose="")
    lines = BudgetLine.objects.filter(fitting, agency=project.agency_id, year=year, state=BudgetLine.State.ALLOCATED)
    return [(line, line.free) for line in lines.order_by(F("item_id").asc(nulls_last=True), "id") if line.free > 0]


def follow_plan(act: Act, project: Project) -> None:
    """Bring what is held for each year to what the adjusted plan needs; a project not funded yet only lets go."""
    project = Project.objects.get(pk=project.pk)
    needed, held = verbs.needed_by_year(project), verbs.held_by_year(project)
    for year in sorted({*needed, *held}):
        need, have = needed.get(year, ZERO), held.get(year, ZERO)
        if have > need:
            _let_go(act, project, year, need)
        elif need > have and project.reached(Stage.FUNDED):
            _take(act, project, year, need - have)
    verbs.fund_if_covered(act, project)


def _let_go(act: Act, project: Project, year: int, need: Decimal) -> None:
    """Levels and lines give back as they share what is held (R-037)."""
    rows = list(project.encumbrances.filter(year=year, state__in=["RESERVED", "PLEDGED"]).order_by("id"))
    spent = sum((row.committed + row.paid for row in project.encumbrances.filter(year=year)), ZERO)
    for row, share in verbs.shared(rows, max(need - spent, ZERO)):
        if not share:
            act.perform(row, "release", reason=str(_("计划调减")))
        elif share < row.held:
            act.perform(row, "trim" if row.state == Encumbrance.State.PLEDGED else "reduce", amount=share)


def _take(act: Act, project: Project, year: int, gap: Decimal) -> None:
    if year > project.year:
        act.perform(Encumbrance(project=project, year=year), "pledge", amount=gap)
        return
    for line, free in _room(project, year):
        share = min(gap, free)
        if share > 0:
            act.perform(Encumbrance(project=project, line=line, year=year), "reserve", amount=share)
            gap -= share
