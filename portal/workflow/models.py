"""What every staged thing has, and the few rows the engine itself keeps."""
from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Staged(models.Model):
    """A thing with a lifecycle. Its state is written by `perform` alone (house style, rule 2).

    A subclass has `State(TextChoices)`, a queryset with `visible_to(actor)`, `get_absolute_url()`, and, if it belongs
    to a project, `project` (a field or property). Fields named `<state>_at` and `<state>_by` are filled by the engine.
    """

    class State(models.TextChoices):
        """Overridden by every lifecycle."""

    state = models.CharField(_("状态"), max_length=24, editable=False)
    state_since = models.DateTimeField(_("状态起始"), editable=False)
    created_at = models.DateTimeField(_("建立时间"), editable=False)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    made_by_key = models.CharField(max_length=80, null=True, unique=True, editable=False)  # noqa: DJ001 - absent is NULL, so that it is unique

    class Meta:
        abstract = True

    @property
    def chain_key(self) -> str:
        from portal.audit.record import chain_key_of

        return chain_key_of(self.project_key)

    @property
    def project_key(self) -> int | None:
        """Primary key of the project whose record this belongs to."""
        if hasattr(self, "project_id"):
            return self.project_id
        project = getattr(self, "project", None)
        return project.pk if project is not None else None

    def get_state_display(self) -> str:
        return str(self.State(self.state).label) if self.state else ""


class ClockOffset(models.Model):
    """How far the demonstration clock stands ahead of real time; one row, only in demo mode."""

    seconds = models.FloatField(default=0)

    class Meta:
        verbose_name = _("演示时钟")


class Heartbeat(models.Model):
    """The last sign of life of a process that has no page: worker, beat. Real time."""

    name = models.CharField(max_length=40, primary_key=True)
    beaten_at = models.DateTimeField(default=timezone.now)
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("心跳")

    def __str__(self) -> str:
        return self.name


class DoneOnce(models.Model):
    """An act that was sent with a key: whoever sends it again, because no answer came, learns that it is done (G7).

    Written with the act itself. Kept for a week of real time, longer than anybody sends again.
    """

    user_id = models.BigIntegerField()
    key = models.CharField(max_length=80)
    lifecycle = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    transition = models.CharField(max_length=40)
    done_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("已办理的请求")
        constraints = [models.UniqueConstraint(fields=["user_id", "key"], name="done_once_per_key")]

    def __str__(self) -> str:
        return f"{self.lifecycle}.{self.transition} {self.subject_id}"
