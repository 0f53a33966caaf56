"""What there is to administer, with what waits there."""
from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.accounts.access import SIGNED_IN, audience
from portal.accounts.roles import Role
from portal.administration.areas import areas_for
from portal.administration.roles import explained


@audience(Role.ADMINISTRATOR)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The areas of the administration, each with its count and what is wrong there."""
    return render(request, "administration/home.html", {
        "groups": areas_for(request.actor), "breadcrumbs": [(_("工作台"), "/workbench/"), (_("平台管理"), "")],
    })


@audience(SIGNED_IN)
@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """Every role in words: in which organisations it is held, what it sees, what it may do."""
    wanted = request.GET.get("role", "")
    return render(request, "administration/roles.html", {
        "groups": explained(), "chosen": wanted if wanted in Role else "",
        "breadcrumbs": [(_("工作台"), "/workbench/"), (_("角色说明"), "")],
    })
