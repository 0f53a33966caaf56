"""The key of a tender: its public half seals bids, its private half lies closed for pairs of named openers."""
from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import OrganisationKind
from portal.workflow import Staged
from procurement.bids import sealing


class OpeningKeyQuerySet(models.QuerySet):
    def visible_to(self, actor) -> OpeningKeyQuerySet:
        """The agency that buys, and the auditors of its region; what they see is who has done his part."""
        if actor.is_system:
            return self
        if actor.kind == OrganisationKind.AGENCY:
            return self.filter(tender__agency=actor.organisation_id)
        if actor.kind == OrganisationKind.AUDIT:
            return self.filter(tender__agency__region__path__startswith=actor.region_path)
        return self.none()


class OpeningKey(Staged):
    """The key ceremony of one tender: who opens, who witnesses, and the key that only two of them can use together."""

    class State(models.TextChoices):
        NAMED = "NAMED", _("待设置口令")
        MADE = "MADE", _("待验证口令")
        PROVED = "PROVED", _("密钥可用")
        DESTROYED = "DESTROYED", _("密钥已销毁")

    tender = models.OneToOneField("tenders.Tender", models.PROTECT, related_name="opening_key", verbose_name=_("采购活动"))
    witness = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name=_("监督见证人"))
    witness_present_at = models.DateTimeField(_("见证人到场"), null=True, blank=True, editable=False)
    public_key = models.BinaryField(default=b"", editable=False)
    made_at = models.DateTimeField(null=True, editable=False)
    proved_at = models.DateTimeField(null=True, editable=False)
    destroyed_at = models.DateTimeField(null=True, editable=False)
    objects = OpeningKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("开标密钥")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["NAMED", "DESTROYED"]) | ~Q(public_key=b""), name="bids_key_has_public_half",
                violation_error_message=_("密钥生成后必须有公钥。"),
            ),
        ]

    def __str__(self) -> str:
        return str(_("%(tender)s 开标密钥")) % {"tender": self.tender}

    def get_absolute_url(self) -> str:
        return reverse("bids:key", args=[self.pk])

    @property
    def project(self):
        return self.tender.project

    @property
    def context(self) -> str:
        """Place of this key's secrets in every sealed message."""
        return f"portal/tender:{self.tender_id}"

    @property
    def fingerprint(self) -> str:
        """What two people read to each other to know that they speak of the same key."""
        from hashlib import sha256

        return sha256(bytes(self.public_key)).hexdigest()[:32] if self.public_key else ""

    def sitting(self) -> list[Opener]:
        """The openers who have not been replaced, in the order in which they were named."""
        return [opener for opener in self.openers.all() if opener.replaced_at is None]

    def opener_of(self, actor) -> Opener | None:
        return next((opener for opener in self.sitting() if actor.is_person(opener.user_id)), None)


class Opener(models.Model):
    """One named opener: his own key pair, the private half under his passphrase, and whether he is here."""

    key = models.ForeignKey(OpeningKey, models.PROTECT, related_name="openers")
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name=_("开标人"))
    public_key = models.BinaryField(default=b"", editable=False)
    salt = models.BinaryField(default=b"", editable=False)
    locked_key = models.BinaryField(default=b"", editable=False)
    known_text = models.BinaryField(default=b"", editable=False)  # sealed to him; its digest stands beside it
    known_digest = models.CharField(max_length=64, blank=True, editable=False)
    set_at = models.DateTimeField(_("口令设置"), null=True, editable=False)
    proved_at = models.DateTimeField(_("口令验证"), null=True, editable=False)
    present_at = models.DateTimeField(_("到场"), null=True, editable=False)
    failures = models.PositiveSmallIntegerField(default=0, editable=False)
    locked_until = models.DateTimeField(null=True, editable=False)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", editable=False)
    replaced_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["id"]
        verbose_name = _("开标人")
        constraints = [
            models.UniqueConstraint(
                fields=["key", "user"], condition=Q(replaced_at=None), name="bids_opener_once",
                violation_error_message=_("同一人只能任一次开标人。"),
            ),
        ]

    def __str__(self) -> str:
        return self.user.name

    @property
    def locked(self) -> sealing.Locked:
        return sealing.Locked(bytes(self.public_key), bytes(self.salt), bytes(self.locked_key))


class Layer(models.Model):
    """The tender's private key for one ordered pair: sealed for the second opener, and around that for the first."""

    key = models.ForeignKey(OpeningKey, models.PROTECT, related_name="layers")
    first = models.ForeignKey(Opener, models.CASCADE, related_name="+")
    second = models.ForeignKey(Opener, models.CASCADE, related_name="+")
    nested = models.BinaryField(editable=False)

    class Meta:
        ordering = ["first", "second"]
        verbose_name = _("密钥封层")
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="bids_layer_once")]
