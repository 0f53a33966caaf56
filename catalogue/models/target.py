"""Targets by stage: what a region means to reach in a year, from the first pilots to the full roll-out (S-11)."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.accounts.roles import OrganisationKind
from portal.workflow import Staged


class StageTargetQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> StageTargetQuerySet:
        """Targets are public; one that was taken back is read by its finance department alone."""
        if actor.is_system:
            return self
        scope = Q(state="SET")
        if actor.kind == OrganisationKind.FINANCE:
            scope |= Q(region=actor.organisation.region_id)
        return self.filter(scope)


class StageTarget(Staged):
    """One figure that a region means to reach in a year; money in yuan."""

    class State(models.TextChoices):
        SET = "SET", _("已确定")
        DROPPED = "DROPPED", _("已取消")

    class Stage(models.TextChoices):
        START = "START", _("启动试点")
        EXTEND = "EXTEND", _("扩大试点")
        FULL = "FULL", _("全面推开")

    class Measure(models.TextChoices):
        PROJECTS = "PROJECTS", _("购买项目数")
        ITEMS = "ITEMS", _("购买的目录条目数")
        MONEY = "MONEY", _("购买金额")

    region = models.ForeignKey("accounts.Region", models.PROTECT, related_name="+", verbose_name=_("地区"))
    year = models.PositiveSmallIntegerField(_("年度"))
    stage = models.CharField(_("阶段"), max_length=10, choices=Stage.choices)
    measure = models.CharField(_("指标"), max_length=10, choices=Measure.choices)
    target = models.DecimalField(_("目标值"), max_digits=14, decimal_places=2)
    document = models.CharField(_("依据文件"), max_length=200, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    objects = StageTargetQuerySet.as_manager()

    class Meta:
        ordering = ["year", "id"]
        verbose_name = _("分阶段目标")
        indexes = [models.Index(fields=["state", "region", "year"])]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "year", "measure"], condition=Q(state="SET"), name="catalogue_target_once",
                violation_error_message=_("同一年度的同一指标只有一个目标。"),
            ),
            models.CheckConstraint(
                condition=Q(target__gt=0), name="catalogue_target_positive", violation_error_message=_("目标值须大于零。")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.get_stage_display()} {self.get_measure_display()}"

    def get_absolute_url(self) -> str:
        return f"{reverse('catalogue:targets')}?region={self.region_id}"
