"""The record: one append-only hash chain per project and one for the rest, sealed by checkpoints over all heads."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

GENERAL = "general"
GENESIS = "0" * 64
WITHHELD = "sealed:"  # chains so named tell nothing outside, not even that they exist, until they are released (R87-12)


class AppendOnly(Exception):
    """Somebody tried to change or delete a row of the record."""


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise AppendOnly("the record is only ever added to")

    def delete(self):
        raise AppendOnly("the record is only ever added to")

    def bulk_update(self, *args, **kwargs):
        raise AppendOnly("the record is only ever added to")


class ChainQuerySet(models.QuerySet):
    def told(self) -> ChainQuerySet:
        """What pages, exports and checkpoints count."""
        return self.filter(withheld=False)


class Chain(models.Model):
    """Head and length of one chain; the row that writers of a chain wait for."""

    key = models.CharField(max_length=60, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=128, default=GENESIS)
    sealed_count = models.PositiveIntegerField(default=0)
    withheld = models.BooleanField(default=False)
    objects = ChainQuerySet.as_manager()

    class Meta:
        verbose_name = _("记录链")
        indexes = [models.Index(fields=["sealed_count", "count"])]

    def __str__(self) -> str:
        return f"{self.key} ({self.count})"


class EntryQuerySet(AppendOnlyQuerySet):
    def of_subject(self, lifecycle: str, pk) -> EntryQuerySet:
        return self.filter(lifecycle=lifecycle, subject=str(pk))

    def by(self, persons) -> EntryQuerySet:
        """Acts of any of some people, by themselves or by somebody in their place."""
        return self.filter(Q(user_id__in=persons) | Q(facts__on_behalf_of__user__in=persons))

    def of_chain(self, key: str) -> EntryQuerySet:
        return self.filter(chain_id=key)


class Entry(models.Model):
    """One act: who did what to which thing, when, with which facts; bound to the entry before it by its digest."""

    chain = models.ForeignKey(Chain, models.PROTECT, related_name="entries")
    seq = models.PositiveIntegerField()
    occurred_at = models.DateTimeField(_("发生时间"))
    recorded_at = models.DateTimeField(_("记录时间"))
    user_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=60)
    organisation_id = models.BigIntegerField(null=True)
    organisation_name = models.CharField(max_length=200, blank=True)
    lifecycle = models.CharField(max_length=40)
    subject = models.CharField(max_length=40)
    subject_label = models.CharField(max_length=300, blank=True)
    transition = models.CharField(max_length=40)
    from_state = models.CharField(max_length=30, blank=True)
    to_state = models.CharField(max_length=30, blank=True)
    reason = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    rules = models.JSONField(default=list)
    request_id = models.CharField(max_length=40, blank=True)
    previous = models.CharField(max_length=128)
    digest = models.CharField(max_length=128)
    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["chain", "seq"]
        verbose_name = _("办理记录")
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="entry_place_once")]
        indexes = [
            models.Index(fields=["lifecycle", "subject", "transition"]),
            models.Index(fields=["-occurred_at", "-id"]),
            models.Index(fields=["user_id", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.chain_id}#{self.seq} {self.lifecycle}.{self.transition}"

    def save(self, *args, **kwargs) -> None:
        if self.pk:
            raise AppendOnly("the record is only ever added to")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnly("the record is only ever added to")

    @property
    def behalf(self) -> dict | None:
        """Whom the one who acted stood in for: user, name and number of the delegation."""
        return self.facts.get("on_behalf_of")

    @property
    def sentence(self) -> str:
        from .sentences import render

        return render(self)


class Checkpoint(models.Model):
    """Seal over the heads of all chains that grew since the seal before it."""

    number = models.PositiveIntegerField(unique=True)
    sealed_at = models.DateTimeField()
    heads = models.JSONField()  # [[chain key, count, head digest], …] ordered by key
    previous = models.CharField(max_length=128)
    digest = models.CharField(max_length=128)
    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        verbose_name = _("检查点")

    def __str__(self) -> str:
        return f"#{self.number} {self.digest[:12]}"

    def save(self, *args, **kwargs) -> None:
        if self.pk:
            raise AppendOnly("a checkpoint is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnly("a checkpoint is never deleted")
