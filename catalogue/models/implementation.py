"""The implementation catalogue: what of the guiding catalogue is bought in one year, by whom and how (S-08, L1.3)."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalogue.methods import WAYS
from portal.accounts.actor import Actor
from portal.money import COLUMN
from portal.workflow import Staged

from .outside import OutOfCatalogueRequest
from .version import CATALOGUE_BODIES, CatalogueItem

#: States everybody may read: the list is published when the government has approved it (R-005).
OPEN_STATES = ("ISSUED", "SUPERSEDED")


class ImplementationListQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> ImplementationListQuerySet:
        """Everybody reads what is published; drafts stay with the region's catalogue bodies."""
        if actor.is_system:
            return self
        scope = Q(state__in=OPEN_STATES)
        if actor.kind in CATALOGUE_BODIES:
            scope |= Q(region=actor.organisation.region_id)
        return self.filter(scope)


class ImplementationList(Staged):
    """One region's list of one year, approved by its government and in force to the end of the year (R-005)."""

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("编制中")
        SUBMITTED = "SUBMITTED", _("报审")
        SENT_BACK = "SENT_BACK", _("已退回")
        APPROVED = "APPROVED", _("政府已批准")
        ISSUED = "ISSUED", _("已公布")
        SUPERSEDED = "SUPERSEDED", _("已过年度")

    issuer = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("编制机关"))
    region = models.ForeignKey("accounts.Region", models.PROTECT, related_name="+", verbose_name=_("适用地区"))
    year = models.PositiveSmallIntegerField(_("年度"))
    title = models.CharField(_("名称"), max_length=200)
    decision = models.CharField(_("政府批准文件"), max_length=200, blank=True)
    decided_on = models.DateField(_("批准日期"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("报审时间"), null=True, editable=False)
    issued_at = models.DateTimeField(_("公布时间"), null=True, editable=False)
    ends_at = models.DateTimeField(_("年度结束"), editable=False)
    entry_count = models.PositiveIntegerField(_("项目数"), default=0, editable=False)
    objects = ImplementationListQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-id"]
        verbose_name = _("实施目录")
        indexes = [models.Index(fields=["region", "state", "year"]), models.Index(fields=["state", "ends_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "year"], name="catalogue_one_implementation_a_year",
                violation_error_message=_("每个地区每年只有一份实施目录。"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("APPROVED", *OPEN_STATES)) | (~Q(decision="") & Q(decided_on__isnull=False)),
                name="catalogue_implementation_decided", violation_error_message=_("批准的实施目录须有政府批准文件和日期。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("catalogue:implementation", args=[self.pk])

    @property
    def is_open_to_edits(self) -> bool:
        """Whether its entries may still be changed; once approved they are only added to (L1.3)."""
        return self.state in (self.State.DRAFTED, self.State.SENT_BACK)


class EntryQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> EntryQuerySet:
        """Entries are seen with their list."""
        if actor.is_system:
            return self
        return self.filter(catalogue__in=ImplementationList.objects.visible_to(actor))

    def in_force(self, agency, year: int) -> EntryQuerySet:
        """What a plan item of this agency and year may rest on."""
        return self.filter(catalogue__state="ISSUED", catalogue__region=agency.region_id, catalogue__year=year, agency=agency)

    def pilots(self) -> EntryQuerySet:
        return self.exclude(pilot="")

    def by_priority(self) -> EntryQuerySet:
        """Livelihood first, then key points, then what is easy (S-09)."""
        return self.order_by("-livelihood", "-key_point", "-easy", "position", "pk")


class ImplementationEntry(models.Model):
    """One thing to be bought in the year, under a leaf or a filed request, by one agency and one method."""

    class Pilot(models.TextChoices):
        FIRST = "FIRST", _("首批")
        EXTENDED = "EXTENDED", _("扩面")
        DEEPENED = "DEEPENED", _("深化")

    catalogue = models.ForeignKey(ImplementationList, models.CASCADE, related_name="entries", verbose_name=_("实施目录"))
    position = models.PositiveIntegerField(_("序号"))
    title = models.CharField(_("项目名称"), max_length=120)
    leaf = models.ForeignKey(CatalogueItem, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("目录项"))
    filed_request = models.ForeignKey(
        OutOfCatalogueRequest, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("目录外备案")
    )
    agency = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("购买主体"))
    method = models.CharField(_("购买方式"), max_length=20, choices=WAYS)
    amount = models.DecimalField(_("预计金额"), null=True, blank=True, **COLUMN)
    livelihood = models.BooleanField(_("民生"), default=False)
    key_point = models.BooleanField(_("重点"), default=False)
    easy = models.BooleanField(_("先易"), default=False)
    grounds = models.CharField(_("列入理由"), max_length=300, blank=True)
    pilot = models.CharField(_("试点批次"), max_length=10, choices=Pilot.choices, blank=True)
    decision = models.CharField(_("增列的批准文件"), max_length=200, blank=True)
    decided_on = models.DateField(_("增列的批准日期"), null=True, blank=True)
    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["catalogue", "position", "id"]
        verbose_name = _("实施目录项目")
        indexes = [
            models.Index(fields=["agency", "leaf"]),
            models.Index(fields=["pilot", "-id"], condition=~Q(pilot=""), name="catalogue_pilots"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["catalogue", "leaf", "agency", "title"], condition=Q(leaf__isnull=False), name="catalogue_entry_once"
            ),
            models.UniqueConstraint(
                fields=["catalogue", "filed_request"], condition=Q(filed_request__isnull=False), name="catalogue_entry_request_once"
            ),
            models.CheckConstraint(
                condition=Q(leaf__isnull=False, filed_request=None) | Q(leaf=None, filed_request__isnull=False),
                name="catalogue_entry_rests_on_one", violation_error_message=_("目录项和目录外备案须选一个，且只能选一个。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("catalogue:implementation-entry", args=[self.pk])

    @property
    def rests_on(self) -> str:
        """The leaf, or the filed request outside the catalogue, in words."""
        if self.leaf_id:
            return str(self.leaf)
        return str(_("目录外：%(title)s（%(number)s）")) % {"title": self.filed_request.title, "number": self.filed_request.number}

    @property
    def flags(self) -> str:
        """Why it comes before others (S-09)."""
        return str(_("、")).join(str(self._meta.get_field(name).verbose_name) for name in FLAGS if getattr(self, name))


#: Livelihood first, key points, the easy before the hard: in the order in which they count (S-09).
FLAGS = ("livelihood", "key_point", "easy")
