"""What is made on the way of a tender: reviews, frozen documents, clarifications, and who took the documents."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import OrganisationKind, Role

from .tender import SEALED_STATES, Tender


class InternalReview(models.Model):
    """The word of one internal unit in one round: general review, and key review where R22-14 asks for it."""

    class Unit(models.TextChoices):
        PROCUREMENT = Role.REVIEWER_PROCUREMENT, _("采购")
        FINANCE = Role.REVIEWER_FINANCE, _("财务")
        BUSINESS = Role.REVIEWER_BUSINESS, _("业务")
        SUPERVISION = Role.REVIEWER_SUPERVISION, _("监督")

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="reviews")
    round = models.PositiveSmallIntegerField()
    unit = models.CharField(_("审查单位"), max_length=30, choices=Unit.choices)
    reviewer = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    general_opinion = models.TextField(_("一般性审查意见"))
    key_opinion = models.TextField(_("重点审查意见"), blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["tender", "round", "at", "id"]
        verbose_name = _("内部审查意见")
        constraints = [
            models.UniqueConstraint(fields=["tender", "round", "unit"], name="tenders_review_unit_once"),
            models.UniqueConstraint(fields=["tender", "round", "reviewer"], name="tenders_review_person_once"),
        ]


class DocumentVersion(models.Model):
    """The tender document as it was published, frozen: its content as canonical JSON, its PDF, both with digest."""

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("版本"))
    content = models.JSONField()
    digest = models.CharField(_("内容摘要"), max_length=128)
    document = models.ForeignKey("files.Document", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["tender", "number"]
        verbose_name = _("招标文件版本")
        constraints = [models.UniqueConstraint(fields=["tender", "number"], name="tenders_document_version_once")]


class Clarification(models.Model):
    """A written clarification or change of the document, for all at once (R87-11). Without `published_at` a draft."""

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="clarifications")
    number = models.PositiveSmallIntegerField()
    items = models.JSONField()  # [{"part", "old", "new"}]
    affects_bids = models.BooleanField(_("可能影响投标文件编制"))
    drafted_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["tender", "number"]
        verbose_name = _("澄清修改")
        constraints = [
            models.UniqueConstraint(fields=["tender", "number"], name="tenders_clarification_once"),
            models.UniqueConstraint(
                fields=["tender"], condition=Q(published_at=None), name="tenders_clarification_one_draft",
                violation_error_message=_("已有一份待发布的澄清。"),
            ),
        ]


class DocumentTakingQuerySet(models.QuerySet):
    def visible_to(self, actor) -> DocumentTakingQuerySet:
        """Before the opening nobody sees who took the documents, not even how many: each taker himself alone (R87-12)."""
        if actor.is_system:
            return self
        own = Q(organisation=actor.organisation_id) if actor.kind == OrganisationKind.SUPPLIER else Q(pk__in=[])
        if actor.kind in (OrganisationKind.AGENCY, OrganisationKind.FINANCE, OrganisationKind.AUDIT):
            tenders = Tender.objects.visible_to(actor).exclude(state__in=SEALED_STATES).exclude(opened_at=None)
            inside = Q(agency=actor.organisation_id) | Q(agency__superior=actor.organisation_id)
            if actor.kind != OrganisationKind.AGENCY:
                inside = Q(agency__region__path__startswith=actor.region_path)
            return self.filter(own | Q(tender__in=tenders.filter(inside)))
        return self.filter(own)

    def update(self, **kwargs):
        raise TypeError("a taking is recorded once and never changed")

    def delete(self):
        raise TypeError("a taking is recorded once and never removed")


class DocumentTaking(models.Model):
    """That an organisation took the tender documents, when and in which version; the receipt's digest binds it."""

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="takings")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(_("获取时间"))
    document_digest = models.CharField(max_length=128)
    receipt = models.CharField(_("回执摘要"), max_length=128)
    objects = DocumentTakingQuerySet.as_manager()

    class Meta:
        ordering = ["tender", "taken_at", "id"]
        verbose_name = _("招标文件获取登记")
        constraints = [models.UniqueConstraint(fields=["tender", "organisation"], name="tenders_taking_once")]
