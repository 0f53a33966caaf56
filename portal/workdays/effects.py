"""What a new or amended calendar does to the periods that run: computed before it is taken, and again when it is."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from portal.clock import SHANGHAI

from .counting import YearTable, supposing
from .deadlines import Deadline, deadline
from .models import LegalClock


@dataclass(frozen=True, slots=True)
class Change:
    """One running period whose end would be another: `before` and `after` with what is uncertain about them."""

    clock: LegalClock
    before: Deadline
    after: Deadline


def table_of(off: Iterable[date], worked: Iterable[date], demonstration: bool = False) -> YearTable:
    """A year's calendar that is not stored."""
    return YearTable(off=frozenset(off), worked=frozenset(worked), demonstration=demonstration)


def changes_by(year: int, table: YearTable) -> list[Change]:
    """The running periods that end at another moment, or are no longer provisional, under another calendar of a year.

    An end that was fixed by a person or moved (a closing, an extension, an outage) does not follow the calendar: only
    ends that the present calendar itself yields are counted anew, and those that were provisional.
    """
    begins, over = datetime(year, 1, 1, tzinfo=SHANGHAI), datetime(year + 1, 1, 1, tzinfo=SHANGHAI)
    reaching = Q(counted_from__lt=over, ends_at__gt=begins, unit__in=("wd", "d", "y"))
    found = LegalClock.objects.filter(reaching | Q(provisional=True) | Q(demonstration=True), state=LegalClock.State.RUNNING)
    changes = []
    for clock in found.select_related("bearer__region").order_by("ends_at", "pk"):
        before = Deadline(clock.ends_at, clock.provisional, clock.demonstration)
        uncertain = clock.provisional or clock.demonstration
        if not uncertain and deadline(clock.counted_from, clock.length, clock.unit, clock.rolls).ends_at != clock.ends_at:
            continue
        with supposing(year, table):
            after = deadline(clock.counted_from, clock.length, clock.unit, clock.rolls)
        if after != before:
            changes.append(Change(clock, before, after))
    return changes
