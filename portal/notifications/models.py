"""The outbox and the inbox are one table: a message for one person, seen on the page, sent by mail when he has one."""
from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageQuerySet(models.QuerySet):
    def visible_to(self, actor) -> MessageQuerySet:
        """A message is its recipient's alone."""
        return self if actor.is_system else self.filter(user_id=actor.user_id) if actor.user_id else self.none()

    def unread(self) -> MessageQuerySet:
        return self.filter(read_at=None)

    def to_send(self, moment, attempts: int) -> MessageQuerySet:
        """What still has to go out by mail: recipient with an address, tries left, the next one due."""
        return self.filter(sent_at=None, attempts__lt=attempts, try_at__lte=moment).exclude(user__email="")


class Message(models.Model):
    """One event told to one person. The words are rendered when read: stored are the event and its values."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="messages")
    event = models.CharField(max_length=80)  # "<lifecycle>/<row>"
    values = models.JSONField(default=dict)
    link = models.CharField(max_length=300, blank=True)
    project_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)  # real time
    attempts = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField()  # real time
    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("消息")
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"]),
            models.Index(fields=["user", "read_at"]),
            models.Index(fields=["sent_at", "try_at"]),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        from .events import event_of

        return event_of(self.event).title(self)

    @property
    def body(self) -> str:
        from .events import event_of

        return event_of(self.event).body(self)
