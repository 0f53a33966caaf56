"""The functions of each department: kept, transferred or bought, approved by the establishment office (S-14)."""
from __future__ import annotations

from django.db import models
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.accounts.roles import OrganisationKind
from portal.workflow import Staged

#: Departments that look at a list before everybody does: who approves it, who pays by it, who audits it.
FUNCTION_BODIES = frozenset({OrganisationKind.ESTABLISHMENT, OrganisationKind.FINANCE, OrganisationKind.AUDIT})


class FunctionListQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> FunctionListQuerySet:
        """Everybody reads what is published; drafts stay with the department and those who approve, pay and audit."""
        if actor.is_system:
            return self
        scope = Q(state__in=("PUBLISHED", "SUPERSEDED"))
        if actor.organisation_id:
            scope |= Q(agency=actor.organisation_id)
        if actor.kind in FUNCTION_BODIES:
            scope |= Q(region=actor.organisation.region_id)
        return self.filter(scope)

    def with_counts(self) -> FunctionListQuerySet:
        """How many functions are kept, transferred and bought (`keep`, `transfer`, `buy`)."""
        return self.annotate(**{
            status.name.lower(): Count("functions", filter=Q(functions__status=status)) for status in GovernmentFunction.Status
        })


class FunctionList(Staged):
    """One department's list; at most one is in use, the next takes its place when the establishment office approves it."""

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("编制中")
        SUBMITTED = "SUBMITTED", _("待编办审核")
        SENT_BACK = "SENT_BACK", _("已退回")
        PUBLISHED = "PUBLISHED", _("现行")
        SUPERSEDED = "SUPERSEDED", _("已被替代")
        DISCARDED = "DISCARDED", _("已删去")

    agency = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("部门"))
    region = models.ForeignKey("accounts.Region", models.PROTECT, related_name="+", verbose_name=_("适用地区"))
    title = models.CharField(_("名称"), max_length=200)
    basis = models.CharField(_("编制依据"), max_length=300)
    decision = models.CharField(_("编办批准文件"), max_length=200, blank=True)
    decided_on = models.DateField(_("批准日期"), null=True, blank=True)
    published_on = models.DateField(_("公布日期"), null=True, blank=True)
    function_count = models.PositiveIntegerField(_("职能数"), default=0, editable=False)
    objects = FunctionListQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("政府职能清单")
        indexes = [models.Index(fields=["state", "agency"]), models.Index(fields=["region", "state"])]
        constraints = [
            models.UniqueConstraint(
                fields=["agency"], condition=Q(state="PUBLISHED"), name="catalogue_one_function_list",
                violation_error_message=_("每个部门只有一份现行的职能清单。"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("PUBLISHED", "SUPERSEDED"))
                | (~Q(decision="") & Q(decided_on__isnull=False, published_on__isnull=False)),
                name="catalogue_functions_decided", violation_error_message=_("公布的职能清单须有编办批准文件和日期。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("catalogue:function-list", args=[self.pk])


class GovernmentFunctionQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> GovernmentFunctionQuerySet:
        """Functions are seen with their list."""
        if actor.is_system:
            return self
        return self.filter(catalogue__in=FunctionList.objects.visible_to(actor))

    def in_force(self) -> GovernmentFunctionQuerySet:
        """The functions of the lists in use."""
        return self.filter(catalogue__state="PUBLISHED")


class GovernmentFunction(models.Model):
    """One function: its number in the list, what it is, and whether government keeps, transfers or buys it."""

    class Status(models.TextChoices):
        KEEP = "KEEP", _("保留")
        TRANSFER = "TRANSFER", _("转移")
        BUY = "BUY", _("购买")

    catalogue = models.ForeignKey(FunctionList, models.CASCADE, related_name="functions", verbose_name=_("职能清单"))
    position = models.PositiveIntegerField(_("次序"))
    number = models.CharField(_("职能编号"), max_length=20)
    name = models.CharField(_("职能事项"), max_length=200)
    status = models.CharField(_("处置方式"), max_length=10, choices=Status.choices)
    basis = models.CharField(_("职责依据"), max_length=300, blank=True)
    note = models.CharField(_("承接方或者说明"), max_length=300, blank=True)
    objects = GovernmentFunctionQuerySet.as_manager()

    class Meta:
        ordering = ["catalogue", "position", "id"]
        verbose_name = _("政府职能")
        indexes = [models.Index(fields=["catalogue", "status"])]
        constraints = [models.UniqueConstraint(fields=["catalogue", "number"], name="catalogue_function_number_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def get_absolute_url(self) -> str:
        return f"{self.catalogue.get_absolute_url()}?q={self.number}"
