"""Delegations: one person's role in another's hands from a day to a day, with a reason (DLG-01)."""
from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.accounts.mandates import Mandate
from portal.accounts.models import Membership
from portal.accounts.roles import OrganisationKind, Role
from portal.workflow.models import Staged
from portal.workflow.table import lifecycle


class DelegationQuerySet(models.QuerySet):
    def visible_to(self, actor) -> DelegationQuerySet:
        """Principal and delegate see it, and the auditors of the region once it was granted."""
        if actor.is_system:
            return self
        if actor.user_id is None:
            return self.none()
        was_granted = Q(granted_at__isnull=False)
        scope = Q(membership__user=actor.user_id) | (Q(delegate=actor.user_id) & was_granted)
        if actor.kind == OrganisationKind.AUDIT:
            scope |= Q(membership__organisation__region__path__startswith=actor.region_path) & was_granted
        return self.filter(scope)

    def granted(self) -> DelegationQuerySet:
        return self.filter(state__in=[self.model.State.GRANTED, self.model.State.IN_FORCE])

    def standing(self) -> DelegationQuerySet:
        """Granted ones that nothing has ended: the principal holds the role, the delegate belongs to the organisation."""
        return self.granted().filter(_role_is_held(), _delegate_is_there())

    def fallen(self) -> DelegationQuerySet:
        """Granted ones whose ground is gone: a role that ended, a person who was disabled or left (DLG-01)."""
        return self.granted().filter(~_role_is_held() | ~_delegate_is_there())

    def in_force(self, moment: datetime) -> DelegationQuerySet:
        """What holds at a moment, by its days; whether the clock's own task has noted it yet does not matter."""
        return self.standing().filter(starts_at__lte=moment, ends_at__gt=moment)


def _role_is_held() -> Exists:
    return Exists(Membership.objects.live().filter(pk=OuterRef("membership")))


def _delegate_is_there() -> Exists:
    return Exists(Membership.objects.live().filter(user=OuterRef("delegate"), organisation=OuterRef("membership__organisation")))


class Delegation(Staged):
    """A role that one person holds, in the hands of a colleague of the same organisation for some days.

    `codes` are the lifecycles it is for; none means all that the role does and that may be delegated. `starts_at` is the
    midnight that begins the first day, `ends_at` the one that ends the last.
    """

    class State(models.TextChoices):
        DRAFTED = "DRAFTED", _("拟定中")
        GRANTED = "GRANTED", _("已授权")
        IN_FORCE = "IN_FORCE", _("生效中")
        ENDED = "ENDED", _("已结束")
        REVOKED = "REVOKED", _("已撤销")
        CANCELLED = "CANCELLED", _("已放弃")

    class Ending(models.TextChoices):
        DAY = "DAY", _("授权期满")
        ROLE = "ROLE", _("授权人不再担任该角色或者已停用")
        DELEGATE = "DELEGATE", _("受托人已停用或者不在本单位任职")
        GIVEN_BACK = "GIVEN_BACK", _("受托人退回")

    membership = models.ForeignKey("accounts.Membership", models.PROTECT, related_name="delegations")
    delegate = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name=_("受托人"))
    codes = models.JSONField(_("事项范围"), default=list, blank=True)
    starts_on = models.DateField(_("起始日"))
    ends_on = models.DateField(_("截止日"))
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.TextField(_("事由"), max_length=500)
    granted_at = models.DateTimeField(_("授权时间"), null=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    revoked_at = models.DateTimeField(_("撤销时间"), null=True)
    ending = models.CharField(_("结束原因"), max_length=12, choices=Ending.choices, blank=True)
    objects = DelegationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("授权")
        indexes = [
            models.Index(fields=["delegate", "state", "starts_at"]),
            models.Index(fields=["membership", "state"]),
            models.Index(fields=["state", "ends_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="delegation_days_in_order", condition=Q(starts_on__lte=F("ends_on"), starts_at__lt=F("ends_at")),
                violation_error_message=_("截止日不得早于起始日。"),
            ),
        ]

    def __str__(self) -> str:
        if not self.pk:
            return gettext("新授权")
        return gettext("第 %(number)s 号授权 · %(role)s") % {"number": self.pk, "role": self.membership.get_role_display()}

    def get_absolute_url(self) -> str:
        return reverse("delegations:delegation", args=[self.pk])

    @property
    def principal(self):
        return self.membership.user

    @property
    def organisation(self):
        return self.membership.organisation

    @property
    def role(self) -> str:
        return self.membership.role

    @property
    def role_label(self) -> str:
        return str(Role(self.membership.role).label)

    @property
    def matters(self) -> list[str]:
        """The kinds of matters by name; empty for the whole role."""
        return [str(lifecycle(code).name) for code in self.codes]

    @property
    def mandate(self) -> Mandate:
        return Mandate(
            number=self.pk, principal_id=self.membership.user_id, principal_name=self.membership.user.name, role=self.membership.role,
            codes=frozenset(self.codes),
        )
