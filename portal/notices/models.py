"""Notices: the immutable public text that starts clocks and that a court will read (L5.3, R101-06)."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.workdays import midnight_after
from portal.workflow.models import Staged

from .dates import NoticeDate
from .fields import as_date, as_moment
from .kinds import KINDS, NoticeKind, notice_kind
from .text import Passage, passages

#: What was said once and for all; everything else about a notice may move on (its state, its receipt).
FROZEN = (
    "kind", "number", "title", "payload", "text", "digest", "subject_type", "subject_id", "project_id", "organisation_id",
    "region_id", "published_at",
)


class Immutable(Exception):
    """Somebody tried to change or delete a published notice (R101-06)."""


class NoticeQuerySet(models.QuerySet):
    def public(self) -> NoticeQuerySet:
        return self.filter(published_at__isnull=False)

    def visible_to(self, actor) -> NoticeQuerySet:
        """Published notices are everybody's, free and without sign-in."""
        return self if actor.is_system else self.public()

    def newest_first(self) -> NoticeQuerySet:
        return self.order_by("-published_at", "-id").select_related("organisation", "region")

    def of_subject(self, subject: models.Model) -> NoticeQuerySet:
        from portal.workflow.table import lifecycle_of

        return self.filter(subject_type=lifecycle_of(subject).code, subject_id=subject.pk)

    def update(self, **changes):
        raise Immutable("a notice is never changed")

    def bulk_update(self, *args, **kwargs):
        raise Immutable("a notice is never changed")

    def delete(self):
        raise Immutable("a notice is never deleted")


class Notice(Staged):
    """One notice of a kind N-01 … N-14: typed payload, the text written from it once, a digest over both."""

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("拟稿")
        APPROVED = "APPROVED", _("待发布")
        PUBLISHED = "PUBLISHED", _("已发布")
        ENDED = "ENDED", _("公告期满")

    kind = models.CharField(_("公告类型"), max_length=4, choices=[(kind.code, kind.name) for kind in KINDS.values()])
    number = models.CharField(_("公告编号"), max_length=40, unique=True)
    title = models.CharField(_("标题"), max_length=200)
    payload = models.JSONField()
    text = models.TextField(_("正文"))
    digest = models.CharField(_("摘要"), max_length=128, blank=True, db_index=True)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    project_id = models.BigIntegerField(null=True, db_index=True)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("发布单位"))
    region = models.ForeignKey("accounts.Region", models.PROTECT, related_name="+", verbose_name=_("地区"))
    signed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(_("发布时间"), null=True)
    received_at = models.DateTimeField(_("指定媒体收到时间"), null=True)
    medium = models.CharField(_("指定媒体"), max_length=100, blank=True)
    medium_address = models.CharField(_("媒体网址"), max_length=300, blank=True)
    notice_ends_at = models.DateTimeField(_("公告期满"), null=True)
    ended_at = models.DateTimeField(null=True)
    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-id"]
        verbose_name = _("公告")
        indexes = [
            models.Index(fields=["-published_at", "-id"]),
            models.Index(fields=["kind", "-published_at", "-id"]),
            models.Index(fields=["region", "-published_at", "-id"]),
            models.Index(fields=["subject_type", "subject_id"]),
            models.Index(fields=["state", "notice_ends_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="notice_published_has_digest",
                condition=Q(published_at__isnull=True) | ~Q(digest=""),
                violation_error_message=_("已发布的公告必须有摘要。"),
            ),
            models.CheckConstraint(
                name="notice_ends_after_publication",
                condition=Q(notice_ends_at__isnull=True) | Q(notice_ends_at__gt=models.F("published_at")),
                violation_error_message=_("公告期满时间必须晚于发布时间。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def from_db(cls, db, field_names, values):
        notice = super().from_db(db, field_names, values)
        notice._stored = dict(zip(field_names, values, strict=True))
        return notice

    def save(self, *args, **kwargs) -> None:
        """Anything may still be written until publication; afterwards what was said stays said."""
        stored = self.__dict__.get("_stored", {})
        if stored.get("published_at") and any(
            name in stored and stored[name] != getattr(self, name) for name in FROZEN
        ):
            raise Immutable("a published notice is never changed; correct it by another notice")
        super().save(*args, **kwargs)
        self._stored = {name: getattr(self, name) for name in FROZEN}

    def delete(self, *args, **kwargs):
        raise Immutable("a notice is never deleted")

    def get_absolute_url(self) -> str:
        return reverse("notices:notice", args=[self.number])

    @property
    def rules(self) -> NoticeKind:
        return notice_kind(self.kind)

    @property
    def content(self) -> dict:
        """What the digest is taken over; the same is given out as data."""
        return {
            "kind": self.kind, "number": self.number, "title": self.title, "published_at": self.published_at,
            "publisher": self.organisation.name, "payload": self.payload, "text": self.text,
        }

    @property
    def last_day(self) -> str:
        """The last day of the notice period, as text; "" for a notice that hangs without end."""
        return NoticeDate("", self.notice_ends_at, whole_day=True).text if self.notice_ends_at else ""

    @property
    def passages(self) -> list[Passage]:
        return passages(self.text)

    @property
    def facts(self) -> list[tuple]:
        """Label and text of what stands in the box of facts."""
        return [
            (field.name, self.payload[field.key]["name"] if field.kind == "party" else field.write(self.payload[field.key]))
            for field in (self.rules.field(key) for key in self.rules.facts) if field.key in self.payload
        ]

    @property
    def deadlines(self) -> list[NoticeDate]:
        """Every date a reader may want in his calendar, in the order of the kind; the first is counted down to."""
        found = []
        for key in self.rules.deadlines:
            if key in self.payload:
                field, value = self.rules.field(key), self.payload[key]
                if field.kind == "moment":
                    found.append(NoticeDate(field.name, as_moment(value)))
                else:
                    found.append(NoticeDate(field.name, midnight_after(as_date(value)), whole_day=True))
        if self.notice_ends_at:
            found.append(NoticeDate(_("公告期满"), self.notice_ends_at, whole_day=True))
        return found


class NoticeSerial(models.Model):
    """The last number given in a region and year; the row that publishers wait for."""

    region = models.ForeignKey("accounts.Region", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("公告编号")
        constraints = [models.UniqueConstraint(fields=["region", "year"], name="notice_serial_once")]

    def __str__(self) -> str:
        return f"{self.region_id} {self.year}: {self.last}"
