"""Money: lines with exclusive buckets, what a project holds on them, and the postings that move it (L3.1, L3.2)."""
from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.money import COLUMN
from portal.workflow.models import Staged
from procurement.plans import visibility
from procurement.plans.models import Level, PlanItem, Project, SourceKind


class BudgetLineQuerySet(models.QuerySet):
    def visible_to(self, actor) -> BudgetLineQuerySet:
        """Government only: money papers are not public, their totals are."""
        official = visibility.official(actor)
        return self.filter(official) if official is not None else self.none()

    def with_free(self) -> BudgetLineQuerySet:
        free = F("allocated") - F("reserved") - F("committed") - F("paid")
        return self.annotate(free_amount=Round(free, 2, output_field=models.DecimalField(**COLUMN)))


class BudgetLine(Staged):
    """Money of one agency, year, source, classification and paying level; never over, in the database itself."""

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("编报")
        SUBMITTED = "SUBMITTED", _("已申报")
        ALLOCATED = "ALLOCATED", _("已下达")
        FROZEN = "FROZEN", _("已冻结")
        CLOSED = "CLOSED", _("已年结")
        CANCELLED = "CANCELLED", _("已撤销")

    number = models.CharField(_("指标编号"), max_length=40, unique=True)
    title = models.CharField(_("指标名称"), max_length=200)
    agency = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="budget_lines", verbose_name=_("预算单位"))
    year = models.PositiveSmallIntegerField(_("年度"))
    source = models.CharField(_("资金来源"), max_length=12, choices=SourceKind.choices)
    level = models.CharField(_("负担级次"), max_length=10, choices=Level.choices)
    paying_region = models.ForeignKey("accounts.Region", models.PROTECT, related_name="+", verbose_name=_("支付地区"))
    function_class = models.CharField(_("支出功能分类"), max_length=7)
    economic_class = models.CharField(_("部门预算支出经济分类"), max_length=5)
    purpose = models.CharField(_("专项用途"), max_length=200, blank=True)  # earmarked money: what for
    item = models.ForeignKey(PlanItem, models.PROTECT, null=True, blank=True, related_name="budget_lines")
    book = models.ForeignKey(  # the workbook it was read from
        "budgets.LineBook", models.PROTECT, null=True, blank=True, editable=False, related_name="lines", verbose_name=_("指标工作簿")
    )
    requested = models.DecimalField(_("申报数"), **COLUMN)
    allocated = models.DecimalField(_("下达数"), default=0, editable=False, **COLUMN)
    reserved = models.DecimalField(_("已预留"), default=0, editable=False, **COLUMN)
    committed = models.DecimalField(_("已占用"), default=0, editable=False, **COLUMN)
    paid = models.DecimalField(_("已支付"), default=0, editable=False, **COLUMN)
    approval_document = models.CharField(_("批复文号"), max_length=120, blank=True)
    carried_from = models.OneToOneField(  # last year's line whose signed and unpaid money this one holds
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="carried_to", verbose_name=_("结转自")
    )
    closes_at = models.DateTimeField(_("年结时间"))
    unspent_at = models.DateTimeField(null=True, editable=False)  # when it is told what is left; none: told, or nothing to tell
    scarce_since = models.DateTimeField(null=True, editable=False)  # when it was told that little is free; none while enough is
    allocated_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    objects = BudgetLineQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "agency", "number"]
        verbose_name = _("预算指标")
        indexes = [models.Index(fields=["agency", "year", "state"]), models.Index(fields=["state", "closes_at"]),
                   models.Index(fields=["state", "unspent_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(allocated__gte=0, reserved__gte=0, committed__gte=0, paid__gte=0, requested__gt=0),
                name="budgets_line_not_negative", violation_error_message=_("预算数不能为负。"),
            ),
            models.CheckConstraint(
                # to the fen: a database without decimals adds 0.10 and 0.20 to a little more than 0.30
                condition=Q(allocated__gte=Round(F("reserved") + F("committed") + F("paid"), 2)), name="budgets_line_never_over",
                violation_error_message=_("预留、占用与支付之和不能超过下达数。"),
            ),
            models.CheckConstraint(
                condition=~Q(state="CLOSED") | Q(reserved=0), name="budgets_line_closed_without_reserve",
                violation_error_message=_("年结后不得保留预留数。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def project_key(self) -> None:
        return None

    @property
    def free(self) -> Decimal:
        """What may still be reserved: allocated less reserved, committed and paid."""
        return self.allocated - self.reserved - self.committed - self.paid

    @property
    def used(self) -> Decimal:
        """What is no longer free: reserved, committed or paid."""
        return self.reserved + self.committed + self.paid

    def get_absolute_url(self) -> str:
        return reverse("budgets:line", args=[self.pk])


class EncumbranceQuerySet(models.QuerySet):
    def visible_to(self, actor) -> EncumbranceQuerySet:
        official = visibility.official(actor, "project__agency")
        return self.filter(official) if official is not None else self.none()

    def live(self) -> EncumbranceQuerySet:
        return self.exclude(state="RELEASED")


class Encumbrance(Staged):
    """What one project holds on one line in one year, in exclusive buckets; a pledge has no line yet."""

    class State(models.TextChoices):
        RESERVED = "RESERVED", _("已预留")
        PLEDGED = "PLEDGED", _("跨年承诺")
        COMMITTED = "COMMITTED", _("已占用")
        SETTLED = "SETTLED", _("已结清")
        RELEASED = "RELEASED", _("已释放")

    project = models.ForeignKey(Project, models.PROTECT, related_name="encumbrances")
    line = models.ForeignKey(BudgetLine, models.PROTECT, null=True, blank=True, related_name="encumbrances")
    year = models.PositiveSmallIntegerField(_("年度"))
    pledged = models.DecimalField(_("承诺"), default=0, editable=False, **COLUMN)
    reserved = models.DecimalField(_("已预留"), default=0, editable=False, **COLUMN)
    committed = models.DecimalField(_("已占用"), default=0, editable=False, **COLUMN)
    paid = models.DecimalField(_("已支付"), default=0, editable=False, **COLUMN)
    release_reason = models.TextField(_("释放理由"), blank=True)
    objects = EncumbranceQuerySet.as_manager()

    class Meta:
        ordering = ["project", "year", "id"]
        verbose_name = _("资金占用")
        indexes = [models.Index(fields=["project", "year", "state"]), models.Index(fields=["line", "state"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(pledged__gte=0, reserved__gte=0, committed__gte=0, paid__gte=0),
                name="budgets_encumbrance_not_negative", violation_error_message=_("占用数不能为负。"),
            ),
            models.CheckConstraint(
                condition=Q(line__isnull=False) | Q(reserved=0, committed=0, paid=0),
                name="budgets_encumbrance_money_on_line", violation_error_message=_("预留和占用须落在预算指标上。"),
            ),
            models.CheckConstraint(
                condition=~Q(state="RELEASED") | (~Q(release_reason="") & Q(pledged=0, reserved=0, committed=0)),
                name="budgets_encumbrance_released_empty", violation_error_message=_("释放须有理由且不留余额。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project.number} {self.year} {self.line.number if self.line_id else _('跨年承诺')}"

    @property
    def held(self) -> Decimal:
        """What it covers of its year: pledged, reserved, committed and paid."""
        return self.pledged + self.reserved + self.committed + self.paid

    def get_absolute_url(self) -> str:
        return reverse("budgets:encumbrance", args=[self.pk])


class Immutable(Exception):
    """Somebody tried to change or delete a posting."""


class PostingQuerySet(models.QuerySet):
    def visible_to(self, actor) -> PostingQuerySet:
        """Entries are seen with their line."""
        official = visibility.official(actor, "line__agency")
        return self.filter(official) if official is not None else self.none()

    def update(self, **kwargs):
        raise Immutable("a posting is never changed")

    def delete(self):
        raise Immutable("a posting is never deleted")


class Posting(models.Model):
    """One move of money between two buckets of a line; never changed, an error is undone by a second posting."""

    class Bucket(models.TextChoices):
        OUTSIDE = "OUTSIDE", _("指标外")
        FREE = "FREE", _("可用")
        RESERVED = "RESERVED", _("预留")
        COMMITTED = "COMMITTED", _("占用")
        PAID = "PAID", _("支付")

    line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="postings")
    encumbrance = models.ForeignKey(Encumbrance, models.PROTECT, null=True, related_name="postings")
    source_bucket = models.CharField(_("由"), max_length=10, choices=Bucket.choices)
    target_bucket = models.CharField(_("至"), max_length=10, choices=Bucket.choices)
    amount = models.DecimalField(_("金额"), **COLUMN)
    cause = models.CharField(_("事由"), max_length=60)  # lifecycle.transition that moved it
    reference = models.CharField(_("凭据"), max_length=120, blank=True)
    posted_at = models.DateTimeField(_("记账时间"))
    posted_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    objects = PostingQuerySet.as_manager()

    class Meta:
        ordering = ["line", "id"]
        verbose_name = _("资金台账")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0) & ~Q(source_bucket=F("target_bucket")), name="budgets_posting_moves_something",
                violation_error_message=_("记账须在两栏之间移动正数。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_bucket_display()}→{self.get_target_bucket_display()} {self.amount}"

    def save(self, *args, **kwargs) -> None:
        if self.pk:
            raise Immutable("a posting is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise Immutable("a posting is never deleted")
