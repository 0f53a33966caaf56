"""What planning brings to mind by itself: returned and left lying, not begun, not handed in (L2.1, L2.2, R-001, S-131)."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from portal import clock
from portal.accounts.models import Membership, Organisation, User
from portal.accounts.roles import Role
from portal.notifications.events import told_as, write
from portal.rules.jurisdiction import setting
from portal.workdays import is_working_day
from portal.workdays.counting import UnknownYear

from . import rules
from .models import PlanItem, PlanReminder
from .progress import purchasers, with_standing
from .verbs.items import mending_until

RETURNED, BEGIN, LATE = "plans.item/remind", "plans.plan/begin", "plans.plan/late"
NAMED = 3  # returned items named in one message
Step = PlanReminder.Step
#: Days before the last day on which an agency without a plan is told again; the first day is the region's to set.
NEARER = ((1, Step.LAST), (7, Step.WEEK))
#: So long after the cut-off finance is told who is late.
LATE_FOR = timedelta(days=31)


def remind() -> int:
    """Tell whoever is to be told now; returns how many messages were written. Running it again tells nobody twice."""
    now = clock.now()
    return _of_returned(now) + sum(_begin(*each, now) for each in not_begun(now)) + _of_late(now)


def _works(now: datetime) -> bool:
    """Outside working days nobody is asked to work; without a calendar every day counts."""
    try:
        return is_working_day(now.astimezone(clock.SHANGHAI).date())
    except UnknownYear:
        return True


# --- returned -------------------------------------------------------------------------------------------------------
def _of_returned(now: datetime) -> int:
    """Agency by agency, one message for all that lies returned and untouched."""
    if not _works(now):
        return 0
    lying = PlanItem.objects.filter(state=PlanItem.State.SENT_BACK, remind_at__lte=now)
    agencies = Organisation.objects.filter(pk__in=lying.order_by().values("agency_id")).select_related("region").order_by("pk")
    return sum(_of_returned_at(agency, lying.filter(agency=agency), now) for agency in agencies)


@transaction.atomic
def _of_returned_at(agency: Organisation, lying: QuerySet[PlanItem], now: datetime) -> int:
    items = list(lying.order_by("remind_at", "pk").select_for_update(skip_locked=True, of=("self",)))
    if not items:  # another worker has them
        return 0
    PlanItem.objects.filter(pk__in=[item.pk for item in items]).update(remind_at=mending_until(agency.region, now))
    first, many = items[0], len(items) > 1 and items[0].plan_id
    return write(
        RETURNED, _people(agency, "plans.item", Role.PLANNER, Role.HEAD),
        lambda: {"count": len(items), "titles": "、".join(item.title for item in items[:NAMED])},
        link=f"{reverse('plans:plan', args=[first.plan_id])}?state=SENT_BACK" if many else first.get_absolute_url(),
        project_id=None, moment=now,
    )


# --- not begun ------------------------------------------------------------------------------------------------------
def not_begun(now: datetime) -> Iterator[tuple[Organisation, int, str]]:
    """Agencies without a plan of the coming year that are to be told now: agency, year, step. The nearest step alone counts."""
    today = now.astimezone(clock.SHANGHAI).date()
    year = today.year + 1
    left = (rules.last_day(year) - today).days
    if left < 0:
        return
    works, first_day = _works(now), cache(lambda region: setting("plan_reminder_days", region))
    for agency in with_standing(purchasers(), year).filter(begun=False).order_by("pk"):
        days = first_day(agency.region)
        steps = [step for within, step in (*NEARER, (days, Step.BEGIN)) if left <= min(within, days)]
        if days and steps and (works or steps[0] == Step.LAST):
            yield agency, year, steps[0]


@transaction.atomic
def _begin(agency: Organisation, year: int, step: str, now: datetime) -> int:
    if not _first_time(agency, year, step, now):
        return 0
    left = (rules.last_day(year) - now.astimezone(clock.SHANGHAI).date()).days
    return write(
        BEGIN, _people(agency, "plans.plan", Role.PLANNER, Role.HEAD),
        lambda: {"year": year, "day": f"{rules.last_day(year)}", "left": left, "agency": agency.name},
        link=reverse("plans:list"), project_id=None, moment=now,
    )


# --- late -----------------------------------------------------------------------------------------------------------
def _of_late(now: datetime) -> int:
    """After the cut-off the finance department of each region hears once how many of its agencies handed in nothing (R-001)."""
    year = now.astimezone(clock.SHANGHAI).year + 1
    if not rules.cut_off(year) <= now < rules.cut_off(year) + LATE_FOR:
        return 0
    wanting = with_standing(purchasers(), year).filter(handed_in=False)
    regions: dict[int, int] = {}
    for region_id in wanting.order_by("region_id").values_list("region_id", flat=True):
        regions[region_id] = regions.get(region_id, 0) + 1
    departments = Organisation.objects.filter(kind="FINANCE", region__in=regions, disabled_at=None).order_by("pk")
    return sum(_late(department, year, regions[department.region_id], now) for department in departments)


@transaction.atomic
def _late(department: Organisation, year: int, count: int, now: datetime) -> int:
    if not _first_time(department, year, Step.LATE, now):
        return 0
    return write(
        LATE, _people(department, "plans.plan", Role.FINANCE_OFFICER, Role.FINANCE_HEAD),
        lambda: {"year": year, "count": count, "day": f"{rules.last_day(year)}"},
        link=f"{reverse('plans:progress')}?year={year}", project_id=None, moment=now,
    )


def _first_time(organisation: Organisation, year: int, step: str, now: datetime) -> bool:
    _kept, is_new = PlanReminder.objects.get_or_create(organisation=organisation, year=year, step=step, defaults={"told_at": now})
    return is_new


def _people(organisation: Organisation, code: str, *roles: str) -> QuerySet[User]:
    return told_as(Membership.objects.live().filter(organisation=organisation, role__in=roles), code)
