"""One department's word on one item in one round (L2.3)."""
from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.roles import REGIONAL_KINDS, OrganisationKind
from portal.workdays.deadlines import Deadline
from portal.workdays.subjects import ClockTerms
from portal.workflow.models import Staged
from procurement.plans import visibility

from .item import PlanItem


class StepKind(models.TextChoices):
    """Which department speaks; the kind of its organisation (X-04)."""

    ESTABLISHMENT = "ESTABLISHMENT", _("编办审核")
    HUMAN_RESOURCES = "HUMAN_RESOURCES", _("人社审核")
    FINANCE = "FINANCE", _("财政审核")


#: Kind of the organisation that answers for a step.
AWAITED = ("PENDING", "CLAIMED")
ORGANISATION_OF = {
    StepKind.ESTABLISHMENT: OrganisationKind.ESTABLISHMENT, StepKind.HUMAN_RESOURCES: OrganisationKind.HUMAN_RESOURCES,
    StepKind.FINANCE: OrganisationKind.FINANCE,
}  # fmt: skip


class ReviewChainStep(models.Model):
    """The region's own chain, where it differs from the default: groups run in sequence, steps of a group in parallel."""

    region = models.ForeignKey("accounts.Region", models.CASCADE, related_name="review_chain")
    group = models.PositiveSmallIntegerField(_("组"), default=1)
    kind = models.CharField(_("环节"), max_length=20, choices=StepKind.choices)
    only_posts = models.BooleanField(_("仅岗位购买"), default=False)
    may_reject = models.BooleanField(_("可不同意"), default=False)
    valid_from = models.DateField(_("施行日期"))

    class Meta:
        ordering = ["region", "group", "kind"]
        verbose_name = _("审核链环节")
        constraints = [models.UniqueConstraint(fields=["region", "kind", "valid_from"], name="plans_chain_step_once")]

    def __str__(self) -> str:
        return f"{self.region} {self.group} {self.kind}"


class ReviewStepQuerySet(models.QuerySet):
    def visible_to(self, actor) -> ReviewStepQuerySet:
        """What departments say to each other is the government's own, also after the plan is public."""
        official = visibility.official(actor, "item__agency")
        return self.none() if official is None else self.filter(official)

    def owed_to(self, actor) -> ReviewStepQuerySet:
        """Where only what lies on the actor's own desk is asked for: a department's steps are of its region, which needs no look.

        Its index finds them; by way of the region the items of all its agencies would be read for it.
        """
        return self if actor.kind in REGIONAL_KINDS else self.visible_to(actor)

    def open(self) -> ReviewStepQuerySet:
        return self.filter(state__in=["WAITING", "PENDING", "CLAIMED"])

    def awaiting(self, organisation_id: int | None) -> ReviewStepQuerySet:
        """What a department has to decide now."""
        return self.filter(department=organisation_id, state__in=AWAITED)

    def most_urgent(self, organisation_id: int | None, most: int) -> ReviewStepQuerySet:
        """The first of what a department has to decide; each state is read along its index, however much waits."""
        own = self.model.objects.filter(department=organisation_id).order_by("limit_at", "id").values_list("pk", flat=True)
        first = [key for state in AWAITED for key in own.filter(state=state)[:most]]
        return self.filter(pk__in=first).order_by("limit_at", "id")[:most]


class ReviewStep(Staged):
    """A department's step. An approval of an earlier round stays good until what it answered for changes."""

    class State(models.TextChoices):
        WAITING = "WAITING", _("未到")
        PENDING = "PENDING", _("待审")
        CLAIMED = "CLAIMED", _("办理中")
        APPROVED = "APPROVED", pgettext_lazy("state", "同意")
        SENT_BACK = "SENT_BACK", _("建议退回")
        REJECTED = "REJECTED", pgettext_lazy("state", "不同意")
        SKIPPED = "SKIPPED", _("不适用")
        VOIDED = "VOIDED", _("作废")

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="steps")
    round = models.PositiveSmallIntegerField(_("轮次"))
    group = models.PositiveSmallIntegerField(_("组"))
    kind = models.CharField(_("环节"), max_length=20, choices=StepKind.choices)
    department = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("部门"))
    may_reject = models.BooleanField(default=False)
    limit_at = models.DateTimeField(_("办理期限"), null=True, blank=True)
    escalations = models.PositiveSmallIntegerField(default=0)
    opinion = models.TextField(_("意见"), blank=True)
    reason_codes = models.JSONField(default=list, blank=True)
    #: who decided the round before: until then the step is kept for him (S-166)
    reserved_for = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    reserved_until = models.DateTimeField(null=True, editable=False)
    #: from when it goes back to the queue because its holder did nothing; NULL: nobody holds it, or the agency owes an answer (S-168)
    idle_until = models.DateTimeField(_("无动作放回时间"), null=True, editable=False)
    answered_for = models.CharField(max_length=128, blank=True)  # digest of the fields the step answers for
    pending_at = models.DateTimeField(null=True, editable=False)
    claimed_at = models.DateTimeField(null=True, editable=False)
    claimed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    decided_at = models.DateTimeField(null=True, editable=False)
    objects = ReviewStepQuerySet.as_manager()

    class Meta:
        ordering = ["item", "round", "group", "kind"]
        verbose_name = _("审核环节")
        indexes = [
            models.Index(fields=["department", "state", "limit_at"]), models.Index(fields=["state", "limit_at"]),
            models.Index(fields=["state", "idle_until"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["item", "round", "kind"], name="plans_step_once_a_round"),
            models.CheckConstraint(
                condition=~Q(state__in=["SENT_BACK", "REJECTED"]) | ~Q(opinion=""), name="plans_step_refusal_with_reason",
                violation_error_message=_("退回或不同意须写明理由。"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["APPROVED", "SENT_BACK", "REJECTED"]) | Q(decided_at__isnull=False),
                name="plans_step_decided_has_moment", violation_error_message=_("已决定的环节须有时间。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.item.title}"

    @property
    def project_key(self) -> int | None:
        return self.item.project_id

    def get_absolute_url(self) -> str:
        return reverse("plans:review", args=[self.pk])

    def clock_terms(self, name: str) -> ClockTerms:
        return ClockTerms(bearer=self.department)

    @property
    def limit_day(self) -> date | None:
        """The last day that is in time."""
        return Deadline(self.limit_at).last_day if self.limit_at else None

    @property
    def is_reserved(self) -> bool:
        """Whether it waits for a certain reviewer, the one of the round before."""
        return self.state == self.State.PENDING and self.reserved_for_id is not None

    @property
    def goes_back_at(self) -> datetime | None:
        """When it goes back to the queue, if the one who holds it does nothing until then (S-168)."""
        return self.idle_until if self.state == self.State.CLAIMED else None

    def kept_for_another(self, persons, moment) -> bool:
        """Whether it still waits for the reviewer of the round before, who is none of these persons."""
        return self.reserved_for_id is not None and moment < self.reserved_until and self.reserved_for_id not in persons

    @property
    def overdue(self) -> bool:
        return self.escalations > 0
