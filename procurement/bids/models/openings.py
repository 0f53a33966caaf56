"""The opening session: the only act that can use the private key; public, recorded, witnessed (R87-20, R87-22)."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.workflow import Staged

from .bids import Bid


class OpeningSessionQuerySet(models.QuerySet):
    def visible_to(self, actor) -> OpeningSessionQuerySet:
        """An opening is public: time and place from the notice on, bidders from its start, prices when they are opened."""
        return self


class OpeningSession(Staged):
    """One opening of one tender, at the announced time, by two of its openers before a witness."""

    class State(models.TextChoices):
        SCHEDULED = "SCHEDULED", _("待开启")
        STARTED = "STARTED", _("开启中")
        OPENED = "OPENED", _("已开启")
        CONFIRMED = "CONFIRMED", _("已确认")
        VOIDED = "VOIDED", _("不予开启")
        ADJOURNED = "ADJOURNED", _("已延期")

    tender = models.ForeignKey("tenders.Tender", models.PROTECT, related_name="openings", verbose_name=_("采购活动"))
    key = models.ForeignKey("bids.OpeningKey", models.PROTECT, related_name="sessions")
    scheduled_at = models.DateTimeField(_("开启时间"))
    closed_at = models.DateTimeField(_("截止"), null=True, editable=False)
    digest = models.CharField(_("摘要总值"), max_length=128, blank=True, editable=False)
    recomputed = models.CharField(_("开启时重算的摘要总值"), max_length=128, blank=True, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    started_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    opened_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", editable=False)
    confirm_until = models.DateTimeField(_("确认截止"), null=True, editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    confirmed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", editable=False)
    recording = models.CharField(_("录音录像存放处"), max_length=200, blank=True)
    adjourn_reason = models.CharField(_("延期原因"), max_length=200, blank=True, editable=False)
    record = models.ForeignKey("files.Document", models.PROTECT, null=True, related_name="+", editable=False)
    objects = OpeningSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-scheduled_at", "-id"]
        verbose_name = _("开标")
        indexes = [models.Index(fields=["-scheduled_at", "-id"]), models.Index(fields=["state", "confirm_until"])]
        constraints = [
            models.UniqueConstraint(
                fields=["tender"], condition=~Q(state="VOIDED"), name="bids_one_live_opening",
                violation_error_message=_("一次采购活动只有一场开标。"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["OPENED", "CONFIRMED"])
                | Q(started_by__isnull=False, opened_by__isnull=False) & ~Q(started_by=models.F("opened_by")),
                name="bids_two_openers", violation_error_message=_("开标须由两名不同的开标人完成。"),
            ),
        ]

    def __str__(self) -> str:
        return str(_("%(tender)s 开标")) % {"tender": self.tender}

    def get_absolute_url(self) -> str:
        return reverse("bids:opening", args=[self.pk])

    @property
    def project(self):
        return self.tender.project

    def bids(self):
        """The bids that take part in this opening, in the order of their arrival."""
        states = (Bid.State.SUBMITTED, *Bid.OPEN_STATES)
        return Bid.objects.filter(tender=self.tender_id, state__in=states).order_by("received_at", "pk")

    @property
    def digest_lines(self) -> list[str]:
        """The digest of digests in two lines of groups of four, as it hangs on the wall."""
        groups = [self.digest[i : i + 4] for i in range(0, len(self.digest), 4)]
        return [" ".join(groups[i : i + 8]) for i in range(0, len(groups), 8)]


class HalfOpened(models.Model):
    """The private key after the first opener has taken off his layer: still sealed for the second, so it may lie here."""

    session = models.ForeignKey(OpeningSession, models.PROTECT, related_name="halves")
    second = models.ForeignKey("bids.Opener", models.PROTECT, related_name="+")
    inner = models.BinaryField(editable=False)

    class Meta:
        verbose_name = _("半开密钥")
        constraints = [models.UniqueConstraint(fields=["session", "second"], name="bids_half_once")]


class Doubt(models.Model):
    """A doubt raised on the spot by a bidder, answered on the spot (R87-22)."""

    session = models.ForeignKey(OpeningSession, models.PROTECT, related_name="doubts")
    bid = models.ForeignKey("bids.Bid", models.PROTECT, related_name="+")
    text = models.TextField(_("疑义"))
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    answer = models.TextField(_("当场答复"), blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        verbose_name = _("当场疑义")
