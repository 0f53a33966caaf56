"""How far the agencies of a region are with their plans of a year: not begun, being compiled, handed in (L2.1, R-001)."""
from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from portal.accounts.models import Membership, Organisation
from portal.accounts.roles import Role

from .models import Plan

#: Who watches over the plans of a region.
WATCHING = (Role.FINANCE_OFFICER, Role.FINANCE_HEAD, Role.MEETING_SECRETARY, Role.CONVENER, Role.AUDITOR)
MISSING, COMPILING, HANDED_IN = Q(begun=False), Q(begun=True, handed_in=False), Q(handed_in=True)
ALIVE = ~Q(items__state__in=["WITHDRAWN", "CANCELLED", "LAPSED"])


def purchasers() -> QuerySet[Organisation]:
    """Organisations in which somebody compiles plans."""
    planners = Membership.objects.live().filter(role=Role.PLANNER)
    return Organisation.objects.filter(disabled_at=None, pk__in=planners.values("organisation_id")).select_related("region")


def with_standing(agencies: QuerySet[Organisation], year: int) -> QuerySet[Organisation]:
    """Each agency with `begun` and `handed_in`, of its plan of a year."""
    plans = Plan.objects.filter(agency=OuterRef("pk"), year=year)
    return agencies.annotate(begun=Exists(plans), handed_in=Exists(plans.filter(submitted_at__isnull=False)))


def agencies_of(actor, year: int) -> QuerySet[Organisation]:
    """The agencies of the reader's region, what is wanting first."""
    own = purchasers().filter(region__path__startswith=actor.region_path)
    return with_standing(own, year).order_by("handed_in", "begun", "name", "pk")


def plans_of(agencies: Iterable[Organisation], year: int) -> dict[int, Plan]:
    """The plan of each agency that has one, with `item_count` and `asked` (yuan); one query."""
    found = Plan.objects.filter(agency__in=list(agencies), year=year).select_related("agency")
    counted = found.annotate(item_count=Count("items", filter=ALIVE), asked=Sum("items__amount", filter=ALIVE))
    return {plan.agency_id: plan for plan in counted}
