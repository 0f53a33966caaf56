"""Report jobs, the truth about long work, and papers, the list that a printed digest is looked up in."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.workflow.models import Staged

from .registry import report_kind


class ReportJobQuerySet(models.QuerySet):
    def visible_to(self, actor) -> ReportJobQuerySet:
        """A job is its requester's own, in the organisation he stood for; the administrator sees what failed or is tried again."""
        if actor.is_system:
            return self
        if actor.user_id is None:
            return self.none()
        scope = Q(requested_by_id=actor.user_id, organisation_id=actor.organisation_id)
        if actor.has(Role.ADMINISTRATOR):
            scope |= Q(state=self.model.State.FAILED) | Q(state=self.model.State.QUEUED, attempt__gt=0)
        return self.filter(scope)


class ReportJob(Staged):
    """One long piece of work: what is wanted, for whom, how far it is, and what came of it (L14.3)."""

    class State(models.TextChoices):
        QUEUED = "QUEUED", _("排队中")
        RUNNING = "RUNNING", _("生成中")
        COMPLETED = "COMPLETED", _("已生成")
        FAILED = "FAILED", _("失败")
        CANCELLED = "CANCELLED", _("已取消")
        EXPIRED = "EXPIRED", _("已过期")

    kind = models.CharField(_("报表"), max_length=40)
    parameters = models.JSONField(default=dict)
    project_id = models.BigIntegerField(null=True, db_index=True)
    requested_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, related_name="+")
    roles = models.JSONField(default=list)
    progress = models.PositiveSmallIntegerField(_("进度"), default=0)
    step = models.CharField(max_length=120, blank=True)  # a message of the catalogue, with its values beside it
    step_values = models.JSONField(default=dict)
    heartbeat_at = models.DateTimeField(null=True)  # real time
    attempt = models.PositiveSmallIntegerField(default=0)  # only grows
    interruptions = models.PositiveSmallIntegerField(default=0)
    document = models.OneToOneField("files.Document", models.PROTECT, null=True, related_name="+")
    data_digest = models.CharField(max_length=128, blank=True)
    template_version = models.CharField(max_length=12, blank=True)
    rows = models.PositiveIntegerField(_("行数"), default=0)
    as_of = models.DateTimeField(_("数据时间"), null=True)
    error = models.CharField(max_length=200, blank=True)  # a message of the catalogue
    completed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    objects = ReportJobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("报表任务")
        indexes = [
            models.Index(fields=["requested_by", "-created_at", "-id"]),
            models.Index(fields=["state", "heartbeat_at"]),
            models.Index(fields=["state", "expires_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="report_completed_has_its_file",
                condition=~Q(state="COMPLETED") | Q(document__isnull=False, completed_at__isnull=False),
                violation_error_message=_("已生成的报表必须有文件。"),
            ),
            models.CheckConstraint(name="report_progress_is_percent", condition=Q(progress__lte=100)),
            models.CheckConstraint(
                name="report_failed_says_why", condition=~Q(state="FAILED") | ~Q(error=""),
                violation_error_message=_("失败的任务必须写明原因。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} #{self.pk}" if self.pk else str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("reports:job", args=[self.pk])

    @property
    def title(self):
        return report_kind(self.kind).title

    @property
    def step_text(self) -> str:
        return gettext(self.step) % self.step_values if self.step else ""

    @property
    def error_text(self) -> str:
        return gettext(self.error) if self.error else ""

    @property
    def is_moving(self) -> bool:
        """Whether the page should look again by itself."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def is_finished(self) -> bool:
        return self.state == self.State.COMPLETED


TRIES_SHOWN = 3  # a paper that needs more is shown to the administrator


class PaperQuerySet(models.QuerySet):
    def owed(self) -> PaperQuerySet:
        """Papers whose act is done and whose file is not there yet."""
        return self.filter(set_at=None)

    def failing(self) -> PaperQuerySet:
        """Owed papers that have been tried again and again: somebody must look (docs/decisions/0007)."""
        return self.owed().filter(tries__gte=TRIES_SHOWN)

    def of_digest(self, digest: str) -> PaperQuerySet:
        """Papers whose data, or whose file, have this digest; newest first."""
        return self.filter(Q(data_digest=digest) | Q(document__digest=digest)).select_related("document").order_by("-made_at", "-id")


class Paper(models.Model):
    """One paper the portal made: what a printed digest, or the digest of the file itself, leads to.

    A paper of an act is owed from the act's commit: `sheet` is the page exactly as it will be set, `content` the data
    shown, in canonical form. A task sets it and fills `document` (docs/decisions/0007); the digest of the data is bound
    by the act, that of the file by the entry written then.
    """

    title = models.CharField(_("名称"), max_length=300)
    template_version = models.CharField(max_length=12)
    data_digest = models.CharField(_("数据摘要"), max_length=128, db_index=True)
    pages = models.PositiveIntegerField(_("页数"), default=0)
    document = models.OneToOneField("files.Document", models.PROTECT, related_name="paper")
    made_at = models.DateTimeField(_("生成时间"))
    content = models.TextField(blank=True)  # of papers of acts; a report has its data in the file alone
    sheet = models.TextField(blank=True)  # until it is set
    set_at = models.DateTimeField(_("排版时间"), null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)  # of the last try
    next_try_at = models.DateTimeField(null=True)  # real time from which it may be tried, or tried again
    objects = PaperQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name = _("文书")
        indexes = [models.Index(fields=["set_at", "next_try_at"])]
        constraints = [
            models.CheckConstraint(
                name="report_owed_paper_has_its_sheet", condition=Q(set_at__isnull=False, pages__gt=0) | (Q(set_at=None) & ~Q(sheet="")),
                violation_error_message=_("待排版的文书必须有版面，已排版的必须有页数。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title
