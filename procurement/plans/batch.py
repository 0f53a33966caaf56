"""Several review steps decided at once: each is its own act with its own outcome, nothing half done (S-166, S-172)."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.workflow import NotYours, Refusal, Refused, perform, refuse
from portal.workflow.engine import may
from portal.workflow.inputs import inputs_form
from procurement.plans.models import ReviewStep
from procurement.plans.workflow import STEP

#: Rows that can be done to several steps with the same words.
ROWS = ("claim", "approve", "send_back", "release")
MOST = 100


@dataclass(slots=True)
class Outcome:
    """What became of one step: done, or every reason why not. `step` is None for a number that is not to be seen."""

    key: int
    step: ReviewStep | None
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def done(self) -> bool:
        return not self.refusals

    def as_dict(self) -> dict[str, Any]:
        return {
            "step": self.key, "item": self.step.item_id if self.step else None, "done": self.done,
            "state": self.step.state if self.step else None, "refusals": [refusal.as_dict() for refusal in self.refusals],
        }


def form_of(name: str, actor, data):
    """The form of a row as it is filled in once for all of them."""
    return inputs_form(STEP[name], subject=ReviewStep(), actor=actor, data=data)


def act_on_several(actor, keys: Iterable[int], name: str, data: dict[str, Any]) -> list[Outcome]:
    """Do one row to each of at most a hundred steps, in the order given; one that is refused leaves the others alone.

    `data`: the cleaned inputs of the row. Steps that the actor may not see are answered like steps that are not there.
    """
    wanted = list(dict.fromkeys(keys))[:MOST]
    found = ReviewStep.objects.visible_to(actor).filter(pk__in=wanted).select_related(
        "item__agency__region", "item__plan", "item__project", "department", "claimed_by", "reserved_for"
    ).in_bulk()
    return [_outcome(actor, key, found.get(key), name, data) for key in wanted]


def _outcome(actor, key: int, step: ReviewStep | None, name: str, data: dict[str, Any]) -> Outcome:
    if step is None:
        return Outcome(key, None, [refuse("G1", _("没有这个审核环节，或不在您的范围内。"))])
    try:
        if not may(STEP[name], step, actor):
            raise NotYours
        return Outcome(key, perform(step, name, actor=actor, **data))
    except NotYours:
        return Outcome(key, step, [refuse("G1", _("这一步不由您办理。"))])
    except Refused as refused:
        return Outcome(key, step, refused.refusals)
