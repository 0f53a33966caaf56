"""What a jurisdiction decided where the law leaves it room."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class JurisdictionSettingQuerySet(models.QuerySet):
    def in_force(self, day) -> JurisdictionSettingQuerySet:
        """Rows that hold on a day, the latest decision of each region first."""
        return self.filter(valid_from__lte=day).order_by("-valid_from", "-pk")

    def for_region(self, path: str) -> JurisdictionSettingQuerySet:
        """Rows of a region, of the regions above it, and of the whole installation."""
        codes = path.strip("/").split("/") if path else []
        above = ["/" + "/".join(codes[:depth]) + "/" for depth in range(1, len(codes) + 1)]
        return self.filter(Q(region=None) | Q(region__path__in=above))


class JurisdictionSetting(models.Model):
    """One decision: a setting, its value, from when, on what paper. Rows are added, never changed (rule 17)."""

    region = models.ForeignKey(
        "accounts.Region", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("地区")
    )
    name = models.CharField(_("设定项"), max_length=60)
    value = models.JSONField(_("取值"))
    valid_from = models.DateField(_("起始日期"))
    source = models.CharField(_("依据"), max_length=200)
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("录入人"))
    decided_at = models.DateTimeField(_("录入时间"), null=True, blank=True)
    objects = JurisdictionSettingQuerySet.as_manager()

    class Meta:
        ordering = ["name", "region", "valid_from"]
        verbose_name = _("本地区设定")
        constraints = [
            models.CheckConstraint(condition=~Q(source=""), name="jurisdiction_setting_has_source"),
        ]
        indexes = [models.Index(fields=["name", "valid_from"])]

    def __str__(self) -> str:
        return f"{self.name} = {self.value} ({self.valid_from})"
