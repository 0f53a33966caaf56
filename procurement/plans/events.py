"""Messages of planning that need readers of their own."""
from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.notifications.events import TransitionEvent, event


@event("plans.step", "activate")
class StepOpens(TransitionEvent):
    """On a later round the former reviewer alone hears of it, as long as it is kept for him (S-166)."""

    def recipients(self, row, subject, act) -> QuerySet[User]:
        if subject.reserved_for_id is not None:
            return User.objects.filter(pk=subject.reserved_for_id)
        return super().recipients(row, subject, act)


@event("plans.step", "put_back")
class StepGoesBack(TransitionEvent):
    """Who held it and how long he did nothing; he hears it like his colleagues (S-168)."""

    text = _("%(name)s领办后满 %(days)s 个工作日没有办理，已放回待办：%(thing)s。办理期限不变。")

    def values(self, row, subject, entry, act) -> dict[str, Any]:
        return {**super().values(row, subject, entry, act), "name": entry.facts["name"], "days": entry.facts["days"]}
