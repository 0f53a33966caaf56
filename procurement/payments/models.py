"""Money that leaves: one request for each instalment, its computation and its tiers (L10.2)."""
from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.money import COLUMN, in_words
from portal.workdays.subjects import ClockTerms
from portal.workflow.models import Staged
from procurement.contracts import scope
from procurement.plans.models import Level, SourceKind

#: States in which a request claims money of the contract although it is not paid yet.
CLAIMING = ("CONFIRMED", "APPROVED", "REVIEWED", "ORDERED", "RETURNED")


class PaymentRequestQuerySet(models.QuerySet):
    def visible_to(self, actor) -> PaymentRequestQuerySet:
        """The parties of the contract and the government of the region."""
        return self.filter(scope.parties(actor, "contract__"))

    def live(self) -> PaymentRequestQuerySet:
        return self.exclude(state="CANCELLED")

    def with_names(self) -> PaymentRequestQuerySet:
        return self.select_related("contract__project", "contract__agency__region", "contract__supplier", "term")


class PaymentRequest(Staged):
    """What is asked and paid for one instalment of a contract. Amounts in yuan."""

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("填报")
        SUBMITTED = "SUBMITTED", _("已申请")
        CONFIRMED = "CONFIRMED", _("单位已核")
        APPROVED = "APPROVED", _("单位已批")
        REVIEWED = "REVIEWED", _("财政已审")
        ORDERED = "ORDERED", _("已发支付令")
        PAID = "PAID", _("已支付")
        SENT_BACK = "SENT_BACK", _("已退回")
        RETURNED = "RETURNED", _("银行退票")
        CANCELLED = "CANCELLED", _("已取消")

    class Way(models.TextChoices):
        """Who issues the order (RTR-02)."""

        DIRECT = "DIRECT", _("财政直接支付")
        AUTHORISED = "AUTHORISED", _("财政授权支付")

    contract = models.ForeignKey("contracts.Contract", models.PROTECT, related_name="payment_requests", verbose_name=_("合同"))
    term = models.ForeignKey("contracts.PaymentTerm", models.PROTECT, related_name="requests", verbose_name=_("款项"))
    number = models.CharField(_("申请编号"), max_length=40, unique=True)
    amount = models.DecimalField(_("申请金额"), null=True, **COLUMN)
    amount_words = models.CharField(_("大写金额"), max_length=120, blank=True)
    purpose = models.CharField(_("用途"), max_length=200, blank=True)
    invoice_number = models.CharField(_("发票号码"), max_length=40, null=True)  # noqa: DJ001 - absent is NULL, so that it is unique
    invoice_on = models.DateField(_("开票日期"), null=True)
    payee_name = models.CharField(_("收款人"), max_length=200, blank=True)
    payee_bank = models.CharField(_("开户银行"), max_length=120, blank=True)
    payee_account = models.CharField(_("收款账号"), max_length=60, blank=True)
    account_corrected_at = models.DateTimeField(_("账户更正时间"), null=True, editable=False)
    way = models.CharField(_("支付方式"), max_length=10, choices=Way.choices, blank=True)
    send_back_code = models.CharField(max_length=20, blank=True, editable=False)
    send_back_reason = models.TextField(_("退回理由"), blank=True, editable=False)
    return_code = models.CharField(max_length=20, blank=True, editable=False)
    return_reason = models.TextField(_("退票原因"), blank=True, editable=False)
    voucher_number = models.CharField(_("支付凭证号"), max_length=60, null=True, unique=True)  # noqa: DJ001
    payer_account = models.CharField(_("付款账户"), max_length=60, blank=True)
    paid_on = models.DateField(_("支付日期"), null=True)
    conditions_met_at = models.DateTimeField(_("条件具备时间"), null=True, editable=False)
    submitted_at = models.DateTimeField(_("申请时间"), null=True, editable=False)
    confirmed_at = models.DateTimeField(_("单位核定"), null=True, editable=False)
    confirmed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    approved_at = models.DateTimeField(_("单位批准"), null=True, editable=False)
    approved_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    reviewed_at = models.DateTimeField(_("财政审核"), null=True, editable=False)
    reviewed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    ordered_at = models.DateTimeField(_("支付令"), null=True, editable=False)
    ordered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    paid_at = models.DateTimeField(_("支付登记"), null=True, editable=False)
    objects = PaymentRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("支付申请")
        indexes = [models.Index(fields=["contract", "state"]), models.Index(fields=["state", "-id"])]
        constraints = [
            models.UniqueConstraint(fields=["term"], condition=~Q(state="CANCELLED"), name="payments_one_request_a_term",
                                    violation_error_message=_("该期款项已有支付申请。")),
            models.UniqueConstraint(fields=["invoice_number"], condition=~Q(state="CANCELLED"), name="payments_invoice_once",
                                    violation_error_message=_("发票号码已用于其他支付申请。")),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gt=0), name="payments_amount_positive",
                                   violation_error_message=_("支付金额必须大于零。")),
            models.CheckConstraint(
                condition=~Q(state="PAID") | Q(voucher_number__isnull=False, paid_on__isnull=False, amount__isnull=False),
                name="payments_paid_has_voucher", violation_error_message=_("已支付须有凭证号和日期。"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["SUBMITTED", "CONFIRMED", "APPROVED", "REVIEWED", "ORDERED", "PAID"])
                | Q(amount__isnull=False, invoice_number__isnull=False),
                name="payments_asked_is_whole", violation_error_message=_("支付申请须有金额和发票号码。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.term.name}"

    def get_absolute_url(self) -> str:
        return reverse("payments:request", args=[self.pk])

    @property
    def waits_for_mending(self) -> bool:
        """Sent back, with the reason still to be met."""
        return self.state == self.State.SENT_BACK and bool(self.send_back_reason)

    @property
    def was_returned(self) -> bool:
        """The bank gave it back."""
        return self.state == self.State.RETURNED and bool(self.return_reason)

    @property
    def project(self):
        return self.contract.project

    @property
    def project_key(self) -> int:
        return self.contract.project_id

    @property
    def words(self) -> str:
        """The amount in words as the portal writes it (RCV-10)."""
        return in_words(self.amount) if self.amount else ""

    def clock_terms(self, name: str) -> ClockTerms | None:
        """The purchaser owes payment; the day itself belongs to the treasury, which has no fixed office in the tables."""
        if name == "TREASURY_EXECUTION":
            return ClockTerms()
        return ClockTerms(bearer=self.contract.agency)


class Deduction(models.Model):
    """What is taken off an instalment, and why; computed when it is submitted, kept as it was paid (S-95)."""

    class Cause(models.TextChoices):
        ACCEPTANCE = "ACCEPTANCE", _("验收减价")
        RESULT = "RESULT", _("评价结果")

    request = models.ForeignKey(PaymentRequest, models.CASCADE, related_name="deductions")
    order = models.PositiveSmallIntegerField()
    cause = models.CharField(_("事由"), max_length=12, choices=Cause.choices)
    reference = models.CharField(_("依据"), max_length=200)
    formula = models.CharField(_("算式"), max_length=200)
    amount = models.DecimalField(_("金额"), **COLUMN)

    class Meta:
        ordering = ["request", "order"]
        verbose_name = _("扣减")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_deduction_positive",
                                   violation_error_message=_("扣减必须大于零。")),
        ]

    def __str__(self) -> str:
        return f"{self.get_cause_display()} {self.amount}"


class Tier(models.Model):
    """What one level of government pays of a request; the shares add up to it, to the fen (R-037, R-038)."""

    request = models.ForeignKey(PaymentRequest, models.CASCADE, related_name="tiers")
    order = models.PositiveSmallIntegerField()
    level = models.CharField(_("负担级次"), max_length=10, choices=Level.choices)
    source = models.CharField(_("资金来源"), max_length=12, choices=SourceKind.choices)
    name = models.CharField(_("名称或文号"), max_length=200, blank=True)
    ratio = models.DecimalField(_("分担数"), **COLUMN)
    amount = models.DecimalField(_("分担金额"), default=Decimal(0), **COLUMN)

    class Meta:
        ordering = ["request", "order"]
        verbose_name = _("分级负担")
        constraints = [
            models.UniqueConstraint(fields=["request", "order"], name="payments_tier_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="payments_tier_not_negative",
                                   violation_error_message=_("分担金额不能为负。")),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.amount}"


class ResultTie(models.Model):
    """What an evaluation result makes of an instalment that the contract ties to it: the percent that is paid (S-95)."""

    term = models.OneToOneField("contracts.PaymentTerm", models.PROTECT, related_name="result_tie")
    percent = models.DecimalField(_("支付比例"), max_digits=5, decimal_places=2)
    reference = models.CharField(_("评价结果"), max_length=200)
    tied_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        verbose_name = _("评价结果计付")
        constraints = [
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=100), name="payments_tie_percent",
                                   violation_error_message=_("支付比例须大于零，不超过百分之一百。")),
        ]

    def __str__(self) -> str:
        return f"{self.term_id} {self.percent}"
