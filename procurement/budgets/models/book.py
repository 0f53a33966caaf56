"""A workbook of budget lines: uploaded, looked through, and drafted once and whole."""
from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.money import COLUMN
from portal.workflow.models import Staged
from procurement.plans import visibility


class LineBookQuerySet(models.QuerySet):
    def visible_to(self, actor) -> LineBookQuerySet:
        """Working papers of the government: whose people handed it in, and departments what was handed in in their region."""
        official = visibility.official(actor, "organisation")
        return self.none() if official is None else self.filter(official)


class LineBook(Staged):
    """What one workbook brings, its cells as they were written until its lines are drafted (BOOK-02, BOOK-04)."""

    class State(models.TextChoices):
        RECEIVED = "RECEIVED", _("待核对")
        IMPORTED = "IMPORTED", _("已导入")
        DISCARDED = "DISCARDED", _("已放弃")

    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("导入单位"))
    document = models.OneToOneField("files.Document", models.PROTECT, null=True, related_name="+")
    digest = models.CharField(_("文件摘要"), max_length=128)
    rows = models.JSONField(default=list)  # [[number in the file, {field: cell}], …]
    letters = models.JSONField(default=dict)  # field → column letter in this file
    count = models.PositiveIntegerField(_("指标数"))
    total = models.DecimalField(_("申报数合计"), **COLUMN)
    imported_at = models.DateTimeField(null=True, editable=False)
    imported_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, editable=False, related_name="+")
    objects = LineBookQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("指标工作簿")
        indexes = [models.Index(fields=["organisation", "-id"]), models.Index(fields=["organisation", "digest"])]

    def __str__(self) -> str:
        return self.document.name if self.document_id else str(_("指标工作簿"))

    @property
    def project_key(self) -> None:
        return None

    def get_absolute_url(self) -> str:
        return reverse("budgets:book", args=[self.pk])
