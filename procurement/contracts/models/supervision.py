"""What the contractor reports and what the purchaser sees for himself (L9.5, L9.6)."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.roles import OrganisationKind
from portal.money import COLUMN
from portal.workdays.deadlines import midnight_after
from portal.workdays.subjects import ClockTerms
from portal.workflow.models import Staged
from procurement.contracts import decisions, scope  # noqa: F401  the settings are declared with the tables that ask for them
from procurement.contracts.rules import Progress

from .contract import Contract
from .delivery import QUANTITY, Deliverable


class SupplierReportQuerySet(models.QuerySet):
    def visible_to(self, actor) -> SupplierReportQuerySet:
        return self.filter(scope.parties(actor, "contract__"))


class SupplierReport(Staged):
    """A report the contract's schedule asks for; its figures come from the log, its words from the contractor (S-77)."""

    class State(models.TextChoices):
        EXPECTED = "EXPECTED", _("应报")
        SUBMITTED = "SUBMITTED", _("已报送")
        SENT_BACK = "SENT_BACK", _("已退回")
        CONFIRMED = "CONFIRMED", _("已确认")
        WAIVED = "WAIVED", pgettext_lazy("state", "免报")

    class Kind(models.TextChoices):
        PERIODIC = "PERIODIC", _("阶段报告")
        MID_TERM = "MID_TERM", _("中期报告")
        FINAL = "FINAL", _("总结报告")

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="reports", verbose_name=_("合同"))
    number = models.PositiveSmallIntegerField(_("期"))
    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices, default=Kind.PERIODIC)
    period_from = models.DateField(_("报告期起"))
    period_until = models.DateField(_("报告期止"))
    narrative = models.TextField(_("总体情况"), blank=True)
    income = models.DecimalField(_("项目收入"), null=True, **COLUMN)
    expenditure = models.DecimalField(_("项目支出"), null=True, **COLUMN)
    ledger_kept = models.BooleanField(_("已单独核算并建立台账"), default=False)
    send_back_reason = models.TextField(_("退回理由"), blank=True, editable=False)
    submitted_at = models.DateTimeField(_("报送时间"), null=True, editable=False)
    submitted_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, editable=False)
    confirmed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    waived_reason = models.TextField(blank=True, editable=False)
    objects = SupplierReportQuerySet.as_manager()

    class Meta:
        ordering = ["contract", "number"]
        verbose_name = _("承接主体报告")
        indexes = [models.Index(fields=["contract", "state"]), models.Index(fields=["state", "-id"])]
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="contracts_report_number_once"),
            models.UniqueConstraint(fields=["contract", "kind", "period_until"], name="contracts_report_period_once"),
            models.CheckConstraint(condition=~Q(state="CONFIRMED") | Q(confirmed_at__isnull=False),
                                   name="contracts_report_confirmed_has_moment"),
        ]

    def __str__(self) -> str:
        return str(_("%(contract)s 第 %(number)s 期%(kind)s") % {
            "contract": self.contract.number, "number": self.number, "kind": self.get_kind_display(),
        })

    def get_absolute_url(self) -> str:
        return reverse("contracts:report", args=[self.pk])

    @property
    def waits(self) -> bool:
        """It lies with the purchaser."""
        return self.state == self.State.SUBMITTED

    @property
    def heading(self) -> str:
        return str(_("第 %(number)s 期%(kind)s：%(contract)s") % {
            "number": self.number, "kind": self.get_kind_display(), "contract": self.contract.title,
        })

    @property
    def project(self):
        return self.contract.project

    def clock_terms(self, name: str) -> ClockTerms | None:
        """Ten working days after the period; five to mend what was sent back (settings)."""
        from portal.rules.jurisdiction import setting

        if name != "SUPPLIER_REPORT":
            return None
        again = self.state == self.State.SENT_BACK
        region = self.contract.agency.region
        length = setting("report_again_wd", region) if again else setting("report_wd", region)
        return ClockTerms(bearer=self.contract.supplier, length=length)


class ReportRow(models.Model):
    """One deliverable in a report: quota, due and done as the log said when it was submitted, and the words on it."""

    report = models.ForeignKey(SupplierReport, models.CASCADE, related_name="rows")
    deliverable = models.ForeignKey(Deliverable, models.PROTECT, related_name="+")
    quota = models.DecimalField(null=True, **QUANTITY)
    due = models.DecimalField(null=True, **QUANTITY)
    actual = models.DecimalField(null=True, **QUANTITY)
    in_period = models.DecimalField(null=True, **QUANTITY)
    sub_actual = models.DecimalField(null=True, **QUANTITY)
    progress = models.CharField(max_length=16)
    narrative = models.TextField(_("说明"), blank=True)

    class Meta:
        ordering = ["report", "deliverable__order"]
        verbose_name = _("报告指标")
        constraints = [models.UniqueConstraint(fields=["report", "deliverable"], name="contracts_report_row_once")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.deliverable}"

    @property
    def standing(self) -> Progress:
        return Progress(self.progress)

    @property
    def behind(self) -> bool:
        return self.standing is Progress.BEHIND


class InspectionQuerySet(models.QuerySet):
    def visible_to(self, actor) -> InspectionQuerySet:
        """The contractor learns of an unannounced visit when it was recorded, never before (S-120)."""
        found = self.filter(scope.parties(actor, "contract__"))
        if actor.kind == OrganisationKind.SUPPLIER:
            found = found.exclude(state="EXPECTED", kind="UNANNOUNCED")
        return found


class Inspection(Staged):
    """A visit the purchaser owes or made: planned by cadence, or unannounced on a random day (S-84, S-85, S-120)."""

    class State(models.TextChoices):
        EXPECTED = "EXPECTED", _("应检")
        RECORDED = "RECORDED", _("已记录")
        ACKNOWLEDGED = "ACKNOWLEDGED", _("对方已阅")
        DISPUTED = "DISPUTED", _("有异议")
        MISSED = "MISSED", _("漏检")
        VOIDED = "VOIDED", _("作废")

    class Kind(models.TextChoices):
        SCHEDULED = "SCHEDULED", _("定期检查")
        UNANNOUNCED = "UNANNOUNCED", _("不定期检查")

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="inspections", verbose_name=_("合同"))
    kind = models.CharField(_("类别"), max_length=12, choices=Kind.choices, default=Kind.SCHEDULED)
    duty = models.BooleanField(_("应检任务"), default=False)  # owed by cadence; a visit made beside it is not
    period_from = models.DateField(_("期间起"))
    period_until = models.DateField(_("期间止"))
    due_by = models.DateTimeField(editable=False)
    seed = models.CharField(_("随机种子"), max_length=64, blank=True)
    visited_at = models.DateTimeField(_("检查时间"), null=True)
    device_time = models.DateTimeField(_("设备时间"), null=True)
    place = models.CharField(_("地点"), max_length=200, blank=True)
    findings = models.TextField(_("检查情况"), blank=True)
    problem_found = models.BooleanField(_("发现问题"), default=False)
    problem = models.TextField(_("问题与要求"), blank=True)
    no_photo_reason = models.CharField(_("未拍照的理由"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(_("记录时间"), null=True, editable=False)
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    answers_until = models.DateTimeField(_("对方阅知截止"), null=True, editable=False)
    deemed = models.BooleanField(_("视同已阅"), default=False, editable=False)
    dispute_reason = models.TextField(_("异议"), blank=True, editable=False)
    settlement = models.TextField(_("处理意见"), blank=True, editable=False)
    source_note = models.TextField(_("资料说明"), blank=True)
    objects = InspectionQuerySet.as_manager()

    class Meta:
        ordering = ["-period_from", "-id"]
        verbose_name = _("检查记录")
        indexes = [
            models.Index(fields=["contract", "state"]), models.Index(fields=["state", "due_by"]),
            models.Index(fields=["state", "answers_until"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["contract", "period_from"], condition=Q(duty=True), name="contracts_one_duty_a_period"),
            models.CheckConstraint(
                condition=~Q(state__in=["RECORDED", "ACKNOWLEDGED", "DISPUTED"])
                | (Q(visited_at__isnull=False) & ~Q(place="") & ~Q(findings="")),
                name="contracts_recorded_visit_is_whole", violation_error_message=_("检查记录须有时间、地点和检查情况。"),
            ),
        ]

    def __str__(self) -> str:
        return str(_("%(contract)s %(kind)s %(day)s") % {
            "contract": self.contract.number, "kind": self.get_kind_display(), "day": self.period_from,
        })

    def get_absolute_url(self) -> str:
        return reverse("contracts:inspection", args=[self.pk])

    @property
    def heading(self) -> str:
        return f"{self.get_kind_display()} {self.period_from}"

    @property
    def project(self):
        return self.contract.project

    @property
    def week(self) -> str:
        """The ISO week it belongs to ("2021-W01")."""
        year, week, _day = self.period_from.isocalendar()
        return f"{year}-W{week:02d}"

    def clock_terms(self, name: str) -> ClockTerms | None:
        if name != "WEEKLY_RECORD":
            return None
        return ClockTerms(bearer=self.contract.agency, start=self.period_from, ends_at=self.due_by)

    def set_period(self, first, last) -> None:
        self.period_from, self.period_until, self.due_by = first, last, midnight_after(last)
