"""The yearly plan of an agency: the envelope in which its items travel (L2.1)."""
from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import REGIONAL_KINDS
from portal.money import COLUMN, ZERO, round_yuan
from portal.workdays.subjects import ClockTerms
from portal.workflow.models import Staged
from procurement.plans import visibility


class PlanQuerySet(models.QuerySet):
    def visible_to(self, actor) -> PlanQuerySet:
        """Government its own view; everybody else plans that are published."""
        if not actor.is_system and actor.kind in REGIONAL_KINDS:
            return self.filter(agency__region__in=visibility.regions_of(actor))
        official = visibility.official(actor)
        return self.filter(official if official is not None else Q(state__in=["PUBLISHED", "CLOSED"]))


class Plan(Staged):
    """One agency's one plan a year (R-003)."""

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("编制中")
        PROPOSED = "PROPOSED", _("待审签")
        SUBMITTED = "SUBMITTED", _("审核中")
        SENT_BACK = "SENT_BACK", _("已退回")
        DECIDED = "DECIDED", _("已批复")
        PUBLISHED = "PUBLISHED", _("已公布")
        CLOSED = "CLOSED", _("已年结")
        LAPSED = "LAPSED", _("逾期未报")

    number = models.CharField(_("计划编号"), max_length=40, unique=True)
    agency = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="plans", verbose_name=_("购买主体"))
    year = models.PositiveSmallIntegerField(_("计划年度"))
    cut_off = models.DateTimeField(_("报送截止"))
    lapses_at = models.DateTimeField(_("失效时间"))
    closes_at = models.DateTimeField(_("年结时间"))
    rules_as_of = models.DateField(_("适用规则日期"), null=True, blank=True)
    service_budget = models.DecimalField(_("政府购买服务预算"), null=True, blank=True, **COLUMN)
    department_budget = models.DecimalField(_("部门预算"), null=True, blank=True, **COLUMN)
    procurement_budget = models.DecimalField(_("政府采购预算"), null=True, blank=True, **COLUMN)
    difference_reason = models.TextField(_("三项预算差异说明"), blank=True)
    carry_reason = models.TextField(_("跨年项目不结转的理由"), blank=True)
    sent_back_reason = models.TextField(_("退回理由"), blank=True)
    submitted_at = models.DateTimeField(_("报送时间"), null=True, editable=False)
    submitted_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    decided_at = models.DateTimeField(null=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    closed_at = models.DateTimeField(null=True, editable=False)
    lapsed_at = models.DateTimeField(null=True, editable=False)
    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-id"]
        verbose_name = _("年度购买计划")
        indexes = [
            models.Index(fields=["agency", "state"]), models.Index(fields=["state", "lapses_at"]),
            models.Index(fields=["year", "id"], name="plans_plan_newest"),  # the public's list: the newest of all agencies' plans
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "year"], name="plans_plan_once_a_year",
                violation_error_message=_("每个购买主体每年只有一份购买计划。"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["SUBMITTED", "DECIDED", "PUBLISHED"]) | Q(submitted_at__isnull=False),
                name="plans_plan_submitted_has_moment", violation_error_message=_("已报送的计划须有报送时间。"),
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(decided_at__isnull=False, published_at__gte=F("decided_at")),
                name="plans_plan_published_after_decision", violation_error_message=_("计划批复后才能公布。"),
            ),
            models.CheckConstraint(
                condition=~Q(state="SENT_BACK") | ~Q(sent_back_reason=""), name="plans_plan_sent_back_with_reason",
                violation_error_message=_("退回须写明理由。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} {self.year} {_('年度购买计划')}"

    def get_absolute_url(self) -> str:
        return reverse("plans:plan", args=[self.pk])

    @property
    def project_key(self) -> None:
        """A plan holds many projects and therefore stands in the general record."""
        return None

    def clock_terms(self, name: str) -> ClockTerms | None:
        """The cut-off is a fixed date that does not roll (R-001)."""
        if name == "PLAN_CUTOFF":
            return ClockTerms(ends_at=self.cut_off, bearer=self.agency)
        return ClockTerms(bearer=self.agency)

    @property
    def total(self) -> Decimal:
        """Sum of its items as asked; withdrawn, cancelled and lapsed ones no longer count."""
        live = self.items.exclude(state__in=["WITHDRAWN", "CANCELLED", "LAPSED"])
        return round_yuan(live.aggregate(total=Sum("amount"))["total"] or ZERO)  # SQLite forgets the fen of a round sum

    @property
    def is_decided(self) -> bool:
        """Whether the meeting has decided on it: from then on what was granted counts, not what was asked."""
        return self.state in (self.State.DECIDED, self.State.PUBLISHED, self.State.CLOSED)

    @property
    def approved_total(self) -> Decimal:
        live = self.items.filter(state__in=["APPROVED", "EXECUTED"])
        return live.aggregate(total=Sum("approved_amount"))["total"] or ZERO
