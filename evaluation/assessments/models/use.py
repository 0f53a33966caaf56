"""What a result is used for: every consequence is an act that cites it (L11.5)."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.roles import OrganisationKind
from portal.money import COLUMN
from portal.workflow.models import Staged
from procurement.plans import visibility

from .assessment import Assessment


class ResultUseQuerySet(models.QuerySet):
    def visible_to(self, actor) -> ResultUseQuerySet:
        """Government its own; the contractor what concerns his contract, once the result is settled."""
        official = visibility.official(actor, "assessment__contract__agency")
        if official is not None:
            return self.filter(official)
        if actor.kind == OrganisationKind.SUPPLIER:
            return self.filter(assessment__contract__supplier=actor.organisation_id)
        return self.none()

    def with_names(self) -> ResultUseQuerySet:
        contract = "assessment__contract"
        return self.select_related(f"{contract}__project", f"{contract}__agency__region", f"{contract}__supplier")


class ResultUse(Staged):
    """One consequence of one result. `percent` of the year's sum or of an instalment, `amount` in yuan."""

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", pgettext_lazy("state", "建议")
        APPLIED = "APPLIED", _("已应用")
        WAIVED = "WAIVED", _("不适用")
        REVOKED = "REVOKED", pgettext_lazy("state", "已撤销")

    class Kind(models.TextChoices):
        PAYMENT = "PAYMENT", _("末期款支付比例")
        CEILING = "CEILING", _("下年预算上限")
        PLAN_GATE = "PLAN_GATE", _("下年申报受限")
        CREDIT = "CREDIT", _("承接主体履约评价")

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="uses", verbose_name=_("评价结果"))
    kind = models.CharField(_("用途"), max_length=10, choices=Kind.choices)
    percent = models.DecimalField(_("比例"), max_digits=5, decimal_places=2, null=True)
    amount = models.DecimalField(_("金额"), null=True, **COLUMN)
    reason = models.TextField(_("说明"), blank=True)
    effect_reference = models.CharField(_("生效记录"), max_length=80, blank=True, editable=False)
    undone = models.TextField(_("撤销说明"), blank=True, editable=False)
    applied_at = models.DateTimeField(_("应用时间"), null=True, editable=False)
    waived_at = models.DateTimeField(_("免用时间"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, editable=False)
    objects = ResultUseQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("评价结果应用")
        indexes = [models.Index(fields=["state", "-id"])]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "kind"], name="assessments_use_once",
                                    violation_error_message=_("同一结果同一用途只应用一次。")),
            models.CheckConstraint(condition=~Q(state="APPLIED") | ~Q(effect_reference=""), name="assessments_applied_has_effect",
                                   violation_error_message=_("已应用须有生效记录。")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.assessment.contract.title}"

    def get_absolute_url(self) -> str:
        return reverse("assessments:use", args=[self.pk])

    @property
    def project(self):
        return self.assessment.contract.project

    @property
    def project_key(self) -> int:
        return self.assessment.contract.project_id

    @property
    def citation(self) -> str:
        """The result it rests on, in words (S-110)."""
        return str(_("%(number)s（%(score)s 分，%(grade)s）") % {
            "number": self.assessment.number, "score": self.assessment.score, "grade": self.assessment.get_grade_display(),
        })
