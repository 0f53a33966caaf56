"""Measuring what was delivered, item by item, by people who sign for it (L10.1)."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import OrganisationKind
from portal.money import COLUMN
from portal.workdays.subjects import ClockTerms
from portal.workflow.models import Staged
from procurement.contracts import scope

from .contract import Contract
from .delivery import QUANTITY, Deliverable


class AcceptanceQuerySet(models.QuerySet):
    def visible_to(self, actor) -> AcceptanceQuerySet:
        """The parties and government; an expert those he sits on; its result everybody by the notice."""
        if actor.kind == OrganisationKind.EXPERTS:
            return self.filter(pk__in=AcceptanceMember.objects.filter(user=actor.user_id).values("acceptance"))
        return self.filter(scope.parties(actor, "contract__"))


class Acceptance(Staged):
    """One round of one stage; there is a second round of the final stage, never a third (R-057)."""

    class State(models.TextChoices):
        PLANNED = "PLANNED", _("未到期")
        REQUESTED = "REQUESTED", _("已申请验收")
        CONVENED = "CONVENED", _("验收中")
        ACCEPTED = "ACCEPTED", _("合格")
        ACCEPTED_IN_PART = "ACCEPTED_IN_PART", _("部分合格")
        FAILED = "FAILED", _("不合格")
        VOIDED = "VOIDED", _("作废")

    class Stage(models.TextChoices):
        INTERIM = "INTERIM", _("中期验收")
        FINAL = "FINAL", _("最终验收")

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="acceptances", verbose_name=_("合同"))
    stage = models.CharField(_("阶段"), max_length=8, choices=Stage.choices)
    round = models.PositiveSmallIntegerField(_("轮次"), default=1)
    planned_on = models.DateField(_("计划日期"))
    asks_at = models.DateTimeField(null=True, editable=False)  # when the system asks for it, if nobody has
    leader = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name=_("验收组长"))
    place = models.CharField(_("验收地点"), max_length=200, blank=True)
    opinion = models.TextField(_("验收意见"), blank=True)
    result_reason = models.TextField(_("理由"), blank=True, editable=False)
    reduction = models.DecimalField(_("减价合计"), null=True, editable=False, **COLUMN)
    requested_at = models.DateTimeField(_("申请时间"), null=True, editable=False)
    convened_at = models.DateTimeField(_("开始验收"), null=True, editable=False)
    concluded_at = models.DateTimeField(_("验收结论"), null=True, editable=False)
    published_at = models.DateTimeField(_("公告时间"), null=True, editable=False)
    objects = AcceptanceQuerySet.as_manager()

    class Meta:
        ordering = ["contract", "planned_on", "round"]
        verbose_name = _("履约验收")
        indexes = [models.Index(fields=["contract", "state"]), models.Index(fields=["state", "asks_at"])]
        constraints = [
            models.UniqueConstraint(fields=["contract", "stage", "round"], name="contracts_acceptance_round_once"),
            models.CheckConstraint(condition=Q(round__gte=1, round__lte=2), name="contracts_acceptance_two_rounds",
                                   violation_error_message=_("最终验收最多两轮。")),
            models.CheckConstraint(condition=~Q(state="FAILED") | ~Q(result_reason=""), name="contracts_failed_with_reason",
                                   violation_error_message=_("不合格须写明理由。")),
            models.CheckConstraint(
                condition=~Q(state__in=["ACCEPTED", "ACCEPTED_IN_PART", "FAILED"])
                | Q(leader__isnull=False, concluded_at__isnull=False),
                name="contracts_concluded_has_leader", violation_error_message=_("验收结论须有组长和时间。"),
            ),
        ]

    def __str__(self) -> str:
        return str(_("%(contract)s %(stage)s（第 %(round)s 轮）") % {
            "contract": self.contract.number, "stage": self.get_stage_display(), "round": self.round,
        })

    def get_absolute_url(self) -> str:
        return reverse("contracts:acceptance", args=[self.pk])

    @property
    def heading(self) -> str:
        return f"{self.get_stage_display()}：{self.contract.title}"

    @property
    def project(self):
        return self.contract.project

    @property
    def is_concluded(self) -> bool:
        return self.state in CONCLUDED

    @property
    def passed(self) -> bool:
        return self.state in PASSED

    def clock_terms(self, name: str) -> ClockTerms | None:
        return ClockTerms(bearer=self.contract.agency)


PASSED = (Acceptance.State.ACCEPTED, Acceptance.State.ACCEPTED_IN_PART)
CONCLUDED = (*PASSED, Acceptance.State.FAILED)


class AcceptanceMember(models.Model):
    """Who sits on an acceptance, and that he signed; a differing opinion stays with his name."""

    class Capacity(models.TextChoices):
        PURCHASER = "PURCHASER", _("购买主体")
        RECIPIENT = "RECIPIENT", _("服务对象")
        EXPERT = "EXPERT", _("专家")
        OTHER_BIDDER = "OTHER_BIDDER", _("其他投标人")

    acceptance = models.ForeignKey(Acceptance, models.CASCADE, related_name="members")
    order = models.PositiveSmallIntegerField()
    user = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("姓名"), max_length=60)
    employer = models.CharField(_("单位"), max_length=120)
    capacity = models.CharField(_("身份"), max_length=14, choices=Capacity.choices)
    signed_at = models.DateTimeField(_("签字时间"), null=True)
    dissent = models.TextField(_("不同意见"), blank=True)
    document = models.ForeignKey("files.Document", models.PROTECT, null=True, related_name="+")  # a signature on paper

    class Meta:
        ordering = ["acceptance", "order"]
        verbose_name = _("验收组成员")
        constraints = [
            models.UniqueConstraint(fields=["acceptance", "user"], condition=Q(user__isnull=False), name="contracts_member_once"),
        ]

    def __str__(self) -> str:
        return self.name


class AcceptanceItem(models.Model):
    """One deliverable on the checklist: what was promised, what the confirmed log says, what the members found."""

    acceptance = models.ForeignKey(Acceptance, models.CASCADE, related_name="items")
    deliverable = models.ForeignKey(Deliverable, models.PROTECT, related_name="acceptance_items")
    target = models.DecimalField(_("应完成"), null=True, **QUANTITY)
    actual = models.DecimalField(_("实际"), null=True, **QUANTITY)
    sub_target = models.DecimalField(_("其中应完成"), null=True, **QUANTITY)
    sub_actual = models.DecimalField(_("其中实际"), null=True, **QUANTITY)
    passed = models.BooleanField(_("合格"), null=True)
    evidence = models.TextField(_("佐证"), blank=True)
    opinion = models.TextField(_("意见"), blank=True)
    reduction = models.DecimalField(_("减价"), null=True, **COLUMN)
    judged_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["acceptance", "deliverable__order"]
        verbose_name = _("验收项")
        constraints = [
            models.UniqueConstraint(fields=["acceptance", "deliverable"], name="contracts_item_once"),
            models.CheckConstraint(condition=~Q(passed=False) | ~Q(opinion=""), name="contracts_failed_item_with_reason",
                                   violation_error_message=_("不合格的项须写明意见。")),
            models.CheckConstraint(condition=Q(reduction=None) | Q(reduction__gte=0), name="contracts_item_reduction",
                                   violation_error_message=_("减价不能为负。")),
        ]

    def __str__(self) -> str:
        return f"{self.acceptance_id} {self.deliverable}"
