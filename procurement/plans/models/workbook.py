"""A workbook of plan items on its way into a plan: what was read waits here, row by row, until all of it goes in at once."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.workflow.models import Staged
from procurement.plans import visibility

from .plan import Plan


class PlanWorkbookQuerySet(models.QuerySet):
    def visible_to(self, actor) -> PlanWorkbookQuerySet:
        """Working papers of the government: the agency its own, departments their region."""
        official = visibility.official(actor)
        return self.none() if official is None else self.filter(official)


class PlanWorkbook(Staged):
    """One upload: read in the background, looked through, then put into the plan wholly or not at all."""

    class State(models.TextChoices):
        RECEIVED = "RECEIVED", _("等待读取")
        READING = "READING", _("读取中")
        READ = "READ", _("待核对")
        COMMITTED = "COMMITTED", _("已列入计划")
        FAILED = "FAILED", _("没有读成")
        DISCARDED = "DISCARDED", _("已放弃")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="workbooks", verbose_name=_("年度计划"))
    agency = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("购买主体"))
    document = models.OneToOneField("files.Document", models.PROTECT, null=True, related_name="+")
    file_digest = models.CharField(_("文件摘要"), max_length=128)
    rows_digest = models.CharField(_("内容摘要"), max_length=128, blank=True)
    progress = models.PositiveSmallIntegerField(_("进度"), default=0)
    attempt = models.PositiveSmallIntegerField(default=0)  # only grows; rows of an earlier attempt count for nothing
    interruptions = models.PositiveSmallIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True)
    #: what is wrong with the file or beside its rows: rule, message of the catalogue, its values, where it stands
    problems = models.JSONField(default=list)
    item_count = models.PositiveIntegerField(_("项目数"), default=0)
    error_count = models.PositiveIntegerField(_("错误"), default=0)
    gap_count = models.PositiveIntegerField(_("待补"), default=0)
    total = models.DecimalField(_("合计"), max_digits=16, decimal_places=2, default=0)
    committed_at = models.DateTimeField(null=True, editable=False)
    committed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    objects = PlanWorkbookQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("计划工作簿")
        indexes = [models.Index(fields=["plan", "-id"]), models.Index(fields=["state", "heartbeat_at"])]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="COMMITTED") | Q(error_count=0, committed_at__isnull=False) & ~Q(rows_digest=""),
                name="plans_workbook_committed_whole", violation_error_message=_("列入计划的工作簿不能有错误。"),
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="plans_workbook_progress_is_percent"),
        ]

    def __str__(self) -> str:
        return f"{_('计划工作簿')} {self.document.name}" if self.document_id else str(_("计划工作簿"))

    def get_absolute_url(self) -> str:
        return reverse("plans:workbook", args=[self.pk])

    @property
    def project_key(self) -> None:
        """Like its plan it stands in the general record."""
        return None

    @property
    def is_moving(self) -> bool:
        """Whether the page should look again by itself."""
        return self.state in (self.State.RECEIVED, self.State.READING)

    @property
    def is_checked(self) -> bool:
        """Whether its rows can be looked at."""
        return self.state in (self.State.READ, self.State.COMMITTED)

    @property
    def staged_rows(self) -> models.QuerySet:
        return self.rows.filter(attempt=self.attempt)

    @property
    def problem_texts(self) -> list[dict]:
        """What is wrong beside the rows, in the reader's language."""
        from portal.rules.register import cite

        return [{**each, "message": gettext(each["text"]) % each["params"] if each["params"] else gettext(each["text"]),
                 "citation": cite(each["rule"])} for each in self.problems]


class WorkbookRow(models.Model):
    """One item of a workbook: its cells as they were read, and its values as the form cleaned them, where it could."""

    book = models.ForeignKey(PlanWorkbook, models.CASCADE, related_name="rows")
    attempt = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()  # 1, 2, 3 … in the order of the sheet
    line = models.PositiveIntegerField()  # row of the sheet
    key = models.CharField(max_length=40)
    title = models.CharField(max_length=200, blank=True)
    cells = models.JSONField(default=dict)
    parts = models.JSONField(default=dict)  # part → [[line, cells], …]
    values = models.JSONField(null=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    errors = models.PositiveSmallIntegerField(default=0)
    gaps = models.PositiveSmallIntegerField(default=0)
    digest = models.CharField(max_length=128, blank=True)

    class Meta:
        ordering = ["book", "number"]
        verbose_name = _("工作簿行")
        constraints = [models.UniqueConstraint(fields=["book", "attempt", "number"], name="plans_workbook_row_once")]

    def __str__(self) -> str:
        return f"{self.book_id}/{self.number} {self.title}"
