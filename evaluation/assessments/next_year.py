"""What evaluation means for next year: the rule table, and what it gives for every project of a year (D-01, L11.5)."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from evaluation.schemes.models import Grade
from portal.accounts.actor import Actor
from portal.money import ZERO, percent_of, round_yuan
from portal.rules.jurisdiction import setting
from procurement.contracts.models import Contract
from procurement.plans.models import Outcome, PlanItem
from procurement.plans.models.item import FALLEN

from .decisions import GATED
from .models import Assessment, ResultUse

#: The rows of the table, in the order of the grades.
CEILINGS = {grade: f"ceiling_percent_{grade.value.lower()}" for grade in (Grade.EXCELLENT, Grade.GOOD, Grade.FAIR, Grade.POOR)}
SETTINGS = (*CEILINGS.values(), "gate_grade", "unevaluated_predecessor")
#: The rules by which next year's items are measured.
CEILING_RULE, GATE_RULE, UNEVALUATED_RULE = "NYR-01", "NYR-02", "NYR-03"
#: Contracts that were signed, running or at their end.
SIGNED = ("SIGNED", "PERFORMING", "FINISHED", "COMPLETED", "TERMINATED")
SETTLED = (Assessment.State.CONFIRMED, Assessment.State.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Table:
    """Grade → ceiling in percent of the contract's yearly sum, the grade that closes the gate, and what no result means."""

    percents: dict[str, int]
    gate: str
    unevaluated: str

    def ceiling(self, grade: str, yearly: Decimal) -> Decimal | None:
        """The most that next year's item may ask for, in yuan; None without a grade."""
        return percent_of(yearly, Decimal(self.percents[grade])) if grade else None

    def closed(self, grade: str) -> bool:
        """Whether next year's item may not be put forward."""
        return grade in GATED[self.gate] if grade else self.unevaluated == "refuse"

    def rule(self, grade: str) -> str:
        """The rule that speaks of a project with this grade."""
        return UNEVALUATED_RULE if not grade else GATE_RULE if self.closed(grade) else CEILING_RULE


@dataclass(frozen=True, slots=True)
class Row:
    """One contract of the year and what its result gives for the next; money in yuan."""

    contract: Contract
    yearly: Decimal
    grade: str
    assessment: Assessment | None
    outcome: Outcome | None
    successor: PlanItem | None
    rule: str
    closed: bool
    ceiling: Decimal | None
    tried: Decimal | None

    @property
    def asked(self) -> Decimal | None:
        """What next year's item asks for in its dearest year."""
        if self.successor is None:
            return None
        return max((row.amount for row in self.successor.years.all()), default=self.successor.amount)

    @property
    def above(self) -> bool:
        """Whether it asks for more than the table gives."""
        return self.ceiling is not None and self.asked is not None and self.asked > self.ceiling


@dataclass(frozen=True, slots=True)
class Totals:
    """Of all contracts of the year: how many have a result, and what they may cost next year; money in yuan."""

    count: int = 0
    evaluated: int = 0
    closed: int = 0
    yearly: Decimal = ZERO
    measured: Decimal = ZERO  # the yearly sum of those with a result
    ceiling: Decimal = ZERO
    tried: Decimal = ZERO

    @property
    def difference(self) -> Decimal:
        """What the table gives more (or less) than the contracts cost."""
        return self.ceiling - self.measured


def table_in_force(region: Any, on: date) -> Table:
    """The rule table of a region on a day."""
    return Table(
        {grade.value: int(setting(name, region, on)) for grade, name in CEILINGS.items()},
        str(setting("gate_grade", region, on)), str(setting("unevaluated_predecessor", region, on)),
    )


def tried(table: Table, percents: dict[str, int | None]) -> Table:
    """The table with other percents, to see what they would give; nothing is decided."""
    return replace(table, percents={**table.percents, **{grade: value for grade, value in percents.items() if value is not None}})


def contracts_of(actor: Actor, year: int) -> QuerySet[Contract]:
    """Contracts in the actor's scope that ran on any day of the year."""
    found = Contract.objects.visible_to(actor).filter(
        state__in=SIGNED, starts_on__lte=date(year, 12, 31), ends_on__gte=date(year, 1, 1)
    )
    return found.select_related("agency__region", "project", "supplier").order_by("agency__region__path", "agency", "-amount", "pk")


def totals_of(contracts: QuerySet[Contract], table: Table, other: Table) -> Totals:
    """Sums over all contracts; two queries."""
    found = list(contracts.select_related(None).only("pk", "amount", "starts_on", "ends_on", "project"))
    grades = _grades(found)
    sums = Totals()
    for contract in found:
        yearly, assessment = yearly_sum(contract), grades.get(contract.pk)
        grade = assessment.grade if assessment else ""
        sums = replace(
            sums, count=sums.count + 1, evaluated=sums.evaluated + bool(grade), closed=sums.closed + table.closed(grade),
            yearly=sums.yearly + yearly, measured=sums.measured + (yearly if grade else ZERO),
            ceiling=sums.ceiling + (table.ceiling(grade, yearly) or ZERO), tried=sums.tried + (other.ceiling(grade, yearly) or ZERO),
        )
    return sums


def rows_of(contracts: Iterable[Contract], table: Table, other: Table, year: int) -> list[Row]:
    """What the table gives for each; five queries for any number of contracts."""
    found = list(contracts)
    grades = _grades(found)
    projects = [contract.project_id for contract in found]
    outcomes = {row.project_id: row for row in Outcome.objects.filter(project__in=projects, revoked_at=None).order_by("pk")}
    items = PlanItem.objects.filter(predecessor__in=projects, year=year + 1).exclude(state__in=FALLEN)
    successors = {item.predecessor_id: item for item in items.prefetch_related("years").order_by("-pk")}
    return [_row(contract, grades.get(contract.pk), outcomes, successors, table, other) for contract in found]


def _row(contract: Contract, assessment: Assessment | None, outcomes: dict, successors: dict, table: Table, other: Table) -> Row:
    grade, yearly = assessment.grade if assessment else "", yearly_sum(contract)
    return Row(
        contract, yearly, grade, assessment, outcomes.get(contract.project_id), successors.get(contract.project_id), table.rule(grade),
        table.closed(grade), table.ceiling(grade, yearly), other.ceiling(grade, yearly),
    )


def _grades(contracts: list[Contract]) -> dict[int, Assessment]:
    """The settled result of each contract."""
    found = Assessment.objects.filter(contract__in=[contract.pk for contract in contracts], state__in=SETTLED)
    return {row.contract_id: row for row in found.prefetch_related("uses").order_by("pk")}


def yearly_sum(contract: Contract) -> Decimal:
    """The contract's sum for twelve months, in yuan."""
    return round_yuan(contract.amount * 12 / contract.term_months)


def standing_of(row: Row) -> str:
    """How far the ceiling of a result has come: proposed, applied, waived or revoked."""
    if row.assessment is None:
        return ""
    uses = [use for use in row.assessment.uses.all() if use.kind == ResultUse.Kind.CEILING]
    return str(uses[0].get_state_display()) if uses else ""


def words_of(row: Row, table: Table) -> str:
    """The rule that speaks of a project, in words."""
    if not row.grade:
        return _("没有评价结果：不得申报下年项目") if row.closed else _("没有评价结果：说明理由后可以申报")
    text = _("%(grade)s：上限为全年合同额的 %(percent)s %%") % {
        "grade": Grade(row.grade).label, "percent": table.percents[row.grade],
    }
    return _("%(text)s；整改或者免用前不得申报") % {"text": text} if row.closed else text
