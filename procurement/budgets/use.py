"""How the budget is used: sums over lines by agency, source, year or catalogue branch (S-27, S-28)."""
from __future__ import annotations

from decimal import Decimal

from django.db.models import F, Max, QuerySet, Sum, TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.money import ZERO
from procurement.plans.branches import of_branch
from procurement.plans.models import SourceKind

from .models import BudgetLine

#: What is asked for is no money yet, and what was cancelled never was.
NOT_COUNTED = ("DRAFTED", "SUBMITTED", "CANCELLED")
SUMS = ("allocated", "reserved", "committed", "paid")
#: How a filter asks for lines that rest on no leaf of the catalogue: existing budget, and items outside the catalogue.
NO_BRANCH = "none"


class By(TextChoices):
    AGENCY = "agency", _("按单位")
    SOURCE = "source", _("按来源")
    BRANCH = "branch", _("按目录类别")
    YEAR = "year", _("按年度")


def counted(actor) -> QuerySet[BudgetLine]:
    """The lines that hold money, as far as the actor sees them."""
    return BudgetLine.objects.visible_to(actor).exclude(state__in=NOT_COUNTED)


def in_branch(queryset: QuerySet, code: str, leaf: str = "item__leaf") -> QuerySet:
    """What lies in one branch, or in none."""
    if code == NO_BRANCH:
        return queryset.filter(**{f"{leaf}__isnull": True})
    return queryset.alias(branch_code=of_branch(leaf, "code")).filter(branch_code=code)


def branches(lines: QuerySet[BudgetLine]) -> list[tuple[str, str]]:
    """The branches that these lines lie in, with what the latest version of the catalogue calls them."""
    found = lines.order_by().annotate(code=of_branch("item__leaf", "code"), called=of_branch("item__leaf", "name"))
    rows = found.exclude(code=None).values_list("code").annotate(name=Max("called")).order_by("code")
    return [(code, f"{code} {name}") for code, name in rows]


def groups(lines: QuerySet[BudgetLine], by: By) -> QuerySet:
    """One row a year and agency, source or branch: `key`, `name`, and the four sums in yuan."""
    lines = lines.order_by()
    if by == By.AGENCY:
        rows = lines.values("year", key=F("agency"), name=F("agency__name"))
    elif by == By.SOURCE:
        rows = lines.values("year", key=F("source"))
    elif by == By.BRANCH:
        rows = lines.annotate(called=of_branch("item__leaf", "name")).values("year", key=of_branch("item__leaf", "code"))
        rows = rows.annotate(name=Max("called"))
    else:
        rows = lines.values("year", key=F("year"))
    found = rows.annotate(**{f"sum_{name}": Sum(name) for name in SUMS})
    return found.order_by("-year", *(["name"] if by == By.AGENCY else []), "key")


def told(row: dict, by: By) -> dict:
    """A row of `groups` with what is free, the share that is used in percent, and its name in words."""
    figures = {name: row[f"sum_{name}"] for name in SUMS}
    names = {
        By.AGENCY: lambda: row["name"], By.SOURCE: lambda: str(SourceKind(row["key"]).label), By.YEAR: lambda: str(row["year"]),
        By.BRANCH: lambda: f"{row['key']} {row['name']}" if row["key"] else gettext("没有对应目录"),
    }
    key = NO_BRANCH if row["key"] is None else row["key"]
    return {"year": row["year"], "key": key, "name": names[by](), **with_free(figures)}


def totals(lines: QuerySet[BudgetLine]) -> dict:
    """The sums over all these lines, with what is free and the share that is used."""
    found = lines.order_by().aggregate(**{f"sum_{name}": Sum(name) for name in SUMS})
    return with_free({name: found[f"sum_{name}"] or ZERO for name in SUMS})


def with_free(figures: dict[str, Decimal]) -> dict[str, Decimal]:
    used = figures["reserved"] + figures["committed"] + figures["paid"]
    share = round(used * 100 / figures["allocated"], 1) if figures["allocated"] else ZERO
    return {**figures, "free": figures["allocated"] - used, "used": used, "share": share}
