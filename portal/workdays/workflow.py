"""The life of a legal clock (L0.1). Every row is the system's: clocks follow what people do to their subjects."""
from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.roles import Role
from portal.clock import written
from portal.workflow import Act, Due, Lifecycle, Refusal, Transition, Who, refuse

from .deadlines import Deadline
from .lights import yellow_moment
from .models import ClockMove, ClockPause, LegalClock
from .postponing import held

State = LegalClock.State

BEARER = [Who(role, at="bearer") for role in (Role.OFFICER, Role.SUPPLIER_OFFICER, Role.FINANCE_OFFICER, Role.EVALUATOR)]
BEARER_AND_HEAD = [*BEARER, *(Who(role, at="bearer") for role in (Role.HEAD, Role.SUPPLIER_HEAD, Role.FINANCE_HEAD))]
SUPERVISION = [Who(Role.AUDITOR, region="bearer__region")]


# --- guards ------------------------------------------------------------------------------------------------------
def is_over(clock: LegalClock, act: Act) -> Iterable[Refusal]:
    """Nothing ends by time before its end, and nothing that takes a right away on a provisional one (G4)."""
    if act.now < clock.ends_at:
        yield refuse("G4", _("期限到 %(moment)s 才届满。"), moment=written(clock.ends_at))
    if clock.provisional:
        yield refuse("RCV-02", _("该年度工作日历尚未公布，截止时间为暂定，不据此认定逾期。"))


def no_outage_undecided(clock: LegalClock, act: Act) -> Iterable[Refusal]:
    """While it is not decided whether an outage moves an end, nothing ends by time (L0.3)."""
    waiting = None if act.data.get("by_act") else held(clock)
    if waiting is not None:
        yield refuse("OUT-01", _("“%(outage)s”是否顺延尚未决定。"), outage=waiting.outage)


def is_in_time(clock: LegalClock, act: Act) -> Iterable[Refusal]:
    """MET means done before the end; after it the clock is first exceeded, then stopped late."""
    if act.now >= clock.ends_at and not clock.provisional:
        yield refuse("R00-08", _("期限已于 %(moment)s 届满。"), moment=written(clock.ends_at))


def may_stand_still(clock: LegalClock, act: Act) -> Iterable[Refusal]:
    if not clock.definition.pausable:
        yield refuse("G3", _("“%(clock)s”不因暂停而中止计时。"), clock=clock.label)


def no_cause_left(clock: LegalClock, act: Act) -> Iterable[Refusal]:
    """A clock goes on only when the last cause is gone."""
    if clock.pauses.filter(resumed_at=None).exists():
        yield refuse("G3", _("仍有暂停未解除，继续中止计时。"))


def moves_later(clock: LegalClock, act: Act) -> Iterable[Refusal]:
    if act.data["ends_at"] <= clock.ends_at:
        yield refuse("R87-11", _("期限只能推后，不能提前。"))


# --- effects -----------------------------------------------------------------------------------------------------
def start(clock: LegalClock, act: Act) -> dict:
    clock.yellow_at = yellow_moment(clock.started_at, clock.ends_at)
    return {**_facts(clock), "started_at": clock.started_at}


def pause(clock: LegalClock, act: Act) -> dict:
    ClockPause.objects.create(clock=clock, cause=act.data["cause"], left=act.data["left"], paused_at=act.now)
    return {**_facts(clock), "cause": act.data["cause"], "left": act.data["left"]}


def resume(clock: LegalClock, act: Act) -> dict:
    """New end: the unused units from the day of resumption, which is not counted (lifecycles 15.5)."""
    clock.counted_from, clock.length = act.now, act.data["left"]
    _set_end(clock, act, act.data["deadline"], ClockMove.Cause.RESUMED)
    return _facts(clock)


def move(clock: LegalClock, act: Act) -> dict:
    _set_end(clock, act, Deadline(act.data["ends_at"]), act.data["cause"], act.data.get("note", ""))
    if "left" in act.data:
        clock.pauses.filter(resumed_at=None).update(left=act.data["left"])
    return {**_facts(clock), "cause": act.data["cause"]}


def recount(clock: LegalClock, act: Act) -> dict:
    _set_end(clock, act, act.data["deadline"], ClockMove.Cause.RECOUNTED)
    return _facts(clock)


def stop(clock: LegalClock, act: Act) -> dict:
    clock.stopped_at = act.now
    return _facts(clock)


def elapse(clock: LegalClock, act: Act) -> dict:
    clock.stopped_at = clock.ends_at
    return _facts(clock)


def noted(clock: LegalClock, act: Act) -> dict:
    return _facts(clock)


def _set_end(clock: LegalClock, act: Act, deadline: Deadline, cause: str, note: str = "") -> None:
    """Every earlier end is kept as a row."""
    ClockMove.objects.create(
        clock=clock, cause=cause, moved_at=act.now, ended_at=clock.ends_at, ends_at=deadline.ends_at,
        was_provisional=clock.provisional, note=note,
    )  # fmt: skip
    clock.ends_at, clock.provisional, clock.demonstration = deadline.ends_at, deadline.provisional, deadline.demonstration
    clock.yellow_at = yellow_moment(clock.started_at, clock.ends_at)


def _facts(clock: LegalClock) -> dict:
    return {"clock": clock.name, "rule": clock.rule_id, "ends_at": clock.ends_at, "provisional": clock.provisional}


LIVE = [State.RUNNING, State.PAUSED]
CLOCK = Lifecycle(
    code="workdays.clock",
    reference="L0.1",
    name=_("法定时限"),
    model=LegalClock,
    rows=[
        Transition("start", "", State.RUNNING, _("起算"), system=True, effect=start, rules=["R00-01"]),
        Transition("pause", LIVE, State.PAUSED, pgettext_lazy("act", "中止计时"), system=True, guards=[may_stand_still], effect=pause,
                   tells=BEARER, rules=["G3"]),
        Transition("resume", [State.PAUSED], State.RUNNING, _("恢复计时"), system=True, guards=[no_cause_left],
                   effect=resume, tells=BEARER, rules=["G3"]),
        Transition("move", LIVE, None, _("期限顺延"), system=True, checks=[moves_later], effect=move, tells=BEARER),
        Transition("recount", [State.RUNNING], None, _("历法公布后重算"), system=True, effect=recount, rules=["RCV-02"]),
        Transition("stop", [State.RUNNING], State.MET, _("按期办结"), system=True, guards=[is_in_time], effect=stop,
                   rules=["R00-08"]),
        Transition("elapse", [State.RUNNING], State.MET, _("期满"), system=True, guards=[is_over],
                   checks=[no_outage_undecided], effect=elapse,
                   rules=["R00-08"]),
        Transition("exceed", [State.RUNNING], State.OVERDUE, _("逾期"), system=True, guards=[is_over],
                   checks=[no_outage_undecided], effect=noted,
                   tells=[*BEARER_AND_HEAD, *SUPERVISION], rules=["S-131"]),
        Transition("stop_late", [State.OVERDUE], State.MET_LATE, _("逾期办结"), system=True, effect=stop),
        Transition("void", [State.RUNNING, State.PAUSED, State.OVERDUE], State.VOIDED, _("时限作废"), system=True,
                   effect=noted),
    ],
    due=[
        Due("exceed", lambda: _running(binding=True), "ends_at"),
        Due("elapse", lambda: _running(binding=False), "ends_at"),
    ],
    tones={State.OVERDUE: "bad", State.PAUSED: "warn", State.MET: "ok", State.MET_LATE: "warn", State.VOIDED: "idle"},
)  # fmt: skip


def _running(*, binding: bool):
    return LegalClock.objects.filter(state=State.RUNNING, provisional=False, binding=binding)


from . import outages  # noqa: E402,F401  the outage has a table of its own
