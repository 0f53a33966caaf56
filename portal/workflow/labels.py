"""One stored state, one label per reader (house style, rule 5)."""
from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

from portal.accounts.actor import PUBLIC, Actor, shown_name
from portal.accounts.mandates import doer
from portal.accounts.roles import OrganisationKind
from portal.money import in_figures

from .models import Staged
from .table import lifecycle_of

_SUM = re.compile(r"-?\d{4,}\.\d{2}")
#: Words of a state that tell how it looks, where the lifecycle does not say it itself.
_TONES = {
    "ok": {"APPROVED", "ISSUED", "PUBLISHED", "FILED", "CONFIRMED", "ACCEPTED", "COMPLETED", "PAID", "SIGNED",
           "SELECTED", "ALLOCATED", "REGISTERED", "EXECUTED", "APPLIED", "CLOSED", "MET", "CHECKED", "BOUND"},
    "bad": {"REJECTED", "FAILED", "OVERDUE", "INVALIDATED", "TERMINATED", "RETURNED", "ANNULLED", "MISSED", "DISPUTED"},
    "warn": {"SENT_BACK", "DEFERRED", "PAUSED", "FROZEN", "OUTDATED", "ACCEPTED_IN_PART", "MET_LATE", "ABANDONED"},
    "idle": {"DRAFTED", "PLANNED", "EXPECTED", "WAITING", "LAPSED", "WITHDRAWN", "CANCELLED", "SUPERSEDED", "VOIDED",
             "RELEASED", "EXPIRED", "WAIVED", "SKIPPED", "UNSUCCESSFUL", "UNOPENED"},
}


def reader_kind(actor: Actor | None) -> str:
    """Which wording a reader gets: "public", "supplier", "expert", "auditor", "finance", "agency" or ""."""
    if actor is None or actor.is_public:
        return "public"
    return {
        OrganisationKind.SUPPLIER: "supplier", OrganisationKind.EXPERTS: "expert", OrganisationKind.AUDIT: "auditor",
        OrganisationKind.FINANCE: "finance", OrganisationKind.AGENCY: "agency",
    }.get(actor.kind, "")


def state_label(obj: Staged, actor: Actor = PUBLIC) -> str:
    """The state of a thing in the reader's words; outsiders share the public's wording where they have none."""
    lifecycle = lifecycle_of(obj)
    labels = lifecycle.readers.get(obj.state, {})
    kind = reader_kind(actor)
    text = labels.get(kind)
    if text is None and kind in ("supplier", "expert"):
        text = labels.get("public")
    return str(text if text is not None else lifecycle.states(obj.state).label)


def tone(obj: Staged) -> str:
    """How a state looks: ok, warn, bad, idle, or run for what is under way."""
    own = lifecycle_of(obj).tones.get(obj.state)
    if own:
        return own
    return next((name for name, states in _TONES.items() if obj.state in states), "run")


def _readable(value: Any) -> Any:
    """A fact as people read it: a recorded sum of money with its thousands separated."""
    return in_figures(value) if isinstance(value, str) and _SUM.fullmatch(value) else value


def sentence_of(entry) -> str | None:
    """An entry of the record as one sentence in the reader's language."""
    from .table import _by_code

    lifecycle = _by_code.get(entry.lifecycle)
    if lifecycle is None or entry.transition not in lifecycle:
        return None
    row = lifecycle[entry.transition]
    who = " ".join(part for part in (entry.organisation_name, doer(shown_name(entry.actor_name), entry.behalf)) if part)
    if row.sentence:
        try:
            what = str(row.sentence) % {name: _readable(value) for name, value in entry.facts.items()}
        except (KeyError, ValueError, TypeError):
            what = str(row.label)
    else:
        what = str(row.label)
    sentence = _("%(who)s %(what)s：%(thing)s") % {"who": who, "what": what, "thing": entry.subject_label}
    if entry.reason:
        sentence += _("，理由：%(reason)s") % {"reason": entry.reason}
    return sentence
