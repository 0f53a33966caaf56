"""A change of what the year's plan says after its approval: asked by the agency, decided by finance, kept with both versions (L2.2)."""
from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.money import COLUMN
from portal.workflow.models import Staged
from procurement.plans import visibility

from .item import PlanItem
from .project import Project

#: States of a request that is not decided yet.
OPEN = ("DRAFTED", "SUBMITTED", "SENT_BACK", "REVIEWED")


class AdjustmentQuerySet(models.QuerySet):
    def applied(self) -> AdjustmentQuerySet:
        return self.filter(state="APPLIED")

    def open(self) -> AdjustmentQuerySet:
        return self.filter(state__in=OPEN)

    def visible_to(self, actor) -> AdjustmentQuerySet:
        """Government its own view; everybody what has taken effect on items he may see (R-008)."""
        official = visibility.official(actor)
        return self.filter(official) if official is not None else self.applied().filter(item__in=PlanItem.objects.visible_to(actor))


class Adjustment(Staged):
    """One change of one item. An addition or a cancellation is noted here when it is decided, so that the year has one list."""

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("待单位报送")
        SUBMITTED = "SUBMITTED", _("财政审核中")
        SENT_BACK = "SENT_BACK", _("已退回")
        REVIEWED = "REVIEWED", _("待财政负责人批准")
        APPLIED = "APPLIED", _("已调整")
        REFUSED = "REFUSED", _("不予调整")
        WITHDRAWN = "WITHDRAWN", _("已撤回")

    class Kind(models.TextChoices):
        INCREASE = "INCREASE", _("追加金额")
        DECREASE = "DECREASE", _("调减金额")
        CONTENT = "CONTENT", _("调整内容")
        ADD = "ADD", _("新增项目")
        CANCEL = "CANCEL", pgettext_lazy("adjustment", "取消项目")

    item = models.ForeignKey(PlanItem, models.PROTECT, related_name="adjustments", verbose_name=_("计划项目"))
    project = models.ForeignKey(Project, models.PROTECT, related_name="adjustments", verbose_name=_("采购项目"))
    agency = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="adjustments", verbose_name=_("购买主体"))
    year = models.PositiveSmallIntegerField(_("年度"))
    serial = models.PositiveSmallIntegerField(_("次序"))  # of the item: its first, second … adjustment
    kind = models.CharField(_("调整种类"), max_length=10, choices=Kind.choices)
    reason_code = models.CharField(_("理由类别"), max_length=20, blank=True)
    reason = models.TextField(_("调整理由"))
    #: What the item said when it was asked, and what it is to say (content.snapshot); empty for additions and cancellations.
    before = models.JSONField(_("调整前"), default=dict)
    after = models.JSONField(_("调整后"), default=dict)
    amount_before = models.DecimalField(_("调整前金额"), **COLUMN)  # zero: it was not planned before
    amount_after = models.DecimalField(_("调整后金额"), **COLUMN)  # zero: it is planned no more
    granted_years = models.JSONField(_("调整后分年金额"), default=dict)
    #: Whether finance's head decides besides its officer (money up, leaf, method, or from a sum the region sets).
    by_head = models.BooleanField(_("须财政负责人批准"), default=True)
    opinion = models.TextField(_("审核意见"), blank=True)
    document = models.CharField(_("议定文件"), max_length=120, blank=True)
    decision_reason = models.TextField(_("决定理由"), blank=True)
    submitted_at = models.DateTimeField(_("报送时间"), null=True, editable=False)
    submitted_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    reviewed_at = models.DateTimeField(_("审核时间"), null=True, editable=False)
    reviewed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    applied_at = models.DateTimeField(_("生效时间"), null=True, editable=False)
    applied_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    objects = AdjustmentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("计划调整")
        indexes = [
            models.Index(fields=["agency", "year", "state", "id"]), models.Index(fields=["year", "state", "-id"]),
            models.Index(fields=["agency", "state", "-id"]), models.Index(fields=["state", "-id"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["item", "serial"], name="plans_adjustment_serial_once"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(state__in=OPEN), name="plans_adjustment_one_open",
                violation_error_message=_("一个项目同时只办一件计划调整。"),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="plans_adjustment_with_reason", violation_error_message=_("计划调整须写明理由。")
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["SENT_BACK", "REFUSED"]) | ~Q(decision_reason=""), name="plans_adjustment_decision_with_reason",
                violation_error_message=_("退回和不予调整须写明理由。"),
            ),
            models.CheckConstraint(
                condition=Q(amount_before__gte=0, amount_after__gte=0), name="plans_adjustment_amounts_not_negative",
                violation_error_message=_("金额不能为负。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.item.title}"

    def get_absolute_url(self) -> str:
        return reverse("plans:adjustment", args=[self.pk])

    @property
    def number(self) -> str:
        """Under which number its paper goes: the project's, and which adjustment of the item it is."""
        return f"{self.project.number}-TZ{self.serial:02d}"

    @property
    def difference(self) -> Decimal:
        """By how much the year's plan rises (negative: falls), in yuan."""
        return self.amount_after - self.amount_before

    @property
    def region(self):
        return self.agency.region
