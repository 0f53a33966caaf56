"""The project: one number, one page, one record, from application to the evaluated and paid contract (S-01, L2.5)."""
from __future__ import annotations

from collections.abc import Collection

from django.db import models
from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.money import COLUMN
from portal.workflow.models import Staged
from portal.workflow.table import Duty
from portal.workflow.table import Hold as Scope
from procurement.plans import visibility


class Stage(models.TextChoices):
    """How far a purchase has come; money is a lane beside the stages (X-01)."""

    PROPOSED = "PROPOSED", _("项目申报")
    APPROVED = "APPROVED", _("计划已批")
    FUNDED = "FUNDED", _("预算落实")
    PREPARING = "PREPARING", _("采购准备")
    TENDERING = "TENDERING", _("采购中")
    AWARDED = "AWARDED", _("已定标")
    CONTRACTED = "CONTRACTED", _("已签约")
    PERFORMING = "PERFORMING", _("履约中")
    ACCEPTED = "ACCEPTED", _("已验收")
    EVALUATED = "EVALUATED", _("已评价")
    CLOSED = "CLOSED", _("已办结")
    ABORTED = "ABORTED", _("已终止")


#: The order of the stages; a branch stands at one of those from PREPARING to EVALUATED.
ORDER = [
    Stage.PROPOSED, Stage.APPROVED, Stage.FUNDED, Stage.PREPARING, Stage.TENDERING, Stage.AWARDED, Stage.CONTRACTED,
    Stage.PERFORMING, Stage.ACCEPTED, Stage.EVALUATED, Stage.CLOSED,
]  # fmt: skip
#: Stages of what has reached the market.
AT_MARKET = ORDER[ORDER.index(Stage.TENDERING) :]


#: What everybody may see: projects once their plan is approved.
PUBLISHED = ~Q(state=Stage.PROPOSED) & ~Q(state=Stage.ABORTED, approved_at=None)


class ProjectQuerySet(models.QuerySet):
    def public(self) -> ProjectQuerySet:
        """What everybody may see: projects once their plan is approved."""
        return self.filter(PUBLISHED)

    def visible_to(self, actor) -> ProjectQuerySet:
        """Government its own view; everybody else what is public and what a higher floor lets him see."""
        official = visibility.official(actor)
        if official is not None:
            return self.filter(official)
        return self.filter(PUBLISHED | visibility.granted(actor))


class Project(Staged):
    """One purchase. Stage is written only through `verbs.report_branch` and the consequences of plan and budget."""

    State = Stage
    number = models.CharField(_("项目编号"), max_length=40, unique=True)
    title = models.CharField(_("项目名称"), max_length=200)
    agency = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="projects", verbose_name=_("购买主体"))
    region = models.ForeignKey("accounts.Region", models.PROTECT, related_name="projects")
    year = models.PositiveSmallIntegerField(_("年度"))
    amount = models.DecimalField(_("金额"), **COLUMN)  # as asked until approved, then as approved
    leaf = models.ForeignKey("catalogue.CatalogueItem", models.PROTECT, null=True, related_name="projects")
    leaf_name = models.CharField(_("目录项"), max_length=200, blank=True)
    is_history = models.BooleanField(_("历史案例"), default=False)
    as_of = models.DateField(_("截至日期"), null=True, blank=True)
    rules_as_of = models.DateField(_("适用规则日期"))
    approved_at = models.DateTimeField(null=True, editable=False)
    funded_at = models.DateTimeField(null=True, editable=False)
    preparing_at = models.DateTimeField(null=True, editable=False)
    tendering_at = models.DateTimeField(null=True, editable=False)
    awarded_at = models.DateTimeField(null=True, editable=False)
    contracted_at = models.DateTimeField(null=True, editable=False)
    performing_at = models.DateTimeField(null=True, editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)
    evaluated_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    aborted_at = models.DateTimeField(null=True, editable=False)
    abort_reason = models.TextField(_("终止理由"), blank=True)
    objects = ProjectQuerySet.as_manager()
    #: Lifecycles that its record speaks of, where a page has asked for them.
    spoken_of: Collection[str] | None = None

    class Meta:
        ordering = ["-year", "-id"]
        verbose_name = _("采购项目")
        indexes = [
            models.Index(fields=["agency", "state", "-id"]), models.Index(fields=["region", "state", "-id"]),
            models.Index(fields=["state", "-id"]), models.Index(fields=["year", "-id"]),
            models.Index(fields=["agency", "-created_at", "-id"]), models.Index(fields=["region", "-created_at", "-id"]),
            models.Index(fields=["-created_at", "-id"]), models.Index(fields=["agency", "-state_since", "-id"]),
            models.Index(fields=["-state_since", "-id"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ABORTED") | (~Q(abort_reason="") & Q(aborted_at__isnull=False)),
                name="plans_project_aborted_with_reason", violation_error_message=_("终止的项目须有理由。"),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="plans_project_amount_positive",
                violation_error_message=_("项目金额须大于零。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        """The project's page, which the top floor builds from the panels of every stage."""
        try:
            return reverse("workbench:project", args=[self.number])
        except NoReverseMatch:
            return f"/projects/{self.number}/"

    @property
    def project(self) -> Project:
        return self

    @property
    def project_id(self) -> int | None:
        """A project stands in its own record."""
        return self.pk

    @property
    def position(self) -> int:
        """Place in the order of stages, -1 for an aborted project."""
        return ORDER.index(self.state) if self.state in ORDER else -1

    def reached(self, stage: str) -> bool:
        """Whether the project stands at this stage or further."""
        return self.position >= ORDER.index(stage)

    def live_branches(self) -> list[Branch]:
        return list(self.branches.filter(live=True).order_by("code"))

    def may_have(self, lifecycle_code: str) -> bool:
        """Whether it is worth asking for things of a lifecycle: not when the record is known and speaks of none."""
        return self.spoken_of is None or lifecycle_code in self.spoken_of

    @property
    def item(self):
        """The plan item it was opened by."""
        return min(self.items.all(), key=lambda item: item.pk, default=None)

    @property
    def catalogue_kind(self) -> str:
        """Branch of the catalogue: of the leaf, else of what was filed outside the catalogue (R102-08)."""
        if self.leaf is not None:
            return self.leaf.kind
        return self.item.catalogue_kind if self.item else ""

    @property
    def latest_outcome(self) -> Outcome | None:
        standing = (outcome for outcome in self.outcomes.all() if outcome.revoked_at is None)
        return max(standing, key=lambda outcome: outcome.pk, default=None)


class Branch(models.Model):
    """One lot, later its contract, of a project; the project stands where its least advanced live branch stands."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="branches")
    code = models.CharField(max_length=40)
    stage = models.CharField(max_length=20, choices=Stage.choices)
    stage_at = models.DateTimeField()
    live = models.BooleanField(default=True)
    ended_as = models.CharField(_("结束方式"), max_length=60, blank=True)

    class Meta:
        ordering = ["project", "code"]
        verbose_name = _("项目分支")
        constraints = [models.UniqueConstraint(fields=["project", "code"], name="plans_branch_once")]

    def __str__(self) -> str:
        return f"{self.project_id}/{self.code} {self.stage}"


class ProjectDuty(models.Model):
    """Who took which of the four duties of a project: they must be four people (S-125, G2)."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="duties")
    duty = models.CharField(_("职责"), max_length=12, choices=Duty.choices)
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["project", "taken_at"]
        verbose_name = _("项目职责")
        constraints = [models.UniqueConstraint(fields=["project", "duty", "user"], name="plans_duty_once")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.duty} {self.user_id}"


class Outcome(models.Model):
    """What an evaluation said of a project, pushed down here so that next year's plan must answer it (L11.5, S-110)."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="outcomes")
    reference = models.CharField(_("评价结果"), max_length=60)
    title = models.CharField(_("标题"), max_length=200)
    grade = models.CharField(_("等级"), max_length=20)
    score = models.DecimalField(_("得分"), max_digits=6, decimal_places=2)
    satisfaction = models.DecimalField(_("满意度"), max_digits=5, decimal_places=2, null=True, blank=True)
    ceiling = models.DecimalField(_("下年预算上限"), null=True, blank=True, **COLUMN)
    gate_closed = models.BooleanField(_("申报受限"), default=False)
    gate_reason = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["project", "-id"]
        verbose_name = _("评价结果运用")
        constraints = [models.UniqueConstraint(fields=["project", "reference"], name="plans_outcome_once")]

    def __str__(self) -> str:
        return f"{self.title} {self.score} {self.grade}"


class HoldQuerySet(models.QuerySet):
    def live(self) -> HoldQuerySet:
        return self.filter(state="IMPOSED")

    def visible_to(self, actor) -> HoldQuerySet:
        return self.filter(project__in=Project.objects.visible_to(actor))


class Hold(Staged):
    """A pause laid over a project without losing the state it stands in; several may lie on one thing (L0.2)."""

    class State(models.TextChoices):
        IMPOSED = "IMPOSED", _("暂停中")
        LIFTED = "LIFTED", pgettext_lazy("hold", "已解除")
        EXPIRED = "EXPIRED", _("期满解除")

    project = models.ForeignKey(Project, models.CASCADE, related_name="holds")
    scope = models.CharField(_("暂停范围"), max_length=12, choices=Scope.choices)
    cause = models.CharField(_("事由"), max_length=300)
    cause_reference = models.CharField(max_length=60, blank=True)
    ends_at = models.DateTimeField(_("至"), null=True, blank=True)
    imposed_at = models.DateTimeField(null=True, editable=False)
    imposed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    lifted_at = models.DateTimeField(null=True, editable=False)
    lifted_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    expired_at = models.DateTimeField(null=True, editable=False)
    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("暂停")
        indexes = [models.Index(fields=["project", "state"]), models.Index(fields=["state", "ends_at"])]
        constraints = [
            models.CheckConstraint(
                condition=~Q(cause=""), name="plans_hold_with_cause", violation_error_message=_("暂停须写明事由。")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_scope_display()}：{self.cause}"

    def get_absolute_url(self) -> str:
        return self.project.get_absolute_url()
