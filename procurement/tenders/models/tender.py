"""One procedure of one project: what is bought, on which terms, until when (L5.2)."""
from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import OrganisationKind
from portal.workdays.subjects import ClockTerms
from portal.workflow.models import Staged

MONEY = {"max_digits": 16, "decimal_places": 2}


class TenderQuerySet(models.QuerySet):
    def visible_to(self, actor) -> TenderQuerySet:
        """Everybody reads what is published; the agency its own, finance and audit those of their region (S-142)."""
        if actor.is_system:
            return self
        scope = Q(state__in=PUBLIC_STATES)
        if actor.kind == OrganisationKind.AGENCY:
            scope |= Q(agency=actor.organisation_id) | Q(agency__superior=actor.organisation_id)
        elif actor.kind in (OrganisationKind.FINANCE, OrganisationKind.AUDIT):
            scope |= Q(agency__region__path__startswith=actor.region_path)
        return self.filter(scope)

    def published(self) -> TenderQuerySet:
        """What the public site shows, from the notice on."""
        return self.filter(state__in=PUBLIC_STATES)

    def open_now(self, moment) -> TenderQuerySet:
        """Bids can still be handed in (R87-14)."""
        return self.filter(state="PUBLISHED", closes_at__gt=moment)

    def live(self) -> TenderQuerySet:
        return self.filter(state__in=LIVE_STATES)


class Tender(Staged):
    """A procurement procedure. Budget, ceiling and all amounts in yuan; `closes_at` is also the opening time (R87-20)."""

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("编制")
        PROPOSED = "PROPOSED", _("内部审查")
        SENT_BACK = "SENT_BACK", _("退改")
        REVIEWED = "REVIEWED", _("审查通过")
        PUBLISHED = "PUBLISHED", _("公告中")
        CLOSED = "CLOSED", _("已截止")
        OPENED = "OPENED", _("已开启")
        EVALUATING = "EVALUATING", _("评审中")
        EVALUATED = "EVALUATED", _("评审结束")
        AWARDED = "AWARDED", _("已定标")
        COMPLETED = "COMPLETED", _("采购完成")
        FAILED = "FAILED", _("废标")
        TERMINATED = "TERMINATED", _("终止")
        CANCELLED = "CANCELLED", _("已取消")

    class Method(models.TextChoices):
        OPEN_TENDER = "OPEN_TENDER", _("公开招标")

    class Consortium(models.TextChoices):
        ALLOWED = "ALLOWED", _("接受联合体投标")
        REFUSED = "REFUSED", _("不接受联合体投标")

    class SmePolicy(models.TextChoices):
        RESERVED = "RESERVED", _("专门面向中小企业采购")
        DEDUCTION = "DEDUCTION", _("非专门面向中小企业，对小微企业报价给予价格扣除")

    project = models.ForeignKey("plans.Project", models.PROTECT, related_name="tenders", verbose_name=_("采购项目"))
    agency = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="tenders", verbose_name=_("采购人"))
    predecessor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="successors", verbose_name=_("前次采购活动")
    )
    number = models.CharField(_("项目编号"), max_length=40, unique=True)
    method = models.CharField(_("采购方式"), max_length=24, choices=Method.choices, default=Method.OPEN_TENDER)
    title = models.CharField(_("项目名称"), max_length=120)
    # needs: what R87-01 lists
    need_goal = models.TextField(_("需实现的功能或目标，以及为落实政府采购政策需满足的要求"), blank=True)
    need_standards = models.TextField(_("需执行的国家、行业、地方标准或其他规范"), blank=True)
    need_quality = models.TextField(_("需满足的质量、安全、技术规格等要求"), blank=True)
    need_quantity = models.TextField(_("数量、实施的时间和地点"), blank=True)
    need_service = models.TextField(_("需满足的服务标准、期限、效率等要求"), blank=True)
    need_acceptance = models.TextField(_("验收标准"), blank=True)
    need_other = models.TextField(_("其他技术、服务要求"), blank=True)
    service_from = models.DateField(_("合同履行起始日"), null=True, blank=True)
    service_until = models.DateField(_("合同履行截止日"), null=True, blank=True)
    # money
    budget = models.DecimalField(_("预算金额"), **MONEY)
    ceiling = models.DecimalField(_("最高限价"), null=True, blank=True, **MONEY)
    budget_shown = models.BooleanField(_("在招标文件中公开预算金额"), default=True)
    # rules of the bid
    instructions = models.TextField(_("投标人须知"), blank=True)
    price_rules = models.TextField(_("投标报价要求"), blank=True)
    validity_days = models.PositiveSmallIntegerField(_("投标有效期"), null=True, blank=True)
    invalid_cases = models.TextField(_("投标无效情形"), blank=True)
    credit_rules = models.TextField(_("信用信息查询渠道、截止时点、记录方式和使用规则"), blank=True)
    agent_fee = models.CharField(_("代理费用收取标准和方式"), max_length=200, blank=True)
    consortium = models.CharField(_("联合体"), max_length=10, choices=Consortium.choices, blank=True)
    subcontracting = models.TextField(_("分包"), blank=True)
    sme_policy = models.CharField(_("中小企业政策"), max_length=12, choices=SmePolicy.choices, blank=True)
    sme_deduction = models.DecimalField(_("小微企业价格扣除比例"), max_digits=5, decimal_places=2, null=True, blank=True)
    sme_industry = models.CharField(_("采购标的所属行业"), max_length=60, blank=True)
    bond_percent = models.DecimalField(_("投标保证金占预算的比例"), max_digits=5, decimal_places=2, default=Decimal("0"))
    low_price_average = models.PositiveSmallIntegerField(_("异常低价：低于全部有效报价平均值的比例"), default=50)
    low_price_second = models.PositiveSmallIntegerField(_("异常低价：低于次低报价的比例"), default=50)
    low_price_ceiling = models.PositiveSmallIntegerField(_("异常低价：低于最高限价的比例"), default=45)
    # where needs must be surveyed and risks listed (R22-05, R22-11)
    survey_on = models.DateField(_("需求调查日期"), null=True, blank=True)
    survey_respondents = models.PositiveSmallIntegerField(_("调查对象个数"), null=True, blank=True)
    survey_findings = models.TextField(_("需求调查结论"), blank=True)
    # whom to ask, where to complain
    contact_name = models.CharField(_("项目联系人"), max_length=60, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=40, blank=True)
    challenge_manner = models.TextField(_("质疑函的接收方式"), blank=True)
    challenge_department = models.CharField(_("接收质疑函的部门"), max_length=120, blank=True)
    challenge_phone = models.CharField(_("质疑联系电话"), max_length=40, blank=True)
    challenge_address = models.CharField(_("质疑通讯地址"), max_length=200, blank=True)
    # times
    document_price = models.DecimalField(_("招标文件售价"), default=Decimal("0.00"), **MONEY)
    offer_from = models.DateField(_("招标文件提供期限起"), null=True, blank=True)
    offer_until = models.DateField(_("招标文件提供期限止"), null=True, blank=True)
    offer_ends_at = models.DateTimeField(null=True, blank=True, editable=False)
    offer_ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    few_takers = models.BooleanField(null=True, editable=False)
    closes_at = models.DateTimeField(_("投标截止时间"), null=True, blank=True)
    opening_place = models.CharField(_("开标地点"), max_length=200, blank=True)
    closing_digest = models.CharField(_("截止时全部投标的总摘要"), max_length=128, blank=True, editable=False)
    review_round = models.PositiveSmallIntegerField(default=0, editable=False)
    rules_as_of = models.DateField(_("规则适用日"), null=True, editable=False)
    end_code = models.CharField(max_length=40, blank=True, editable=False)
    end_reason = models.TextField(_("原因"), blank=True, editable=False)
    # moments and people of the states
    proposed_at = models.DateTimeField(null=True, editable=False)
    reviewed_at = models.DateTimeField(null=True, editable=False)
    published_at = models.DateTimeField(_("发布时间"), null=True, editable=False)
    published_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    closed_at = models.DateTimeField(null=True, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    evaluated_at = models.DateTimeField(null=True, editable=False)
    awarded_at = models.DateTimeField(null=True, editable=False)
    completed_at = models.DateTimeField(null=True, editable=False)
    failed_at = models.DateTimeField(null=True, editable=False)
    terminated_at = models.DateTimeField(null=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    objects = TenderQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("采购活动")
        indexes = [
            models.Index(fields=["state", "closes_at"]),
            models.Index(fields=["agency", "-id"]), models.Index(fields=["agency", "state"]),
            models.Index(fields=["state", "offer_ends_at"]),
            models.Index(fields=["-published_at", "-id"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project"], name="tenders_one_live",
                condition=~Q(state__in=["COMPLETED", "FAILED", "TERMINATED", "CANCELLED"]),
                violation_error_message=_("这个项目已有一个进行中的采购活动。"),
            ),
            models.CheckConstraint(
                condition=Q(budget__gt=0), name="tenders_budget", violation_error_message=_("预算金额必须大于零。")
            ),
            models.CheckConstraint(
                condition=Q(bond_percent__gte=0), name="tenders_bond", violation_error_message=_("保证金比例不能为负。")
            ),
            models.CheckConstraint(
                condition=Q(published_at=None) | (Q(closes_at__gt=F("published_at")) & Q(rules_as_of__isnull=False)),
                name="tenders_published", violation_error_message=_("投标截止时间必须在公告发布之后。"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["FAILED", "TERMINATED", "CANCELLED"]) | ~Q(end_reason=""),
                name="tenders_ended", violation_error_message=_("废标、终止或取消必须写明原因。"),
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None) | Q(opened_at__gte=F("closes_at")),
                name="tenders_opened", violation_error_message=_("开启不得早于投标截止时间。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("tenders:tender", args=[self.pk])

    def get_public_url(self) -> str:
        return reverse("tenders:public_tender", args=[self.number])

    @property
    def region(self):
        return self.agency.region

    @property
    def price_limit(self) -> Decimal:
        """What no bid may exceed: the ceiling, or the budget where none is set, in yuan (R87-35)."""
        return self.ceiling if self.ceiling is not None else self.budget

    @property
    def sealed(self) -> bool:
        """Whether number and names of takers and bidders are still secret (R87-12)."""
        return self.state in SEALED_STATES

    def on_offer(self, moment: datetime) -> bool:
        """Whether the documents can be taken now (R87-06)."""
        return self.state == _S.PUBLISHED and self.offer_ends_at is not None and moment < self.offer_ends_at

    def accepts_bids(self, moment: datetime) -> bool:
        """Whether a bid would still be in time: strictly before the closing moment (R87-14)."""
        return self.state == _S.PUBLISHED and self.closes_at is not None and moment < self.closes_at

    def clock_terms(self, name: str) -> ClockTerms | None:
        """The tender's own clocks end at the times that were announced, never before the law's (R-GP-30, R87-18)."""
        ends = {"DOCUMENT_OFFER": self.offer_ends_at, "BID_PERIOD": self.closes_at}.get(name)
        return ClockTerms(ends_at=ends, bearer=self.agency) if ends else None

    @property
    def is_public(self) -> bool:
        return self.state in PUBLIC_STATES

    @property
    def content(self) -> dict:
        """The document as data, read once for this object; an act gets a fresh object under lock."""
        if "_content" not in self.__dict__:
            from procurement.tenders.content import content_of

            self._content = content_of(self)
        return self._content


_S = Tender.State
#: From the notice on: what everybody may read.
PUBLIC_STATES = (
    _S.PUBLISHED, _S.CLOSED, _S.OPENED, _S.EVALUATING, _S.EVALUATED, _S.AWARDED, _S.COMPLETED, _S.FAILED, _S.TERMINATED
)
#: Until the opening nobody learns who took the documents or who has bid, nor how many (R87-12).
SEALED_STATES = (_S.DRAFTED, _S.PROPOSED, _S.SENT_BACK, _S.REVIEWED, _S.PUBLISHED, _S.CLOSED)
#: Still leading to a contract: a project has one such procedure at most.
LIVE_STATES = tuple(state for state in _S if state not in (_S.COMPLETED, _S.FAILED, _S.TERMINATED, _S.CANCELLED))
