"""A catalogue is renewed and published every year: its issuer hears of it when the year begins, and again at its half (R-004)."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from portal import clock
from portal.accounts.models import Membership
from portal.accounts.roles import Role
from portal.notifications.events import told_as, write
from portal.workdays import is_working_day
from portal.workdays.counting import UnknownYear

from .models import CatalogueReminder, CatalogueVersion

RENEW = "catalogue.version/renew"
Step = CatalogueReminder.Step
HALF_OF_YEAR = 7  # month


def remind() -> int:
    """Tell whoever is to be told now; returns how many messages were written. Running it again tells nobody twice."""
    now = clock.now()
    return sum(_tell(version, step, now) for version, step in to_be_renewed(now))


def to_be_renewed(now: datetime) -> Iterator[tuple[CatalogueVersion, str]]:
    """Versions in force that were issued for a former year, with the step that is due.

    At the year's start who is already working on the next version is left alone; at its half only a version that was issued counts.
    """
    today = now.astimezone(clock.SHANGHAI).date()
    if not _works(today):
        return
    step = Step.HALF if today.month >= HALF_OF_YEAR else Step.START
    held = CatalogueVersion.objects.current(today).filter(year__lt=today.year, region__isnull=False, issuer__disabled_at=None)
    for version in held.select_related("issuer").order_by("pk"):
        later = CatalogueVersion.objects.filter(region=version.region_id, agency=version.agency_id, year__gte=today.year)
        later = later.exclude(state="CANCELLED")
        if step == Step.HALF:
            later = later.filter(state="ISSUED")
        if not later.exists():
            yield version, step


def _works(today) -> bool:
    """Outside working days nobody is asked to work; without a calendar every day counts."""
    try:
        return is_working_day(today)
    except UnknownYear:
        return True


@transaction.atomic
def _tell(version: CatalogueVersion, step: str, now: datetime) -> int:
    year = now.astimezone(clock.SHANGHAI).year
    _kept, is_new = CatalogueReminder.objects.get_or_create(version=version, year=year, step=step, defaults={"told_at": now})
    if not is_new:
        return 0
    roles = [Role.PLANNER, Role.HEAD] if version.agency_id else [Role.FINANCE_OFFICER, Role.FINANCE_HEAD]
    readers = Membership.objects.live().filter(organisation=version.issuer, role__in=roles)
    return write(
        RENEW, told_as(readers, "catalogue.version"), lambda: {"title": version.title, "issued": version.year, "year": year},
        link=version.get_absolute_url(), project_id=None, moment=now,
    )
