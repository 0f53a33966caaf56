"""What the workbench itself keeps: the progress of a region month by month (S-190)."""
from __future__ import annotations

from datetime import date

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.roles import REGIONAL_KINDS
from portal.workdays.subjects import ClockTerms
from portal.workflow.models import Staged


class MonthlyReportQuerySet(models.QuerySet):
    def visible_to(self, actor) -> MonthlyReportQuerySet:
        """The departments of the region and of those above it."""
        if actor.is_system:
            return self
        if not actor.organisation or actor.kind not in REGIONAL_KINDS:
            return self.none()
        return self.filter(region__path__startswith=actor.region_path)


class MonthlyReport(Staged):
    """Last month's progress of a region: made by itself on the region's day, reported to its government by the lead department."""

    class State(models.TextChoices):
        MADE = "MADE", _("待报送")
        REPORTED = "REPORTED", _("已报送政府")

    region = models.ForeignKey("accounts.Region", models.PROTECT, related_name="monthly_reports", verbose_name=_("地区"))
    lead = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("牵头部门"))
    year = models.PositiveSmallIntegerField(_("年度"))
    month = models.PositiveSmallIntegerField(_("月份"))
    due_on = models.DateField(_("报送期限"))
    figures = models.JSONField(_("数据"), default=list)
    document = models.OneToOneField("files.Document", models.PROTECT, null=True, editable=False, related_name="+")
    workbook = models.OneToOneField("files.Document", models.PROTECT, null=True, editable=False, related_name="+")
    made_at = models.DateTimeField(_("生成时间"), null=True, editable=False)
    reported_at = models.DateTimeField(_("报送时间"), null=True, editable=False)
    reported_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    objects = MonthlyReportQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-month", "region__path"]
        verbose_name = _("月度进展报告")
        indexes = [models.Index(fields=["-year", "-month", "region"]), models.Index(fields=["region", "state"])]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "year", "month"], name="workbench_monthly_report_once",
                violation_error_message=_("一个地区一个月只有一份进展报告。"),
            ),
            models.CheckConstraint(condition=models.Q(month__gte=1, month__lte=12), name="workbench_monthly_report_month"),
        ]

    def __str__(self) -> str:
        return str(_("%(region)s%(year)s年%(month)s月政府购买服务进展报告")) % {
            "region": self.region.name, "year": self.year, "month": self.month,
        }

    @property
    def project_key(self) -> None:
        return None

    def get_absolute_url(self) -> str:
        return reverse("workbench:monthly_report", args=[self.pk])

    def clock_terms(self, name: str) -> ClockTerms | None:
        """Due on the region's day; made later than that, on the day it was made."""
        if name != "MONTHLY_REPORT":
            return None
        return ClockTerms(bearer=self.lead, last_day=max(self.due_on, clock.today()))

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)
