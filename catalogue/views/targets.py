"""Targets by stage: year by year what was meant and what was reached (S-11)."""
from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from catalogue.models import StageTarget
from catalogue.stages import progress_of
from catalogue.workflow import TARGET
from portal.accounts.access import PUBLIC, audience
from portal.accounts.models import Region
from portal.accounts.roles import OrganisationKind
from portal.audit.models import Entry
from portal.workflow import available_actions, creating_actions


class TargetFilter(django_filters.FilterSet):
    region = django_filters.ModelChoiceFilter(label=gettext_lazy("地区"), queryset=Region.objects.none(), empty_label=None)

    class Meta:
        model = StageTarget
        fields = ["region"]

    def __init__(self, data, *, regions: QuerySet[Region], **kwargs):
        super().__init__(data, **kwargs)
        self.filters["region"].field.queryset = regions


@audience(PUBLIC)
@require_safe
def targets(request: HttpRequest) -> HttpResponse:
    """One region's targets with what the portal counts; finance sets and changes them here."""
    live = StageTarget.objects.filter(state="SET")
    regions = Region.objects.filter(pk__in=live.order_by().values("region")).order_by("path")
    region = region_of(request, regions)
    found = list(live.filter(region=region).select_related("region").order_by("year", "measure")) if region else []
    return render(request, "catalogue/targets.html", {
        "region": region, "filter": TargetFilter(request.GET, regions=regions, queryset=live), "several": len(regions) > 1,
        "rows": [
            (each, available_actions(each.target, request.actor) if request.actor.user else []) for each in progress_of(region, found)
        ] if region else [],
        "actions": [(action.label, action.url) for action in creating_actions(StageTarget, request.actor) if action.enabled],
        "entries": list(Entry.objects.filter(lifecycle=TARGET.code, subject__in=[str(each.pk) for each in found]).order_by("-id")[:50])
        if region and request.actor.kind == OrganisationKind.FINANCE and request.actor.organisation.region_id == region.pk else [],
        "breadcrumbs": [
            (_("指导性目录"), reverse("catalogue:tree")), (_("试点项目"), reverse("catalogue:pilots")), (_("分阶段目标"), ""),
        ],
    })  # fmt: skip


def region_of(request: HttpRequest, regions: QuerySet[Region]) -> Region | None:
    """The region that was asked for, else the reader's own, else the first that has targets."""
    asked = request.GET.get("region", "")
    if asked.isdecimal() and len(asked) < 19 and (found := regions.filter(pk=asked).first()):
        return found
    own = request.actor.organisation.region if request.actor.organisation else None
    return own if own is not None and regions.filter(pk=own.pk).exists() else regions.first()
