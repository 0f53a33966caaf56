"""One act done to many things by a program: each is its own act with its own outcome, what is refused leaves the others alone."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ValidationError

from .engine import perform, refuse_again
from .refusals import NotYours, Refusal, Refused, WrongState, refuse
from .table import Lifecycle, Transition

#: Things in one call: what a hundred acts take, a request may take.
MOST = 100
LONGEST_KEY = 50  # of the call; the place of the thing is written behind it


@dataclass(slots=True)
class Outcome:
    """What became of one thing: done with its id and state, or every reason why not, or what is wrong with its inputs.

    `already` is the id of what the same call, sent before, has made or done.
    """

    place: int
    id: int | None = None
    stands: str | None = None  # where it stands afterwards
    refusals: list[Refusal] = field(default_factory=list)
    errors: dict[str, Any] = field(default_factory=dict)
    already: int | None = None

    @property
    def done(self) -> bool:
        return not self.refusals and not self.errors

    def as_dict(self) -> dict[str, Any]:
        return {
            "place": self.place, "id": self.id, "done": self.done, "state": self.stands, "already": self.already,
            "refusals": [refusal.as_dict() for refusal in self.refusals], "errors": self.errors,
        }


def rows_for_several(cycle: Lifecycle) -> list[Transition]:
    """Rows of people that ask for neither their presence, nor a file that was shown or is to be sent."""
    return [
        row for row in cycle.rows
        if row.who and not row.step_up and not row.signs and not any(
            isinstance(each, forms.FileField) and each.required for each in getattr(row.inputs, "base_fields", {}).values()
        )
    ]  # fmt: skip


def asked(cycle: Lifecycle, given: Mapping) -> tuple[Transition, list]:
    """The row and the things of a call. Raises ValidationError for what cannot be meant."""
    rows = {row.name: row for row in rows_for_several(cycle)}
    name, things = given.get("act"), given.get("things")
    if not isinstance(name, str) or name not in rows:
        raise ValidationError({"act": [_("act 须是 %(names)s 之一。") % {"names": ", ".join(rows)}]})
    if not isinstance(things, list) or not 0 < len(things) <= MOST:
        raise ValidationError({"things": [_("things 列出 1 至 %(most)s 项。") % {"most": MOST}]})
    return rows[name], things


def act_on_several(viewset, row: Transition, things: list, common: Mapping, key: str | None) -> list[Outcome]:
    """Do the row to each thing in the order given: `id` names it unless the row makes it, its other words are its inputs.

    `common`: inputs that hold for all that do not say otherwise. With a key each thing is done once however often it is sent.
    """
    found = {} if row.creates else _seen(viewset, things)
    return [
        _one(viewset, row, place, thing, common, found, f"{key[:LONGEST_KEY]}:{place}" if key else None)
        for place, thing in enumerate(things)
    ]


def _seen(viewset, things: list) -> dict[int, Model]:
    """The things that the caller may see, by their numbers; whatever is no number names none."""
    return viewset.get_queryset().filter(pk__in=[key for key in map(_number, things) if key is not None]).in_bulk()


def _number(thing: Any) -> int | None:
    given = str(thing.get("id", "")) if isinstance(thing, Mapping) else ""
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else None


def _one(viewset, row: Transition, place: int, thing: Any, common: Mapping, found: dict, key: str | None) -> Outcome:
    actor, cycle = viewset.request._request.actor, viewset.lifecycle
    if not isinstance(thing, Mapping):
        return Outcome(place, errors={"things": [_("每一项应当是一个 JSON 对象。")]})
    outcome = Outcome(place)
    try:
        refuse_again(row, cycle, actor, key)
        subject = cycle.model() if row.creates else found.get(_number(thing))
        if subject is None:
            return Outcome(place, refusals=[refuse("G1", gettext_lazy("没有这一项，或不在您的范围内。"), field="id")])
        outcome.id, outcome.stands = subject.pk, subject.state or None
        data = viewset.cleaned(row, subject, {**common, **{name: value for name, value in thing.items() if name != "id"}})
        done = perform(subject, row.name, actor=actor, key=key, **data)
        outcome.id, outcome.stands = done.pk, done.state
    except NotYours:
        outcome.refusals = [refuse("G1", gettext_lazy("这一步不由您办理。"))]
    except ValidationError as error:
        outcome.errors = error.detail.get("errors", error.detail) if isinstance(error.detail, dict) else {"": error.detail}
    except Refused as refused:
        outcome.refusals = refused.refusals
        outcome.already = refused.done if isinstance(refused, WrongState) else None
    return outcome
