"""What a purchase will be judged by: indicators with weights, the parties who judge, fixed before signing (L11.1)."""
from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.roles import OrganisationKind
from portal.workflow.models import Staged
from procurement.plans import visibility

WEIGHT = {"max_digits": 5, "decimal_places": 2}


class Party(models.TextChoices):
    """Who judges (R-050)."""

    PURCHASER = "PURCHASER", _("购买主体")
    RECIPIENTS = "RECIPIENTS", _("服务对象")
    THIRD_PARTY = "THIRD_PARTY", _("第三方")


class Grade(models.TextChoices):
    """Four grades of a hundred points (RPE-02)."""

    EXCELLENT = "EXCELLENT", _("优")
    GOOD = "GOOD", _("良")
    FAIR = "FAIR", _("中")
    POOR = "POOR", _("差")


class SchemeQuerySet(models.QuerySet):
    def visible_to(self, actor) -> SchemeQuerySet:
        """Government its own; contractor and evaluator the scheme that binds them."""
        official = visibility.official(actor, "project__agency")
        if official is not None:
            return self.filter(official)
        if actor.kind == OrganisationKind.SUPPLIER:
            return self.filter(bindings__contract__supplier=actor.organisation_id).distinct()
        if actor.kind == OrganisationKind.EVALUATOR:
            from procurement.plans.models import Project

            return self.filter(state="BOUND", project__in=Project.objects.filter(visibility.granted(actor)).values("pk"))
        return self.none()

    def ready(self) -> SchemeQuerySet:
        """Those a contract may be proposed with (S-108)."""
        return self.filter(state__in=["APPROVED", "BOUND"])


class Scheme(Staged):
    """Indicators, weights, parties and use of the result for one project; frozen once a contract is signed on it."""

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("编制")
        PROPOSED = "PROPOSED", _("待批")
        SENT_BACK = "SENT_BACK", _("退改")
        APPROVED = "APPROVED", _("可用")
        BOUND = "BOUND", _("已写入合同")
        RETIRED = "RETIRED", pgettext_lazy("state", "停用")

    project = models.ForeignKey("plans.Project", models.PROTECT, related_name="schemes", verbose_name=_("采购项目"))
    title = models.CharField(_("方案名称"), max_length=200)
    purchaser_weight = models.DecimalField(_("购买主体权重"), default=Decimal(30), **WEIGHT)
    recipients_weight = models.DecimalField(_("服务对象权重"), default=Decimal(20), **WEIGHT)
    third_party_weight = models.DecimalField(_("第三方权重"), default=Decimal(50), **WEIGHT)
    pays_by_result = models.BooleanField(_("末期款与评价结果挂钩"), default=False)
    percent_excellent = models.DecimalField(_("优：末期款支付比例"), default=Decimal(100), **WEIGHT)
    percent_good = models.DecimalField(_("良：末期款支付比例"), default=Decimal(100), **WEIGHT)
    percent_fair = models.DecimalField(_("中：末期款支付比例"), default=Decimal(90), **WEIGHT)
    percent_poor = models.DecimalField(_("差：末期款支付比例"), default=Decimal(60), **WEIGHT)
    send_back_reason = models.TextField(_("退改意见"), blank=True, editable=False)
    digest = models.CharField(_("方案摘要"), max_length=128, blank=True, editable=False)
    approved_at = models.DateTimeField(_("批准时间"), null=True, editable=False)
    approved_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    bound_at = models.DateTimeField(_("写入合同时间"), null=True, editable=False)
    objects = SchemeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("绩效评价方案")
        indexes = [models.Index(fields=["project", "state"]), models.Index(fields=["state", "-id"])]
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=Q(state="APPROVED"), name="schemes_one_approved",
                violation_error_message=_("一个项目同时只能有一个可用的评价方案。"),
            ),
            models.CheckConstraint(
                condition=Q(purchaser_weight__gte=0, recipients_weight__gte=0, third_party_weight__gte=0),
                name="schemes_party_weights", violation_error_message=_("权重不能为负。"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["PROPOSED", "APPROVED", "BOUND"])
                | Q(purchaser_weight=100 - F("recipients_weight") - F("third_party_weight")),
                name="schemes_party_weights_100", violation_error_message=_("三方权重合计必须等于一百。"),
            ),
            models.CheckConstraint(
                condition=~Q(state="BOUND") | ~Q(digest=""), name="schemes_bound_has_digest",
                violation_error_message=_("写入合同的方案须有摘要。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("schemes:scheme", args=[self.pk])

    @property
    def agency(self):
        return self.project.agency

    @property
    def region(self):
        return self.project.region

    def party_weights(self) -> dict[str, Decimal]:
        """Party → weight in percent, purchaser first."""
        return {
            Party.PURCHASER: self.purchaser_weight, Party.RECIPIENTS: self.recipients_weight,
            Party.THIRD_PARTY: self.third_party_weight,
        }

    def payment_percents(self) -> dict[str, Decimal]:
        """Grade → percent of the last instalment that is paid (S-95)."""
        return {
            Grade.EXCELLENT: self.percent_excellent, Grade.GOOD: self.percent_good, Grade.FAIR: self.percent_fair,
            Grade.POOR: self.percent_poor,
        }

    def leaves(self) -> list[Indicator]:
        """The indicators that are scored, in order."""
        return list(self.indicators.filter(level=3))


class Indicator(models.Model):
    """One node of the tree; its weight is a share of the hundred points, so every level adds up to one hundred."""

    class Dimension(models.TextChoices):
        DECISION = "DECISION", _("决策")
        PROCESS = "PROCESS", _("过程")
        OUTPUT = "OUTPUT", _("产出")
        EFFECT = "EFFECT", _("效益")

    class Aspect(models.TextChoices):
        """What a third-level indicator looks at (R-051, R-052)."""

        MANAGEMENT = "MANAGEMENT", _("管理")
        FUNDS = "FUNDS", _("资金使用")
        QUANTITY = "QUANTITY", _("数量")
        QUALITY = "QUALITY", _("质量")
        TIME = "TIME", _("时效")
        COST = "COST", _("成本")
        SOCIAL = "SOCIAL", _("社会效益")
        ECONOMIC = "ECONOMIC", _("经济效益")
        LASTING = "LASTING", _("长期影响")
        SATISFACTION = "SATISFACTION", _("满意度")

    class ScoredBy(models.TextChoices):
        ALL = "ALL", _("三方")
        PROFESSIONAL = "PROFESSIONAL", _("购买主体和第三方")
        PURCHASER = "PURCHASER", _("购买主体")
        RECIPIENTS = "RECIPIENTS", _("服务对象")
        THIRD_PARTY = "THIRD_PARTY", _("第三方")

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="indicators")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    order = models.PositiveSmallIntegerField()
    code = models.CharField(_("编号"), max_length=12)
    level = models.PositiveSmallIntegerField(_("级"))
    name = models.CharField(_("指标"), max_length=120)
    weight = models.DecimalField(_("权重"), **WEIGHT)
    dimension = models.CharField(_("维度"), max_length=10, choices=Dimension.choices)
    aspect = models.CharField(_("评价方面"), max_length=12, choices=Aspect.choices, blank=True)
    source = models.CharField(_("数据来源"), max_length=200, blank=True)
    rule = models.CharField(_("评分规则"), max_length=500, blank=True)
    scored_by = models.CharField(_("评分方"), max_length=14, choices=ScoredBy.choices, blank=True)

    class Meta:
        ordering = ["scheme", "order"]
        verbose_name = _("评价指标")
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="schemes_indicator_code_once"),
            models.CheckConstraint(condition=Q(weight__gt=0, weight__lte=100), name="schemes_indicator_weight",
                                   violation_error_message=_("权重须大于零，不超过一百。")),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=3), name="schemes_indicator_three_levels",
                                   violation_error_message=_("指标分三级。")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def parties(self) -> tuple[str, ...]:
        """Who scores it."""
        return PARTIES_OF[self.scored_by]


PARTIES_OF: dict[str, tuple[str, ...]] = {
    Indicator.ScoredBy.ALL: (Party.PURCHASER, Party.RECIPIENTS, Party.THIRD_PARTY),
    Indicator.ScoredBy.PROFESSIONAL: (Party.PURCHASER, Party.THIRD_PARTY),
    Indicator.ScoredBy.PURCHASER: (Party.PURCHASER,),
    Indicator.ScoredBy.RECIPIENTS: (Party.RECIPIENTS,),
    Indicator.ScoredBy.THIRD_PARTY: (Party.THIRD_PARTY,),
    "": (),
}


class Binding(models.Model):
    """A contract that was signed on a scheme (S-108, R-055)."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="bindings")
    contract = models.OneToOneField("contracts.Contract", models.PROTECT, related_name="scheme_binding")
    bound_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        verbose_name = _("合同评价方案")

    def __str__(self) -> str:
        return f"{self.scheme_id} {self.contract_id}"
