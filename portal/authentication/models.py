"""Sessions, second factors and outside identities of people. Nothing here says what anybody may do: memberships do."""
from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class Session(AbstractBaseSession):
    """A visit. Signed in, it names the person, the device and the coarse address, so that he can see and end it."""

    user = models.ForeignKey(PERSON, models.CASCADE, null=True, related_name="sessions")
    device = models.CharField(_("设备"), max_length=80, blank=True)
    address = models.CharField(_("网络地址"), max_length=45, blank=True)
    signed_in_at = models.DateTimeField(_("登录时间"), null=True)
    used_at = models.DateTimeField(_("最近使用"), null=True)

    class Meta:
        verbose_name = _("会话")
        indexes = [models.Index(fields=["user", "-used_at"])]

    @classmethod
    def get_session_store_class(cls):
        from .sessions import SessionStore

        return SessionStore


class AuthenticatorApp(models.Model):
    """A program on a phone that shows six digits, new every thirty seconds (RFC 6238)."""

    user = models.ForeignKey(PERSON, models.CASCADE, related_name="authenticator_apps")
    name = models.CharField(_("名称"), max_length=60)
    sealed_secret = models.BinaryField(editable=False)  # see vault.py
    last_step = models.BigIntegerField(default=0)  # a code is taken once
    created_at = models.DateTimeField(_("登记时间"), default=timezone.now)
    used_at = models.DateTimeField(_("最近使用"), null=True)

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("动态口令")


class SecurityKey(models.Model):
    """A key or passkey that signs a challenge for this address alone (WebAuthn)."""

    user = models.ForeignKey(PERSON, models.CASCADE, related_name="security_keys")
    name = models.CharField(_("名称"), max_length=60)
    credential_id = models.BinaryField(unique=True, editable=False, max_length=1023)
    public_key = models.BinaryField(editable=False)
    sign_count = models.BigIntegerField(default=0)
    relying_party = models.CharField(max_length=255)  # host the key was made for
    transports = models.JSONField(default=list)
    created_at = models.DateTimeField(_("登记时间"), default=timezone.now)
    used_at = models.DateTimeField(_("最近使用"), null=True)

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("安全密钥")


class RecoveryCode(models.Model):
    """A code on paper for who has lost the rest: eighty random bits, kept as a digest, good once."""

    user = models.ForeignKey(PERSON, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("备用码")


class Identity(models.Model):
    """A subject of the government's unified identity that is this person here; made only by a confirmed sign-in."""

    user = models.ForeignKey(PERSON, models.CASCADE, related_name="identities")
    issuer = models.CharField(_("认证方"), max_length=255)
    subject = models.CharField(_("主体标识"), max_length=255)
    label = models.CharField(_("显示名称"), max_length=120, blank=True)
    bound_at = models.DateTimeField(_("绑定时间"), default=timezone.now)

    class Meta:
        ordering = ["bound_at", "pk"]
        verbose_name = _("统一身份")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="identity_is_one_person"),
            models.UniqueConstraint(fields=["issuer", "user"], name="person_has_one_identity_of_an_issuer"),
        ]


class AdministrationQuerySet(models.QuerySet):
    def running(self, moment: datetime | None = None) -> AdministrationQuerySet:
        moment = moment or timezone.now()
        return self.filter(closed_at=None, ends_at__gt=moment)


class Administration(models.Model):
    """A stretch of time in which somebody administers, with the reason he gave; outside it he has no such right."""

    user = models.ForeignKey(PERSON, models.PROTECT, related_name="administrations")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    reason = models.CharField(_("事由"), max_length=300)
    opened_at = models.DateTimeField(_("开始"), default=timezone.now)
    ends_at = models.DateTimeField(_("到期"))
    closed_at = models.DateTimeField(_("结束"), null=True)
    objects = AdministrationQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        verbose_name = _("管理时段")
        indexes = [models.Index(fields=["-opened_at", "-id"]), models.Index(fields=["user", "ends_at"])]
        constraints = [
            models.CheckConstraint(name="administration_has_a_reason", condition=~models.Q(reason="")),
            models.CheckConstraint(name="administration_ends_after_it_begins", condition=models.Q(ends_at__gt=models.F("opened_at"))),
        ]

    @property
    def ended_at(self) -> datetime:
        """When it ended or will end."""
        return self.closed_at or self.ends_at

    @property
    def is_running(self) -> bool:
        return self.closed_at is None and self.ends_at > timezone.now()
