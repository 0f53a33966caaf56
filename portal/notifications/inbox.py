"""What a person has been told, and what of it he has read."""
from __future__ import annotations

from portal import clock

from .models import Message


def unread_count(actor) -> int:
    """How many messages wait for this person."""
    return Message.objects.visible_to(actor).unread().count()


def mark_read(*, actor, message_ids: list[int] | None = None) -> int:
    """Mark these messages of the actor's as read, or all of them; returns how many were unread."""
    waiting = Message.objects.visible_to(actor).unread()
    if message_ids is not None:
        waiting = waiting.filter(pk__in=message_ids)
    return waiting.update(read_at=clock.now())
