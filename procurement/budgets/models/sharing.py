"""Who bears the cost of an item in a year: levels of government by ratio, and those who benefit (S-98, S-99)."""
from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.money import COLUMN, ZERO
from portal.workflow.models import Staged
from procurement.plans import visibility
from procurement.plans.models import Level, PlanItem, SourceKind

from .money import BudgetLine


class SharingQuerySet(models.QuerySet):
    def visible_to(self, actor) -> SharingQuerySet:
        """Government only, as the lines that come of it."""
        official = visibility.official(actor, "item__agency")
        return self.filter(official) if official is not None else self.none()

    def live(self) -> SharingQuerySet:
        return self.exclude(state="CANCELLED")


class Sharing(Staged):
    """The cost of one item in one year, shared so that the parts are the whole to the fen (R-037, R-038, R-039)."""

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("拟定")
        SUBMITTED = "SUBMITTED", _("已申报")
        CANCELLED = "CANCELLED", _("已作废")

    item = models.ForeignKey(PlanItem, models.PROTECT, related_name="sharings", verbose_name=_("项目"))
    year = models.PositiveSmallIntegerField(_("年度"))
    amount = models.DecimalField(_("分担总额"), **COLUMN)
    beneficiary = models.DecimalField(_("受益人负担"), default=0, **COLUMN)
    ratio = models.CharField(_("分担比例"), max_length=40)  # province:city:county
    document = models.CharField(_("分担依据文号"), max_length=120)
    function_class = models.CharField(_("支出功能分类"), max_length=7)
    economic_class = models.CharField(_("部门预算支出经济分类"), max_length=5)
    objects = SharingQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-id"]
        verbose_name = _("分级负担方案")
        constraints = [
            models.UniqueConstraint(
                fields=["item", "year"], condition=~Q(state="CANCELLED"), name="budgets_sharing_once",
                violation_error_message=_("这一项目该年度已有分担方案。"),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, beneficiary__gte=0, beneficiary__lte=F("amount")), name="budgets_sharing_within_amount",
                violation_error_message=_("受益人负担不能超过分担总额。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item.title} {self.year} {self.ratio}"

    @property
    def project_key(self) -> int | None:
        return self.item.project_id

    def get_absolute_url(self) -> str:
        return reverse("budgets:sharing", args=[self.pk])


class Share(models.Model):
    """What one party bears: what it owes, what has come in from it, and the line that its money stands on."""

    sharing = models.ForeignKey(Sharing, models.CASCADE, related_name="shares")
    order = models.PositiveSmallIntegerField()
    level = models.CharField(_("负担级次"), max_length=10, choices=Level.choices)
    source = models.CharField(_("资金来源"), max_length=12, choices=SourceKind.choices)
    region = models.ForeignKey("accounts.Region", models.PROTECT, null=True, related_name="+", verbose_name=_("支付地区"))
    ratio = models.DecimalField(_("比例"), max_digits=9, decimal_places=4, null=True)  # none: a sum of its own (those who benefit)
    amount = models.DecimalField(_("应负担"), **COLUMN)
    received = models.DecimalField(_("已到位"), default=0, **COLUMN)
    line = models.OneToOneField(BudgetLine, models.PROTECT, null=True, related_name="share")  # none for a share of nothing

    class Meta:
        ordering = ["sharing", "order"]
        verbose_name = _("分担数")
        constraints = [
            models.UniqueConstraint(fields=["sharing", "order"], name="budgets_share_once"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, received__gte=0, received__lte=F("amount")), name="budgets_share_never_over",
                violation_error_message=_("到位数不能超过应负担数。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.amount}"

    @property
    def party(self) -> str:
        """Who bears it: a level of government, or those who benefit."""
        return self.get_source_display() if self.ratio is None else self.get_level_display()

    @property
    def missing(self) -> Decimal:
        """What has not come in yet."""
        return self.amount - self.received

    @property
    def paid(self) -> Decimal:
        """What was paid out of this party's money; money carried into the next year is counted where it lies then."""
        paid, line = ZERO, self.line
        while line is not None:
            paid += line.paid
            line = getattr(line, "carried_to", None)
        return paid


class Receipt(models.Model):
    """Money of one party that has come in, with its voucher."""

    share = models.ForeignKey(Share, models.PROTECT, related_name="receipts")
    amount = models.DecimalField(_("到位金额"), **COLUMN)
    voucher = models.CharField(_("凭证号"), max_length=120)
    received_on = models.DateField(_("到位日期"))

    class Meta:
        ordering = ["share", "received_on", "id"]
        verbose_name = _("到位记录")
        constraints = [
            models.UniqueConstraint(fields=["share", "voucher"], name="budgets_receipt_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="budgets_receipt_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.voucher} {self.amount}"
