"""The policy library: one opinion, two catalogues, several measures, each with number, issuer and date (S-13)."""
from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.rules.register import Rule, rule
from portal.workflow import Staged

from .version import CATALOGUE_BODIES, CatalogueItem

#: States everybody may read.
PUBLISHED_STATES = ("PUBLISHED", "ENDED")


class PolicyQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> PolicyQuerySet:
        """Everybody reads what is published; drafts stay with the region's catalogue bodies."""
        if actor.is_system:
            return self
        scope = Q(state__in=PUBLISHED_STATES)
        if actor.kind in CATALOGUE_BODIES:
            scope |= Q(region=actor.organisation.region_id)
        return self.filter(scope)

    def about(self, leaf: CatalogueItem) -> PolicyQuerySet:
        """What is in force and bears on a line of the catalogue: it names the line's code or that of a line above."""
        return self.filter(state="PUBLISHED", lines__code__in=leaf.path.split("/")).distinct()


class Policy(Staged):
    """One document of the library. `valid_to` is the first day on which it no longer holds; `rules` are ids of the register."""

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("待公布")
        PUBLISHED = "PUBLISHED", _("有效")
        ENDED = "ENDED", _("已失效")
        DISCARDED = "DISCARDED", _("已删去")

    class Kind(models.TextChoices):
        OPINION = "OPINION", _("意见")
        CATALOGUE = "CATALOGUE", _("目录")
        MEASURES = "MEASURES", _("办法")
        NOTICE = "NOTICE", _("通知")
        RULES = "RULES", _("实施细则")

    region = models.ForeignKey("accounts.Region", models.PROTECT, related_name="+", verbose_name=_("收录地区"))
    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices)
    title = models.CharField(_("名称"), max_length=200)
    document_number = models.CharField(_("文号"), max_length=80)
    issuer = models.CharField(_("发布机关"), max_length=200)
    issued_on = models.DateField(_("发布日期"))
    valid_from = models.DateField(_("施行日期"))
    valid_to = models.DateField(_("停止施行日期"), null=True, blank=True)
    ends_at = models.DateTimeField(null=True, editable=False)
    scope = models.CharField(_("适用范围"), max_length=300, blank=True)
    text = models.TextField(_("正文"), blank=True)
    rules = models.JSONField(_("所载规则"), default=list, blank=True)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="successors", verbose_name=_("替代的文件"))
    ended_reason = models.CharField(_("失效原因"), max_length=300, blank=True)
    objects = PolicyQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_on", "-id"]
        verbose_name = _("政策文件")
        indexes = [models.Index(fields=["state", "-issued_on", "-id"]), models.Index(fields=["region", "state"])]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "document_number"], condition=Q(state__in=PUBLISHED_STATES), name="catalogue_policy_number_once",
                violation_error_message=_("同一文号只能公布一次。"),
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="catalogue_policy_ends_after_start",
                violation_error_message=_("停止施行日期须晚于施行日期。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.document_number}）"

    def get_absolute_url(self) -> str:
        return reverse("catalogue:policy", args=[self.pk])

    @property
    def carried(self) -> list[Rule]:
        """The rules of the register that it carries."""
        return [rule(each) for each in self.rules]

    @property
    def codes(self) -> list[str]:
        return [line.code for line in self.lines.all()]


class PolicyLine(models.Model):
    """A line of the catalogue that a policy bears on, by its code: it stays when versions change."""

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="lines")
    code = models.CharField(_("目录编码"), max_length=20, db_index=True)

    class Meta:
        ordering = ["policy", "code"]
        constraints = [models.UniqueConstraint(fields=["policy", "code"], name="catalogue_policy_line_once")]

    def __str__(self) -> str:
        return self.code
