"""Programs sign in with a token; every view says who may call it."""
from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.permissions import SAFE_METHODS, BasePermission

from .actor import actor_for
from .models import ApiToken
from .presence import Way


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer gps_…`; the digest is looked up, a read-only token can act on nothing."""

    keyword = b"bearer"

    def authenticate(self, request):
        parts = get_authorization_header(request).split()
        if len(parts) != 2 or parts[0].lower() != self.keyword:
            return None
        token = (
            ApiToken.objects.select_related("user")
            .filter(digest=ApiToken.digest_of(parts[1].decode("latin-1")), user__is_active=True)
            .first()
        )
        if token is None or not token.is_live():
            raise exceptions.AuthenticationFailed(_("令牌无效、已撤销或已过期。"))
        moment = timezone.now()
        if request.method not in SAFE_METHODS and (token.used_at is None or moment - token.used_at > timedelta(minutes=5)):
            ApiToken.objects.filter(pk=token.pk).update(used_at=moment)
        signs = token.scope == ApiToken.Scope.SIGN  # was made for it, by a person who showed then that it is he
        request._request.actor = actor_for(
            token.user, organisation_id=token.organisation_id, read_only=token.scope == ApiToken.Scope.READ,
            request_id=getattr(request._request, "request_id", ""), is_program=True,
            stepped_up_at=moment if signs else None, stepped_up_by=Way.TOKEN if signs else "",
        )
        return token.user, token

    def authenticate_header(self, request) -> str:
        return "Bearer"


class RolesDeclared(BasePermission):
    """Deny by default: a view without `audience` is closed. Audience is "public", "signed-in" or a set of roles."""

    def has_permission(self, request, view) -> bool:
        audience = getattr(view, "audience", None)
        if audience is None:
            # drf-spectacular's own schema views declare theirs through SERVE_PERMISSIONS
            return False
        actor = request._request.actor
        if audience == "public":
            return True
        if actor.is_public:
            return False
        if actor.read_only and request.method not in SAFE_METHODS:
            raise exceptions.PermissionDenied(_("此令牌只读。"))
        return audience == "signed-in" or not actor.reach.isdisjoint(audience)
