"""Invitations into the portal, and letters to people who have no inbox yet or cannot get to it."""
from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.workflow.models import Staged

from .readers import READERS


class InvitationQuerySet(models.QuerySet):
    def visible_to(self, actor) -> InvitationQuerySet:
        """An invitation is its region's administrators' alone: it holds a way in."""
        if actor.is_system:
            return self
        if not actor.has(Role.ADMINISTRATOR):
            return self.none()
        return self.filter(organisation__region__path__startswith=actor.region_path)


class Invitation(Staged):
    """A person called to hold roles in an organisation; a link that works once leads him to his password (ADM-03)."""

    class State(models.TextChoices):
        SENT = "SENT", _("待接受")
        ACCEPTED = "ACCEPTED", _("已接受")
        WITHDRAWN = "WITHDRAWN", _("已撤回")
        EXPIRED = "EXPIRED", _("已过期")

    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="invitations", verbose_name=_("单位"))
    roles = models.JSONField(_("角色"), default=list)
    name = models.CharField(_("姓名"), max_length=60)
    email = models.EmailField(_("电子邮箱"), blank=True)
    phone = models.CharField(_("电话"), max_length=40, blank=True)
    since = models.DateField(_("任职起"))
    until = models.DateField(_("任职止"), null=True, blank=True)
    expires_at = models.DateTimeField(_("链接有效至"))
    round = models.PositiveSmallIntegerField(default=1, editable=False)  # a new link makes the earlier ones worthless
    person = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="invitations")
    accepted_at = models.DateTimeField(null=True, editable=False)
    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("邀请")
        indexes = [models.Index(fields=["state", "expires_at"]), models.Index(fields=["organisation", "-created_at", "-id"])]
        constraints = [
            models.CheckConstraint(
                name="invitation_accepted_has_person", condition=~Q(state="ACCEPTED") | Q(person__isnull=False, accepted_at__isnull=False),
                violation_error_message=_("已接受的邀请必须有账号。"),
            ),
            models.CheckConstraint(name="invitation_dates_in_order", condition=Q(until=None) | Q(until__gte=F("since"))),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.organisation}"

    def get_absolute_url(self) -> str:
        return reverse("administration:invitation", args=[self.pk])

    @property
    def role_labels(self) -> list[str]:
        return [str(Role(role).label) for role in self.roles]


class CalendarNoticeQuerySet(models.QuerySet):
    def visible_to(self, actor) -> CalendarNoticeQuerySet:
        """Administrators, finance and auditors of the region read what is to become the calendar."""
        if actor.is_system:
            return self
        if not actor.has(*READERS):
            return self.none()
        return self.filter(region__path__startswith=actor.region_path)


class CalendarNotice(Staged):
    """The working days of a year as a notice has them, entered by one person and put in force by another (RCV-02)."""

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", _("待启用")
        APPROVED = "APPROVED", _("已启用")
        REJECTED = "REJECTED", _("不予启用")

    region = models.ForeignKey("accounts.Region", models.PROTECT, related_name="+", verbose_name=_("地区"))
    year = models.PositiveSmallIntegerField(_("年度"))
    source = models.CharField(_("来源"), max_length=60)
    reference = models.CharField(_("通知文号"), max_length=60, blank=True)
    demonstration = models.BooleanField(_("演示日历"), default=False)
    days = models.JSONField(default=list)  # [day, worked, name], what differs from Monday to Friday
    approved_at = models.DateTimeField(null=True, editable=False)
    approved_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    objects = CalendarNoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("工作日历通知")
        indexes = [models.Index(fields=["state", "year"])]

    def __str__(self) -> str:
        return _("%(year)s 年工作日历") % {"year": self.year}

    def get_absolute_url(self) -> str:
        return reverse("administration:calendar_notice", args=[self.pk])

    @property
    def off(self) -> dict[date, str]:
        return {date.fromisoformat(day): name for day, worked, name in self.days if not worked}

    @property
    def worked(self) -> dict[date, str]:
        return {date.fromisoformat(day): name for day, worked, name in self.days if worked}


class LetterQuerySet(models.QuerySet):
    def to_send(self, moment, attempts: int) -> LetterQuerySet:
        """What still has to go out: tries left, the next one due; a link that leads nowhere any more is not sent."""
        live = Q(invitation=None) | Q(invitation__state=Invitation.State.SENT)
        return self.filter(live, sent_at=None, attempts__lt=attempts, try_at__lte=moment)

    def visible_to(self, actor) -> LetterQuerySet:
        """Letters of the administrator's region; what they say is nobody's but the recipient's."""
        if not actor.has(Role.ADMINISTRATOR):
            return self.none()
        return self.filter(
            Q(invitation__organisation__region__path__startswith=actor.region_path)
            | Q(person__memberships__organisation__region__path__startswith=actor.region_path)
        ).distinct()


class Letter(models.Model):
    """One mail that carries a one-time link. Its words and its link are made when it is sent and stored nowhere."""

    class Kind(models.TextChoices):
        INVITATION = "INVITATION", _("邀请")
        PASSWORD = "PASSWORD", _("重设密码")

    kind = models.CharField(_("种类"), max_length=20, choices=Kind.choices)
    invitation = models.ForeignKey(Invitation, models.CASCADE, null=True, related_name="letters")
    person = models.ForeignKey("accounts.User", models.CASCADE, null=True, related_name="letters")
    created_at = models.DateTimeField(_("时间"), default=timezone.now)  # all moments of a letter are real time
    sent_at = models.DateTimeField(_("送出"), null=True)
    attempts = models.PositiveSmallIntegerField(_("已试次数"), default=0)
    try_at = models.DateTimeField(default=timezone.now)
    error = models.CharField(_("未送出的原因"), max_length=200, blank=True)
    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("信件")
        indexes = [models.Index(fields=["sent_at", "try_at"])]
        constraints = [
            models.CheckConstraint(
                name="letter_has_one_recipient",
                condition=Q(invitation__isnull=False, person=None) | Q(invitation=None, person__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.recipient}"

    @property
    def recipient(self) -> str:
        return str(self.invitation.name if self.invitation_id else self.person.name)

    @property
    def address(self) -> str:
        return self.invitation.email if self.invitation_id else self.person.email


class FailedTask(models.Model):
    """Work behind the pages that ended in an error: which, with what, how often; until somebody starts it again."""

    name = models.CharField(_("任务"), max_length=120)
    arguments = models.JSONField(default=list)
    error = models.CharField(_("错误"), max_length=300)
    times = models.PositiveIntegerField(_("次数"), default=1)
    first_at = models.DateTimeField(_("首次"), default=timezone.now)  # real time
    last_at = models.DateTimeField(_("最近"), default=timezone.now)
    settled_at = models.DateTimeField(null=True)
    objects = models.Manager()

    class Meta:
        ordering = ["-last_at", "-id"]
        verbose_name = _("失败的任务")
        indexes = [models.Index(fields=["settled_at", "-last_at"]), models.Index(fields=["name", "settled_at"])]

    def __str__(self) -> str:
        return self.name
