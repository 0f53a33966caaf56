"""What every request gets: a number, its actor, and headers that keep a page from running what is not ours."""
from __future__ import annotations

import uuid

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from portal import clock

from .actor import PUBLIC, Actor, actor_for
from .presence import remembered


class RequestIdMiddleware:
    """Number the request; the number stands in the record and in the log, and goes back in a header.

    The clock that counts is read once a request.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.request_id = uuid.uuid4().hex
        with clock.one_reading():
            response = self.get_response(request)
        response["X-Request-Id"] = request.request_id
        return response


#: What no page of the portal needs of a browser.
NOT_NEEDED = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), midi=(), display-capture=()"


class ContentSecurityPolicyMiddleware:
    """Every answer says what a browser may do with it; what a signed-in person or a program gets is kept by nobody."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", NOT_NEEDED)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        known = settings.SESSION_COOKIE_NAME in request.COOKIES or settings.SESSION_COOKIE_NAME in response.cookies
        if known or "Authorization" in request.headers:  # the cookie, not the person: asking would cost a query
            response.headers.setdefault("Cache-Control", "private, no-store")
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
