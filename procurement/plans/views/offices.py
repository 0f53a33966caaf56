"""Who leads the reform where, and whom to ask: for everybody (S-184)."""
from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.accounts.access import PUBLIC, audience
from portal.audit.models import Entry
from portal.paging import page_of
from portal.workflow import available_actions, creating_actions
from procurement.plans.models import LeadingGroup


@audience(PUBLIC)
@require_safe
def group_list(request: HttpRequest) -> HttpResponse:
    """The leading groups by region."""
    found = LeadingGroup.objects.visible_to(request.actor).select_related("region", "office").order_by("region__path")
    return render(request, "plans/leading_groups.html", {
        "page": page_of(found, request.GET.get("page")),
        "actions": creating_actions(LeadingGroup, request.actor) if not _own(request.actor) else [],
        "breadcrumbs": [(_("首页"), "/"), (_("领导小组及办公室"), "")],
    })  # fmt: skip


@audience(PUBLIC)
@require_safe
def group(request: HttpRequest, pk: int) -> HttpResponse:
    """One leading group with its members, its office and the section in charge."""
    found = LeadingGroup.objects.visible_to(request.actor).select_related("region", "office").filter(pk=pk).first()
    if found is None:
        raise Http404
    return render(request, "plans/leading_group.html", {
        "group": found, "members": list(found.members.order_by("order")), "office": found.facts[1:],
        "actions": available_actions(found, request.actor),
        "entries": Entry.objects.of_subject("plans.leading_group", found.pk).order_by("-id")[:25] if request.actor.organisation else [],
        "breadcrumbs": [(_("首页"), "/"), (_("领导小组及办公室"), reverse("plans:leading_groups")), (found.region.name, "")],
    })  # fmt: skip


def _own(actor) -> bool:
    """Whether the reader's region has told its group already."""
    return bool(actor.organisation) and LeadingGroup.objects.filter(region=actor.organisation.region_id).exists()
