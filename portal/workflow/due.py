"""What happens by itself: each lifecycle names what is due when; one task fires it, in order of time."""
from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from portal import clock
from portal.accounts.actor import system_actor

from .engine import perform
from .models import Staged
from .refusals import Refused
from .table import Due, Lifecycle, all_lifecycles

logger = logging.getLogger(__name__)
BATCH = 200


@dataclass(frozen=True, slots=True)
class Event:
    """One object whose moment has come."""

    moment: datetime
    lifecycle: Lifecycle
    due: Due
    pk: int


def upcoming(until: datetime, *, skip: frozenset = frozenset()) -> list[Event]:
    """What is due up to a moment, earliest first; of each kind at most a batch."""
    events = []
    for lifecycle in all_lifecycles():
        for due in lifecycle.due:
            rows = (
                due.queryset()
                .filter(**{f"{due.moment}__lte": until})
                .order_by(due.moment, "pk")
                .values_list(due.moment, "pk")[:BATCH]
            )
            events += [
                Event(moment, lifecycle, due, pk)
                for moment, pk in rows
                if (lifecycle.code, due.transition, pk) not in skip
            ]
    return sorted(events, key=lambda event: (event.moment, event.lifecycle.code, event.pk))


def fire(event: Event) -> bool:
    """Fire one event as the system, if no other worker holds its object; a refusal is tried again later."""
    with transaction.atomic():
        manager = event.lifecycle.model._base_manager
        obj: Staged | None = manager.select_for_update(skip_locked=True, of=("self",)).filter(pk=event.pk).first()
    if obj is None:
        return False
    try:
        perform(obj, event.due.transition, actor=system_actor())
        return True
    except Refused as refused:
        logger.debug("not fired: %s %s of %s: %s", event.lifecycle.code, event.due.transition, event.pk, refused.rules)
        return False
    except Exception:
        logger.exception("failed to fire: %s %s of %s", event.lifecycle.code, event.due.transition, event.pk)
        return False


def run(until: datetime | None = None) -> int:
    """Fire what is due, one after the other in order of time; returns how many fired.

    Without `until` things fire at the present moment. With it (the demonstration clock moving forward) each fires at
    its own moment, so that what it starts can become due on the way.
    """
    fired = 0
    failed: set = set()
    seen: set = set()
    while True:
        events = upcoming(until or clock.now(), skip=frozenset(failed))
        if not events:
            return fired
        for event in events if until is None else events[:1]:
            if until is None:
                done = fire(event)
            else:
                with clock.at(max(event.moment, clock.now())):
                    done = fire(event)
            fired += done
            key = (event.lifecycle.code, event.due.transition, event.pk)
            if not done or (*key, event.moment) in seen:
                failed.add(key)  # refused, or fired and still due: once a round is enough
            seen.add((*key, event.moment))


def advance_demo_clock(moment: datetime) -> int:
    """Move the demonstration clock forward to a moment after firing everything due until then, in order (G4)."""
    if moment < clock.now():
        raise clock.ClockMovesForward("the demonstration clock only goes forward")
    fired = run(until=moment)
    clock.set_offset_so_that_now_is(moment)
    return fired


def next_events(limit: int = 10) -> Iterator[Event]:
    """What will happen next by itself, for the demonstration clock's page."""
    from datetime import timedelta

    yield from upcoming(clock.now() + timedelta(days=400))[:limit]
