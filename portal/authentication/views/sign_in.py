"""Signing in and out: password, then the second factor where one is enrolled; the demonstration's one click."""
from __future__ import annotations

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.access import PUBLIC, SIGNED_IN, audience
from portal.accounts.demo_list import demo_people
from portal.accounts.models import User
from portal.accounts.presence import Way
from portal.authentication import challenges, limits
from portal.authentication.forms import SignInForm
from portal.authentication.signing_in import first_step, let_in, pending, safe
from portal.authentication.stepping_up import is_answer, page


@method_decorator(audience(PUBLIC), name="dispatch")
class SignIn(LoginView):
    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            demo_people=demo_people(), demo_url=reverse("authentication:demo_sign_in"),
            identity_provider=settings.IDENTITY_NAME if settings.IDENTITY_ISSUER else "", **kwargs,
        )

    def form_valid(self, form):
        return first_step(self.request, form.get_user(), way=Way.PASSWORD, wanted=self.get_redirect_url())


@method_decorator(audience(PUBLIC), name="dispatch")
class SignOut(LogoutView):
    http_method_names = ("post", "options")


@audience(PUBLIC)
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """One click, a demonstration person; exists only in demo mode and only for people marked as demonstration."""
    if not settings.DEMO:
        raise Http404
    user = get_object_or_404(User, username=request.POST.get("username", ""), is_demo=True, is_active=True)
    return first_step(request, user, way=Way.DEMONSTRATION, wanted=request.POST.get("next", ""))


@audience(PUBLIC)
@never_cache
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """The second factor of whoever's password was right; without a first step there is nothing here."""
    awaited = pending(request)
    if awaited is None:
        return redirect("authentication:sign_in")
    wrong = False
    if request.method == "POST":
        way = challenges.answered(request, awaited.user)
        if way is not None:
            limits.forget_failures(request, awaited.user)
            return let_in(request, awaited.user, way=awaited.way, wanted=awaited.wanted, second=way)
        wrong = True
    return render(request, "authentication/second_step.html", {
        "offer": challenges.offer(request, awaited.user), "wrong": wrong,
    }, status=422 if wrong else 200)


@audience(SIGNED_IN)
@never_cache
@require_http_methods(["GET", "POST"])
def step_up(request: HttpRequest) -> HttpResponse:
    """Show that it is oneself, then go on to a page of ours."""
    if request.method == "POST" and is_answer(request.POST):
        return redirect(safe(request, request.POST.get("next", "")))  # the answer was looked at on the way here
    return page(request)


step_up.without_factor = True


def locked(request: HttpRequest, response=None, credentials: dict | None = None) -> HttpResponse:
    """What a locked account gets to read, whether it exists or not: that it is locked here, and until when."""
    username = (credentials or {}).get("username") or request.POST.get("username", "")
    return render(request, "accounts/locked.html", {
        "until": limits.locked_until(request, username), "breadcrumbs": [(_("登录"), "/sign-in/"), (_("暂时不能登录"), "")],
    }, status=429)
