"""Messages of planning that need readers of their own."""
from __future__ import annotations

from django.db.models import QuerySet

from portal.accounts.models import User
from portal.notifications.events import TransitionEvent, event


@event("plans.step", "activate")
class StepOpens(TransitionEvent):
    """On a later round the former reviewer alone hears of it, as long as it is kept for him (S-166)."""

    def recipients(self, row, subject, act) -> QuerySet[User]:
        if subject.reserved_for_id is not None:
            return User.objects.filter(pk=subject.reserved_for_id)
        return super().recipients(row, subject, act)
