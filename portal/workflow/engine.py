"""One door: `perform` is the only code that changes a state.

In one transaction it locks the row (for a new thing: what its checks rest on), checks source, right, scope and guards
again, writes the state with its moment and person, runs the row's effect and what higher floors registered, writes the
record, moves the legal clocks and queues what people are to be told.
"""
from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.apps import apps
from django.conf import settings
from django.db import Error, IntegrityError, OperationalError, connection, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.actor import Actor, system_actor
from portal.accounts.mandates import doer
from portal.audit import record
from portal.audit.models import Entry

from . import standing_in, stepping_up
from .models import DoneOnce, Staged
from .refusals import NotYours, Refusal, Refused, WrongState, refuse
from .standing_in import acting, separation_of_duty
from .table import Lifecycle, Transition, follow, lifecycle_of


@dataclass(slots=True)
class Act:
    """One performance of one row: what guards, effects and handlers get to know."""

    row: Transition
    lifecycle: Lifecycle
    actor: Actor
    now: datetime
    reason: str = ""
    reason_code: str = ""
    data: dict = field(default_factory=dict)
    entry: Entry | None = None

    @property
    def history(self) -> bool:
        return clock.is_history()

    def perform(self, obj: Staged, name: str, *, reason: str = "", reason_code: str = "", **data) -> Staged:
        """Fire a row of another object as a consequence, in this transaction, by the system (`fired: C`)."""
        return perform(
            obj, name, actor=system_actor(self.actor.request_id), reason=reason, reason_code=reason_code, **data
        )


class ClockKeeper(Protocol):
    def start(self, name: str, subject: Staged, act: Act) -> None: ...
    def stop(self, name: str, subject: Staged, act: Act) -> None: ...
    def void(self, subject: Staged, act: Act, name: str) -> None: ...


class Notifier(Protocol):
    def tell(self, row: Transition, subject: Staged, entry: Entry, act: Act) -> None: ...


RECORDED_IN = "zh-hans"  # the language of papers and record
Handler = Callable[[Any, Act], None]
_handlers: dict[tuple[str, str], list[tuple[int, Handler]]] = defaultdict(list)
_guards: dict[tuple[str, str], list[tuple[int, Callable]]] = defaultdict(list)
_standing: list[Callable[[Any, Act], Iterable[Refusal]]] = []
_watchers: list[Callable[[Any, Act], None]] = []
_clock_keeper: ClockKeeper | None = None
_notifier: Notifier | None = None


def _floor(function: Callable) -> int:
    """Place of the function's app in the house, so that consequences run from the bottom up."""
    config = apps.get_containing_app_config(function.__module__)
    return settings.PORTAL_APPS.index(config.name) if config else len(settings.PORTAL_APPS)


def consequence(lifecycle_code: str, *names: str) -> Callable[[Handler], Handler]:
    """Register what a higher floor does when something fires below; same transaction, floor order."""

    def keep(handler: Handler) -> Handler:
        for name in names:
            _handlers[lifecycle_code, name].append((_floor(handler), handler))
            _handlers[lifecycle_code, name].sort(key=lambda item: item[0])
        return handler

    return keep


def registered_guard(lifecycle_code: str, *names: str) -> Callable:
    """Register what a higher floor demands before something below may fire."""

    def keep(guard: Callable) -> Callable:
        for name in names:
            _guards[lifecycle_code, name].append((_floor(guard), guard))
            _guards[lifecycle_code, name].sort(key=lambda item: item[0])
        return guard

    return keep


def standing_guard(guard: Callable[[Any, Act], Iterable[Refusal]]) -> Callable:
    """Register a guard that stands in every row (holds, the four duties)."""
    _standing.append(guard)
    return guard


def registered_guards(lifecycle_code: str, name: str) -> list[Callable]:
    """What higher floors demand before a row may fire, from the bottom up."""
    return [guard for _order, guard in _guards.get((lifecycle_code, name), ())]


def watcher(function: Callable[[Any, Act], None]) -> Callable:
    """Register what is noted after any row (who has taken which duty)."""
    _watchers.append(function)
    return function


def register_clock_keeper(keeper: ClockKeeper) -> None:
    global _clock_keeper
    _clock_keeper = keeper


def register_notifier(notifier: Notifier) -> None:
    global _notifier
    _notifier = notifier


# --- asking ------------------------------------------------------------------------------------------------------
def may(row: Transition, obj: Any, actor: Actor) -> bool:
    """Whether the row is this actor's to do at all (right and place, not yet the guards)."""
    return acting(row, obj, actor) is not None


def refusals(obj: Any, row: Transition, act: Act, *, performing: bool = False) -> list[Refusal]:
    """Every reason against the act, not only the first (S-172)."""
    found: list[Refusal] = list(separation_of_duty(obj, row, act.actor, act.lifecycle))
    found += stepping_up.programs_barred(row, act.actor)
    for guard in _standing:
        found += guard(obj, act) or ()
    for guard in row.guards:
        found += guard(obj, act) or ()
    if performing:
        for check in row.checks:
            found += check(obj, act) or ()
    for _order, guard in _guards.get((act.lifecycle.code, row.name), ()):
        found += guard(obj, act) or ()
    return found


# --- doing -------------------------------------------------------------------------------------------------------
def perform(
    obj: Staged, name: str, *, actor: Actor, reason: str = "", reason_code: str = "", key: str | None = None, **data
) -> Staged:
    """Do one row of the table to one object, wholly or not at all; returns the object as it is afterwards.

    `key` makes an act happen once however often it is sent. Raises NotYours (403), WrongState and Refused
    (409, with every reason), and StepUpNeeded when only the person's presence is missing. What two writers did to each other
    is tried again, never shown: after a deadlock it may do, and beside a twin made meanwhile the checks name that twin.
    """
    row = lifecycle_of(obj)[name]
    attempts = 1 if connection.in_atomic_block else 4
    untouched = copy(obj) if row.creates and attempts > 1 else obj
    for attempt in range(1, attempts + 1):
        try:
            with transaction.atomic():
                return _perform(obj, row, actor, reason.strip(), reason_code, key, data)
        except (OperationalError, IntegrityError) as error:
            if attempt == attempts or not between_writers(error):
                raise
            obj = copy(untouched)
            time.sleep(0.05 * attempt)
        except Refused as refused:
            for refusal in refused.refusals:
                if refusal.afterwards:
                    refusal.afterwards()
            raise
    raise AssertionError("unreachable")


def between_writers(error: Error) -> bool:
    """Whether another writer's act alone stood in the way: a deadlock, or the same thing made at the same moment."""
    code = getattr(error.__cause__, "pgcode", None)  # PostgreSQL says it in a language of its own
    said = str(error).lower()
    return code in ("40P01", "23505") or "deadlock" in said or "unique constraint failed" in said


def _perform(obj: Staged, row: Transition, actor: Actor, reason: str, reason_code: str, key: str | None, data: dict):
    lifecycle = lifecycle_of(obj)
    if row.creates:
        data |= {name: _locked(data[name]) for name in row.holds if data.get(name)}
    else:
        obj = _locked(obj)
    refuse_again(row, lifecycle, actor, key)
    capacity = acting(row, obj, actor)
    if capacity is None:
        raise NotYours
    actor = capacity
    act = Act(row=row, lifecycle=lifecycle, actor=actor, now=clock.now(), reason=reason, reason_code=reason_code, data=data)
    if (obj.state or "") not in row.sources:
        raise WrongState([done_already(obj, row)])
    found = refusals(obj, row, act, performing=True)
    found += _reason_missing(row, act)
    if found:
        raise Refused(found)
    stepping_up.ask(row, actor)
    with translation.override(RECORDED_IN):
        return _done(obj, row, act, key)


def _done(obj: Staged, row: Transition, act: Act, key: str | None) -> Staged:
    """The act itself, after every guard. What it writes down for good — labels in papers, in the record, in notices — is in
    the language of the record, whatever its doer reads."""
    lifecycle, actor, reason_code = act.lifecycle, act.actor, act.reason_code
    before = obj.state or ""
    if row.creates:
        obj.created_at = act.now
        obj.created_by_id = actor.user_id
        obj.made_by_key = f"{actor.user_id}:{key}" if key else None
    _write_state(obj, row, act)
    facts = (row.effect(obj, act) if row.effect else None) or {}
    obj.save()
    act.entry = record.append(
        chain_key=obj.chain_key, actor=actor, lifecycle=lifecycle.code, subject=str(obj.pk), subject_label=str(obj),
        transition=row.name, from_state=before, to_state=obj.state, reason=act.reason,
        facts=facts | stepping_up.facts(row, actor) | standing_in.facts(actor) | ({"reason_code": reason_code} if reason_code else {}),
        rules=row.rules, moment=act.now,
    )
    _keep_key(obj, act, key)
    if not act.history:
        _move_clocks(obj, row, act)
    for watch in _watchers:
        watch(obj, act)
    for _order, handler in _handlers.get((lifecycle.code, row.name), ()):
        handler(obj, act)
    if _notifier and not act.history:
        _notifier.tell(row, obj, act.entry, act)
    return obj


def begin_all(objects: Sequence[Staged], name: str, act: Act) -> None:
    """Stage many new objects as their creating row does, before one bulk insert by the act that makes them all.

    They get no entry each: the act records them by their digest. Raises ValueError for a row that tells, starts clocks
    or has consequences, which would be lost here.
    """
    for obj in objects:
        row = lifecycle_of(obj)[name]
        if not row.creates or row.clocks or row.tells or _handlers.get((lifecycle_of(obj).code, name)):
            raise ValueError(f"{name} cannot be done to many at once")
        obj.created_at, obj.created_by_id = act.now, act.actor.user_id
        _write_state(obj, row, act)


def advance_all(objects: Sequence[Staged], name: str, act: Act, *, instead: Sequence[Callable | str] = ()) -> dict[str, Any]:
    """Move many things through one row in memory, as part of one act that moves, records and tells for them all.

    The act has asked their guards and holds their rows; it does what the row's effect does, and itself sees to the
    consequences and clocks named in `instead`. Returns the fields that were written, the same for each, for one update.
    Raises WrongState for a thing that does not stand where the row starts, and ValueError for a row with other clocks or
    consequences, or that tells roles whom the act itself does not tell: these would be lost here.
    """
    written: dict[str, Any] = {}
    for obj in objects:
        cycle = lifecycle_of(obj)
        row = cycle[name]
        lost = {handler for _order, handler in _handlers.get((cycle.code, name), ())} | {effect.name for effect in row.clocks}
        if row.creates or lost - set(instead) or {who.role for who in row.tells} - {who.role for who in act.row.tells}:
            raise ValueError(f"{name} cannot be done to many at once")
        if (obj.state or "") not in row.sources:
            raise WrongState([done_already(obj, row)])
        written = _write_state(obj, row, act)
    return written


def refuse_again(row: Transition, lifecycle: Lifecycle, actor: Actor, key: str | None) -> None:
    """An act that was sent with this key before is not done again (G7). Raises WrongState, which names what was done."""
    if not key:
        return
    if row.creates:
        found = lifecycle.model._base_manager.filter(made_by_key=f"{actor.user_id}:{key}").first()
    else:
        once = DoneOnce.objects.filter(user_id=actor.user_id, key=key, lifecycle=lifecycle.code).first()
        found = once and lifecycle.model._base_manager.filter(pk=once.subject_id).first()
    if found:
        raise WrongState([done_already(found, row)], done=found.pk)


def _locked(obj: Staged) -> Staged:
    """The row as it stands now, held until the end of the transaction; its chain first, so that writers queue there."""
    record.lock_chain(obj.chain_key)
    return type(obj)._base_manager.select_for_update(of=("self",)).get(pk=obj.pk)


def _keep_key(obj: Staged, act: Act, key: str | None) -> None:
    """What was made holds its key itself."""
    if key and not act.row.creates:
        DoneOnce.objects.create(
            user_id=act.actor.user_id, key=key, lifecycle=act.lifecycle.code, subject_id=obj.pk, transition=act.row.name
        )


def _write_state(obj: Staged, row: Transition, act: Act) -> dict[str, Any]:
    """Set the state with its moment and person; the effect may then save early to hang children on a new object.

    Returns what was set, by the names of the fields."""
    if row.target is None:
        return {}
    written: dict[str, Any] = {"state": row.target}
    if obj.state != row.target or not obj.pk:
        written["state_since"] = act.now
    stem = row.target.lower()
    written |= {name: value for name, value in ((f"{stem}_at", act.now), (f"{stem}_by_id", act.actor.user_id)) if hasattr(obj, name)}
    for name, value in written.items():
        setattr(obj, name, value)
    return written


def _reason_missing(row: Transition, act: Act) -> list[Refusal]:
    if not row.needs_reason or act.actor.is_system:
        return []
    codes = dict(row.reason_codes)
    if codes and act.reason_code not in codes:
        return [refuse("S-172", _("请选择理由。"), field="reason_code")]
    if not act.reason:
        return [refuse("S-172", _("请写明理由。"), field="reason")]
    return []


def done_already(obj: Staged, row: Transition) -> Refusal:
    """"done by N at T": what a second click, or the slower of two people, gets to read (G7)."""
    entry = (
        Entry.objects.of_subject(lifecycle_of(obj).code, obj.pk).filter(transition=row.name).order_by("-id").first()
        if obj.pk else None
    )
    if entry:
        return refuse(
            "G7", _("“%(act)s”已由%(name)s于%(time)s办理，不会重复生效。"), act=row.label, name=doer(entry.actor_name, entry.behalf),
            time=clock.written(entry.occurred_at, seconds=True),
        )
    return refuse(
        "G7", _("当前状态为“%(state)s”，不能办理“%(act)s”。"), state=obj.get_state_display() or _("未建立"), act=row.label
    )


def _move_clocks(obj: Staged, row: Transition, act: Act) -> None:
    if _clock_keeper is None:
        return
    for effect in row.clocks:
        subject = follow(obj, effect.on) if effect.on else obj
        if effect.action == "start":
            _clock_keeper.start(effect.name, subject, act)
        elif effect.action == "stop":
            _clock_keeper.stop(effect.name, subject, act)
        else:
            _clock_keeper.void(subject, act, effect.name)


