"""My second factors and my sessions: enrol, remove, end."""
from __future__ import annotations

import hashlib

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.access import SIGNED_IN, audience
from portal.accounts.presence import HAS_FACTOR, ask_presence, presence_asked
from portal.audit.record import note
from portal.authentication import factors, keys, sessions, vault
from portal.authentication.administration import may_administer
from portal.authentication.forms import AppForm, KeyForm, OwnPasswordForm
from portal.authentication.models import AuthenticatorApp, Identity, SecurityKey, Session
from portal.authentication.policy import must_enrol

ENROLLING = "enrolling_app"  # name in the session, sealed


def _crumbs(*last: str) -> list[tuple[str, str]]:
    return [(_("工作台"), "/workbench/"), (_("我的账号"), "/account/"), *((label, "") for label in last)]


@audience(SIGNED_IN)
@never_cache
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """What protects my account: second factors, recovery codes, outside identities, sessions."""
    user = request.actor.user
    has = factors.enrolled(user)
    return render(request, "authentication/security.html", {
        "has_password": user.has_usable_password(), "enrolled": has, "apps": AuthenticatorApp.objects.filter(user=user)[:25],
        "keys": SecurityKey.objects.filter(user=user)[:25],
        "sessions": [(session, _public_key(session.session_key), session.session_key == request.session.session_key)
                     for session in _own_sessions(request)],
        "identities": Identity.objects.filter(user=user)[:25],
        "identity_provider": settings.IDENTITY_NAME if settings.IDENTITY_ISSUER else "",
        "administers": may_administer(request.actor), "must_enrol": must_enrol(request.actor, request.session),
        "exempt": user.is_one_click and not has,
        "idle_minutes": settings.SESSION_IDLE_MINUTES, "longest_hours": settings.SESSION_COOKIE_AGE // 3600,
        "breadcrumbs": _crumbs(_("登录与安全")),
    })


@audience(SIGNED_IN)
@never_cache
@require_http_methods(["GET", "POST"])
def add_app(request: HttpRequest) -> HttpResponse:
    """Enrol an authenticator app: the code it shows proves that it has taken the secret."""
    ask_presence(request.actor, password_will_do=True)
    user = request.actor.user
    secret = _secret_in(request)
    form = AppForm(request.POST if request.method == "POST" else None, secret=secret)
    if request.method == "POST" and form.is_valid():
        factors.add_app(user, name=form.cleaned_data["name"], secret=secret, step=form.step)
        del request.session[ENROLLING]
        return _enrolled(request, form.cleaned_data["name"])
    return render(request, "authentication/add_app.html", {
        "form": form, "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "qr": factors.qr_code(factors.provisioning(secret, user)), "breadcrumbs": _crumbs(_("登录与安全"), _("添加动态口令")),
    }, status=422 if request.method == "POST" else 200)


def _secret_in(request: HttpRequest) -> str:
    """The secret being enrolled; it waits in the session, sealed, until the app has shown that it has it."""
    purpose = f"enrolling:{request.actor.user_id}"
    if request.method == "POST" and ENROLLING in request.session:
        try:
            return vault.unseal(bytes.fromhex(request.session[ENROLLING]), purpose=purpose).decode()
        except vault.SealBroken as error:
            raise Http404 from error
    secret = factors.new_secret()
    request.session[ENROLLING] = vault.seal(secret.encode(), purpose=purpose).hex()
    return secret


@audience(SIGNED_IN)
@never_cache
@require_http_methods(["GET", "POST"])
def add_key(request: HttpRequest) -> HttpResponse:
    """Enrol a security key or passkey: the browser asks for it, the key signs our challenge."""
    ask_presence(request.actor, password_will_do=True)
    user = request.actor.user
    form = KeyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            key = keys.register(request, user, name=form.cleaned_data["name"], answer=form.cleaned_data["answer"])
        except keys.KeyRefused:
            form.add_error(None, _("浏览器交来的密钥与本页的请求不符，请重试。"))
        else:
            return _enrolled(request, key.name)
    return render(request, "authentication/add_key.html", {
        "form": form, "options": keys.registration_options(request, user, site=settings.JURISDICTION or "portal"),
        "breadcrumbs": _crumbs(_("登录与安全"), _("添加安全密钥")),
    }, status=422 if request.method == "POST" else 200)


def _enrolled(request: HttpRequest, name: str) -> HttpResponse:
    """Note it; with the first factor come the recovery codes, shown once."""
    user = request.actor.user
    note(actor=request.actor, what="factor_added", subject=str(user.pk), label=name)
    request.session[HAS_FACTOR] = True
    messages.success(request, _("已登记“%(name)s”。") % {"name": name})
    if factors.enrolled(user).codes:
        return redirect("authentication:security")
    return _show_codes(request)


@audience(SIGNED_IN)
@require_POST
@never_cache
@presence_asked
def new_codes(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes; the earlier ones are void."""
    if not factors.has_factor(request.actor.user):
        raise Http404
    note(actor=request.actor, what="codes_made", subject=str(request.actor.user_id), label=request.actor.name)
    return _show_codes(request)


def _show_codes(request: HttpRequest) -> HttpResponse:
    return render(request, "authentication/codes.html", {
        "codes": factors.new_codes(request.actor.user), "breadcrumbs": _crumbs(_("登录与安全"), _("备用码")),
    })


@audience(SIGNED_IN)
@require_POST
@presence_asked
def remove_factor(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Take away one factor; sessions elsewhere end, because somebody may hold the thing that was lost."""
    removed = factors.remove(request.actor.user, kind, pk)
    if removed is None:
        raise Http404
    request.session[HAS_FACTOR] = factors.has_factor(request.actor.user)
    sessions.end_sessions(request.actor.user, but=request.session.session_key)
    note(actor=request.actor, what="factor_removed", subject=str(request.actor.user_id), label=removed.name)
    messages.success(request, _("已移除“%(name)s”，您在其他设备上的会话已结束。") % {"name": removed.name})
    return redirect("authentication:security")


@audience(SIGNED_IN)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Another password, for who knows the present one; every session but this one ends."""
    user = request.actor.user
    if not user.has_usable_password():
        raise Http404
    ask_presence(request.actor, password_will_do=True)
    form = OwnPasswordForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, user)
        sessions.end_sessions(user, but=request.session.session_key)
        note(actor=request.actor, what="own_password_changed", subject=str(user.pk), label=user.name)
        messages.success(request, _("密码已修改，您在其他设备上的会话已结束。"))
        return redirect("authentication:security")
    return render(request, "authentication/change_password.html", {
        "form": form, "breadcrumbs": _crumbs(_("登录与安全"), _("修改密码")),
    }, status=422 if request.method == "POST" else 200)


@audience(SIGNED_IN)
@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """End one of my sessions, or all but this one."""
    wanted = request.POST.get("session", "")
    if wanted == "others":
        ended = sessions.end_sessions(request.actor.user, but=request.session.session_key)
    else:
        found = next((s for s in _own_sessions(request) if _public_key(s.session_key) == wanted), None)
        if found is None:
            raise Http404
        ended = 1
        found.delete()
    note(actor=request.actor, what="sessions_ended", subject=str(request.actor.user_id), label=request.actor.name)
    messages.success(request, _("已结束 %(count)s 个会话。") % {"count": ended})
    return redirect("authentication:security")


def _own_sessions(request: HttpRequest):
    return Session.objects.filter(user=request.actor.user).order_by("-used_at")[:50]


def _public_key(session_key: str) -> str:
    """A name for a session in a page; who reads the page learns nothing that opens it."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:24]


for view in (security, add_app, add_key, new_codes, remove_factor, change_password, end_session):
    view.without_factor = True
