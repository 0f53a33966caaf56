"""One's delegations: what one has put into others' hands, and what others have put into one's own."""
from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.accounts.access import SIGNED_IN, audience
from portal.audit.models import Entry
from portal.paging import page_of
from portal.workflow import available_actions, creating_actions

from .models import Delegation
from .workflow import DELEGATION

SHOWN = ("membership__user", "membership__organisation", "delegate")


@audience(SIGNED_IN)
@require_safe
def delegations(request: HttpRequest) -> HttpResponse:
    """Mine: given and received, newest first; of auditors also those of their region."""
    found = Delegation.objects.visible_to(request.actor).select_related(*SHOWN)
    return render(request, "delegations/list.html", {
        "page": page_of(found, request.GET.get("page")), "beginning": creating_actions(Delegation, request.actor),
        "mandates": request.actor.mandates, "breadcrumbs": [*crumbs(), (_("我的授权"), "")],
    })


@audience(SIGNED_IN)
@require_safe
def delegation(request: HttpRequest, pk: int) -> HttpResponse:
    """One delegation: its terms, what can be done, its record and what was done by it."""
    found = Delegation.objects.visible_to(request.actor).select_related(*SHOWN).filter(pk=pk).first()
    if found is None:
        raise Http404
    return render(request, "delegations/delegation.html", {
        "delegation": found, "actions": available_actions(found, request.actor),
        "entries": Entry.objects.of_subject(DELEGATION.code, found.pk).order_by("-id")[:50],
        "acts": page_of(Entry.objects.filter(facts__on_behalf_of__delegation=found.pk).order_by("-id"), request.GET.get("page")),
        "breadcrumbs": [*crumbs(), (_("我的授权"), reverse("delegations:list")), (str(found), "")],
    })


def crumbs() -> list[tuple[str, str]]:
    return [(_("工作台"), "/workbench/"), (_("我的账号"), reverse("accounts:account"))]
