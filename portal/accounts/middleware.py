"""What every request gets: a number, its actor, and headers that keep a page from running what is not ours."""
from __future__ import annotations

import uuid

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from .actor import PUBLIC, Actor, actor_for
from .presence import remembered


class RequestIdMiddleware:
    """Number the request; the number stands in the record and in the log, and goes back in a header."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.request_id = uuid.uuid4().hex
        response = self.get_response(request)
        response["X-Request-Id"] = request.request_id
        return response


class ContentSecurityPolicyMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response


def resolve_actor(request) -> Actor:
    user = request.user
    if not user.is_authenticated:
        return PUBLIC
    return actor_for(
        user, organisation_id=request.session.get("organisation_id"), request_id=request.request_id, **remembered(request.session)
    )


class ActorMiddleware:
    """Resolve the actor once per request, when it is first asked for."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.actor = SimpleLazyObject(lambda: resolve_actor(request))
        return self.get_response(request)
