"""The purchaser's decision per lot, its notice, its letters, and what follows if the winner goes (L7.5)."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.roles import OrganisationKind
from portal.money import COLUMN
from portal.workdays.subjects import ClockTerms
from portal.workflow import Staged

LIVE = ("PROPOSED", "DECIDED", "ANNOUNCED", "CONTRACTED")


class AwardQuerySet(models.QuerySet):
    def visible_to(self, actor) -> AwardQuerySet:
        """Everybody once it is announced; before that the purchaser, and finance and audit of the region."""
        if actor.is_system:
            return self
        scope = Q(announced_at__isnull=False)
        if actor.kind == OrganisationKind.AGENCY:
            scope |= Q(tender__agency=actor.organisation_id)
        elif actor.kind in (OrganisationKind.FINANCE, OrganisationKind.AUDIT):
            scope |= Q(tender__agency__region__path__startswith=actor.region_path)
        return self.filter(scope)

    def live(self) -> AwardQuerySet:
        return self.filter(state__in=LIVE)

    def announced(self) -> AwardQuerySet:
        return self.filter(announced_at__isnull=False)


class Award(Staged):
    """One lot and who gets it. `amount` is the bid's price in yuan, never the adjusted one (R46-09)."""

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", _("候选排序")
        DECIDED = "DECIDED", _("已确定")
        ANNOUNCED = "ANNOUNCED", _("已公告并发通知书")
        CONTRACTED = "CONTRACTED", _("已签约")
        ABANDONED = "ABANDONED", pgettext_lazy("state", "弃标")
        ANNULLED = "ANNULLED", pgettext_lazy("state", "中标无效")
        REPLACED = "REPLACED", _("已递补")

    tender = models.ForeignKey("tenders.Tender", models.PROTECT, related_name="awards", verbose_name=_("采购活动"))
    lot = models.ForeignKey("tenders.Lot", models.PROTECT, related_name="awards", verbose_name=_("采购包"))
    report = models.ForeignKey("awards.EvaluationReport", models.PROTECT, related_name="awards", verbose_name=_("评审报告"))
    predecessor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="successors")
    bid = models.ForeignKey("bids.Bid", models.PROTECT, related_name="awards", verbose_name=_("投标"))
    supplier = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="awards", verbose_name=_("中标人"))
    amount = models.DecimalField(_("中标金额（元）"), **COLUMN)
    rank = models.PositiveSmallIntegerField(_("名次"))
    score = models.DecimalField(_("得分"), max_digits=6, decimal_places=2)
    candidates = models.JSONField(_("候选人"), default=list, editable=False)
    credit_query = models.TextField(_("定标前信用查询"), blank=True)
    choice_code = models.CharField(_("未按排序确定的情形"), max_length=40, blank=True, editable=False)
    choice_reason = models.TextField(_("理由"), blank=True, editable=False)
    deemed = models.BooleanField(_("视同确定"), default=False, editable=False)
    decide_until = models.DateTimeField(_("定标截止"), null=True, editable=False)
    obstacle = models.TextField(_("不能按期定标的正当理由"), blank=True, editable=False)
    end_code = models.CharField(max_length=40, blank=True, editable=False)
    end_reason = models.TextField(_("原因"), blank=True, editable=False)
    notice = models.ForeignKey("notices.Notice", models.PROTECT, null=True, related_name="+", editable=False)
    letter = models.ForeignKey("files.Document", models.PROTECT, null=True, related_name="+", editable=False)
    scoring = models.ForeignKey("files.Document", models.PROTECT, null=True, related_name="+", editable=False)
    proposed_at = models.DateTimeField(null=True, editable=False)
    decided_at = models.DateTimeField(_("定标时间"), null=True, editable=False)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", editable=False)
    announced_at = models.DateTimeField(_("公告时间"), null=True, editable=False)
    announced_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", editable=False)
    contracted_at = models.DateTimeField(null=True, editable=False)
    abandoned_at = models.DateTimeField(null=True, editable=False)
    annulled_at = models.DateTimeField(null=True, editable=False)
    replaced_at = models.DateTimeField(null=True, editable=False)
    objects = AwardQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("定标")
        indexes = [
            models.Index(fields=["state", "decide_until"]), models.Index(fields=["supplier", "state"]),
            models.Index(fields=["tender", "state"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["lot"], condition=Q(state__in=list(LIVE)), name="awards_one_live_award",
                violation_error_message=_("一个采购包只有一个有效的中标结果。"),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="awards_amount", violation_error_message=_("中标金额须大于零。")
            ),
            models.CheckConstraint(
                condition=Q(announced_at=None) | Q(notice__isnull=False, letter__isnull=False, scoring__isnull=False),
                name="awards_announced_with_papers", violation_error_message=_("公告结果须有公告、中标通知书和评分数据。"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["ABANDONED", "ANNULLED"]) | ~Q(end_code=""), name="awards_ended_with_code",
                violation_error_message=_("弃标和中标无效须有情形。"),
            ),
        ]

    def __str__(self) -> str:
        return str(_("%(tender)s 定标")) % {"tender": self.tender}

    def get_absolute_url(self) -> str:
        return reverse("awards:award", args=[self.pk])

    @property
    def project(self):
        return self.tender.project

    @property
    def agency(self):
        return self.tender.agency

    @property
    def first_ranked(self) -> list[dict]:
        """The candidates on the first place; more than one only where score and price are equal (R87-48)."""
        return [row for row in self.candidates if row["rank"] == 1]

    def clock_terms(self, name: str) -> ClockTerms | None:
        """The purchaser runs its own tender, so it decides within five working days of the end of the review (R87-72)."""
        if name == "AWARD_DECISION":
            return ClockTerms(start=self.report.signed_at, bearer=self.tender.agency)
        if name in ("RESULT_PUBLICATION", "SIGNING"):
            return ClockTerms(bearer=self.tender.agency)
        return None
