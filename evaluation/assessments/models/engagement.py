"""An independent evaluator's work, from choice to a report the purchaser can read and not touch (L11.2)."""
from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from evaluation.schemes.models import Indicator, Party, Scheme
from portal.accounts.roles import OrganisationKind
from portal.money import COLUMN
from portal.workdays.subjects import ClockTerms
from portal.workflow.models import Staged
from procurement.plans import visibility

POINTS = {"max_digits": 5, "decimal_places": 2}
IN_RANGE = Q(value__gte=0, value__lte=100)


class EngagementQuerySet(models.QuerySet):
    def visible_to(self, actor) -> EngagementQuerySet:
        """Government its own; the evaluator what it is engaged for; the contractor from the engagement on."""
        official = visibility.official(actor, "contract__agency")
        if official is not None:
            return self.filter(official)
        begun = self.exclude(state="PROPOSED").exclude(state="TERMINATED", engaged_at=None)
        if actor.kind == OrganisationKind.EVALUATOR:
            return begun.filter(evaluator=actor.organisation_id)
        if actor.kind == OrganisationKind.SUPPLIER:
            return begun.filter(contract__supplier=actor.organisation_id)
        return self.none()

    def live(self) -> EngagementQuerySet:
        return self.exclude(state="TERMINATED")

    def with_names(self) -> EngagementQuerySet:
        return self.select_related("contract__project", "contract__agency__region", "contract__supplier", "evaluator", "scheme")


class Engagement(Staged):
    """One evaluator for one contract; who commissions pays (RPE-10). Fee in yuan."""

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", _("拟委托")
        ENGAGED = "ENGAGED", _("已委托")
        DECLARED = "DECLARED", _("已声明独立")
        PLANNED = "PLANNED", _("方案已定")
        COLLECTING = "COLLECTING", _("取证中")
        CONSULTING = "CONSULTING", _("征求意见")
        REPORTED = "REPORTED", _("已出报告")
        CHECKED = "CHECKED", _("质量已核")
        TERMINATED = "TERMINATED", _("已终止")

    contract = models.ForeignKey("contracts.Contract", models.PROTECT, related_name="engagements", verbose_name=_("合同"))
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="engagements", verbose_name=_("评价方案"))
    evaluator = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="engagements", verbose_name=_("评价机构"))
    period_from = models.DateField(_("评价期起"))
    period_until = models.DateField(_("评价期止"))
    fee = models.DecimalField(_("委托费用"), **COLUMN)
    choice = models.TextField(_("选择理由"))
    # the plan
    object = models.TextField(_("评价对象"), blank=True)
    method = models.TextField(_("评价方法"), blank=True)
    sample = models.TextField(_("样本"), blank=True)
    report_due = models.DateField(_("报告日期"), null=True)
    # the recipients, heard through the evaluator
    recipients_asked = models.PositiveIntegerField(_("访问人数"), null=True)
    recipients_answered = models.PositiveIntegerField(_("有效回答"), null=True)
    recipients_method = models.TextField(_("听取服务对象意见的方式"), blank=True)
    recipients_absent = models.TextField(_("未能取得服务对象评分的理由"), blank=True)
    # the draft and what was said to it
    draft = models.TextField(_("征求意见稿"), blank=True)
    purchaser_reply = models.TextField(_("购买主体意见"), blank=True, editable=False)
    purchaser_replied_at = models.DateTimeField(null=True, editable=False)
    supplier_reply = models.TextField(_("承接主体意见"), blank=True, editable=False)
    supplier_replied_at = models.DateTimeField(null=True, editable=False)
    purchaser_answer = models.TextField(_("对购买主体意见的答复"), blank=True)
    supplier_answer = models.TextField(_("对承接主体意见的答复"), blank=True)
    conclusion = models.TextField(_("评价结论"), blank=True)
    suggestions = models.TextField(_("建议"), blank=True)
    report = models.ForeignKey("files.Document", models.PROTECT, null=True, related_name="+", editable=False)
    quality = models.TextField(_("质量核查"), blank=True, editable=False)
    end_reason = models.TextField(_("终止原因"), blank=True, editable=False)
    engaged_at = models.DateTimeField(_("委托时间"), null=True, editable=False)
    engaged_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    consulting_at = models.DateTimeField(_("征求意见"), null=True, editable=False)
    reported_at = models.DateTimeField(_("报告时间"), null=True, editable=False)
    reported_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    checked_at = models.DateTimeField(_("核查时间"), null=True, editable=False)
    objects = EngagementQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("第三方评价委托")
        indexes = [models.Index(fields=["evaluator", "-id"]), models.Index(fields=["state", "-id"])]
        constraints = [
            models.UniqueConstraint(fields=["contract", "period_until"], condition=~Q(state="TERMINATED"),
                                    name="assessments_engagement_once", violation_error_message=_("该合同该期已有评价委托。")),
            models.CheckConstraint(condition=Q(period_until__gte=F("period_from")), name="assessments_engagement_period",
                                   violation_error_message=_("评价期止不能早于评价期起。")),
            models.CheckConstraint(condition=~Q(state__in=["REPORTED", "CHECKED"]) | Q(report__isnull=False),
                                   name="assessments_reported_has_report", violation_error_message=_("已出报告须有报告文件。")),
            models.CheckConstraint(condition=~Q(state="TERMINATED") | ~Q(end_reason=""), name="assessments_terminated_with_reason",
                                   violation_error_message=_("终止须写明原因。")),
        ]

    def __str__(self) -> str:
        return str(_("%(contract)s 第三方评价") % {"contract": self.contract.title})

    def get_absolute_url(self) -> str:
        return reverse("assessments:engagement", args=[self.pk])

    @property
    def project(self):
        return self.contract.project

    @property
    def project_key(self) -> int:
        return self.contract.project_id

    def indicators_of(self, party: str) -> list[Indicator]:
        """The indicators a party scores by the scheme."""
        return [leaf for leaf in self.scheme.leaves() if party in leaf.parties]

    def clock_terms(self, name: str) -> ClockTerms | None:
        return ClockTerms()


class Declaration(models.Model):
    """One person's word that he is independent of both sides; who has a tie takes no part (RPE-11, S-113)."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="declarations")
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    has_tie = models.BooleanField(_("近三年有利害关系"))
    statement = models.TextField(_("说明"), blank=True)
    declared_at = models.DateTimeField(_("声明时间"))

    class Meta:
        ordering = ["engagement", "id"]
        verbose_name = _("独立性声明")
        constraints = [models.UniqueConstraint(fields=["engagement", "user"], name="assessments_declaration_once")]

    def __str__(self) -> str:
        return self.user.name


class EvidencePiece(models.Model):
    """What proves the score of an indicator, or why nothing can be had."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="evidence")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    available = models.BooleanField(_("有资料"), default=True)
    text = models.TextField(_("内容或理由"))
    document = models.ForeignKey("files.Document", models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["engagement", "indicator__order", "id"]
        verbose_name = _("评价证据")

    def __str__(self) -> str:
        return f"{self.indicator} {self.text[:40]}"


class EngagementScore(models.Model):
    """One indicator as the evaluator judged it, or as the recipients did whom he asked; 0 to 100."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="scores")
    party = models.CharField(max_length=12, choices=Party.choices)
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    value = models.DecimalField(_("得分"), **POINTS)
    reason = models.TextField(_("理由"), blank=True)
    scored_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    scored_at = models.DateTimeField()

    class Meta:
        ordering = ["engagement", "indicator__order", "party"]
        verbose_name = _("评价机构评分")
        constraints = [
            models.UniqueConstraint(fields=["engagement", "party", "indicator"], name="assessments_engagement_score_once"),
            models.CheckConstraint(condition=IN_RANGE, name="assessments_engagement_score_range",
                                   violation_error_message=_("得分在 0 到 100 之间。")),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.value}"
