"""Suppliers, the papers that prove their seven conditions, the people behind them, and how their contracts went."""
from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.actor import Actor
from portal.accounts.roles import OrganisationKind
from portal.workflow import Staged

from .conditions import SMALL_OR_MEDIUM, Authority, Condition, Relation, Size, SupplierType

#: Departments that look at the suppliers of their region.
WATCHING = frozenset({
    OrganisationKind.FINANCE, OrganisationKind.CIVIL_AFFAIRS, OrganisationKind.SECTOR, OrganisationKind.AUDIT,
})
#: Those of them who see the names of related persons (L4.1).
SEE_RELATED = frozenset({OrganisationKind.FINANCE, OrganisationKind.AUDIT})


class SupplierQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> SupplierQuerySet:
        """A supplier sees itself; the departments of a region see those in it, once they have registered."""
        if actor.is_system:
            return self
        if actor.kind == OrganisationKind.SUPPLIER:
            return self.filter(organisation=actor.organisation_id)
        if actor.kind in WATCHING:
            return self.exclude(state="DRAFTED").filter(organisation__region__path__startswith=actor.region_path)
        return self.none()

    def live(self) -> SupplierQuerySet:
        return self.exclude(state="CLOSED")

    def with_progress(self, on: date) -> SupplierQuerySet:
        """How many conditions are proved on a day (`met`), how many papers wait to be judged (`waiting`)."""
        proved = Q(evidence__state="CONFIRMED", evidence__valid_from__lte=on, evidence__valid_to__gte=on)
        return self.annotate(
            met=models.Count("evidence__condition", filter=proved, distinct=True),
            waiting=models.Count("evidence", filter=Q(evidence__state="SUBMITTED"), distinct=True),
        )

    def of(self, organisation) -> Supplier | None:
        """The living registration of an organisation, if it has one."""
        return self.live().filter(organisation=organisation).first() if organisation else None


class Supplier(Staged):
    """What is known of a supplier, once, for every tender (L4.1, S-162). Registering admits to nothing (R-GP-19)."""

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("填报中")
        REGISTERED = "REGISTERED", _("已注册")
        CONFIRMED = "CONFIRMED", _("已核验")
        OUTDATED = "OUTDATED", _("待更新")
        FROZEN = "FROZEN", pgettext_lazy("registration", "已停用")
        CLOSED = "CLOSED", _("已注销")

    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="supplier_rows", verbose_name=_("单位"))
    code = models.CharField(_("统一社会信用代码"), max_length=18)
    type = models.CharField(_("承接主体类型"), max_length=30, choices=SupplierType.choices)
    authority = models.CharField(_("登记管理机关类别"), max_length=20, choices=Authority.choices)
    authority_name = models.CharField(_("登记管理机关"), max_length=120)
    registered_on = models.DateField(_("成立登记日期"))
    legal_representative = models.CharField(_("法定代表人（负责人）"), max_length=60)
    industry = models.CharField(_("所属行业"), max_length=60, blank=True)
    size = models.CharField(_("企业规模"), max_length=10, choices=Size.choices, blank=True)
    staff = models.PositiveIntegerField(_("从业人员（人）"), null=True, blank=True)
    revenue = models.DecimalField(_("上年营业收入（元）"), max_digits=16, decimal_places=2, null=True, blank=True)
    assets = models.DecimalField(_("上年末资产总额（元）"), max_digits=16, decimal_places=2, null=True, blank=True)
    bank_name = models.CharField(_("开户银行"), max_length=120)
    bank_account = models.CharField(_("银行账号"), max_length=40)
    contact = models.CharField(_("联系人"), max_length=60)
    phone = models.CharField(_("联系电话"), max_length=40)
    address = models.CharField(_("地址"), max_length=200)
    confirmed_year = models.PositiveSmallIntegerField(_("最近年度确认"), null=True, editable=False)
    lapses_at = models.DateTimeField(_("确认有效至"), null=True, editable=False)
    objects = SupplierQuerySet.as_manager()

    class Meta:
        ordering = ["organisation__name", "id"]
        verbose_name = _("承接主体")
        indexes = [models.Index(fields=["state", "lapses_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=~Q(state="CLOSED"), name="suppliers_code_once",
                violation_error_message=_("这个统一社会信用代码已有注册"),
            ),
            models.UniqueConstraint(
                fields=["organisation"], condition=~Q(state="CLOSED"), name="suppliers_organisation_once",
                violation_error_message=_("这个单位已有注册"),
            ),
        ]

    def __str__(self) -> str:
        return self.organisation.name

    def get_absolute_url(self) -> str:
        return reverse("suppliers:supplier", args=[self.pk])

    @property
    def is_sme(self) -> bool:
        """Small, medium or micro enterprise by its own declaration (R46-11)."""
        return self.type == SupplierType.ENTERPRISE and self.size in SMALL_OR_MEDIUM

    def conditions_met(self, on: date) -> list[str]:
        """The conditions proved by a confirmed paper that holds on a day."""
        return list(
            self.evidence.confirmed(on).order_by("condition").values_list("condition", flat=True).distinct()
        )

    def conditions_open(self, on: date) -> list[Condition]:
        """What is still missing of the seven, in their order."""
        met = set(self.conditions_met(on))
        return [condition for condition in Condition if condition.value not in met]


class EvidenceQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> EvidenceQuerySet:
        """Papers are seen with their supplier."""
        if actor.is_system:
            return self
        return self.filter(supplier__in=Supplier.objects.visible_to(actor).order_by())

    def confirmed(self, on: date) -> EvidenceQuerySet:
        """Papers judged good that have begun and not run out on a day."""
        return self.filter(state="CONFIRMED", valid_from__lte=on, valid_to__gte=on)


class Evidence(Staged):
    """One paper that proves one of the seven conditions from a first to a last day (S-55)."""

    class State(models.TextChoices):
        SUBMITTED = "SUBMITTED", _("待核")
        CONFIRMED = "CONFIRMED", _("有效")
        REJECTED = "REJECTED", _("不符")
        EXPIRED = "EXPIRED", _("过期")

    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="evidence", verbose_name=_("承接主体"))
    condition = models.CharField(_("条件"), max_length=20, choices=Condition.choices)
    title = models.CharField(_("材料名称"), max_length=120)
    number = models.CharField(_("证照编号"), max_length=80, blank=True)
    valid_from = models.DateField(_("有效期起"))
    valid_to = models.DateField(_("有效期止"))
    expires_at = models.DateTimeField(editable=False)
    document = models.ForeignKey("files.Document", models.PROTECT, related_name="+", verbose_name=_("文件"))
    defects = models.TextField(_("不符之处"), blank=True, editable=False)
    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["supplier", "condition", "-id"]
        verbose_name = _("资格材料")
        indexes = [models.Index(fields=["supplier", "condition", "state"]), models.Index(fields=["state", "expires_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__lt=models.F("valid_to")), name="suppliers_evidence_dates",
                violation_error_message=_("有效期止须晚于有效期起"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier} · {self.title}"

    def get_absolute_url(self) -> str:
        return f"{self.supplier.get_absolute_url()}#evidence-{self.pk}"


class RelatedPersonQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> RelatedPersonQuerySet:
        """The supplier's own people see them, and finance and audit (L4.1)."""
        if actor.is_system:
            return self
        if actor.kind == OrganisationKind.SUPPLIER or actor.kind in SEE_RELATED:
            return self.filter(supplier__in=Supplier.objects.visible_to(actor).order_by())
        return self.none()


class RelatedPerson(models.Model):
    """A person behind a supplier; seen by finance and audit, and by the supplier itself (R-GP-14, R-GP-20, S-69)."""

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="related_persons")
    name = models.CharField(_("姓名"), max_length=60)
    relation = models.CharField(_("关系"), max_length=24, choices=Relation.choices)
    share_percent = models.DecimalField(_("持股（出资）比例（%）"), max_digits=5, decimal_places=2, null=True, blank=True)
    objects = RelatedPersonQuerySet.as_manager()

    class Meta:
        ordering = ["supplier", "relation", "name"]
        verbose_name = _("关联人员")
        indexes = [models.Index(fields=["name"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(share_percent=None) | Q(share_percent__gt=0, share_percent__lte=100), name="suppliers_share_percent",
                violation_error_message=_("比例须大于 0、不超过 100"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SupplierOutcome(models.Model):
    """How a contract of the supplier was assessed, for those who choose next time (S-58, S-111). Written by `record_outcome`."""

    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="outcomes")
    project_id = models.BigIntegerField(_("项目"), db_index=True)
    project_name = models.CharField(_("项目名称"), max_length=200)
    contract_ref = models.CharField(_("合同编号"), max_length=40)
    grade = models.CharField(_("评价等次"), max_length=30)
    score = models.DecimalField(_("得分"), max_digits=5, decimal_places=2, null=True)
    cited = models.CharField(_("依据"), max_length=200)
    recorded_at = models.DateTimeField(_("记入时间"))

    class Meta:
        ordering = ["supplier", "-recorded_at", "-id"]
        verbose_name = _("履约评价")
        constraints = [
            models.UniqueConstraint(fields=["supplier", "contract_ref", "cited"], name="suppliers_outcome_once"),
        ]

    def __str__(self) -> str:
        return f"{self.contract_ref} {self.grade}"
