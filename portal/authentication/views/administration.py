"""Periods of administration: opened by who holds the right, read by the auditors."""
from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.access import SIGNED_IN, audience
from portal.accounts.roles import Role
from portal.authentication.administration import close_period, done_in, may_administer, open_period
from portal.authentication.forms import PeriodForm
from portal.authentication.models import Administration
from portal.authentication.signing_in import safe
from portal.paging import page_of


@audience(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def own_periods(request: HttpRequest) -> HttpResponse:
    """My periods of administration, and a new one with its reason."""
    if not may_administer(request.actor):
        raise Http404
    posted = request.method == "POST"
    form = PeriodForm(request.POST if posted else None, longest=settings.ADMINISTRATION_MINUTES)
    wanted = (request.POST if posted else request.GET).get("next", "")
    if posted and form.is_valid():
        period = open_period(actor=request.actor, **form.cleaned_data)
        messages.success(request, _("管理时段已开始，%(moment)s 自动结束。") % {"moment": _clock(period.ends_at)})
        return redirect(safe(request, wanted) if wanted else "authentication:own_periods")
    mine = Administration.objects.filter(user=request.actor.user).select_related("user", "organisation")
    return render(request, "authentication/own_periods.html", {
        "form": form, "page": page_of(mine, request.GET.get("page")), "running": mine.running().first(), "wanted": wanted,
        "longest": settings.ADMINISTRATION_MINUTES, "exempt": request.actor.user.is_one_click,
        "breadcrumbs": [(_("工作台"), "/workbench/"), (_("我的账号"), "/account/"), (_("管理时段"), "")],
    }, status=422 if posted else 200)


def _clock(moment) -> str:
    return localtime(moment).strftime("%H:%M")


@audience(SIGNED_IN)
@require_POST
def end_period(request: HttpRequest) -> HttpResponse:
    """Stop administering now."""
    if close_period(actor=request.actor) is None:
        raise Http404
    messages.success(request, _("管理时段已结束。"))
    return redirect("authentication:own_periods")


@audience(Role.AUDITOR)
@require_safe
def periods(request: HttpRequest) -> HttpResponse:
    """Who administered when, and why: for the auditors."""
    found = Administration.objects.select_related("user", "organisation")
    return render(request, "authentication/periods.html", {
        "page": page_of(found, request.GET.get("page")), "breadcrumbs": [(_("工作台"), "/workbench/"), (_("管理时段"), "")],
    })


@audience(Role.AUDITOR)
@require_safe
def period(request: HttpRequest, pk: int) -> HttpResponse:
    """One period, with everything its person did in it."""
    found = get_object_or_404(Administration.objects.select_related("user", "organisation"), pk=pk)
    return render(request, "authentication/period.html", {
        "period": found, "page": page_of(done_in(found), request.GET.get("page")),
        "breadcrumbs": [(_("工作台"), "/workbench/"), (_("管理时段"), "/administration-periods/"), (found.user.name, "")],
    })
