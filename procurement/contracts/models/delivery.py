"""Counted promises and the log of what was done for them (L9.4, S-76, S-80)."""
from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.workflow.models import Staged
from procurement.contracts import rules, scope
from procurement.tenders.models import DeliverableDraft

from .contract import Contract

QUANTITY = {"max_digits": 14, "decimal_places": 2}


class DeliverableQuerySet(models.QuerySet):
    def visible_to(self, actor) -> DeliverableQuerySet:
        return self.filter(scope.parties(actor, "contract__"))


class Deliverable(Staged):
    """One promise: quota per period, or continuous where no number is set; its progress is computed, never stored."""

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("拟约定")
        AGREED = "AGREED", _("已约定")
        REPORTED = "REPORTED", _("已申报完成")
        ACCEPTED = "ACCEPTED", _("验收合格")
        FAILED = "FAILED", _("不合格")

    Period = DeliverableDraft.Period
    contract = models.ForeignKey(Contract, models.CASCADE, related_name="deliverables", verbose_name=_("合同"))
    order = models.PositiveSmallIntegerField(_("序号"))
    name = models.CharField(_("服务内容"), max_length=120)
    requirement = models.CharField(_("合同要求"), max_length=300, blank=True)
    quota = models.DecimalField(_("定额"), null=True, blank=True, **QUANTITY)
    unit = models.CharField(_("单位"), max_length=20, blank=True)
    period = models.CharField(_("周期"), max_length=12, choices=DeliverableDraft.Period.choices, default=DeliverableDraft.Period.TERM)
    sub_condition = models.CharField(_("其中要求"), max_length=200, blank=True)
    sub_quota = models.DecimalField(_("其中数量"), null=True, blank=True, **QUANTITY)
    standard = models.TextField(_("质量标准"), blank=True)
    mandatory = models.BooleanField(_("必达项"), default=True)
    shortfall = models.TextField(_("未达定额的说明"), blank=True, editable=False)
    objects = DeliverableQuerySet.as_manager()

    class Meta:
        ordering = ["contract", "order"]
        verbose_name = _("服务内容")
        constraints = [
            models.UniqueConstraint(fields=["contract", "order"], name="contracts_deliverable_order_once"),
            models.CheckConstraint(
                condition=Q(quota=None) | Q(quota__gt=0), name="contracts_deliverable_quota",
                violation_error_message=_("定额须大于零；没有数量的持续服务留空。"),
            ),
            models.CheckConstraint(
                condition=Q(sub_quota=None) | Q(sub_quota__gt=0, quota__isnull=False, sub_quota__lte=F("quota")),
                name="contracts_deliverable_sub_quota", violation_error_message=_("其中数量须大于零且不超过定额。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order}. {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("contracts:deliverable", args=[self.pk])

    @property
    def project(self):
        return self.contract.project

    @property
    def is_continuous(self) -> bool:
        return self.quota is None

    @property
    def quota_of_term(self) -> Decimal | None:
        """The quota over the whole term, in whole units."""
        if self.quota is None:
            return None
        return rules.floor(rules.quota_of_term(self.quota, self.period, self.contract.starts_on, self.contract.ends_on))


class DeliveryLogQuerySet(models.QuerySet):
    def visible_to(self, actor) -> DeliveryLogQuerySet:
        return self.filter(scope.parties(actor, "deliverable__contract__"))

    def confirmed(self) -> DeliveryLogQuerySet:
        """Logs of a period whose report was confirmed; they can no longer change (L9.5)."""
        return self.filter(report__isnull=False)

    def of(self, contract) -> DeliveryLogQuerySet:
        return self.filter(deliverable__contract=contract)


class DeliveryLog(models.Model):
    """What was done, when, how much, and what proves it. Written by the contractor; the confirmed report locks it."""

    class Standing(models.TextChoices):
        """How the contractor himself says a continuous service stands."""

        MET = "MET", _("按约履行")
        BEHIND = "BEHIND", _("未按约落实")

    deliverable = models.ForeignKey(Deliverable, models.CASCADE, related_name="logs")
    on = models.DateField(_("日期"))
    since = models.DateField(_("汇总起始日"), null=True, blank=True)  # an entry that sums up a period
    quantity = models.DecimalField(_("数量"), null=True, blank=True, **QUANTITY)
    sub_quantity = models.DecimalField(_("其中数量"), null=True, blank=True, **QUANTITY)
    standing = models.CharField(_("履行情况"), max_length=8, choices=Standing.choices, blank=True)
    text = models.TextField(_("内容与佐证"))
    place = models.CharField(_("地点"), max_length=120, blank=True)
    participants = models.PositiveIntegerField(_("参加人次"), null=True, blank=True)
    beneficiaries = models.PositiveIntegerField(_("受益人数"), null=True, blank=True)
    channel = models.CharField(_("渠道"), max_length=80, blank=True)
    documents = models.ManyToManyField("files.Document", related_name="+")
    report = models.ForeignKey("contracts.SupplierReport", models.PROTECT, null=True, related_name="logs")
    logged_at = models.DateTimeField(_("填报时间"))
    logged_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    objects = DeliveryLogQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-id"]
        verbose_name = _("履约台账")
        indexes = [models.Index(fields=["deliverable", "on"])]
        constraints = [
            models.CheckConstraint(
                condition=(Q(quantity=None) | Q(quantity__gte=0)) & (Q(sub_quantity=None) | Q(sub_quantity__gte=0)),
                name="contracts_log_not_negative", violation_error_message=_("数量不能为负。"),
            ),
            models.CheckConstraint(
                condition=Q(sub_quantity=None) | Q(sub_quantity__lte=F("quantity")), name="contracts_log_sub_within",
                violation_error_message=_("其中数量不能超过数量。"),
            ),
            models.CheckConstraint(
                condition=Q(since=None) | Q(since__lte=F("on")), name="contracts_log_period",
                violation_error_message=_("汇总起始日不能晚于截止日期。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deliverable} {self.on}"

    @property
    def locked(self) -> bool:
        return self.report_id is not None

    @property
    def period(self) -> tuple[date, date]:
        return self.since or self.on, self.on
