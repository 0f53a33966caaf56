"""Regions, organisations, people and the roles that people hold in organisations."""
from __future__ import annotations

import hashlib
import secrets

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .roles import OrganisationKind, Role


class RegionQuerySet(models.QuerySet):
    def within(self, region: Region) -> RegionQuerySet:
        """The region and everything below it."""
        return self.filter(path__startswith=region.path)


class Region(models.Model):
    """An administrative division; `path` is the chain of codes from the province down (/36/3601/360102/)."""

    class Level(models.TextChoices):
        PROVINCE = "PROVINCE", _("省级")
        CITY = "CITY", _("市级")
        COUNTY = "COUNTY", _("县级")
        TOWN = "TOWN", _("乡镇级")

    code = models.CharField(_("区划代码"), max_length=12, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    level = models.CharField(_("级别"), max_length=10, choices=Level.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=60, unique=True, editable=False)
    objects = RegionQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        verbose_name = _("行政区划")

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        self.path = f"{self.parent.path if self.parent_id else '/'}{self.code}/"
        super().save(*args, **kwargs)


class Organisation(models.Model):
    """A body that acts: agencies, departments, suppliers, evaluators."""

    kind = models.CharField(_("类别"), max_length=20, choices=OrganisationKind.choices)
    code = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)
    name = models.CharField(_("名称"), max_length=200)
    short_name = models.CharField(_("简称"), max_length=60, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, related_name="organisations")
    superior = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="subordinates")
    contact = models.CharField(_("联系人"), max_length=60, blank=True)
    phone = models.CharField(_("电话"), max_length=40, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["region__path", "kind", "name"]
        verbose_name = _("单位")
        indexes = [models.Index(fields=["kind", "region"])]

    def __str__(self) -> str:
        return self.short_name or self.name


class UserManager(BaseUserManager):
    def create_user(self, username: str, password: str | None = None, **fields) -> User:
        user = self.model(username=username, **fields)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user

    def holding(self, role: str, organisation) -> models.QuerySet:
        """The people who hold a role in an organisation now."""
        return self.filter(pk__in=Membership.objects.live().filter(role=role, organisation=organisation).values("user_id"))

    def get_by_natural_key(self, username: str) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """A natural person who signs in; what he may do follows from his memberships alone."""

    username = models.CharField(_("账号"), max_length=60, unique=True)
    name = models.CharField(_("姓名"), max_length=60)
    email = models.EmailField(_("电子邮箱"), blank=True)
    phone = models.CharField(_("电话"), max_length=40, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    is_demo = models.BooleanField(default=False, editable=False)
    objects = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["username"]
        verbose_name = _("人员")

    def __str__(self) -> str:
        return self.name

    @property
    def is_one_click(self) -> bool:
        """A person of the demonstration who has no password: signs in by one click, in demo mode only."""
        return self.is_demo and not self.has_usable_password()

    def get_short_name(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet):
    def live(self) -> MembershipQuerySet:
        """Roles that hold now: begun, not over, of a person who may sign in, in an organisation that acts (real time)."""
        moment = timezone.now()
        return self.filter(
            Q(ends_at=None) | Q(ends_at__gt=moment), since__lte=moment, user__is_active=True, organisation__disabled_at=None,
        )


class Membership(models.Model):
    """One role that one person holds in one organisation, from and until a date."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(_("角色"), max_length=30, choices=Role.choices)
    since = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)
    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["user", "organisation", "role"]
        verbose_name = _("任职")
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation", "role"], name="membership_role_once"),
        ]
        indexes = [models.Index(fields=["organisation", "role"])]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation} · {self.get_role_display()}"


class ApiToken(models.Model):
    """A key for programs: only its digest is kept, it is bound to one person and organisation, and can be revoked."""

    class Scope(models.TextChoices):
        READ = "READ", _("只读")
        ACT = "ACT", _("读写")
        SIGN = "SIGN", _("读写，并可办理须本人确认的事项")

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    organisation = models.ForeignKey(Organisation, models.CASCADE)
    name = models.CharField(_("用途"), max_length=80)
    prefix = models.CharField(max_length=12, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scope = models.CharField(_("权限"), max_length=10, choices=Scope.choices, default=Scope.READ)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("接口令牌")

    @staticmethod
    def digest_of(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()

    @classmethod
    def issue(cls, *, user: User, organisation: Organisation, name: str, scope: str = Scope.READ,
              expires_at=None) -> tuple[ApiToken, str]:
        """Make a token and return it with its secret, which is shown once and never stored."""
        secret = f"gps_{secrets.token_urlsafe(32)}"
        token = cls.objects.create(
            user=user, organisation=organisation, name=name, scope=scope, expires_at=expires_at,
            prefix=secret[:12], digest=cls.digest_of(secret),
        )
        return token, secret

    def is_live(self) -> bool:
        moment = timezone.now()
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > moment)
