"""What a clock runs for, named without knowing it: clocks stand on the ground floor, their subjects above."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db.models import Model

from portal.workflow.table import has_lifecycle, lifecycle, lifecycle_of


@dataclass(frozen=True, slots=True)
class ClockTerms:
    """What a subject itself knows of a clock of its own; everything left out comes from the register.

    A subject offers it as `clock_terms(name) -> ClockTerms | None`: the contract's own schedule, the method's length,
    the date in an order, who bears the duty.
    """

    start: datetime | date | None = None  # the start event; default: the moment of the act
    length: int | None = None
    unit: str = ""
    last_day: date | None = None  # a last day named by rule or contract, in place of a length
    ends_at: datetime | None = None  # a moment fixed by the subject itself (a closing), in place of both
    bearer: Any = None  # accounts.Organisation that must act
    variant: str = ""  # the procurement method, where the register differs by method


def terms_of(subject: Any, name: str) -> ClockTerms:
    """What the subject says of this clock; nothing where it says nothing."""
    ask = getattr(subject, "clock_terms", None)
    return (ask(name) if ask else None) or ClockTerms()


def reference_of(subject: Model) -> tuple[str, str]:
    """Type and key of a subject: the code of its lifecycle, or its model's label where it has none."""
    kind = lifecycle_of(subject).code if has_lifecycle(subject) else subject._meta.label_lower
    return kind, str(subject.pk)


def find(kind: str, key: str) -> Model | None:
    """The subject of a reference, None where it is gone."""
    try:
        model = lifecycle(kind).model
    except KeyError:
        model = apps.get_model(kind)
    return model._base_manager.filter(pk=key).first()


def project_key_of(subject: Any) -> int | None:
    """The project whose record the clock belongs to."""
    return getattr(subject, "project_key", None) or getattr(subject, "project_id", None)
