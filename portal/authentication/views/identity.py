"""To the unified identity and back. The way back is a GET that writes: it signs in, which is its whole purpose."""
from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.access import PUBLIC, SIGNED_IN, audience
from portal.accounts.presence import Way
from portal.authentication import identity
from portal.authentication.signing_in import first_step, safe


@audience(PUBLIC)
@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Off to the provider; a link and not a form, because forms of ours may be sent to nobody else."""
    if not identity.is_offered():
        raise Http404
    try:
        return identity.send_there(request, wanted=request.GET.get("next", ""))
    except identity.IdentityRefused:
        return _refused(request)


@audience(PUBLIC)
@never_cache
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Back from the provider: sign in whom the subject is bound to; ask anybody else to say first who he is here."""
    if not identity.is_offered():
        raise Http404
    try:
        claim = identity.claimed_in(request)
    except identity.IdentityRefused:
        return _refused(request)
    wanted = request.session.pop(identity.WANTED, "")
    user = identity.person_of(claim)
    if user is not None:
        return first_step(request, user, way=Way.IDENTITY, wanted=wanted)
    identity.keep(request.session, claim)
    if not request.actor.is_public:
        return redirect("authentication:bind_identity")
    return render(request, "authentication/identity_unknown.html", {
        "claim": claim, "provider": settings.IDENTITY_NAME, "breadcrumbs": _way(_("还没有绑定账号")),
    })


def _refused(request: HttpRequest) -> HttpResponse:
    return render(request, "authentication/identity_refused.html", {
        "provider": settings.IDENTITY_NAME, "breadcrumbs": _way(_("统一身份认证没有成功")),
    }, status=403)


def _way(last: str) -> list[tuple[str, str]]:
    return [(_("登录"), "/sign-in/"), (last, "")]


@audience(SIGNED_IN)
@never_cache
@require_http_methods(["GET", "POST"])
def bind_identity(request: HttpRequest) -> HttpResponse:
    """Say that the subject who just came is me."""
    claim = identity.kept(request.session)
    if claim is None:
        return redirect("authentication:security")
    if request.method == "POST":
        bound = identity.bind(claim, actor=request.actor)
        request.session.pop(identity.CLAIMED, None)
        if bound:
            messages.success(request, _("已绑定，以后可以用%(provider)s登录。") % {"provider": settings.IDENTITY_NAME})
        else:
            messages.error(request, _("没有绑定：这个身份或者您的账号已经绑定过。"))
        return redirect(safe(request, request.session.pop(identity.WANTED, "") or "/account/security/"))
    return render(request, "authentication/bind_identity.html", {
        "claim": claim, "provider": settings.IDENTITY_NAME,
        "breadcrumbs": [(_("工作台"), "/workbench/"), (_("我的账号"), "/account/"), (_("绑定统一身份"), "")],
    })


@audience(SIGNED_IN)
@require_POST
def unbind_identity(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a binding back."""
    if identity.unbind(pk, actor=request.actor) is None:
        raise Http404
    messages.success(request, _("已解除绑定。"))
    return redirect("authentication:security")


for view in (bind_identity, unbind_identity):
    view.without_factor = True
