"""What an agency tells the market it intends to buy, at least thirty days before it begins (L2.6, RYX-01 to RYX-06)."""
from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.clock import SHANGHAI
from portal.money import COLUMN
from portal.workdays.subjects import ClockTerms
from portal.workflow.models import Staged
from procurement.plans import visibility

from .project import Project

#: States of an intention that still counts for its project.
LIVE = ("DRAFTED", "PUBLISHED", "FOLLOWED", "WAIVED")
#: What everybody reads of an intention, and what a new version may say otherwise (RYX-01, N-01).
TEXT = ("title", "outline", "budget", "expected", "remark")


class IntentionQuerySet(models.QuerySet):
    def public(self) -> IntentionQuerySet:
        """What was ever disclosed stays readable, also after it was withdrawn."""
        return self.filter(published_at__isnull=False)

    def live(self) -> IntentionQuerySet:
        return self.filter(state__in=LIVE)

    def visible_to(self, actor) -> IntentionQuerySet:
        """Government its own view; everybody what was disclosed."""
        official = visibility.official(actor)
        return self.public() if official is None else self.filter(official | Q(published_at__isnull=False))

    def inside(self, actor) -> IntentionQuerySet:
        """The government's own view alone: drafts and waivers too."""
        official = visibility.official(actor)
        return self.none() if official is None else self.filter(official)


class Intention(Staged):
    """One project's line in a notice of intentions. What is published changes only by a new version."""

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", pgettext_lazy("intention", "起草")
        PUBLISHED = "PUBLISHED", pgettext_lazy("intention", "已公开")
        FOLLOWED = "FOLLOWED", _("已启动采购")
        WAIVED = "WAIVED", _("免予公开")
        WITHDRAWN = "WITHDRAWN", pgettext_lazy("intention", "已撤销")

    class Basis(models.TextChoices):
        """What the budget figure rests on (RYX-04)."""

        DRAFT = "DRAFT", _("部门预算“二上”草案")
        BUDGET = "BUDGET", _("批复的部门预算")
        IN_YEAR = "IN_YEAR", _("年中新增")

    project = models.ForeignKey(Project, models.PROTECT, related_name="intentions", verbose_name=_("采购项目"))
    agency = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="intentions", verbose_name=_("购买主体"))
    title = models.CharField(_("采购项目名称"), max_length=200)
    outline = models.TextField(_("采购需求概况"))
    budget = models.DecimalField(_("预算金额"), **COLUMN)
    expected = models.DateField(_("预计采购时间"))  # first day of the month
    remark = models.CharField(_("备注"), max_length=300, blank=True)
    required = models.BooleanField(_("依法须公开"), default=True)
    basis = models.CharField(_("预算依据"), max_length=10, choices=Basis.choices, blank=True)
    version = models.PositiveSmallIntegerField(_("版本"), default=0)
    notice = models.ForeignKey("notices.Notice", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("公告"))
    paper = models.ForeignKey("files.Document", models.PROTECT, null=True, editable=False, related_name="+")
    #: The first moment at which the purchase may start; NULL until published (RYX-02).
    may_start_at = models.DateTimeField(_("最早启动"), null=True, editable=False)
    #: The first moment after the month it was told for.
    month_over_at = models.DateTimeField(null=True, editable=False)
    shortened = models.BooleanField(_("不足30日启动"), default=False)
    shorten_reason = models.TextField(_("提前启动的理由"), blank=True)
    waive_code = models.CharField(_("免予公开的情形"), max_length=20, blank=True)
    end_reason = models.TextField(_("理由"), blank=True)
    start_told_at = models.DateTimeField(null=True, editable=False)
    late_told_at = models.DateTimeField(null=True, editable=False)
    published_at = models.DateTimeField(_("公开时间"), null=True, editable=False)
    published_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    followed_at = models.DateTimeField(_("启动时间"), null=True, editable=False)
    waived_at = models.DateTimeField(null=True, editable=False)
    waived_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    objects = IntentionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("采购意向")
        indexes = [
            models.Index(fields=["-published_at", "-id"]), models.Index(fields=["agency", "state", "-id"]),
            models.Index(fields=["state", "may_start_at"]), models.Index(fields=["state", "month_over_at"]),
            models.Index(fields=["expected", "-id"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=Q(state__in=LIVE), name="plans_intention_one_live",
                violation_error_message=_("一个项目只有一份有效的采购意向。"),
            ),
            models.CheckConstraint(
                condition=~Q(state="WAIVED") | ~Q(waive_code=""), name="plans_intention_waived_with_code",
                violation_error_message=_("免予公开须选明情形。"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["PUBLISHED", "FOLLOWED"])
                | Q(published_at__isnull=False, may_start_at__isnull=False, version__gte=1),
                name="plans_intention_published_whole", violation_error_message=_("已公开的采购意向须有公开时间和最早启动时间。"),
            ),
            models.CheckConstraint(
                condition=Q(budget__gt=0), name="plans_intention_budget_positive", violation_error_message=_("预算金额须大于零。"),
            ),
            models.CheckConstraint(
                condition=~Q(shortened=True) | ~Q(shorten_reason=""), name="plans_intention_shortened_with_reason",
                violation_error_message=_("提前启动须写明理由。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("plans:intention", args=[self.pk])

    def get_public_url(self) -> str:
        return reverse("plans:public_intention", args=[self.pk])

    @property
    def region(self):
        return self.agency.region

    def clock_terms(self, name: str) -> ClockTerms:
        return ClockTerms(bearer=self.agency)

    @property
    def may_start_on(self) -> date | None:
        """The first day on which the notice of the tender may go out."""
        return self.may_start_at.astimezone(SHANGHAI).date() if self.may_start_at else None

    @property
    def month(self) -> str:
        """The month it is told for, as year and month."""
        return f"{self.expected:%Y-%m}"

    @property
    def text(self) -> dict[str, str]:
        """What everybody reads of it, as it is kept with a version."""
        return {"title": self.title, "outline": self.outline, "budget": str(self.budget), "expected": self.month, "remark": self.remark}


class IntentionVersion(models.Model):
    """What an intention said from one publication to the next; never changed afterwards."""

    intention = models.ForeignKey(Intention, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("版本"))
    content = models.JSONField()
    reason = models.TextField(_("更正理由"), blank=True)
    restarts = models.BooleanField(_("重新计算30日"), default=True)
    notice = models.ForeignKey("notices.Notice", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(_("公开时间"))

    class Meta:
        ordering = ["intention", "number"]
        verbose_name = _("采购意向版本")
        constraints = [models.UniqueConstraint(fields=["intention", "number"], name="plans_intention_version_once")]

    def __str__(self) -> str:
        return f"{self.intention_id}/{self.number}"
