"""The parts of a tender document that are lists: lots, conditions, factors, deliverables, terms of pay and contract."""
from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .tender import MONEY, Tender


class Part(models.Model):
    """One numbered line of a list in the tender document."""

    order = models.PositiveSmallIntegerField(_("序号"))

    class Meta:
        abstract = True
        ordering = ["tender", "order"]


class Lot(Part):
    """A part of the tender that is awarded by itself; amounts in yuan, together the budget."""

    tender = models.ForeignKey(Tender, models.CASCADE, related_name="lots")
    name = models.CharField(_("名称"), max_length=120)
    amount = models.DecimalField(_("预算"), **MONEY)
    ceiling = models.DecimalField(_("最高限价"), null=True, blank=True, **MONEY)

    class Meta(Part.Meta):
        verbose_name = _("采购包")
        constraints = [
            models.UniqueConstraint(fields=["tender", "order"], name="tenders_lot_number"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="tenders_lot_amount",
                                   violation_error_message=_("采购包预算必须大于零。")),
        ]

    def __str__(self) -> str:
        return _("包%(number)s %(name)s") % {"number": self.order, "name": self.name}

    @property
    def price_limit(self) -> Decimal:
        """What no bid for this lot may exceed, in yuan (R87-35)."""
        return self.ceiling if self.ceiling is not None else self.amount


class QualificationCondition(Part):
    """A condition a bidder must meet to be let in; judged, never scored (R87-41)."""

    class Kind(models.TextChoices):
        STATUTORY = "STATUTORY", _("政府采购法第二十二条")
        POLICY = "POLICY", _("落实政府采购政策")
        SPECIFIC = "SPECIFIC", _("本项目特定资格")

    tender = models.ForeignKey(Tender, models.CASCADE, related_name="qualifications")
    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices)
    text = models.TextField(_("条件"))
    proof = models.CharField(_("证明材料"), max_length=300, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("资格条件")


class SubstantiveRequirement(Part):
    """A term whose breach makes the bid invalid; marked as such in the document (R87-08, R22-09)."""

    tender = models.ForeignKey(Tender, models.CASCADE, related_name="requirements")
    text = models.TextField(_("实质性要求"))

    class Meta(Part.Meta):
        verbose_name = _("实质性要求")


class ScoringFactor(Part):
    """One factor of the comprehensive score with its bands; points of all factors make 100 (R87-41, R87-42).

    `bands`: [{"label", "from", "to", "points", "text"}], points as text with at most two decimals; `points` is the
    highest of the band. An objective factor's bands have one value each (from = to). The price factor has none: its
    score follows from the formula (R87-43).
    """

    class Category(models.TextChoices):
        PRICE = "PRICE", _("价格")
        TECHNICAL = "TECHNICAL", _("技术、服务方案")
        BUSINESS = "BUSINESS", _("商务")
        PERFORMANCE = "PERFORMANCE", _("业绩与履约能力")

    tender = models.ForeignKey(Tender, models.CASCADE, related_name="factors")
    name = models.CharField(_("评分因素"), max_length=80)
    category = models.CharField(_("类别"), max_length=12, choices=Category.choices)
    points = models.DecimalField(_("分值"), max_digits=5, decimal_places=2)
    objective = models.BooleanField(_("客观分"), default=False)
    standard = models.TextField(_("评分标准"), blank=True)
    bands = models.JSONField(_("等次"), default=list)

    class Meta(Part.Meta):
        verbose_name = _("评分因素")
        constraints = [
            models.UniqueConstraint(fields=["tender", "name"], name="tenders_factor_once",
                                    violation_error_message=_("评分因素不能重名。")),
            models.CheckConstraint(condition=Q(points__gt=0) & Q(points__lte=100), name="tenders_factor_points",
                                   violation_error_message=_("分值须大于 0、不超过 100。")),
        ]

    def __str__(self) -> str:
        return self.name


class DeliverableDraft(Part):
    """A service content as the contract will owe it: quota per period, or continuous where no number is set (W-01)."""

    class Period(models.TextChoices):
        TERM = "TERM", _("整个服务期")
        YEAR = "YEAR", _("每年")
        QUARTER = "QUARTER", _("每季度")
        TWO_MONTHS = "TWO_MONTHS", _("每两个月")
        MONTH = "MONTH", _("每月")
        WEEK = "WEEK", _("每周")

    tender = models.ForeignKey(Tender, models.CASCADE, related_name="deliverables")
    name = models.CharField(_("服务内容"), max_length=120)
    quota = models.DecimalField(_("数量"), max_digits=14, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("单位"), max_length=20, blank=True)
    period = models.CharField(_("周期"), max_length=12, choices=Period.choices, default=Period.TERM)
    sub_condition = models.CharField(_("其中要求"), max_length=200, blank=True)
    sub_quota = models.DecimalField(_("其中数量"), max_digits=14, decimal_places=2, null=True, blank=True)
    standard = models.TextField(_("质量标准"), blank=True)

    class Meta(Part.Meta):
        verbose_name = _("服务内容")
        constraints = [
            models.CheckConstraint(condition=Q(quota=None) | Q(quota__gt=0), name="tenders_deliverable_draft_quota",
                                   violation_error_message=_("数量须大于零；没有数量的持续服务留空。")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def amount_text(self) -> str:
        """The quota with its unit ("12 次"), nothing for a continuous service."""
        return "" if self.quota is None else f"{self.quota.normalize():f} {self.unit}"

    @property
    def sub_text(self) -> str:
        """What part of the quota must be of a certain kind ("外请专家 6 场")."""
        amount = "" if self.sub_quota is None else f" {self.sub_quota.normalize():f} {self.unit}"
        return f"{self.sub_condition}{amount}"


class PaymentTermDraft(Part):
    """One instalment of the pay: its share of the price and what must be there first (RCO-03, R87-08)."""

    class Condition(models.TextChoices):
        SIGNED = "SIGNED", _("合同签订")
        REPORT = "REPORT", _("阶段报告经采购人确认")
        ACCEPTANCE = "ACCEPTANCE", _("验收合格")

    tender = models.ForeignKey(Tender, models.CASCADE, related_name="payment_terms")
    name = models.CharField(_("款项"), max_length=60)
    percent = models.DecimalField(
        _("比例"), max_digits=5, decimal_places=2, validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(100)]
    )
    condition = models.CharField(_("支付条件"), max_length=12, choices=Condition.choices)
    year = models.PositiveSmallIntegerField(_("预算年度"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("支付安排")


class ContractTermDraft(Part):
    """One clause of the draft contract, under the heading the law names (RCO-01)."""

    class Kind(models.TextChoices):
        CONTENT = "CONTENT", _("服务内容")
        TERM = "TERM", _("期限")
        QUANTITY = "QUANTITY", _("数量")
        QUALITY = "QUALITY", _("质量")
        PRICE = "PRICE", _("价款")
        SETTLEMENT = "SETTLEMENT", _("资金结算方式")
        RIGHTS = "RIGHTS", _("双方权利义务")
        LIABILITY = "LIABILITY", _("违约责任")
        ACCEPTANCE = "ACCEPTANCE", _("验收")
        DISPUTE = "DISPUTE", _("争议解决")
        OTHER = "OTHER", _("其他")

    tender = models.ForeignKey(Tender, models.CASCADE, related_name="contract_terms")
    kind = models.CharField(_("条款"), max_length=12, choices=Kind.choices)
    text = models.TextField(_("内容"))

    class Meta(Part.Meta):
        verbose_name = _("合同条款")


class RiskDraft(Part):
    """One risk of the purchase with the measure against it (R22-11)."""

    tender = models.ForeignKey(Tender, models.CASCADE, related_name="risks")
    risk = models.CharField(_("风险"), max_length=120)
    stage = models.CharField(_("环节"), max_length=60)
    owner = models.CharField(_("责任人"), max_length=60)
    measure = models.TextField(_("应对措施"))

    class Meta(Part.Meta):
        verbose_name = _("风险")
