"""The library of experts: who may be drawn, for which subjects, and what ties exclude him (R87-29, REX-03)."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import OrganisationKind


class ExpertQuerySet(models.QuerySet):
    def visible_to(self, actor) -> ExpertQuerySet:
        """The keeper of the library and finance and audit of the region see it; an expert sees himself.

        A purchaser does not browse the library: he is given who was drawn (R87-29).
        """
        if actor.is_system:
            return self
        if actor.kind in (OrganisationKind.FINANCE, OrganisationKind.AUDIT):
            return self.filter(Q(library__region__path__startswith=actor.region_path) | Q(region__path__startswith=actor.region_path))
        if actor.user_id is None:
            return self.none()
        return self.filter(user=actor.user_id)

    def drawable(self, region, subject: str) -> ExpertQuerySet:
        """Who could sit for a purchaser of a region: experts of a library of that region or one above it (R87-29)."""
        found = self.filter(status=Expert.Status.AVAILABLE)
        wanted = [expert.pk for expert in found.select_related("region") if region.path.startswith(expert.region.path)
                  and (not subject or subject in expert.subjects)]
        return self.filter(pk__in=wanted)


class Expert(models.Model):
    """One person of the library (REX-05)."""

    class Status(models.TextChoices):
        AVAILABLE = "AVAILABLE", _("可抽取")
        SUSPENDED = "SUSPENDED", _("暂停抽取")

    number = models.CharField(_("专家编号"), max_length=20, unique=True)
    user = models.OneToOneField("accounts.User", models.PROTECT, related_name="expert", verbose_name=_("姓名"))
    library = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("专家库"))
    region = models.ForeignKey("accounts.Region", models.PROTECT, related_name="+", verbose_name=_("适用区域"))
    employer = models.CharField(_("工作单位"), max_length=120)
    employer_organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("工作单位（本平台单位）")
    )
    title = models.CharField(_("职称"), max_length=60)
    subjects = models.JSONField(_("评审专业"), default=list)
    status = models.CharField(_("抽取资格"), max_length=12, choices=Status.choices, default=Status.AVAILABLE)
    since = models.DateField(_("入库日期"))
    objects = ExpertQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        verbose_name = _("评审专家")

    def __str__(self) -> str:
        return f"{self.user.name}（{self.number}）"


class ExpertTie(models.Model):
    """A tie between an expert and an organisation that bars him from judging it (R-GP-20); `until` empty = still there."""

    class Kind(models.TextChoices):
        EMPLOYED = "EMPLOYED", _("劳动关系")
        DIRECTOR = "DIRECTOR", _("担任董事、监事")
        HOLDING = "HOLDING", _("控股股东或实际控制人")
        KINSHIP = "KINSHIP", _("与负责人有亲属关系")
        OTHER = "OTHER", _("其他可能影响公正的关系")

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="ties")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("单位"))
    kind = models.CharField(_("关系"), max_length=12, choices=Kind.choices)
    since = models.DateField(_("起始"), null=True, blank=True)
    until = models.DateField(_("结束"), null=True, blank=True)

    class Meta:
        ordering = ["expert", "id"]
        verbose_name = _("利害关系")

    def __str__(self) -> str:
        return f"{self.expert} {self.get_kind_display()} {self.organisation}"
