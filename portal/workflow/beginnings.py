"""What must be begun because another thing has come to where it stands: a tender for a funded project, a draw for opened bids.

The table of the new thing has the creating row; here stands which thing calls for it, so that its page and the to-do
list of whoever may begin it lead there (house style, rule 18: nobody has to know where a button is).
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from portal.accounts.actor import Actor

from .actions import Action
from .models import Staged
from .standing_in import serves
from .table import Lifecycle, Transition, Who, lifecycle, lifecycle_of


@dataclass(frozen=True, slots=True)
class Beginning:
    """A thing of `of` that stands in one of `sources` and fits `waits` calls for a new thing, begun by `row` of `code`.

    `given` is the input that names what it is for, `names` the path from the calling thing to it.
    """

    of: str
    sources: tuple[str, ...]
    code: str
    name: str
    given: str
    who: tuple[Who, ...]
    waits: Q
    names: str = "pk"

    @property
    def lifecycle(self) -> Lifecycle:
        return lifecycle(self.of)

    @property
    def row(self) -> Transition:
        return lifecycle(self.code)[self.name]

    @property
    def calls(self) -> Q:
        return self.waits & Q(state__in=self.sources)

    def url(self, obj: Staged) -> str:
        return f"{reverse('workflow:create', args=[self.code, self.name])}?{urlencode({self.given: getattr(obj, self.names)})}"


_beginnings: list[Beginning] = []


def calls_for(code: str, name: str, *, of: str, sources: Sequence[str], given: str, who: Sequence[Who], waits: Q | None = None,
              names: str = "pk") -> None:
    """Declare that a thing of lifecycle `of` in one of `sources` calls for row `name` of lifecycle `code`."""
    _beginnings.append(Beginning(of, tuple(sources), code, name, given, tuple(who), waits or Q(), names))


def beginnings() -> list[Beginning]:
    return list(_beginnings)


@dataclass(slots=True)
class Begin(Action):
    """The way to the page where what a thing calls for is begun."""

    beginning: Beginning | None = field(default=None)

    @property
    def url(self) -> str:
        return self.beginning.url(self.obj)

    @property
    def primary(self) -> bool:
        return True


def begun_from(obj: Staged, actor: Actor) -> Iterator[Action]:
    """What this thing calls for now and this actor may begin."""
    code = lifecycle_of(obj).code
    for each in _beginnings:
        is_his = each.of == code and obj.state in each.sources and _is_his(each, obj, actor)
        if is_his and type(obj)._base_manager.filter(each.calls, pk=obj.pk).exists():
            yield Begin(obj, each.row, beginning=each)


def _is_his(each: Beginning, obj: Staged, actor: Actor) -> bool:
    """In his own right, or in the place of somebody who has put it into his hands."""
    capacities = [capacity for capacity in actor.capacities if serves(lifecycle(each.code), each.row, capacity)]
    return any(who.fits(capacity, obj) for capacity in capacities for who in each.who)
