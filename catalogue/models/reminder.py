"""That an issuer was told to renew its catalogue: nobody is told the same thing twice (R-004)."""
from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .version import CatalogueVersion


class CatalogueReminder(models.Model):
    """The issuer of a version was told a step of a year in which the version should have a successor."""

    class Step(models.TextChoices):
        START = "START", _("年初提醒")
        HALF = "HALF", _("年中提醒")

    version = models.ForeignKey(CatalogueVersion, models.CASCADE, related_name="+", verbose_name=_("现行版本"))
    year = models.PositiveSmallIntegerField(_("年度"))
    step = models.CharField(_("环节"), max_length=8, choices=Step.choices)
    told_at = models.DateTimeField()

    class Meta:
        ordering = ["version", "year", "id"]
        verbose_name = _("目录更新提醒")
        constraints = [models.UniqueConstraint(fields=["version", "year", "step"], name="catalogue_reminder_once")]

    def __str__(self) -> str:
        return f"{self.version_id}/{self.year} {self.step}"
