"""Needed services that no leaf covers: reviewed and filed by finance for one item of one year (S-19, R1787-07)."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalogue.scope import ScopeAnswers
from catalogue.wording import Finding, findings
from portal.accounts.actor import Actor
from portal.accounts.models import Organisation
from portal.accounts.roles import REGIONAL_KINDS, OrganisationKind, Role
from portal.money import COLUMN
from portal.workdays.subjects import ClockTerms
from portal.workflow import Staged

from .version import CatalogueItem, CatalogueVersion, Kind

#: How many leaves are named as nearest, each with the reason why it does not fit.
NEAREST = 3


class OutOfCatalogueQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> OutOfCatalogueQuerySet:
        """The agency its own, its superior those of its agencies, departments those of their region; nobody else."""
        if actor.is_system:
            return self
        if actor.kind in REGIONAL_KINDS:
            return self.filter(agency__region__path__startswith=actor.region_path).exclude(state="DRAFTED", wording_question="")
        if actor.kind == OrganisationKind.AGENCY:
            own = Q(agency=actor.organisation_id)
            return self.filter(own | Q(agency__superior=actor.organisation_id) if actor.has(Role.DEPARTMENT) else own)
        return self.none()

    def usable(self, agency: Organisation) -> OutOfCatalogueQuerySet:
        """What an item of this agency may rest on in place of a leaf (R102-18, X-02)."""
        return self.filter(agency=agency, state="FILED")


class OutOfCatalogueRequest(ScopeAnswers, Staged):
    """One service of one agency and year that the catalogue lacks; a candidate for the next version (L1.2)."""

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("起草")
        SUBMITTED = "SUBMITTED", _("待审核")
        SENT_BACK = "SENT_BACK", _("已退回")
        FILED = "FILED", _("已备案")
        REJECTED = "REJECTED", _("不予同意")
        ADOPTED = "ADOPTED", _("已纳入目录")
        LAPSED = "LAPSED", _("已失效")
        WITHDRAWN = "WITHDRAWN", _("已撤回")

    agency = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("购买主体"))
    year = models.PositiveSmallIntegerField(_("项目年度"))
    title = models.CharField(_("事项名称"), max_length=120)
    kind = models.CharField(_("类别"), max_length=1, choices=Kind.choices, default=Kind.PUBLIC_SERVICE)
    content = models.TextField(_("服务内容"), blank=True)
    need = models.TextField(_("确需购买的理由"), blank=True)
    duty_basis = models.TextField(_("职责依据"), blank=True)
    amount = models.DecimalField(_("预计金额"), null=True, blank=True, **COLUMN)
    hard_to_price = models.BooleanField(_("价格难以核定"), default=False)
    pricing_note = models.TextField(_("价格测算说明"), blank=True)
    # --- wording
    wording_question = models.TextField(_("申请核对用语的说明"), blank=True)
    wording_cleared = models.JSONField(_("已放行的用语"), default=list, blank=True)
    wording_reason = models.TextField(_("用语放行理由"), blank=True)
    # --- what others said
    duty_confirmed = models.BooleanField(_("属于本单位职责"), null=True)
    duty_opinion = models.TextField(_("机构编制部门意见"), blank=True)
    review_opinion = models.TextField(_("财政审核意见"), blank=True)
    linked = models.ForeignKey("self", models.SET_NULL, null=True, related_name="links", verbose_name=_("相同事项"))
    # --- decision
    number = models.CharField(_("备案编号"), max_length=40, blank=True)
    decision_reason = models.TextField(_("决定理由"), blank=True)
    submitted_at = models.DateTimeField(_("报送时间"), null=True, editable=False)
    submitted_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    filed_at = models.DateTimeField(_("备案时间"), null=True, editable=False)
    filed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    lapses_at = models.DateTimeField(_("失效时间"))
    candidate_version = models.ForeignKey(
        CatalogueVersion, models.SET_NULL, null=True, related_name="candidates", verbose_name=_("拟纳入的版本")
    )
    candidate_code = models.CharField(_("拟用编码"), max_length=20, blank=True)
    adopted_leaf = models.ForeignKey(CatalogueItem, models.PROTECT, null=True, related_name="+", verbose_name=_("纳入后的条目"))
    objects = OutOfCatalogueQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-id"]
        verbose_name = _("目录外事项")
        indexes = [models.Index(fields=["agency", "state", "-id"]), models.Index(fields=["state", "lapses_at"])]
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="catalogue_outside_number_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["FILED", "ADOPTED"]) | ~Q(number=""), name="catalogue_filed_has_number",
                violation_error_message=_("备案的事项须有备案编号。"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["SENT_BACK", "REJECTED"]) | ~Q(decision_reason=""), name="catalogue_outside_reason",
                violation_error_message=_("退回和不予同意须写明理由。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("catalogue:outside-request", args=[self.pk])

    @property
    def summary(self) -> str:
        return f"{self.agency.name} · {self.year}"

    @property
    def texts(self) -> dict[str, str]:
        """What the wording check reads, field by field."""
        return {"title": self.title, "content": self.content, "need": self.need}

    @property
    def wording(self) -> list[Finding]:
        return findings(self.texts, self.wording_cleared)

    def clock_terms(self, name: str) -> ClockTerms | None:
        """Finance bears the review."""
        office = Organisation.objects.filter(kind=OrganisationKind.FINANCE, region=self.agency.region_id).order_by("pk").first()
        return ClockTerms(bearer=office)


class NearestLeaf(models.Model):
    """One of the three leaves that come nearest, and why the service does not fit under it."""

    request = models.ForeignKey(OutOfCatalogueRequest, models.CASCADE, related_name="nearest")
    leaf = models.ForeignKey(CatalogueItem, models.PROTECT, related_name="+", verbose_name=_("相近条目"))
    reason = models.CharField(_("不适用的理由"), max_length=300)

    class Meta:
        ordering = ["request", "id"]
        verbose_name = _("相近条目")
        constraints = [models.UniqueConstraint(fields=["request", "leaf"], name="catalogue_nearest_leaf_once")]

    def __str__(self) -> str:
        return f"{self.leaf}：{self.reason}"
