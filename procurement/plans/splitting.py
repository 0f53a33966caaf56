"""Signs of one purchase cut into several, so that none of them needs open tender: a warning, never a block by itself (R-GP-08)."""
from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, F, Max, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.models import Organisation
from portal.money import in_figures
from portal.rules.jurisdiction import setting

from .branches import of_branch
from .models import Method, PlanItem

#: What is only being written, or has come to nothing, is no purchase of the year.
NOT_COUNTED = ("DRAFTED", "REJECTED", "WITHDRAWN", "CANCELLED", "LAPSED")
MOST = 10
SENTENCE = _(
    "%(agency)s %(year)s 年“%(branch)s”有 %(count)s 项不以公开招标方式购买，每项低于公开招标数额标准 %(threshold)s 元，合计 %(total)s 元。"
)


@dataclass(slots=True)
class Splitting:
    """Purchases of one agency, year and branch by other methods: each under the threshold, together above it. Amounts in yuan."""

    agency: Organisation
    year: int
    branch: str
    threshold: Decimal
    count: int
    total: Decimal
    items: list[PlanItem] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        return str(SENTENCE) % {
            "agency": self.agency, "year": self.year, "branch": self.branch, "count": self.count,
            "threshold": in_figures(self.threshold), "total": in_figures(self.total),
        }  # fmt: skip

    @property
    def facts(self) -> dict:
        """What the record keeps of it."""
        numbers = [item.project.number for item in self.items if item.project_id]
        return {"year": self.year, "branch": self.branch, "threshold": self.threshold, "total": self.total, "projects": numbers}


def threshold_of(agency: Organisation) -> Decimal:
    """From which sum in yuan open tender is the rule in the region of an agency (R-GP-06)."""
    return setting("open_tender_threshold", agency.region, clock.today())


def by_other_methods(items: QuerySet[PlanItem]) -> QuerySet[PlanItem]:
    """What counts towards the sum: purchases in hand or done, by any method but open tender, with their branch and sum."""
    found = items.exclude(state__in=NOT_COUNTED).exclude(method__in=["", Method.OPEN_TENDER]).exclude(leaf=None)
    return found.annotate(
        branch_code=of_branch("leaf", "code"), branch_name=of_branch("leaf", "name"), counted=Coalesce("approved_amount", "amount")
    )


def sign_of(item: PlanItem) -> Splitting | None:
    """Whether this item is one of several that look like one purchase; two queries."""
    if item.leaf_id is None or item.method in ("", Method.OPEN_TENDER):
        return None
    threshold = threshold_of(item.agency)
    alike = by_other_methods(PlanItem.objects.filter(agency=item.agency_id, year=item.year)).filter(counted__lt=threshold)
    branch = PlanItem.objects.filter(pk=item.pk).values(code=of_branch("leaf", "code"))[:1]
    items = list(alike.filter(branch_code=branch).select_related("project").order_by("id")[:100])
    total = sum((each.counted for each in items), Decimal(0))
    if len(items) < 2 or total <= threshold or item.pk not in [each.pk for each in items]:
        return None
    return Splitting(item.agency, item.year, f"{items[0].branch_code} {items[0].branch_name}", threshold, len(items), total, items)


def signs_among(items: QuerySet[PlanItem]) -> list[Splitting]:
    """The heaviest signs among these items, at most ten; two queries, and two for each region with agencies that buy alike repeatedly."""
    alike = by_other_methods(items).order_by().values("agency", "year", code=F("branch_code")).annotate(count=Count("pk"))
    repeated = [row["agency"] for row in alike.filter(count__gte=2).order_by("-count")[:200]]
    agencies = Organisation.objects.filter(pk__in=repeated).select_related("region") if repeated else []
    by_threshold: dict[Decimal, list[Organisation]] = {}
    thresholds: dict[int, Decimal] = {}
    for agency in agencies:
        if agency.region_id not in thresholds:
            thresholds[agency.region_id] = threshold_of(agency)
        by_threshold.setdefault(thresholds[agency.region_id], []).append(agency)
    found = [sign for threshold, those in by_threshold.items() for sign in _signs(items, threshold, those)]
    return sorted(found, key=lambda sign: -sign.total)[:MOST]


def _signs(items: QuerySet[PlanItem], threshold: Decimal, agencies: list[Organisation]) -> list[Splitting]:
    known = {agency.pk: agency for agency in agencies}
    below = by_other_methods(items.filter(agency__in=known)).filter(counted__lt=threshold).order_by()
    rows = (
        below.values("agency", "year", code=F("branch_code"))
        .annotate(name=Max("branch_name"), count=Count("pk"), total=Sum("counted")).filter(count__gte=2, total__gt=threshold)
    )
    return [
        Splitting(known[row["agency"]], row["year"], f"{row['code']} {row['name']}", threshold, row["count"], row["total"])
        for row in rows.order_by("-total")[:MOST]
    ]
