"""Every request of somebody signed in: is his session still good, must he enrol first, does he show that it is he."""
from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from portal.accounts.access import PUBLIC, RoleSleeps
from portal.accounts.middleware import resolve_actor
from portal.accounts.presence import StepUpNeeded, remember

from . import challenges, limits, sessions, stepping_up
from .policy import must_enrol

FORM = "application/x-www-form-urlencoded"


class SessionLimitsMiddleware:
    """A session ends when nobody used it for a while, and in any case after its longest time (real time)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            moment = timezone.now()
            if sessions.is_over(request.session, moment):
                logout(request)
                request.actor = SimpleLazyObject(lambda: resolve_actor(request))
                messages.info(request, _("您离开的时间较长，为安全起见已退出登录，请重新登录。"))
            else:
                sessions.touch(request.session, moment)
        return self.get_response(request)


class SecondFactorMiddleware:
    """Where the installation asks for a second factor, a person without one enrols before he does anything else."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        who = getattr(view, "audience", None) or getattr(getattr(view, "cls", None), "audience", None)
        if who is None or PUBLIC in who or getattr(view, "without_factor", False) or not request.user.is_authenticated:
            return None
        if not must_enrol(request.actor, request.session):
            return None
        if request.path.startswith("/api/"):
            return JsonResponse({"detail": _("本平台要求您的角色先登记第二验证方式。")}, status=403)
        return redirect("authentication:security")


class StepUpMiddleware:
    """An act that asks for the person: what he typed waits in the page that asks him, and is sent on with his answer."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        """The answer comes with the act itself; right, the act goes on as if it had been asked for before.

        Our page sends no files, so bodies with files are left for whoever waits for them.
        """
        if request.method != "POST" or request.content_type != FORM or not request.user.is_authenticated:
            return None
        if not stepping_up.is_answer(request.POST):
            return None
        way = challenges.answered(request, request.user, password_will_do=stepping_up.password_will_do(request))
        if way is None:
            return stepping_up.page(request, wrong=True)
        limits.forget_failures(request, request.user)
        remember(request.session, way)
        request.actor = SimpleLazyObject(lambda: resolve_actor(request))
        request.files_again = stepping_up.FILES_AGAIN in request.POST
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, RoleSleeps):
            back = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
            return redirect(f"{reverse('authentication:own_periods')}?{back}")
        return stepping_up.page(request) if isinstance(exception, StepUpNeeded) else None
