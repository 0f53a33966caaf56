"""What the published plans of a region and year come to: number and amount by agency, catalogue branch and method (R1787-06)."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from catalogue.methods import Method
from catalogue.models import Kind
from portal.accounts.models import Region
from portal.money import ZERO

from .models import Plan, PlanItem

#: Plans that everybody reads.
OUT = ("PUBLISHED", "CLOSED")
STANDING = ("APPROVED", "EXECUTED")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a breakdown; amount in yuan, as approved."""

    label: str
    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """One region and year. `budget`: what the plans say is in the departments' budgets for services."""

    year: int
    region: Region | None
    plans: int
    budget: Decimal
    count: int
    amount: Decimal
    groups: tuple[tuple[str, Any, tuple[Line, ...]], ...]  # key, title, lines


def standing() -> Q:
    """Approved items of published plans, and those approved beside a plan."""
    return (Q(plan=None) | Q(plan__state__in=OUT)) & Q(state__in=STANDING, project__is_history=False)


def items_of(year: int, region: Region | None) -> QuerySet[PlanItem]:
    """What stands of a year; a region with all below it."""
    found = PlanItem.objects.filter(standing(), year=year)
    return found.filter(agency__region__path__startswith=region.path) if region else found


def years() -> list[int]:
    """The years for which something is published, the latest first."""
    found = PlanItem.objects.filter(standing())
    return list(found.order_by("-year").values_list("year", flat=True).distinct())


def reached(region: Region, years: list[int]) -> dict[int, dict[str, Decimal]]:
    """Year → projects, different lines of the catalogue and yuan that published plans of a region come to; one query (S-11)."""
    found = PlanItem.objects.filter(standing(), year__in=years, agency__region__path__startswith=region.path).order_by()
    rows = found.values("year").annotate(count=Count("pk"), lines=Count("leaf__code", distinct=True), amount=Sum("approved_amount"))
    return {
        row["year"]: {"PROJECTS": Decimal(row["count"]), "ITEMS": Decimal(row["lines"]), "MONEY": row["amount"] or ZERO} for row in rows
    }


def totals_of(year: int, region: Region | None = None) -> Totals:
    """The totals of a year; five queries, however many items there are. Every breakdown adds up to the same sum."""
    items = items_of(year, region).order_by()
    plans = Plan.objects.filter(year=year, state__in=OUT)
    if region:
        plans = plans.filter(agency__region__path__startswith=region.path)
    said = plans.aggregate(count=Count("pk"), budget=Sum("service_budget"))
    everything = items.aggregate(count=Count("pk"), amount=Sum("approved_amount"))
    return Totals(
        year=year, region=region, plans=said["count"], budget=said["budget"] or ZERO, count=everything["count"],
        amount=everything["amount"] or ZERO, groups=(
            ("agencies", _("按购买主体"), _lines(items, ("agency__name",), lambda row: row["agency__name"])),
            ("branches", _("按目录类别"), _lines(items, ("leaf__kind", "leaf__parent__code", "leaf__parent__name"), _branch)),
            ("methods", _("按拟采购方式"), _lines(items, ("method",), _method)),
        ),
    )  # fmt: skip


def _lines(items: QuerySet[PlanItem], keys: tuple[str, ...], label: Callable[[dict], str]) -> tuple[Line, ...]:
    rows = items.values(*keys).annotate(count=Count("pk"), amount=Sum("approved_amount"))
    found = [Line(label(row), row["count"], row["amount"] or ZERO) for row in rows]
    return tuple(sorted(found, key=lambda line: (-line.amount, line.label)))


def _branch(row: dict) -> str:
    """The kind of service and the group of the catalogue; what was filed outside it stands by itself (R1787-07)."""
    if row["leaf__kind"] is None:
        return _("目录外备案")
    group = f"{row['leaf__parent__code']} {row['leaf__parent__name']}" if row["leaf__parent__code"] else ""
    return f"{Kind(row['leaf__kind']).label} {group}".strip()


def _method(row: dict) -> str:
    return str(Method(row["method"]).label) if row["method"] else _("未定")
