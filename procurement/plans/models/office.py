"""Who leads the reform in a region, and the office that does its daily work (S-184)."""
from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.workflow.models import Staged


class LeadingGroupQuerySet(models.QuerySet):
    def visible_to(self, actor) -> LeadingGroupQuerySet:
        """Everybody may know who answers for it and whom to ask."""
        return self


class LeadingGroup(Staged):
    """The leading group of a region, its office in the finance department, the section in charge."""

    class State(models.TextChoices):
        STANDING = "STANDING", _("现行")

    region = models.OneToOneField("accounts.Region", models.PROTECT, related_name="leading_group", verbose_name=_("地区"))
    title = models.CharField(_("领导小组名称"), max_length=200)
    founded_by = models.CharField(_("成立文件"), max_length=200, blank=True)
    office = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("办公室设在"))
    section = models.CharField(_("责任科室"), max_length=100)
    director = models.CharField(_("办公室主任"), max_length=60, blank=True)
    contact = models.CharField(_("联系人"), max_length=60)
    phone = models.CharField(_("联系电话"), max_length=40)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    objects = LeadingGroupQuerySet.as_manager()

    class Meta:
        ordering = ["region__path"]
        verbose_name = _("领导小组")

    def __str__(self) -> str:
        return self.title

    @property
    def project_key(self) -> None:
        return None

    def get_absolute_url(self) -> str:
        return reverse("plans:leading_group", args=[self.pk])

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Label and text of what is known of group and office, as page and papers show it."""
        names = ("title", "founded_by", "office", "section", "director", "contact", "phone", "address")
        told = ((str(self._meta.get_field(name).verbose_name), getattr(self, name)) for name in names)
        return [(label, value.name if hasattr(value, "name") else str(value)) for label, value in told if value]


class LeadingGroupMember(models.Model):
    """One member with his place in the group and his post."""

    class Place(models.TextChoices):
        LEADER = "LEADER", _("组长")
        DEPUTY = "DEPUTY", _("副组长")
        MEMBER = "MEMBER", _("成员")

    group = models.ForeignKey(LeadingGroup, models.CASCADE, related_name="members")
    order = models.PositiveSmallIntegerField()
    place = models.CharField(_("组内职务"), max_length=8, choices=Place.choices)
    name = models.CharField(_("姓名"), max_length=60)
    post = models.CharField(_("单位及职务"), max_length=200)

    class Meta:
        ordering = ["group", "order"]
        verbose_name = _("领导小组成员")
        constraints = [models.UniqueConstraint(fields=["group", "order"], name="plans_group_member_once")]

    def __str__(self) -> str:
        return f"{self.get_place_display()} {self.name}（{self.post}）"
