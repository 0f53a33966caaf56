"""Finance decides the rule table of next year: on a paper, from a day on, kept with who and why (NYR-01…NYR-03, S-110)."""
from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from evaluation.assessments.forms_next_year import values_of
from evaluation.assessments.next_year import CEILINGS, table_in_force
from portal import clock
from portal.accounts.actor import Actor
from portal.accounts.roles import Role
from portal.audit.record import note
from portal.rules.jurisdiction import decide, declared
from portal.workflow import NotYours, Refusal, Refused, refuse


@transaction.atomic
def decide_table(*, actor: Actor, values: dict[str, Any], valid_from: date, source: str, reason: str) -> list[Any]:
    """Store what changes of the table for the actor's region. Raises NotYours, and Refused with everything wrong."""
    if not actor.has(Role.FINANCE_HEAD):
        raise NotYours
    region = actor.organisation.region
    before = values_of(table_in_force(region, valid_from))
    changed = {name: value for name, value in values.items() if before.get(name) != value}
    if found := [*_too_early(valid_from), *_nothing_new(changed), *_falling({**before, **changed})]:
        raise Refused(found)
    stored = []
    for name, value in changed.items():
        row = decide(name, value, source=source, valid_from=valid_from, region=region, decided_by=actor.user, decided_at=clock.now(),
                     reason=reason)  # fmt: skip
        stored.append(row)
        note(actor=actor, what="setting_decided", subject=f"setting:{region.pk}", label=str(declared()[name].label), reason=reason, facts={
            "name": name, "before": before[name], "after": row.value, "valid_from": valid_from, "source": source, "region": region.name,
        })  # fmt: skip
    return stored


def _too_early(valid_from: date) -> list[Refusal]:
    """What is decided today does not change yesterday's plans (G5)."""
    if valid_from < clock.today():
        return [refuse("G5", _("生效日期不能早于今天。"), field="valid_from")]
    return []


def _nothing_new(changed: dict[str, Any]) -> list[Refusal]:
    return [] if changed else [refuse("NYR-01", _("没有改动：各项与该日施行的规则相同。"))]


def _falling(values: dict[str, Any]) -> list[Refusal]:
    """A better grade never gives less than a worse one."""
    names = list(CEILINGS.values())
    return [
        refuse("NYR-01", _("“%(better)s”不能低于“%(worse)s”。"), field=better, better=declared()[better].label,
               worse=declared()[worse].label)
        for better, worse in pairwise(names) if values[better] < values[worse]
    ]  # fmt: skip
