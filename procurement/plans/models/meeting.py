"""The joint meeting decides listed items and catalogue versions; nothing takes effect before the minutes (L2.4)."""
from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.money import COLUMN
from portal.workflow.models import Staged
from procurement.plans import visibility


class MeetingQuerySet(models.QuerySet):
    def visible_to(self, actor) -> MeetingQuerySet:
        """Departments the meetings of their region, agencies of the region too, for their items are decided there."""
        if actor.is_system:
            return self
        if not actor.organisation:
            return self.none()
        if visibility.official(actor) is None:
            return self.none()
        return self.filter(region__path__startswith=actor.region_path)

    def sat_by(self, actor) -> MeetingQuerySet:
        """Meetings that the actor's organisation calls or was called to: their papers are for these alone (S-185)."""
        if actor.is_system:
            return self
        if not actor.organisation_id or visibility.official(actor) is None:
            return self.none()
        called = MeetingMember.objects.filter(organisation=actor.organisation_id).values("meeting")
        return self.filter(Q(organisation=actor.organisation_id) | Q(pk__in=called))


class Meeting(Staged):
    """One joint meeting of a region."""

    class State(models.TextChoices):
        CALLED = "CALLED", _("已通知")
        CONVENED = "CONVENED", _("会议中")
        MINUTED = "MINUTED", _("纪要已签发")
        CANCELLED = "CANCELLED", _("已取消")

    number = models.CharField(_("会议编号"), max_length=40, unique=True)
    title = models.CharField(_("会议名称"), max_length=200)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="meetings")
    region = models.ForeignKey("accounts.Region", models.PROTECT, related_name="meetings")
    scheduled_at = models.DateTimeField(_("会议时间"))
    place = models.CharField(_("地点"), max_length=200)
    supplement = models.TextField(_("补充纪要"), blank=True)
    cancel_reason = models.TextField(blank=True)
    convened_at = models.DateTimeField(null=True, editable=False)
    convened_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    minuted_at = models.DateTimeField(null=True, editable=False)
    minuted_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    cancelled_at = models.DateTimeField(null=True, editable=False)
    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-scheduled_at", "-id"]
        verbose_name = _("联席会议")
        indexes = [models.Index(fields=["region", "state"])]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="CANCELLED") | ~Q(cancel_reason=""), name="plans_meeting_cancelled_with_reason",
                violation_error_message=_("取消会议须写明理由。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def project_key(self) -> None:
        return None

    def get_absolute_url(self) -> str:
        return reverse("plans:meeting", args=[self.pk])


class MeetingMember(models.Model):
    """Who was called, and whether he came."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="members")
    order = models.PositiveSmallIntegerField()
    organisation_name = models.CharField(_("单位"), max_length=200)
    #: the organisation of that name in the region of the meeting; NULL: the portal does not know it
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, editable=False, related_name="+")
    name = models.CharField(_("姓名"), max_length=60)
    present = models.BooleanField(_("到会"), null=True)

    class Meta:
        ordering = ["meeting", "order"]
        verbose_name = _("会议成员")

    def __str__(self) -> str:
        return f"{self.organisation_name} {self.name}"


class MeetingPaper(models.Model):
    """Papers of a meeting as they stood at a moment; each change of the agenda makes the next edition (S-185)."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="papers")
    edition = models.PositiveSmallIntegerField(_("稿次"))
    volume = models.PositiveSmallIntegerField(_("册"), default=1)
    matters = models.PositiveIntegerField(_("议题数"))
    made_at = models.DateTimeField(_("形成时间"))
    replaced_at = models.DateTimeField(_("被代替时间"), null=True)
    document = models.OneToOneField("files.Document", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["meeting", "-edition", "volume"]
        verbose_name = _("会议材料")
        constraints = [models.UniqueConstraint(fields=["meeting", "edition", "volume"], name="plans_meeting_paper_once")]

    def __str__(self) -> str:
        return self.document.name

    @property
    def standing(self) -> str:
        """When it was made, and until when it held."""
        made = clock.written(self.made_at)
        if self.replaced_at is None:
            return gettext("现行，%(made)s 形成") % {"made": made}
        return gettext("%(made)s 形成，%(until)s 起由新稿代替") % {"made": made, "until": clock.written(self.replaced_at)}


class AgendaItemQuerySet(models.QuerySet):
    def visible_to(self, actor) -> AgendaItemQuerySet:
        return self.filter(meeting__in=Meeting.objects.visible_to(actor))


class AgendaItem(Staged):
    """One thing on the agenda: a plan item or a catalogue version, and what the meeting said to it."""

    class State(models.TextChoices):
        LISTED = "LISTED", _("已上会")
        DECIDED = "DECIDED", _("已议决")
        REMOVED = "REMOVED", pgettext_lazy("state", "撤下")

    class Decision(models.TextChoices):
        APPROVE = "APPROVE", _("同意")
        APPROVE_IN_PART = "APPROVE_IN_PART", _("部分同意")
        SEND_BACK = "SEND_BACK", _("退回修改")
        DEFER = "DEFER", _("缓议")
        REJECT = "REJECT", _("不同意")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda")
    order = models.PositiveSmallIntegerField()
    item = models.ForeignKey("plans.PlanItem", models.PROTECT, null=True, related_name="agenda")
    version = models.ForeignKey("catalogue.CatalogueVersion", models.PROTECT, null=True, related_name="agenda")
    decision = models.CharField(_("议决"), max_length=20, choices=Decision.choices, blank=True)
    approved_amount = models.DecimalField(_("同意金额"), null=True, blank=True, **COLUMN)
    reason = models.TextField(_("理由"), blank=True)
    not_applied = models.CharField(_("未执行原因"), max_length=300, blank=True)
    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        ordering = ["meeting", "order"]
        verbose_name = _("议题")
        constraints = [
            models.CheckConstraint(
                condition=Q(item__isnull=False, version__isnull=True) | Q(item__isnull=True, version__isnull=False),
                name="plans_agenda_one_subject", violation_error_message=_("一个议题对应一件事项。"),
            ),
            models.CheckConstraint(
                condition=~Q(state="DECIDED") | ~Q(decision=""), name="plans_agenda_decided_with_outcome",
                violation_error_message=_("已议决的议题须有结论。"),
            ),
            models.UniqueConstraint(
                fields=["meeting", "item"], condition=Q(item__isnull=False), name="plans_agenda_item_once",
                violation_error_message=_("同一事项在一次会议上只列一次。"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.item or self.version)

    @property
    def stands(self) -> bool:
        """Whether it was not taken off the agenda."""
        return self.state != self.State.REMOVED

    @property
    def project_key(self) -> None:
        return None

    @property
    def subject(self):
        return self.item or self.version

    @property
    def granted(self) -> Decimal | None:
        """What the meeting agreed to for an item; None where it agreed to nothing, or to a catalogue."""
        if self.item is None:
            return None
        return {self.Decision.APPROVE: self.item.amount, self.Decision.APPROVE_IN_PART: self.approved_amount}.get(self.decision)

    def get_absolute_url(self) -> str:
        return self.meeting.get_absolute_url()
