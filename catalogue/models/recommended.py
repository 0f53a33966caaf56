"""The recommended list of social organisations: it informs whoever chooses, and is asked of nobody (S-15, R-GP-19)."""
from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.actor import Actor
from portal.accounts.roles import OrganisationKind
from portal.workflow import Staged

#: States everybody may read: what was withdrawn or has run out stays to be read, with its reason.
OUT_STATES = ("PUBLISHED", "SUPERSEDED", "LAPSED", "WITHDRAWN")


class RecommendedListQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> RecommendedListQuerySet:
        """Everybody reads what is published; drafts stay with the civil affairs department and the region's auditors."""
        if actor.is_system:
            return self
        scope = Q(state__in=OUT_STATES)
        if actor.organisation_id:
            scope |= Q(issuer=actor.organisation_id)
        if actor.kind == OrganisationKind.AUDIT:
            scope |= Q(region=actor.organisation.region_id)
        return self.filter(scope)


class RecommendedList(Staged):
    """One region's list, in use from its publication to the end of its last day (`valid_to`, included)."""

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("编制中")
        PUBLISHED = "PUBLISHED", _("现行")
        SUPERSEDED = "SUPERSEDED", _("已被替代")
        LAPSED = "LAPSED", _("已到期")
        WITHDRAWN = "WITHDRAWN", _("已撤回")
        DISCARDED = "DISCARDED", _("已删去")

    issuer = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("发布机关"))
    region = models.ForeignKey("accounts.Region", models.PROTECT, related_name="+", verbose_name=_("适用地区"))
    title = models.CharField(_("名称"), max_length=200)
    source = models.TextField(_("推荐办法和来源"))
    decision = models.CharField(_("批准文件"), max_length=200, blank=True)
    decided_on = models.DateField(_("批准日期"), null=True, blank=True)
    valid_from = models.DateField(_("公布日期"), null=True, blank=True)
    valid_to = models.DateField(_("有效期至"))
    ends_at = models.DateTimeField(editable=False)
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="successors", verbose_name=_("前一版本"))
    ended_reason = models.CharField(_("停用原因"), max_length=300, blank=True)
    entry_count = models.PositiveIntegerField(_("社会组织数"), default=0, editable=False)
    objects = RecommendedListQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("社会组织推荐性目录")
        indexes = [models.Index(fields=["region", "state"]), models.Index(fields=["state", "ends_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["region"], condition=Q(state="PUBLISHED"), name="catalogue_one_recommended_list",
                violation_error_message=_("每个地区只有一份现行的推荐性目录。"),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=OUT_STATES) | (~Q(decision="") & Q(decided_on__isnull=False, valid_from__isnull=False)),
                name="catalogue_recommended_decided", violation_error_message=_("公布的推荐性目录须有批准文件和日期。"),
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to__gte=F("valid_from")), name="catalogue_recommended_days",
                violation_error_message=_("有效期须不早于公布日期。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("catalogue:recommended-list", args=[self.pk])


class RecommendedEntryQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> RecommendedEntryQuerySet:
        """Entries are seen with their list."""
        if actor.is_system:
            return self
        return self.filter(catalogue__in=RecommendedList.objects.visible_to(actor))

    def naming(self, code: str, on: date) -> RecommendedEntryQuerySet:
        """Where an organisation is recommended on a day, by its credit code; registered with the portal or not."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=on), code=code, struck_on=None, catalogue__state="PUBLISHED")


class RecommendedEntry(models.Model):
    """One organisation for one field of the catalogue, known by its credit code; `valid_to` empty: as long as the list holds."""

    catalogue = models.ForeignKey(RecommendedList, models.CASCADE, related_name="entries", verbose_name=_("推荐性目录"))
    position = models.PositiveIntegerField(_("序号"))
    name = models.CharField(_("社会组织名称"), max_length=200)
    code = models.CharField(_("统一社会信用代码"), max_length=18, db_index=True)
    field_code = models.CharField(_("领域编码"), max_length=20)
    field_name = models.CharField(_("领域"), max_length=120)
    valid_to = models.DateField(_("推荐有效期至"), null=True, blank=True)
    grounds = models.CharField(_("推荐理由"), max_length=300, blank=True)
    struck_on = models.DateField(_("移出日期"), null=True, blank=True)
    struck_reason = models.CharField(_("移出原因"), max_length=300, blank=True)
    objects = RecommendedEntryQuerySet.as_manager()

    class Meta:
        ordering = ["catalogue", "position", "id"]
        verbose_name = _("推荐的社会组织")
        constraints = [models.UniqueConstraint(fields=["catalogue", "code", "field_code"], name="catalogue_recommended_once")]

    def __str__(self) -> str:
        return self.name
