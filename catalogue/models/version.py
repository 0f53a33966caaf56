"""Versions of the guiding catalogue and their items: what may be bought, under which code, in which words (S-06, S-07)."""
from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalogue.evidence import Evidence
from catalogue.indicators import write_templates
from portal import clock
from portal.accounts.actor import Actor
from portal.accounts.models import Organisation, Region
from portal.accounts.roles import OrganisationKind
from portal.money import COLUMN
from portal.workdays.models import LegalClock
from portal.workdays.verbs import clocks_of
from portal.workflow import Staged

#: States everybody may read: the law wants the catalogue public, consultations ask the public (R102-15, S-17).
PUBLIC_STATES = ("CONSULTING", "ISSUED", "SUPERSEDED")
#: The legal clock of a consultation.
CONSULTATION = "CATALOGUE_CONSULTATION"
#: Departments that prepare and decide a catalogue, and those who watch them.
CATALOGUE_BODIES = frozenset({OrganisationKind.FINANCE, OrganisationKind.JOINT_MEETING, OrganisationKind.AUDIT})


class Kind(models.TextChoices):
    """The two kinds of services (R102-08)."""

    PUBLIC_SERVICE = "A", _("公共服务")
    AUXILIARY = "B", _("政府履职辅助性服务")


class CatalogueVersionQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> CatalogueVersionQuerySet:
        """Everybody reads what is issued or under consultation; drafts stay with the region's catalogue bodies and their department."""
        if actor.is_system:
            return self
        scope = Q(state__in=PUBLIC_STATES)
        if actor.organisation_id:
            scope |= Q(agency=actor.organisation_id)
        if actor.kind in CATALOGUE_BODIES:
            scope |= Q(region=actor.organisation.region_id)
        return self.filter(scope)

    def current(self, on: date) -> CatalogueVersionQuerySet:
        """Every version that holds on a day, whatever its region."""
        return self.filter(state__in=("ISSUED", "SUPERSEDED"), valid_from__lte=on).filter(Q(valid_to=None) | Q(valid_to__gt=on))

    def in_force(self, region: Region | None, on: date, *, agency: Organisation | None = None) -> CatalogueVersionQuerySet:
        """The version a region buys by on a day: its own, else that of the nearest region above, else the reference.

        A department (`agency`) buys by its own list where it has one. At most one row, because the validity of the versions of
        one region, or of one department, never overlaps.
        """
        codes = region.path.strip("/").split("/") if region else []
        whose = Q(agency=None)
        reach = [models.When(region__code=code, agency=None, then=depth) for depth, code in enumerate(codes, start=1)]
        if agency is not None:
            whose |= Q(agency=agency)
            reach.append(models.When(agency=agency, then=len(codes) + 1))
        return (
            self.current(on)
            .filter(whose, Q(region__code__in=codes) | Q(region=None))
            .annotate(reach=models.Case(*reach, default=0))
            .order_by("-reach", "-valid_from")[:1]
        )

    def in_force_for(self, organisation: Organisation | None, on: date) -> CatalogueVersionQuerySet:
        """The version an organisation buys by: its department's own, else that of its region; nobody's is the reference (R102-16)."""
        region = organisation.region if organisation else None
        return self.in_force(region, on, agency=organisation)


class CatalogueVersion(Staged):
    """One list of one region or department and period; a plan item points to one leaf of one version for ever (L1.1).

    `agency` is empty for the list of a whole region; a department's own stays within it (R102-16). `region` and `issuer` are
    empty for the reference list that the portal ships with; it holds wherever no region has issued its own. `valid_to` is the
    first day on which the version no longer holds.
    """

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("编制中")
        CONSULTING = "CONSULTING", _("征求意见")
        SUBMITTED = "SUBMITTED", _("待审定")
        SENT_BACK = "SENT_BACK", _("退改")
        APPROVED = "APPROVED", _("已审定")
        ISSUED = "ISSUED", _("施行")
        SUPERSEDED = "SUPERSEDED", _("已被替代")
        CANCELLED = "CANCELLED", _("已放弃")

    issuer = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, related_name="+", verbose_name=_("发布机关"))
    region = models.ForeignKey("accounts.Region", models.PROTECT, null=True, related_name="+", verbose_name=_("适用地区"))
    agency = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, related_name="+", verbose_name=_("适用部门"), help_text=_("空为全地区适用。")
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    title = models.CharField(_("名称"), max_length=200)
    document_number = models.CharField(_("文号"), max_length=80, blank=True)
    valid_from = models.DateField(_("施行日期"), null=True, blank=True)
    valid_to = models.DateField(_("停止施行日期"), null=True, blank=True)
    ends_at = models.DateTimeField(null=True, editable=False)
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="successors", verbose_name=_("前一版本"))
    is_reference = models.BooleanField(_("参考目录"), default=False, editable=False)
    source_note = models.TextField(_("来源说明"), blank=True)
    departments = models.TextField(_("已征求意见的部门"), blank=True)
    expert_argument = models.BooleanField(_("须经专家论证"), default=False)
    consulted_digest = models.CharField(max_length=128, blank=True, editable=False)
    consultation_summary = models.TextField(_("意见采纳情况"), blank=True)
    decision = models.CharField(_("审定文件"), max_length=200, blank=True)
    item_count = models.PositiveIntegerField(_("目录条数"), default=0, editable=False)
    objects = CatalogueVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-id"]
        verbose_name = _("指导性目录版本")
        indexes = [models.Index(fields=["region", "state", "valid_from"])]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "valid_from"], condition=Q(state__in=("ISSUED", "SUPERSEDED"), agency=None),
                name="catalogue_one_version_a_day", violation_error_message=_("同一地区同一天只能有一个版本开始施行"),
            ),
            models.UniqueConstraint(
                fields=["agency", "valid_from"], condition=Q(state__in=("ISSUED", "SUPERSEDED"), agency__isnull=False),
                name="catalogue_one_department_version_a_day", violation_error_message=_("同一部门同一天只能有一个版本开始施行"),
            ),
            models.UniqueConstraint(
                fields=["valid_from"], condition=Q(region=None), name="catalogue_one_reference_a_day",
                violation_error_message=_("同一天只能有一份参考目录开始施行"),
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="catalogue_valid_to_after_from",
                violation_error_message=_("停止施行日期须晚于施行日期"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("ISSUED", "SUPERSEDED")) | (
                    Q(valid_from__isnull=False) & (Q(is_reference=True) | ~Q(document_number=""))
                ),
                name="catalogue_issued_has_number", violation_error_message=_("施行的版本须有文号和施行日期"),
            ),
            models.CheckConstraint(
                condition=Q(is_reference=True, region=None) | Q(is_reference=False, region__isnull=False),
                name="catalogue_region_or_reference", violation_error_message=_("除参考目录外，版本须有适用地区"),
            ),
            models.CheckConstraint(
                condition=Q(agency=None) | Q(issuer=F("agency")), name="catalogue_department_issues_its_own",
                violation_error_message=_("部门目录由本部门编制、发布"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("catalogue:version", args=[self.pk])

    @property
    def consultation(self) -> LegalClock | None:
        """The period of the last consultation that was not broken off, running or over."""
        return clocks_of(self).filter(name=CONSULTATION).exclude(state=LegalClock.State.VOIDED).order_by("-started_at").first()

    @property
    def asks_the_public(self) -> bool:
        """Whether anybody may hand in an opinion now (S-17)."""
        period = self.consultation if self.state == self.State.CONSULTING else None
        return period is not None and clock.now() < period.ends_at

    @property
    def hears_experts(self) -> bool:
        """Whether opinions that came on paper may still be taken down (R102-17)."""
        return self.state in (self.State.CONSULTING, self.State.SENT_BACK)

    def leaf(self, code: str) -> CatalogueItem:
        """The leaf of this version with that code. Raises CatalogueItem.DoesNotExist."""
        return self.items.leaves().get(code=code)


class CatalogueItemQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> CatalogueItemQuerySet:
        """Items are seen with their version."""
        if actor.is_system:
            return self
        return self.filter(version__in=CatalogueVersion.objects.visible_to(actor))

    def leaves(self) -> CatalogueItemQuerySet:
        """What a plan item may point to: nothing below it, not retired (S-06)."""
        return self.filter(is_leaf=True, retired=False)

    def matching(self, query: str) -> CatalogueItemQuerySet:
        """One box: the beginning of a code, or every word somewhere in the name."""
        found = self
        for word in query.split()[:5]:
            found = found.filter(Q(code__istartswith=word) | Q(name__icontains=word))
        return found


class CatalogueItem(models.Model):
    """One line of a version. `path` is the chain of codes from the branch down ("A/A01/A0101"), `position` its place among
    the lines of its parent, `place` the chain of positions that lists are ordered by."""

    version = models.ForeignKey(CatalogueVersion, models.CASCADE, related_name="items")
    code = models.CharField(_("编码"), max_length=20)
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    level = models.PositiveSmallIntegerField(_("级次"))
    name = models.CharField(_("名称"), max_length=120)
    kind = models.CharField(_("类别"), max_length=1, choices=Kind.choices)
    evidence = models.CharField(_("核对标记"), max_length=12, blank=True)
    procurement_code = models.CharField(_("品目编码"), max_length=12, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    guide_price = models.DecimalField(_("指导价"), null=True, blank=True, **COLUMN)
    guide_unit = models.CharField(_("计价单位"), max_length=30, blank=True)
    cost_factors = models.CharField(_("成本要素"), max_length=300, blank=True)
    indicators = models.JSONField(_("绩效指标模板"), default=list, blank=True)
    deviation = models.CharField(_("与上级目录不一致的理由"), max_length=300, blank=True)
    path = models.CharField(max_length=100, editable=False)
    position = models.PositiveSmallIntegerField(_("次序"), default=0, editable=False)
    place = models.CharField(max_length=40, default="", editable=False)
    is_leaf = models.BooleanField(default=True, editable=False)
    retired = models.BooleanField(_("已停用"), default=False)
    objects = CatalogueItemQuerySet.as_manager()

    class Meta:
        ordering = ["version", "place", "code"]
        verbose_name = _("目录条目")
        indexes = [models.Index(fields=["version", "is_leaf", "code"])]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="catalogue_code_once_a_version"),
            models.UniqueConstraint(fields=["version", "path"], name="catalogue_path_once_a_version"),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=4), name="catalogue_depth", violation_error_message=_("目录最多四级")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("catalogue:item", args=[self.pk])

    @property
    def indicator_words(self) -> str:
        """The templates of its indicators in one line."""
        return write_templates(self.indicators)

    @property
    def evidence_mark(self) -> Evidence | None:
        """How far the line of the reference list was checked; None for lists that a finance department issued."""
        return Evidence.strongest(self.evidence)
