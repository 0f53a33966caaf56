"""Signatures of people: who, when, over which bytes, and how he had shown himself."""
from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.presence import Way

from .digests import digest_of


class Signature(models.Model):
    """One person signed one file by one act. The digest is that of the very bytes he was shown; it never changes."""

    document = models.ForeignKey("files.Document", models.PROTECT, related_name="signatures")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(_("签署人"), max_length=60)  # as it was then
    organisation_name = models.CharField(_("单位"), max_length=200)
    lifecycle = models.CharField(max_length=40)
    subject = models.CharField(max_length=40)
    transition = models.CharField(max_length=40)
    algorithm = models.CharField(_("摘要算法"), max_length=10)
    digest = models.CharField(_("文件摘要"), max_length=128)
    signed_at = models.DateTimeField(_("签署时间"))
    confirmed_by = models.CharField(_("确认方式"), max_length=20, choices=Way.choices)
    confirmed_at = models.DateTimeField(_("确认时间"), null=True)  # real time; absent for who is exempt in the demonstration
    entry_digest = models.CharField(max_length=128)  # of the entry in the record that tells of it

    class Meta:
        ordering = ["signed_at", "pk"]
        verbose_name = _("签署")
        constraints = [models.UniqueConstraint(fields=["document", "user", "transition"], name="signature_given_once")]
        indexes = [models.Index(fields=["lifecycle", "subject"])]

    def fits(self) -> bool:
        """Whether the kept file is still, byte for byte, what was signed."""
        try:
            with self.document.open() as stream:
                return digest_of(stream, self.algorithm) == self.digest
        except FileNotFoundError:
            return False
