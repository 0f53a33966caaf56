"""Items that rest on a filed out-of-catalogue request instead of a leaf: the catalogue half of the gate only (R102-18, X-02)."""
from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from catalogue.models import OutOfCatalogueRequest
from catalogue.usage import uses_requests
from portal.workflow import Refusal, refuse

from .models import PlanItem
from .models.item import FALLEN


@uses_requests
def requests_of_items() -> QuerySet:
    """Requests that a live item rests on: they do not lapse with their year."""
    return PlanItem.objects.exclude(filed_request=None).exclude(state__in=FALLEN).values("filed_request")


def usable_requests(item: PlanItem | None, agency) -> QuerySet:
    """What an item may rest on: filed requests of its agency that no other live item uses; besides what it rests on."""
    taken = PlanItem.objects.exclude(filed_request=None).exclude(state__in=FALLEN)
    if item is not None and item.pk:
        taken = taken.exclude(pk=item.pk)
    usable = OutOfCatalogueRequest.objects.usable(agency).exclude(pk__in=taken.values("filed_request"))
    if item is not None and item.filed_request_id:
        usable = usable | OutOfCatalogueRequest.objects.filter(pk=item.filed_request_id)
    return usable.order_by("-year", "number")


def filed_request_fits(item: PlanItem) -> Iterator[Refusal]:
    """One request, one item, one year; a leaf that has come meanwhile is used instead (L1.2)."""
    request = item.filed_request
    if item.leaf_id:
        yield refuse("S-19", _("目录项和目录外备案只能选一个。"), field="filed_request")
    if request.state == OutOfCatalogueRequest.State.ADOPTED:
        yield refuse("R102-18", _("备案事项已纳入目录，请改选目录项“%(leaf)s”。"), field="leaf", leaf=str(request.adopted_leaf))
    elif request.state != OutOfCatalogueRequest.State.FILED:
        yield refuse("R1787-07", _("目录外事项“%(title)s”没有有效的备案。"), field="filed_request", title=request.title)
    if request.agency_id != item.agency_id or request.year != item.year:
        yield refuse(
            "R1787-07", _("备案 %(number)s 只对 %(year)s 年度的项目有效。"), field="filed_request", number=request.number, year=request.year
        )
    others = PlanItem.objects.filter(filed_request=request).exclude(state__in=FALLEN).exclude(pk=item.pk)
    if others.exists():
        yield refuse("R1787-07", _("备案 %(number)s 已用于另一个计划项目。"), field="filed_request", number=request.number)
