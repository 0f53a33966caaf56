"""Calendars of working days, and legal clocks with everything that ever moved them."""
from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import OrganisationKind
from portal.workflow.models import Staged

from .deadlines import Unit


class Calendar(models.Model):
    """One year of working days, from where it was taken, and whether it is only for demonstrations (演示日历)."""

    year = models.PositiveSmallIntegerField(_("年度"), primary_key=True)
    source = models.CharField(_("来源"), max_length=60)
    reference = models.CharField(_("通知文号"), max_length=60, blank=True)
    demonstration = models.BooleanField(_("演示日历"), default=False)
    loaded_at = models.DateTimeField(_("载入时间"))

    class Meta:
        ordering = ["year"]
        verbose_name = _("工作日历")

    def __str__(self) -> str:
        return str(self.year)


class CalendarDay(models.Model):
    """A day that differs from Monday-to-Friday: a weekday off, or a weekend day worked."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="days")
    day = models.DateField(_("日期"), unique=True)
    worked = models.BooleanField(_("上班"))
    name = models.CharField(_("名称"), max_length=40, blank=True)

    class Meta:
        ordering = ["day"]
        verbose_name = _("调休与放假")

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class LegalClockQuerySet(models.QuerySet):
    def live(self) -> LegalClockQuerySet:
        """Clocks that still wait for something."""
        return self.filter(state__in=LIVE)

    def of(self, subject: Any) -> LegalClockQuerySet:
        """The clocks that run for one thing."""
        from .subjects import reference_of

        kind, key = reference_of(subject)
        return self.filter(subject_type=kind, subject_id=key)

    def of_project(self, project: Any) -> LegalClockQuerySet:
        """Every clock of a project, whatever of it they run for. `project`: the project or its primary key."""
        return self.filter(project_id=getattr(project, "pk", project))

    def visible_to(self, actor: Any) -> LegalClockQuerySet:
        """A clock is shown with its subject; listed by itself it is seen by its bearer and by overseers of its region."""
        if actor.is_system:
            return self
        if actor.organisation is None:
            return self.none()
        own = Q(bearer=actor.organisation_id)
        if actor.kind in (OrganisationKind.FINANCE, OrganisationKind.AUDIT):
            return self.filter(own | Q(bearer__region__path__startswith=actor.region_path))
        return self.filter(own | Q(bearer__superior=actor.organisation_id))

    def urgent_first(self) -> LegalClockQuerySet:
        return self.order_by("ends_at", "pk").select_related("bearer")


class LegalClock(Staged):
    """A legal or agreed period that runs for one thing; it can wait, move, end well or badly (L0.1)."""

    class State(models.TextChoices):
        RUNNING = "RUNNING", _("计时中")
        PAUSED = "PAUSED", _("中止计时")
        MET = "MET", _("按期办结")
        OVERDUE = "OVERDUE", _("已逾期")
        MET_LATE = "MET_LATE", _("逾期办结")
        VOIDED = "VOIDED", _("作废")

    name = models.CharField(_("时限"), max_length=40)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    project_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    bearer = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("责任单位")
    )
    length = models.PositiveIntegerField(_("时长"))
    unit = models.CharField(_("单位"), max_length=3, choices=Unit.choices)
    rolls = models.BooleanField(default=True)
    binding = models.BooleanField(default=True)  # an act is owed within it: it can be exceeded
    started_at = models.DateTimeField(_("起算"))
    counted_from = models.DateTimeField(editable=False)  # the start, or the last resumption: what `length` is counted from
    ends_at = models.DateTimeField(_("截止"))
    provisional = models.BooleanField(_("暂定"), default=False)
    demonstration = models.BooleanField(_("演示日历"), default=False)
    yellow_at = models.DateTimeField(editable=False)
    stopped_at = models.DateTimeField(_("办结"), null=True, blank=True)
    objects = LegalClockQuerySet.as_manager()

    class Meta:
        ordering = ["ends_at", "pk"]
        verbose_name = _("法定时限")
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "name"]),
            models.Index(fields=["state", "ends_at"]),
            models.Index(fields=["bearer", "state", "ends_at"]),
        ]
        constraints = [
            models.UniqueConstraint(
                "subject_type", "subject_id", "name", Coalesce("bearer", 0),  # one, with or without a bearer
                condition=Q(state__in=["RUNNING", "PAUSED", "OVERDUE"]), name="clock_one_live_per_subject",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("started_at")), name="clock_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(state__in=["MET", "MET_LATE"]) | Q(stopped_at__isnull=False), name="clock_met_has_moment"
            ),
            models.CheckConstraint(
                condition=~Q(state="MET") | Q(provisional=True) | Q(stopped_at__lte=F("ends_at")), name="clock_met_in_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="OVERDUE") | Q(provisional=False), name="clock_overdue_not_provisional"
            ),
        ]

    def __str__(self) -> str:
        return str(self.label)

    @property
    def definition(self):
        """The row of the register this clock was started from."""
        from .register import definition

        return definition(self.name)

    @property
    def label(self):
        return self.definition.label

    @property
    def rule_id(self) -> str:
        return self.definition.rule_id

    @property
    def citation(self) -> str:
        return self.definition.citation

    @property
    def last_day(self):
        """The last day that is in time."""
        from .deadlines import Deadline

        return Deadline(self.ends_at).last_day

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def subject(self):
        """The thing it runs for, None where that is gone."""
        from .subjects import find

        return find(self.subject_type, self.subject_id)

    def light(self, now):
        """Colour and words at a moment: green, yellow, red, paused or done."""
        from .lights import light

        return light(self, now)

    def get_absolute_url(self) -> str:
        subject = self.subject
        return subject.get_absolute_url() if hasattr(subject, "get_absolute_url") else ""


LIVE = (LegalClock.State.RUNNING, LegalClock.State.PAUSED, LegalClock.State.OVERDUE)


class ClockMove(models.Model):
    """An end a clock once had, and why it has another (L0.1: a moved clock keeps every earlier end)."""

    class Cause(models.TextChoices):
        RESUMED = "RESUMED", _("恢复计时")
        EXTENDED = "EXTENDED", _("期限延长")
        OUTAGE = "OUTAGE", _("系统停机补时")
        RECOUNTED = "RECOUNTED", _("历法公布后重算")

    clock = models.ForeignKey(LegalClock, models.PROTECT, related_name="moves")
    cause = models.CharField(_("原因"), max_length=20, choices=Cause.choices)
    moved_at = models.DateTimeField()
    ended_at = models.DateTimeField(_("原截止"))
    ends_at = models.DateTimeField(_("新截止"))
    was_provisional = models.BooleanField(default=False)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("期限变动")


class ClockPause(models.Model):
    """One reason why a clock stands still. Several may lie on one clock; it goes on when the last is gone."""

    clock = models.ForeignKey(LegalClock, models.PROTECT, related_name="pauses")
    cause = models.CharField(_("原因"), max_length=60)
    left = models.PositiveIntegerField(_("未用时间"))
    paused_at = models.DateTimeField()
    resumed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("中止计时")
        constraints = [
            models.UniqueConstraint(fields=["clock", "cause"], condition=Q(resumed_at=None), name="clock_paused_once_per_cause")
        ]


class OutageQuerySet(models.QuerySet):
    def visible_to(self, actor: Any) -> OutageQuerySet:
        """Administrators, finance and auditors of the region and of those above it."""
        if actor.is_system:
            return self
        if actor.kind not in (OrganisationKind.OPERATIONS, OrganisationKind.FINANCE, OrganisationKind.AUDIT):
            return self.none()
        return self.filter(region__path__startswith=actor.region_path)


class Outage(Staged):
    """A time in which the portal could not be reached, and the periods that therefore end later (L0.3)."""

    class State(models.TextChoices):
        RECORDED = "RECORDED", _("已登记")
        PROPOSED = "PROPOSED", _("拟顺延")
        APPLIED = "APPLIED", _("已顺延")
        DISMISSED = "DISMISSED", _("不予顺延")

    region = models.ForeignKey("accounts.Region", models.PROTECT, related_name="+", verbose_name=_("地区"))
    started_at = models.DateTimeField(_("停机起"))
    ended_at = models.DateTimeField(_("停机止"))
    cause = models.CharField(_("原因"), max_length=30)
    description = models.CharField(_("经过"), max_length=500, blank=True)
    escalates_at = models.DateTimeField(null=True, editable=False)
    proposed_at = models.DateTimeField(null=True, editable=False)
    applied_at = models.DateTimeField(null=True, editable=False)
    applied_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    dismissed_at = models.DateTimeField(null=True, editable=False)
    objects = OutageQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        verbose_name = _("系统停机")
        indexes = [models.Index(fields=["region", "started_at"]), models.Index(fields=["state", "escalates_at"])]
        constraints = [models.CheckConstraint(condition=Q(ended_at__gt=F("started_at")), name="outage_ends_after_start")]

    def __str__(self) -> str:
        from portal.clock import SHANGHAI

        start, end = self.started_at.astimezone(SHANGHAI), self.ended_at.astimezone(SHANGHAI)
        return _("停机 %(start)s 至 %(end)s") % {"start": f"{start:%Y-%m-%d %H:%M}", "end": f"{end:%m-%d %H:%M}"}

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("administration:outage", args=[self.pk])


class OutageDeadline(models.Model):
    """One period an outage made impossible: the end it had, the end it is to have, and what came of it."""

    outage = models.ForeignKey(Outage, models.PROTECT, related_name="deadlines")
    clock = models.ForeignKey(LegalClock, models.PROTECT, related_name="outages")
    label = models.CharField(_("事项"), max_length=300)
    ended_at = models.DateTimeField(_("原截止"))
    ends_at = models.DateTimeField(_("新截止"))
    moved_at = models.DateTimeField(_("顺延"), null=True)
    left_out = models.CharField(_("未顺延的原因"), max_length=200, blank=True)

    class Meta:
        ordering = ["ended_at", "pk"]
        verbose_name = _("停机影响的期限")
        constraints = [models.UniqueConstraint(fields=["outage", "clock"], name="outage_deadline_once")]

    def __str__(self) -> str:
        return self.label
