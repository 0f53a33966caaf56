"""The outbox and the inbox are one table: a message for one person, seen on the page, sent by mail when he has one."""
from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Mail(models.TextChoices):
    """How messages of one kind reach somebody outside the portal; in it they always stand."""

    AT_ONCE = "AT_ONCE", _("立即发邮件")
    DAILY = "DAILY", _("每日汇总")
    NEVER = "NEVER", _("不发邮件")


class MessageQuerySet(models.QuerySet):
    def visible_to(self, actor) -> MessageQuerySet:
        """A message is its recipient's alone."""
        return self if actor.is_system else self.filter(user_id=actor.user_id) if actor.user_id else self.none()

    def unread(self) -> MessageQuerySet:
        return self.filter(read_at=None)

    def unsent(self) -> MessageQuerySet:
        """What still has to go out by mail of its own, or was given up."""
        return self.filter(mail=Mail.AT_ONCE, sent_at=None).exclude(user__email="").filter(user__is_active=True)

    def to_send(self, moment, attempts: int) -> MessageQuerySet:
        """What still has to go out by mail of its own: recipient with an address, tries left, the next one due."""
        return self.unsent().filter(attempts__lt=attempts, try_at__lte=moment)

    def to_gather(self) -> MessageQuerySet:
        """What waits for the daily mail: neither sent nor read meanwhile."""
        return self.filter(mail=Mail.DAILY, sent_at=None, read_at=None).exclude(user__email="").filter(user__is_active=True)


class Message(models.Model):
    """One event told to one person. The words are rendered when read: stored are the event and its values."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="messages")
    event = models.CharField(max_length=80)  # "<lifecycle>/<row>"
    values = models.JSONField(default=dict)
    link = models.CharField(max_length=300, blank=True)
    project_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(null=True)
    mail = models.CharField(max_length=8, choices=Mail.choices, default=Mail.AT_ONCE)  # as wished when it was written
    sent_at = models.DateTimeField(null=True)  # real time
    attempts = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField()  # real time
    error = models.CharField(max_length=200, blank=True)  # why the last try failed
    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("消息")
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"]),
            models.Index(fields=["user", "read_at"]),
            models.Index(fields=["sent_at", "try_at"]),
            models.Index(fields=["mail", "user"], condition=models.Q(sent_at=None, read_at=None), name="message_waiting_for_mail"),
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


class Preference(models.Model):
    """How one person wants to be written to about one kind; where nothing is said, at once."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="mail_preferences")
    kind = models.CharField(max_length=40)
    mail = models.CharField(max_length=8, choices=Mail.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="preference_once_per_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.mail}"


class Correspondence(models.Model):
    """What holds for everything that leaves the portal for one person: language, secret of his calendar, last daily mail."""

    user = models.OneToOneField("accounts.User", models.CASCADE, primary_key=True, related_name="correspondence")
    language = models.CharField(_("邮件语言"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    calendar_digest = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001 - absent is NULL
    calendar_since = models.DateTimeField(null=True, editable=False)
    gathered_at = models.DateTimeField(null=True, editable=False)  # real time of the last daily mail

    def __str__(self) -> str:
        return str(self.user)


class Reminder(models.Model):
    """One reminder of one end of one clock: written once, whoever runs the task and however often (L0.1)."""

    class Step(models.TextChoices):
        SOON = "SOON", _("还有三个工作日")
        NEXT = "NEXT", _("还有一个工作日")
        TODAY = "TODAY", _("今天到期")
        HIGHER = "HIGHER", _("逾期满三个工作日")
        HIGHEST = "HIGHEST", _("逾期满六个工作日")

    clock = models.ForeignKey("workdays.LegalClock", models.CASCADE, related_name="reminders")
    step = models.CharField(max_length=8, choices=Step.choices)
    ends_at = models.DateTimeField()  # the end it spoke of: a clock that moves is spoken of anew
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clock", "step", "ends_at"], name="reminder_once")]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.step}"
