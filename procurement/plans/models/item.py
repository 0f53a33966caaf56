"""One thing to buy, answered in the five questions 买什么、谁来买、向谁买、怎么买、买得值 (S-18, L2.2)."""
from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalogue.methods import Method
from catalogue.scope import ScopeAnswers
from catalogue.wording import Finding, findings
from portal.money import COLUMN, in_figures
from portal.workflow.models import Staged
from procurement.plans import visibility

from .plan import Plan
from .project import Project

#: States of an item that is no more.
FALLEN = ("REJECTED", "WITHDRAWN", "CANCELLED", "LAPSED")
POSITIVE = MinValueValidator(Decimal("0.01"))


class SourceKind(models.TextChoices):
    """Where the money comes from (S-32)."""

    GENERAL = "GENERAL", _("一般公共预算")
    OFFICE = "OFFICE", _("公用经费")
    SPECIAL = "SPECIAL", _("专项资金")
    SUPERIOR = "SUPERIOR", _("上级补助")
    BENEFICIARY = "BENEFICIARY", _("受益人负担")
    SOCIAL = "SOCIAL", _("社会资本")


class Level(models.TextChoices):
    """The level of government that pays; higher levels first, as left-over fen go (R-037)."""

    PROVINCE = "PROVINCE", _("省级")
    CITY = "CITY", _("市级")
    COUNTY = "COUNTY", _("县级")
    OTHER = "OTHER", _("其他")


def words_outside(title: str, number: str) -> str:
    """What stands in place of a leaf for what was filed outside the catalogue (R1787-07)."""
    return str(_("目录外：%(title)s（%(number)s）")) % {"title": title, "number": number}


class PlanItemQuerySet(models.QuerySet):
    def visible_to(self, actor) -> PlanItemQuerySet:
        """Government its own view; everybody else items of projects he may see."""
        official = visibility.official(actor)
        if official is not None:
            return self.filter(official)
        return self.filter(project__in=Project.objects.visible_to(actor), state__in=["APPROVED", "EXECUTED", "CANCELLED"])


class PlanItem(ScopeAnswers, Staged):
    """A planned purchase; the first submission opens its project, whose record begins with it."""

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("起草")
        PROPOSED = "PROPOSED", _("待审签")
        SUBMITTED = "SUBMITTED", _("审核中")
        SENT_BACK = "SENT_BACK", _("已退回")
        REVIEWED = "REVIEWED", _("部门审核通过")
        APPROVED = "APPROVED", _("已批准")
        DEFERRED = "DEFERRED", _("缓议")
        REJECTED = "REJECTED", _("未批准")
        WITHDRAWN = "WITHDRAWN", _("已撤回")
        CANCELLED = "CANCELLED", _("已取消")
        EXECUTED = "EXECUTED", _("已签约")
        LAPSED = "LAPSED", _("已失效")

    class Route(models.TextChoices):
        ANNUAL = "ANNUAL", _("年度计划")
        AD_HOC = "AD_HOC", _("一事一议")
        IN_YEAR = "IN_YEAR", _("年中调整")
        CARRIED = "CARRIED", _("跨年结转")

    class Kind(models.TextChoices):
        PROJECT = "PROJECT", _("项目购买")
        POST = "POST", _("岗位购买")

    class SmePolicy(models.TextChoices):
        WHOLE = "WHOLE", _("专门面向中小企业")
        PART = "PART", _("预留部分份额")
        NONE = "NONE", _("不预留，评审时价格扣除")

    # --- place
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="items")
    agency = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="plan_items", verbose_name=_("购买主体"))
    year = models.PositiveSmallIntegerField(_("年度"))
    route = models.CharField(_("申报路径"), max_length=10, choices=Route.choices, default=Route.ANNUAL)
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="items")
    #: the item of an earlier year whose contract runs on into this one
    carried_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="carried_to", verbose_name=_("结转自")
    )
    round = models.PositiveSmallIntegerField(_("轮次"), default=0)
    #: the lapsed or deferred item that it takes up again on another route (S-26)
    copy_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, editable=False, related_name="copies")
    # --- 1 what
    title = models.CharField(_("项目名称"), max_length=200)
    leaf = models.ForeignKey("catalogue.CatalogueItem", models.PROTECT, null=True, blank=True, related_name="plan_items")
    filed_request = models.ForeignKey(
        "catalogue.OutOfCatalogueRequest", models.PROTECT, null=True, blank=True, related_name="plan_items", verbose_name=_("目录外备案")
    )
    listed = models.ForeignKey(
        "catalogue.ImplementationEntry", models.PROTECT, null=True, blank=True, related_name="plan_items", verbose_name=_("实施目录项目")
    )
    function = models.ForeignKey(
        "catalogue.GovernmentFunction", models.PROTECT, null=True, blank=True, related_name="plan_items", verbose_name=_("所履行的职能")
    )
    kind = models.CharField(_("种类"), max_length=10, choices=Kind.choices, default=Kind.PROJECT)
    posts = models.PositiveIntegerField(_("岗位数"), default=0)
    content = models.TextField(_("购买内容"), blank=True)
    objective = models.TextField(_("目标"), blank=True)
    quantity = models.DecimalField(_("数量"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[POSITIVE])
    unit = models.CharField(_("计量单位"), max_length=30, blank=True)
    unit_price = models.DecimalField(_("单价"), null=True, blank=True, validators=[POSITIVE], **COLUMN)
    periods = models.DecimalField(_("计价期数"), max_digits=6, decimal_places=2, default=1, validators=[POSITIVE])
    amount = models.DecimalField(_("申报金额"), default=0, **COLUMN)
    guide_price = models.DecimalField(_("指导价"), null=True, blank=True, **COLUMN)
    price_reason = models.TextField(_("高于指导价的理由"), blank=True)
    basic_public_service = models.BooleanField(_("属于基本公共服务"), null=True)
    national_standard = models.CharField(_("国家基本公共服务标准"), max_length=200, blank=True)
    # --- negative list: six answers of ScopeAnswers, and two more; true = the thing falls under the ban (R102-09…14, R-009)
    secret = models.BooleanField(_("涉及国家秘密"), null=True)
    security = models.BooleanField(_("涉及国家安全"), null=True)
    wording_question = models.TextField(_("申请核对用语的说明"), blank=True)
    wording_cleared = models.JSONField(_("已放行的用语"), default=list, blank=True)
    wording_overruled = models.TextField(_("用语放行理由"), blank=True)
    # --- 2 who
    scheme = models.TextField(_("实施方案"), blank=True)
    assessment = models.TextField(_("事前绩效评估"), blank=True)
    # --- 3 from whom
    supplier_conditions = models.TextField(_("供应商条件"), blank=True)
    sme_policy = models.CharField(_("中小企业政策"), max_length=10, choices=SmePolicy.choices, blank=True)
    sme_statement = models.TextField(_("中小企业政策说明"), blank=True)
    # --- 4 how
    method = models.CharField(_("拟采购方式"), max_length=20, choices=Method.choices, blank=True)
    term_months = models.PositiveSmallIntegerField(_("期限（月）"), null=True, blank=True, validators=[MaxValueValidator(120)])
    starts_on = models.DateField(_("拟开始日期"), null=True, blank=True)
    budget_guaranteed = models.BooleanField(_("预算有保障"), default=False)
    content_fixed = models.BooleanField(_("内容相对固定"), default=False)
    continuous = models.BooleanField(_("连续性强"), default=False)
    funding_stable = models.BooleanField(_("经费来源稳定"), default=False)
    price_stable = models.BooleanField(_("价格变化幅度小"), default=False)
    survey = models.TextField(_("需求调查"), blank=True)
    risk_list = models.TextField(_("风险清单"), blank=True)
    public_opinion = models.TextField(_("征求公众意见情况"), blank=True)
    # --- 5 worth it
    evaluation_standard = models.TextField(_("评价标准"), blank=True)
    predecessor = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="successors")
    result_response = models.TextField(_("上期评价结果的运用"), blank=True)
    # --- other routes
    urgency = models.TextField(_("突发临时情形"), blank=True)
    existing_line = models.CharField(_("现有资金指标编号"), max_length=60, blank=True)
    no_extra_expenditure = models.BooleanField(_("不增加财政支出"), default=False)
    adjustment_document = models.CharField(_("预算调整文号"), max_length=120, blank=True)
    # --- decision
    approved_amount = models.DecimalField(_("批准金额"), null=True, blank=True, **COLUMN)
    decision_reason = models.TextField(_("决定理由"), blank=True)
    cancel_asked_reason = models.TextField(_("申请取消理由"), blank=True)
    cancel_asked_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    lapses_at = models.DateTimeField(_("失效时间"))
    #: from when the agency is reminded of it, while it lies returned and untouched (L2.2)
    remind_at = models.DateTimeField(_("提醒时间"), null=True, editable=False)
    first_submitted_at = models.DateTimeField(null=True, editable=False)
    submitted_at = models.DateTimeField(_("报送时间"), null=True, editable=False)
    submitted_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    reviewed_at = models.DateTimeField(null=True, editable=False)
    approved_at = models.DateTimeField(_("批准时间"), null=True, editable=False)
    approved_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    workbook = models.ForeignKey(
        "plans.PlanWorkbook", models.PROTECT, null=True, blank=True, editable=False, related_name="items", verbose_name=_("来自工作簿")
    )
    #: how much was missing when it was last written (S-172); NULL: not counted yet
    gap_count = models.PositiveSmallIntegerField(_("待补"), null=True, editable=False)
    #: whether the feasibility report is there, where many items are looked at together; None: ask
    report_attached: bool | None = None
    objects = PlanItemQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "agency", "id"]
        verbose_name = _("计划项目")
        indexes = [
            models.Index(fields=["plan", "id"]), models.Index(fields=["plan", "state", "id"]),
            models.Index(fields=["plan", "state", "amount", "approved_amount"], name="plans_planitem_totals"),
            models.Index(fields=["agency", "year", "state"]), models.Index(fields=["state", "lapses_at"]),
            models.Index(fields=["state", "remind_at"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["filed_request"], condition=Q(filed_request__isnull=False) & ~Q(state__in=FALLEN), name="plans_request_once",
                violation_error_message=_("一个目录外备案只能用于一个计划项目。"),
            ),
            models.UniqueConstraint(
                fields=["project", "year"], condition=Q(route="CARRIED") & ~Q(state__in=FALLEN), name="plans_item_carried_once",
                violation_error_message=_("一个跨年项目每年只结转一次。"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["SENT_BACK", "DEFERRED", "REJECTED", "CANCELLED"]) | ~Q(decision_reason=""),
                name="plans_item_decision_with_reason", violation_error_message=_("退回、缓议、不批准和取消须写明理由。"),
            ),
            models.CheckConstraint(
                condition=Q(approved_amount__isnull=True) | Q(approved_amount__gt=0, approved_amount__lte=F("amount")),
                name="plans_item_approved_within_asked", violation_error_message=_("批准金额须大于零且不超过申报金额。"),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0), name="plans_item_amount_not_negative",
                violation_error_message=_("金额不能为负。"),
            ),
            models.CheckConstraint(
                condition=~Q(route="ANNUAL") | Q(plan__isnull=False) | Q(state="APPROVED") | Q(state="EXECUTED"),
                name="plans_item_annual_in_plan", violation_error_message=_("年度计划项目须列入年度计划。"),
            ),
            models.CheckConstraint(
                condition=~Q(route="AD_HOC") | Q(state__in=["DRAFTED", "WITHDRAWN", "LAPSED"]) | ~Q(existing_line=""),
                name="plans_item_ad_hoc_names_money", violation_error_message=_("一事一议项目须列明现有资金指标。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("plans:item", args=[self.pk])

    @property
    def region(self):
        return self.agency.region

    @property
    def catalogue_words(self) -> str:
        """What the item rests on: its leaf, or the filed request outside the catalogue (R1787-07)."""
        if self.leaf_id or not self.filed_request_id:
            return str(self.leaf or "")
        return words_outside(self.filed_request.title, self.filed_request.number)

    @property
    def catalogue_kind(self) -> str:
        """Branch of the catalogue that the service belongs to ("A" for the public), "" while nothing is chosen (R102-08)."""
        source = self.leaf or self.filed_request
        return source.kind if source else ""

    @property
    def taken_up_by(self) -> PlanItem | None:
        """The item by which this one goes on another route, as long as that has not fallen itself (S-26)."""
        return self.copies.exclude(state__in=FALLEN).order_by("pk").last()

    @property
    def texts(self) -> dict[str, str]:
        """What the wording check reads, field by field."""
        return {"title": self.title, "content": self.content, "objective": self.objective, "scheme": self.scheme}

    @property
    def wording(self) -> list[Finding]:
        """Words that make the service look like something that may not be bought, and that finance has not let pass."""
        return findings(self.texts, self.wording_cleared)

    @property
    def all_ticks(self) -> bool:
        """The five conditions for a term of more than one year (R102-28)."""
        return all((self.budget_guaranteed, self.content_fixed, self.continuous, self.funding_stable, self.price_stable))

    @property
    def effective_amount(self) -> Decimal:
        """What counts as its sum: as approved, else as asked."""
        return self.approved_amount if self.approved_amount is not None else self.amount

    def approved_years(self) -> dict[int, Decimal]:
        """Year → amount as approved (as asked while undecided)."""
        return {row.year: row.effective for row in self.years.all()}


class CostFactor(models.Model):
    """One of the four factors a price is made of, per unit (R-032, S-29)."""

    class Factor(models.TextChoices):
        PRICES = "PRICES", _("物价水平")
        WAGES = "WAGES", _("工资水平")
        INSURANCE = "INSURANCE", _("社会保障规定")
        TAX = "TAX", _("税费成本")

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="factors")
    factor = models.CharField(_("因素"), max_length=10, choices=Factor.choices)
    unit_amount = models.DecimalField(_("单位金额"), **COLUMN)
    basis = models.CharField(_("依据"), max_length=300, blank=True)

    class Meta:
        ordering = ["item", "id"]
        verbose_name = _("价格构成")
        constraints = [models.UniqueConstraint(fields=["item", "factor"], name="plans_factor_once")]

    def __str__(self) -> str:
        return f"{self.get_factor_display()} {self.unit_amount}"


class FundingSource(models.Model):
    """One stream of money of an item; several may be pooled, each stays traceable (S-32, S-216)."""

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="sources")
    kind = models.CharField(_("来源"), max_length=12, choices=SourceKind.choices)
    level = models.CharField(_("级次"), max_length=10, choices=Level.choices)
    name = models.CharField(_("名称或文号"), max_length=200, blank=True)
    amount = models.DecimalField(_("金额"), **COLUMN)

    class Meta:
        ordering = ["item", "id"]
        verbose_name = _("资金来源")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="plans_source_positive", violation_error_message=_("来源金额须大于零。")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {in_figures(self.amount)}"


class YearAmount(models.Model):
    """What an item costs in one year; later years need the five conditions (R1787-05, R102-28)."""

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField(_("年度"))
    amount = models.DecimalField(_("金额"), **COLUMN)
    approved_amount = models.DecimalField(_("批准金额"), null=True, blank=True, **COLUMN)

    class Meta:
        ordering = ["item", "year"]
        verbose_name = _("分年资金")
        constraints = [
            models.UniqueConstraint(fields=["item", "year"], name="plans_year_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="plans_year_positive", violation_error_message=_("分年金额须大于零。")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.amount}"

    @property
    def effective(self) -> Decimal:
        return self.approved_amount if self.approved_amount is not None else self.amount


class Indicator(models.Model):
    """A quantified level-3 target of an item; copied into contract and evaluation (S-31, RPE-08)."""

    class Direction(models.TextChoices):
        AT_LEAST = "AT_LEAST", "≥"
        AT_MOST = "AT_MOST", "≤"
        EXACTLY = "EXACTLY", "="

    class Category(models.TextChoices):
        OUTPUT = "OUTPUT", _("产出")
        COST = "COST", _("成本")
        EFFECT = "EFFECT", _("效益")
        SATISFACTION = "SATISFACTION", _("满意度")

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="indicators")
    order = models.PositiveSmallIntegerField(default=1)
    category = models.CharField(_("一级指标"), max_length=14, choices=Category.choices)
    group = models.CharField(_("二级指标"), max_length=60, blank=True)
    name = models.CharField(_("三级指标"), max_length=120)
    direction = models.CharField(_("方向"), max_length=10, choices=Direction.choices, default=Direction.AT_LEAST)
    target = models.DecimalField(_("目标值"), max_digits=14, decimal_places=2)
    unit = models.CharField(_("单位"), max_length=30, blank=True)
    weight = models.DecimalField(_("权重"), max_digits=5, decimal_places=2)
    source = models.CharField(_("数据来源"), max_length=200, blank=True)

    class Meta:
        ordering = ["item", "order", "id"]
        verbose_name = _("绩效指标")

    def __str__(self) -> str:
        return f"{self.name} {self.get_direction_display()} {self.target} {self.unit}"
