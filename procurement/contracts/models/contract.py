"""The promise in writing: parties, price, term, clauses, payments, and the copy that finance keeps (L9.1, L9.2)."""
from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.money import COLUMN
from portal.workdays.deadlines import midnight_after
from portal.workdays.subjects import ClockTerms
from portal.workflow.models import Staged
from procurement.contracts import rules, scope
from procurement.tenders.models import ContractTermDraft, PaymentTermDraft


class ContractQuerySet(models.QuerySet):
    def visible_to(self, actor) -> ContractQuerySet:
        return self.filter(scope.parties(actor))

    def published(self) -> ContractQuerySet:
        """What everybody may read (R-GP-41)."""
        return self.filter(published_at__isnull=False)

    def live(self) -> ContractQuerySet:
        return self.filter(state__in=LIVE)


class Contract(Staged):
    """A contract of one award (or taken over from the past). Amount in yuan; both dates of the term are included."""

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("起草")
        PROPOSED = "PROPOSED", _("待审签")
        SENT_BACK = "SENT_BACK", _("退改")
        OFFERED = "OFFERED", _("待对方签署")
        HALF_SIGNED = "HALF_SIGNED", _("单方已签")
        SIGNED = "SIGNED", _("已签订")
        PERFORMING = "PERFORMING", _("履行中")
        FINISHED = "FINISHED", _("期满待结")
        COMPLETED = "COMPLETED", _("已完成")
        TERMINATED = "TERMINATED", _("已解除")
        CANCELLED = "CANCELLED", _("未签订")

    class InspectionCadence(models.TextChoices):
        WEEK = "WEEK", _("每周")
        MONTH = "MONTH", _("每月")
        QUARTER = "QUARTER", _("每季度")

    class ReportCadence(models.TextChoices):
        MONTH = "MONTH", _("每月")
        QUARTER = "QUARTER", _("每季度")
        HALF_YEAR = "HALF_YEAR", _("每半年")

    project = models.ForeignKey("plans.Project", models.PROTECT, related_name="contracts", verbose_name=_("采购项目"))
    agency = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="contracts", verbose_name=_("甲方"))
    supplier = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="supply_contracts", verbose_name=_("乙方"))
    tender = models.ForeignKey("tenders.Tender", models.PROTECT, null=True, related_name="contracts", verbose_name=_("采购活动"))
    award = models.ForeignKey("awards.Award", models.PROTECT, null=True, related_name="contracts", verbose_name=_("定标"))
    number = models.CharField(_("合同编号"), max_length=40, unique=True)
    title = models.CharField(_("合同名称"), max_length=200)
    amount = models.DecimalField(_("合同金额"), **COLUMN)
    starts_on = models.DateField(_("履行起始日"), null=True)
    ends_on = models.DateField(_("履行截止日"), null=True)
    place = models.CharField(_("履行地点"), max_length=200, blank=True)
    budget_guaranteed = models.BooleanField(_("预算有保障"), default=False)
    content_fixed = models.BooleanField(_("内容相对固定"), default=False)
    continuous = models.BooleanField(_("连续性强"), default=False)
    funding_stable = models.BooleanField(_("经费来源稳定"), default=False)
    price_stable = models.BooleanField(_("价格变化幅度小"), default=False)
    # safeguards
    no_transfer = models.BooleanField(_("不得转包"), default=True)
    no_guarantee = models.BooleanField(_("购买主体不提供担保"), default=True)
    subcontracting = models.TextField(_("分包约定"), blank=True)
    bond_percent = models.DecimalField(
        _("履约保证金比例"), max_digits=5, decimal_places=2, default=Decimal(0), validators=[MinValueValidator(Decimal(0))]
    )
    bond_terms = models.TextField(_("保证金收退约定"), blank=True)
    bond_returned_at = models.DateTimeField(_("保证金退还"), null=True, editable=False)
    sme = models.BooleanField(_("中小企业合同"), default=False)
    payee_bank = models.CharField(_("开户银行"), max_length=120, blank=True)
    payee_account = models.CharField(_("收款账号"), max_length=60, blank=True)
    # acceptance plan: the six parts
    acceptance_body = models.TextField(_("验收主体"), blank=True)
    acceptance_time = models.TextField(_("验收时间"), blank=True)
    acceptance_manner = models.TextField(_("验收方式"), blank=True)
    acceptance_procedure = models.TextField(_("验收程序"), blank=True)
    acceptance_content = models.TextField(_("验收内容"), blank=True)
    acceptance_standard = models.TextField(_("验收标准"), blank=True)
    interim_acceptance_on = models.DateField(_("中期验收日期"), null=True, blank=True)
    reduction_terms = models.TextField(_("部分合格时的减价约定"), blank=True)
    public_service = models.BooleanField(_("面向公众的服务"), default=False)
    # supervision
    project_officer = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name=_("项目专管员")
    )
    inspection_cadence = models.CharField(
        _("检查频次"), max_length=10, choices=InspectionCadence.choices, default=InspectionCadence.WEEK
    )
    report_cadence = models.CharField(
        _("报告频次"), max_length=10, choices=ReportCadence.choices, default=ReportCadence.QUARTER
    )
    next_report_at = models.DateTimeField(null=True, editable=False)
    next_inspection_at = models.DateTimeField(null=True, editable=False)
    # what ran it through
    rules_as_of = models.DateField(_("适用规则日期"))
    begins_at = models.DateTimeField(null=True, editable=False)
    term_ends_at = models.DateTimeField(null=True, editable=False)
    offered_at = models.DateTimeField(_("发送乙方"), null=True, editable=False)
    half_signed_at = models.DateTimeField(_("乙方签署"), null=True, editable=False)
    half_signed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    signed_at = models.DateTimeField(_("签订时间"), null=True, editable=False)
    signed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    text_digest = models.CharField(_("合同文本摘要"), max_length=128, blank=True, editable=False)
    #: The file that both sides sign, set when the text is offered: its digest stands in both signatures (R87-77).
    paper = models.ForeignKey("files.Document", models.PROTECT, null=True, editable=False, related_name="+")
    published_at = models.DateTimeField(_("公告时间"), null=True, editable=False)
    performing_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    completed_at = models.DateTimeField(null=True, editable=False)
    terminated_at = models.DateTimeField(null=True, editable=False)
    end_ground = models.CharField(max_length=20, blank=True, editable=False)
    end_reason = models.TextField(_("原因"), blank=True, editable=False)
    source_note = models.TextField(_("资料说明"), blank=True)  # of a case of the past: what is known, what is a demo value
    objects = ContractQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("合同")
        indexes = [
            models.Index(fields=["agency", "-id"]), models.Index(fields=["supplier", "-id"]),
            models.Index(fields=["state", "begins_at"]), models.Index(fields=["state", "term_ends_at"]),
            models.Index(fields=["state", "next_report_at"]), models.Index(fields=["state", "next_inspection_at"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["award"], condition=~Q(state="CANCELLED"), name="contracts_one_live_contract_an_award",
                violation_error_message=_("一项中标结果只有一份有效合同。"),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="contracts_amount", violation_error_message=_("合同金额必须大于零。")
            ),
            models.CheckConstraint(
                condition=Q(bond_percent__gte=0, bond_percent__lte=10), name="contracts_bond_within_ten_percent",
                violation_error_message=_("履约保证金不得超过合同金额的百分之十。"),
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="contracts_term_in_order",
                violation_error_message=_("履行截止日不能早于起始日。"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["SIGNED", "PERFORMING", "FINISHED", "COMPLETED"])
                | Q(signed_at__isnull=False, half_signed_at__isnull=False, starts_on__isnull=False, ends_on__isnull=False),
                name="contracts_signed_by_both", violation_error_message=_("已签订的合同须有双方签署和履行期限。"),
            ),
            models.CheckConstraint(
                condition=Q(half_signed_at=None) | Q(signed_at=None) | Q(signed_at__gte=F("half_signed_at")),
                name="contracts_signed_at_is_the_later", violation_error_message=_("签订时间以后签一方为准。"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["TERMINATED", "CANCELLED"]) | ~Q(end_reason=""), name="contracts_ended_with_reason",
                violation_error_message=_("解除或取消须写明原因。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("contracts:contract", args=[self.pk])

    def clock_terms(self, name: str) -> ClockTerms | None:
        """Publishing and filing are the agency's duties."""
        return ClockTerms(bearer=self.agency)

    @property
    def region(self):
        return self.agency.region

    @property
    def branch_code(self) -> str:
        """The branch of the project that this contract moves: that of its procedure, else its own."""
        return f"tender:{self.tender.number}" if self.tender_id else f"contract:{self.number}"

    @property
    def all_ticks(self) -> bool:
        """The five conditions for a term of more than one year (R102-28)."""
        return all((self.budget_guaranteed, self.content_fixed, self.continuous, self.funding_stable, self.price_stable))

    @property
    def term_months(self) -> int | None:
        """Months of the term, begun months counted whole: 2020-07-14 to 2021-07-13 are 12."""
        return rules.months_of(self.starts_on, self.ends_on) if self.starts_on and self.ends_on else None

    @property
    def head_meta(self) -> list[str]:
        """What stands small over the heading of its pages."""
        return [self.number, self.agency.name, self.supplier.name]

    @property
    def acceptance_plan(self) -> list[tuple]:
        """The six parts, each with its heading (R22-10)."""
        return [(self._meta.get_field(name).verbose_name, getattr(self, name)) for name in SIX_PARTS]

    @property
    def is_running(self) -> bool:
        return self.state == self.State.PERFORMING

    @property
    def bond_amount(self) -> Decimal:
        return rules.share(self.amount, self.bond_percent)

    def set_term(self, starts_on, ends_on) -> None:
        """Write both days of the term and the moments it begins and ends."""
        self.starts_on, self.ends_on = starts_on, ends_on
        self.begins_at = midnight_after(starts_on - timedelta(days=1)) if starts_on else None
        self.term_ends_at = midnight_after(ends_on) if ends_on else None

    def years(self) -> dict[int, Decimal]:
        """Budget year → what the contract pays in it, in yuan."""
        found: dict[int, Decimal] = {}
        for term in self.payment_terms.all():
            if term.year:
                found[term.year] = found.get(term.year, Decimal(0)) + term.amount
        return found

    def ended_by(self, moment: datetime) -> bool:
        return bool(self.term_ends_at and moment >= self.term_ends_at)


#: The parts of an acceptance plan: who, when, in which manner, by which procedure, what, by which standard (R22-10).
SIX_PARTS = (
    "acceptance_body", "acceptance_time", "acceptance_manner", "acceptance_procedure", "acceptance_content", "acceptance_standard",
)
_S = Contract.State
#: Both have signed and nothing has ended it.
LIVE = (_S.SIGNED, _S.PERFORMING, _S.FINISHED)
#: From the second signature on: nothing is edited any more.
BOUND = (*LIVE, _S.COMPLETED, _S.TERMINATED)


class ContractClause(models.Model):
    """One clause under the heading the law names (R-024, RCO-01)."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="clauses")
    order = models.PositiveSmallIntegerField()
    kind = models.CharField(_("条款"), max_length=12, choices=ContractTermDraft.Kind.choices)
    text = models.TextField(_("内容"))

    class Meta:
        ordering = ["contract", "order"]
        verbose_name = _("合同条款")

    def __str__(self) -> str:
        return self.get_kind_display()


class PaymentTerm(models.Model):
    """One instalment: its share, its sum in yuan, its budget year, and what must be there first."""

    Condition = PaymentTermDraft.Condition
    contract = models.ForeignKey(Contract, models.CASCADE, related_name="payment_terms")
    order = models.PositiveSmallIntegerField(_("期"))
    name = models.CharField(_("款项"), max_length=60)
    percent = models.DecimalField(
        _("比例"), max_digits=5, decimal_places=2, validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(100)]
    )
    amount = models.DecimalField(_("金额"), **COLUMN)
    year = models.PositiveSmallIntegerField(_("预算年度"), null=True)
    condition = models.CharField(_("支付条件"), max_length=12, choices=PaymentTermDraft.Condition.choices)
    report_number = models.PositiveSmallIntegerField(_("须确认至第几期报告"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        ordering = ["contract", "order"]
        verbose_name = _("支付安排")
        constraints = [
            models.UniqueConstraint(fields=["contract", "order"], name="contracts_payment_order_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="contracts_payment_amount",
                                   violation_error_message=_("每期款项必须大于零。")),
        ]

    def __str__(self) -> str:
        return f"{self.contract.number} {self.name}"


class FilingQuerySet(models.QuerySet):
    def visible_to(self, actor) -> FilingQuerySet:
        return self.filter(scope.parties(actor, "contract__"))


class Filing(Staged):
    """The copy that must reach same-level finance: a receipt, no approval (R-GP-42, R-026, S-72)."""

    class State(models.TextChoices):
        PREPARED = "PREPARED", _("待报备")
        SUBMITTED = "SUBMITTED", _("已报备")
        SENT_BACK = "SENT_BACK", _("待补正")
        FILED = "FILED", _("已备案")

    contract = models.OneToOneField(Contract, models.PROTECT, related_name="filing")
    number = models.CharField(_("备案号"), max_length=60, null=True, unique=True)  # noqa: DJ001  unique, and empty until filed
    digest = models.CharField(_("合同文本摘要"), max_length=128, blank=True)
    send_back_reason = models.TextField(_("补正要求"), blank=True)
    submitted_at = models.DateTimeField(_("报备时间"), null=True, editable=False)
    filed_at = models.DateTimeField(_("备案时间"), null=True, editable=False)
    filed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    objects = FilingQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("合同备案")
        indexes = [models.Index(fields=["state", "-id"])]
        constraints = [
            models.CheckConstraint(condition=~Q(state="FILED") | Q(number__isnull=False), name="contracts_filed_has_number",
                                   violation_error_message=_("已备案的合同须有备案号。")),
        ]

    def __str__(self) -> str:
        return str(_("合同备案 %(contract)s") % {"contract": self.contract.number})

    def get_absolute_url(self) -> str:
        return reverse("contracts:contract", args=[self.contract_id])

    @property
    def project(self):
        return self.contract.project

    def clock_terms(self, name: str) -> ClockTerms | None:
        """The receipt is owed by finance, which has no fixed office in the tables: the clock stands on the filing."""
        return ClockTerms()
