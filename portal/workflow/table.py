"""Transition tables: what may happen to a thing, who may do it, what must hold, what follows. One table a lifecycle.

Buttons, API actions, permission checks, record entries, notices to people, reminders, state diagrams and the list of
tests are read from these tables (house style, rule 1). A table holds only rows that work.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor

from .refusals import Refusal

if TYPE_CHECKING:
    from .engine import Act

Guard = Callable[[Any, "Act"], Iterable[Refusal]]


class Duty(TextChoices):
    """The four duties of a project that must be four people (S-125, G2)."""

    PLANNING = "PLANNING", _("计划")
    BUYING = "BUYING", _("采购")
    ACCEPTING = "ACCEPTING", _("验收")
    PAYING = "PAYING", _("支付")


class Hold(TextChoices):
    """What a hold covers; rows marked † name the scope that stops them (L0.2)."""

    PROCUREMENT = "PROCUREMENT", _("采购活动")
    AWARD = "AWARD", _("定标")
    SIGNING = "SIGNING", _("签约")
    PERFORMANCE = "PERFORMANCE", _("履约")
    PAYMENT = "PAYMENT", _("支付")


def follow(obj: Any, path: str) -> Any:
    """Walk an ORM path (`plan__agency`) over attributes; None where it breaks off."""
    return reduce(lambda value, name: getattr(value, name, None), path.split("__"), obj)


@dataclass(frozen=True, slots=True)
class Who:
    """A role, and where it must be held with respect to the object (lifecycles 0.3).

    `at`: path to the organisation the actor must belong to. `region`: path to the region that the actor's organisation
    must lie in (departments of the same level). `person`: path to the very person.
    """

    role: str
    at: str = ""
    region: str = ""
    person: str = ""

    def fits(self, actor: Actor, obj: Any) -> bool:
        if self.role not in actor.roles:
            return False
        if self.at and getattr(follow(obj, self.at), "pk", None) != actor.organisation_id:
            return False
        if self.region and getattr(follow(obj, self.region), "pk", None) != actor.organisation.region_id:
            return False
        return not self.person or getattr(follow(obj, self.person), "pk", None) == actor.user_id

    def of(self, actor: Actor) -> Q | None:
        """The objects this actor may do it to, as a filter; None when he does not hold the role."""
        if self.role not in actor.roles:
            return None
        condition = Q()
        if self.at:
            condition &= Q(**{self.at: actor.organisation_id})
        if self.region:
            condition &= Q(**{self.region: actor.organisation.region_id})
        if self.person:
            condition &= Q(**{self.person: actor.user_id})
        return condition


@dataclass(frozen=True, slots=True)
class ClockEffect:
    """A row starts, stops or voids a legal clock of the register (lifecycles 0.6)."""

    action: str
    name: str
    #: path from the object to the thing the clock runs for; "" = the object itself
    on: str = ""


def starts(name: str, on: str = "") -> ClockEffect:
    return ClockEffect("start", name, on)


def stops(name: str, on: str = "") -> ClockEffect:
    return ClockEffect("stop", name, on)


def voids(name: str = "*", on: str = "") -> ClockEffect:
    return ClockEffect("void", name, on)


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of a table. `sources=""` makes the object; `target=None` leaves the state as it is."""

    name: str
    sources: str | Sequence[str]
    target: str | None
    label: Any
    who: Sequence[Who] = ()
    system: bool = False
    guards: Sequence[Guard] = ()  # facts of the object; asked for the button too
    checks: Sequence[Guard] = ()  # facts of the inputs; asked only when it is done
    not_by: Sequence[str] = ()  # rows of this lifecycle whose last doer may not do this one (G2)
    not_by_of: Sequence[tuple[str, str]] = ()  # (path to another object, row): the same bar across objects
    reason: bool | Sequence[tuple[str, Any]] = False  # True: text; list of codes: code and text
    inputs: type | None = None  # a Form: the same for page and API
    effect: Callable[[Any, Act], dict | None] | None = None
    clocks: Sequence[ClockEffect] = ()
    tells: Sequence[Who] = ()
    rules: Sequence[str] = ()
    hold: str = ""
    duty: str = ""
    task: bool | Q = False  # a duty of those who may do it: stands in their to-do list; a filter says for which of the things
    sentence: Any = ""  # the record's sentence with %(facts)s; default: the label
    hint: Any = ""  # one sentence under the button: what will happen
    confirm: Any = ""  # question before an act that cannot be undone; names the thing
    step_up: bool = False  # opens, signs or pays: the person shows once more that it is he (portal/accounts/presence.py)
    signs: str = ""  # path to the file that this act signs (portal/signing): its digest is asked back from whoever showed it
    personal: str = ""  # the rule by which it is the person's own alone: nobody does it for another (DLG-02)
    lands: Callable[[Any], Any] | None = None  # from the object to the thing shown when it is done, where that is another one
    page: str = ""  # name of a page of its own instead of the general one (url name taking pk)
    holds: Sequence[str] = ()  # of a row that makes the object: inputs that may not move meanwhile, for its checks rest on them
    pressed: bool = False  # that page takes the press itself: nothing to fill in there, the button posts to it

    def __post_init__(self) -> None:
        sources = (self.sources,) if isinstance(self.sources, str) else tuple(self.sources)
        object.__setattr__(self, "sources", tuple(str(source) for source in sources))
        if self.target is not None:
            object.__setattr__(self, "target", str(self.target))
        if not self.system and not self.who:
            raise ValueError(f"{self.name}: say who may do it, or that the system does")

    @property
    def owed(self) -> Q:
        """Which of the things in its sources wait for it, where it is a task."""
        return self.task if isinstance(self.task, Q) else Q()

    @property
    def creates(self) -> bool:
        return self.sources == ("",)

    @property
    def reason_codes(self) -> Sequence[tuple[str, Any]]:
        return () if isinstance(self.reason, bool) else self.reason

    @property
    def needs_reason(self) -> bool:
        return bool(self.reason)


@dataclass(frozen=True, slots=True)
class Due:
    """Something that happens by itself when a moment comes: objects of `queryset` whose `moment` field has passed."""

    transition: str
    queryset: Callable[[], QuerySet]
    moment: str
    sentence: Any = ""


@dataclass(slots=True)
class Lifecycle:
    """All that may happen to one kind of thing.

    `code` is the name in addresses, record and API ("plans.item"); `reference` the chapter of the design ("L2.2").
    `readers`: state → reader kind ("public", "supplier", …) → label, where it differs from the official one.
    """

    code: str
    reference: str
    name: Any
    model: type[Model]
    rows: Sequence[Transition]
    due: Sequence[Due] = ()
    readers: dict = field(default_factory=dict)
    personal: str = ""  # the rule by which all of it is a person's own alone (DLG-02)
    tones: dict = field(default_factory=dict)  # state → "ok" | "warn" | "bad" | "idle" | "wait"
    _by_name: dict[str, Transition] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_name = {row.name: row for row in self.rows}
        if len(self._by_name) != len(self.rows):
            raise ValueError(f"{self.code}: two rows of one name")
        self.readers = {str(state): labels for state, labels in self.readers.items()}
        self.tones = {str(state): tone for state, tone in self.tones.items()}
        register(self)

    def __getitem__(self, name: str) -> Transition:
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    @property
    def states(self) -> type[TextChoices]:
        return self.model.State

    def creating(self) -> list[Transition]:
        return [row for row in self.rows if row.creates and row.who]


_by_code: dict[str, Lifecycle] = {}
_by_model: dict[type[Model], Lifecycle] = {}


def register(lifecycle: Lifecycle) -> None:
    if lifecycle.code in _by_code:
        raise ValueError(f"lifecycle {lifecycle.code} is there twice")
    _by_code[lifecycle.code] = lifecycle
    _by_model[lifecycle.model] = lifecycle


def lifecycle(code: str) -> Lifecycle:
    return _by_code[code]


def lifecycle_of(obj: Model | type[Model]) -> Lifecycle:
    return _by_model[obj if isinstance(obj, type) else type(obj)]


def has_lifecycle(obj: Any) -> bool:
    return type(obj) in _by_model


def all_lifecycles() -> list[Lifecycle]:
    """Every lifecycle, floor by floor, in the order of the design."""
    return list(_by_code.values())
