"""What one member of the panel finds for himself: conformity of each bid, and its scores (L7.2)."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import OrganisationKind
from portal.workflow import Staged
from procurement.awards import secrecy

OUT = ("SUBMITTED", "LOCKED")


class ScoreSheetQuerySet(models.QuerySet):
    def visible_to(self, actor) -> ScoreSheetQuerySet:
        """One's own sheet; another's only after one's own is in; who organises reads them when the report is signed."""
        if actor.is_system:
            return self
        if actor.user_id is None:
            return self.none()
        scope = Q(member__user=actor.user_id)
        handed_in = ScoreSheet.objects.filter(member__user=actor.user_id, state__in=OUT).values("member__draw")
        scope |= Q(member__draw__in=handed_in, state__in=OUT)
        if actor.kind in (OrganisationKind.AGENCY, OrganisationKind.AUDIT, OrganisationKind.FINANCE):
            scope |= secrecy.organised_by(actor, "tender") & Q(state__in=["LOCKED", "VOIDED"], tender__evaluated_at__isnull=False)
        return self.filter(scope)

    def counting(self) -> ScoreSheetQuerySet:
        return self.exclude(state="VOIDED")


class ScoreSheet(Staged):
    """One member's independent scores; nobody sees another's before handing in his own (R87-47)."""

    class State(models.TextChoices):
        ISSUED = "ISSUED", _("待评分")
        SUBMITTED = "SUBMITTED", _("已提交")
        REOPENED = "REOPENED", _("复核修改")
        LOCKED = "LOCKED", _("已锁定")
        VOIDED = "VOIDED", _("作废")

    tender = models.ForeignKey("tenders.Tender", models.PROTECT, related_name="score_sheets", verbose_name=_("采购活动"))
    member = models.OneToOneField("awards.PanelMember", models.PROTECT, related_name="sheet", verbose_name=_("成员"))
    saved_at = models.DateTimeField(_("最近保存"), null=True, editable=False)
    comment = models.TextField(_("评语"), blank=True)
    submitted_at = models.DateTimeField(null=True, editable=False)
    reopened_at = models.DateTimeField(null=True, editable=False)
    locked_at = models.DateTimeField(null=True, editable=False)
    voided_at = models.DateTimeField(null=True, editable=False)
    void_reason = models.CharField(max_length=200, blank=True, editable=False)
    objects = ScoreSheetQuerySet.as_manager()

    class Meta:
        ordering = ["tender", "member__seat", "id"]
        verbose_name = _("评分表")
        indexes = [models.Index(fields=["tender", "state"])]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["SUBMITTED", "LOCKED"]) | Q(submitted_at__isnull=False),
                name="awards_sheet_submitted", violation_error_message=_("提交须有时间。"),
            ),
        ]

    def __str__(self) -> str:
        return str(_("%(tender)s 评分表 %(seat)s")) % {"tender": self.tender, "seat": self.member.seat}

    def get_absolute_url(self) -> str:
        return reverse("awards:sheet", args=[self.pk])

    @property
    def project(self):
        return self.tender.project

    @property
    def chain_key(self) -> str:
        return secrecy.panel_chain(self.member.draw_id)


class Score(models.Model):
    """Points one member gives one bid for one factor. Nought is a score; no row is none."""

    sheet = models.ForeignKey(ScoreSheet, models.CASCADE, related_name="scores")
    bid = models.ForeignKey("bids.Bid", models.PROTECT, related_name="+")
    factor = models.ForeignKey("tenders.ScoringFactor", models.PROTECT, related_name="+")
    points = models.DecimalField(_("得分"), max_digits=5, decimal_places=2)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["sheet", "bid", "factor__order"]
        verbose_name = _("评分")
        constraints = [
            models.UniqueConstraint(fields=["sheet", "bid", "factor"], name="awards_score_once"),
            models.CheckConstraint(
                condition=Q(points__gte=0) & Q(points__lte=100), name="awards_score_range",
                violation_error_message=_("得分须在 0 至该因素分值之间。"),
            ),
        ]


class ConformityVote(models.Model):
    """Whether a member finds that a bid meets every substantive requirement; the majority decides (R87-32, R87-35)."""

    sheet = models.ForeignKey(ScoreSheet, models.CASCADE, related_name="votes")
    bid = models.ForeignKey("bids.Bid", models.PROTECT, related_name="+")
    responsive = models.BooleanField(_("符合"))
    reason = models.CharField(_("不符合的理由"), max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["sheet", "bid"]
        verbose_name = _("符合性审查意见")
        constraints = [
            models.UniqueConstraint(fields=["sheet", "bid"], name="awards_conformity_once"),
            models.CheckConstraint(
                condition=Q(responsive=True) | ~Q(reason=""), name="awards_conformity_reason",
                violation_error_message=_("认定不符合须写明理由。"),
            ),
        ]
