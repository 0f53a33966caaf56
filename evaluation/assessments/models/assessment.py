"""The three parties' scores of one contract become one score and grade, with the computation beside it (L11.4)."""
from __future__ import annotations

from fractions import Fraction

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from evaluation.schemes.models import Grade, Indicator, Party, Scheme
from evaluation.schemes.rules import shown
from portal.accounts.roles import OrganisationKind
from portal.workdays.subjects import ClockTerms
from portal.workflow.models import Staged
from procurement.plans import visibility

from .engagement import IN_RANGE, POINTS, Engagement


class AssessmentQuerySet(models.QuerySet):
    def visible_to(self, actor) -> AssessmentQuerySet:
        """Published results everybody; before that government, the contractor once served, the evaluator who reported."""
        if actor.is_system:
            return self
        published = Q(state="PUBLISHED")
        official = visibility.official(actor, "contract__agency")
        if official is not None:
            return self.filter(published | official)
        if actor.kind == OrganisationKind.SUPPLIER:
            return self.filter(published | Q(contract__supplier=actor.organisation_id, served_at__isnull=False))
        if actor.kind == OrganisationKind.EVALUATOR:
            return self.filter(published | Q(engagement__evaluator=actor.organisation_id))
        return self.filter(published)

    def live(self) -> AssessmentQuerySet:
        return self.exclude(state="VOIDED")

    def with_names(self) -> AssessmentQuerySet:
        return self.select_related("contract__project", "contract__agency__region", "contract__supplier", "scheme", "engagement__evaluator")


class Assessment(Staged):
    """The final result of a contract. The grade follows from the exact score, never from the rounded one (RPE-02)."""

    class State(models.TextChoices):
        OPENED = "OPENED", _("评价中")
        COMPUTED = "COMPUTED", _("已得分")
        SERVED = "SERVED", _("已送达")
        DISPUTED = "DISPUTED", _("复核中")
        CONFIRMED = "CONFIRMED", _("已确定")
        PUBLISHED = "PUBLISHED", _("已公布")
        VOIDED = "VOIDED", _("作废")

    contract = models.ForeignKey("contracts.Contract", models.PROTECT, related_name="assessments", verbose_name=_("合同"))
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="assessments", verbose_name=_("评价方案"))
    engagement = models.ForeignKey(Engagement, models.PROTECT, null=True, related_name="assessments", verbose_name=_("第三方评价"))
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="successors")
    number = models.CharField(_("评价编号"), max_length=40, unique=True)
    period_from = models.DateField(_("评价期起"))
    period_until = models.DateField(_("评价期止"))
    version = models.PositiveSmallIntegerField(_("版次"), default=0, editable=False)
    score = models.DecimalField(_("得分"), max_digits=5, decimal_places=2, null=True, editable=False)  # rounded, for lists
    exact = models.CharField(_("精确得分"), max_length=80, blank=True, editable=False)  # decimal, or a fraction that never ends
    grade = models.CharField(_("等次"), max_length=10, choices=Grade.choices, blank=True, editable=False)
    without_recipients = models.TextField(_("未含服务对象评分"), blank=True, editable=False)
    dispute_reason = models.TextField(_("异议"), blank=True, editable=False)
    review_opinion = models.TextField(_("复核意见"), blank=True, editable=False)
    summary = models.TextField(_("公开摘要"), blank=True)
    void_reason = models.TextField(_("作废原因"), blank=True, editable=False)
    served_at = models.DateTimeField(_("送达时间"), null=True, editable=False)
    confirmed_at = models.DateTimeField(_("确定时间"), null=True, editable=False)
    published_at = models.DateTimeField(_("公布时间"), null=True, editable=False)
    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("绩效评价结果")
        indexes = [models.Index(fields=["contract", "state"]), models.Index(fields=["state", "-id"])]
        constraints = [
            models.UniqueConstraint(fields=["contract", "period_until"], condition=~Q(state="VOIDED"),
                                    name="assessments_assessment_once", violation_error_message=_("该合同该期已有评价。")),
            models.CheckConstraint(condition=Q(score=None) | Q(score__gte=0, score__lte=100), name="assessments_score_range",
                                   violation_error_message=_("得分在 0 到 100 之间。")),
            models.CheckConstraint(
                condition=Q(state__in=["OPENED", "VOIDED"]) | (Q(score__isnull=False) & ~Q(grade="") & ~Q(exact="")),
                name="assessments_computed_is_whole", violation_error_message=_("已得分的评价须有得分和等次。"),
            ),
            models.CheckConstraint(condition=~Q(state="VOIDED") | ~Q(void_reason=""), name="assessments_voided_with_reason",
                                   violation_error_message=_("作废须写明原因。")),
        ]

    def __str__(self) -> str:
        return str(_("%(title)s 绩效评价") % {"title": self.contract.title})

    def get_absolute_url(self) -> str:
        return reverse("assessments:assessment", args=[self.pk])

    @property
    def is_voided(self) -> bool:
        return self.state == self.State.VOIDED

    @property
    def project(self):
        return self.contract.project

    @property
    def project_key(self) -> int:
        return self.contract.project_id

    @property
    def exact_score(self) -> Fraction | None:
        return Fraction(self.exact) if self.exact else None

    @property
    def differs_from_shown(self) -> bool:
        """Whether the printed score was rounded, so that the exact one must stand beside it."""
        return bool(self.exact) and Fraction(self.exact) != Fraction(shown(Fraction(self.exact)))

    def indicators_of(self, party: str) -> list[Indicator]:
        return [leaf for leaf in self.scheme.leaves() if party in leaf.parties]

    def clock_terms(self, name: str) -> ClockTerms | None:
        """Both sides may contest it; the contractor is the one it concerns most."""
        return ClockTerms(bearer=self.contract.supplier)


class Score(models.Model):
    """One indicator as one party judged it, 0 to 100."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="scores")
    party = models.CharField(_("评分方"), max_length=12, choices=Party.choices)
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    value = models.DecimalField(_("得分"), **POINTS)
    reason = models.TextField(_("理由"), blank=True)
    scored_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    scored_at = models.DateTimeField()

    class Meta:
        ordering = ["assessment", "indicator__order", "party"]
        verbose_name = _("评分")
        constraints = [
            models.UniqueConstraint(fields=["assessment", "party", "indicator"], name="assessments_score_once"),
            models.CheckConstraint(condition=IN_RANGE, name="assessments_score_value_range",
                                   violation_error_message=_("得分在 0 到 100 之间。")),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.value}"


class Immutable(Exception):
    """Somebody tried to change a computation that was made."""


class Computation(models.Model):
    """One version of the sum, line by line, as it was made; an error makes a new version, never a change."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="computations")
    version = models.PositiveSmallIntegerField(_("版次"))
    #: {"parties": [{party, weight, share, score, exact}], "lines": [{party, code, name, weight, value, points}], …}
    detail = models.JSONField()
    score = models.DecimalField(_("得分"), max_digits=5, decimal_places=2)
    exact = models.CharField(max_length=80)
    grade = models.CharField(_("等次"), max_length=10, choices=Grade.choices)
    cause = models.CharField(_("事由"), max_length=300, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["assessment", "-version"]
        verbose_name = _("得分计算")
        constraints = [models.UniqueConstraint(fields=["assessment", "version"], name="assessments_version_once")]

    def __str__(self) -> str:
        return f"{self.assessment_id} v{self.version} {self.score}"

    def save(self, *args, **kwargs) -> None:
        if self.pk:
            raise Immutable("a computation is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise Immutable("a computation is kept")
