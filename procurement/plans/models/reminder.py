"""That somebody was told of a plan that is wanting: nobody is told the same thing twice (L2.1)."""
from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PlanReminder(models.Model):
    """An organisation was told a step about the plans of a year: the agency to begin, the finance department who is late."""

    class Step(models.TextChoices):
        BEGIN = "BEGIN", _("提醒编报")
        WEEK = "WEEK", _("还有一周")
        LAST = "LAST", _("即将截止")
        LATE = "LATE", _("未按期报送")

    organisation = models.ForeignKey("accounts.Organisation", models.CASCADE, related_name="+", verbose_name=_("单位"))
    year = models.PositiveSmallIntegerField(_("计划年度"))
    step = models.CharField(_("环节"), max_length=8, choices=Step.choices)
    told_at = models.DateTimeField()

    class Meta:
        ordering = ["organisation", "year", "id"]
        verbose_name = _("编报提醒")
        constraints = [models.UniqueConstraint(fields=["organisation", "year", "step"], name="plans_reminder_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id}/{self.year} {self.step}"
