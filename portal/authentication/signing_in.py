"""The way in: password or outside identity, then the second factor where one is enrolled, then the session.

Between the two steps nobody is signed in: the session only keeps whose second factor is awaited, for ten minutes and
only while his password stays the same.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from portal.accounts.actor import actor_for
from portal.accounts.models import User
from portal.accounts.presence import Way, remember
from portal.audit.record import note

from . import factors
from .identity import kept

PENDING = "pending_sign_in"
AWAITED_FOR = timedelta(minutes=10)
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class Pending:
    """A first step that was right."""

    user: User
    way: str
    wanted: str


def first_step(request: HttpRequest, user: User, *, way: str, wanted: str = "") -> HttpResponse:
    """The password (or the outside identity) was right: ask for the second factor, or let in who has none."""
    if not factors.has_factor(user):
        return let_in(request, user, way=way, wanted=wanted)
    request.session.cycle_key()
    request.session[PENDING] = {
        "user": user.pk, "way": str(way), "wanted": wanted, "mark": user.get_session_auth_hash(),
        "at": timezone.now().timestamp(),
    }
    return redirect("authentication:second_step")


def pending(request: HttpRequest) -> Pending | None:
    """Whose second step this session awaits, if it still does."""
    kept = request.session.get(PENDING)
    if not kept or timezone.now().timestamp() - kept["at"] > AWAITED_FOR.total_seconds():
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or not constant_time_compare(kept["mark"], user.get_session_auth_hash()):
        return None
    return Pending(user, kept["way"], kept["wanted"])


def let_in(request: HttpRequest, user: User, *, way: str, wanted: str = "", second: str = "") -> HttpResponse:
    """Sign in for good: a new session key, the moment he showed himself, an entry in the record."""
    request.session.pop(PENDING, None)
    login(request, user, backend=BACKEND)
    request.session.pop("organisation_id", None)
    if way != Way.DEMONSTRATION or second:
        remember(request.session, second or way)
    actor = actor_for(user, request_id=request.request_id)
    what = "demo_sign_in" if way == Way.DEMONSTRATION else "sign_in"
    note(actor=actor, what=what, subject=str(user.pk), label=user.name, facts={"by": str(way), "second": str(second)})
    if kept(request.session) and way != Way.IDENTITY:
        return redirect("authentication:bind_identity")  # who came from the unified identity a moment ago may now say that it is he
    return redirect(safe(request, wanted))


def safe(request: HttpRequest, wanted: str) -> str:
    """Where to go after signing in: only to a page of ours."""
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if ours else settings.LOGIN_REDIRECT_URL
