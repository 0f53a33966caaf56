"""Choosing for whom one acts, keys for programs. Signing in stands in portal/authentication."""
from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.audit.record import note

from .access import SIGNED_IN, audience
from .demo_list import demo_people
from .forms import TokenForm
from .models import ApiToken, Membership
from .presence import ask_presence


@audience(SIGNED_IN)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The demonstration people again, for who is already signed in."""
    if not settings.DEMO:
        raise Http404
    return render(request, "accounts/people.html", {
        "demo_people": demo_people(), "demo_url": reverse("authentication:demo_sign_in"),
        "breadcrumbs": [(_("工作台"), "/workbench/"), (_("演示人员"), "")],
    })


@audience(SIGNED_IN)
def account(request: HttpRequest) -> HttpResponse:
    """Whom I act for, what I may do, and my keys for programs."""
    secret = ""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["scope"] == ApiToken.Scope.SIGN:
            ask_presence(request.actor)  # it will stand in for the person himself (AUTH-02)
        token, secret = ApiToken.issue(
            user=request.actor.user, organisation=request.actor.organisation, **form.cleaned_data
        )
        note(actor=request.actor, what="token_issued", subject=str(token.pk), label=token.name, facts={"scope": token.scope})
        form = TokenForm()
    memberships = Membership.objects.live().filter(user=request.actor.user).select_related("organisation__region")
    return render(request, "accounts/account.html", {
        "form": form, "secret": secret, "memberships": memberships,
        "tokens": ApiToken.objects.filter(user=request.actor.user).select_related("organisation")[:50],
        "breadcrumbs": [(_("工作台"), "/workbench/"), (_("我的账号"), "")],
    })


@audience(SIGNED_IN)
@require_POST
def choose_organisation(request: HttpRequest) -> HttpResponse:
    """Of several organisations, act for another; only one in which a role is held."""
    membership = get_object_or_404(
        Membership.objects.live(), user=request.actor.user, organisation_id=request.POST.get("organisation") or 0
    )
    request.session["organisation_id"] = membership.organisation_id
    return redirect(settings.LOGIN_REDIRECT_URL)


@audience(SIGNED_IN)
@require_POST
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(ApiToken, pk=pk, user=request.actor.user, revoked_at=None)
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    note(actor=request.actor, what="token_revoked", subject=str(token.pk), label=token.name)
    messages.success(request, _("令牌“%(name)s”已撤销。") % {"name": token.name})
    return redirect("accounts:account")
