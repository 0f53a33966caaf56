"""Where a department has issued a list of its own, what it plans stands in that list (R102-16, R102-18).

A leaf is known by its code: an item that was begun by the region's list stays as it is where the department's has the same.
"""
from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from catalogue.models import CatalogueVersion
from portal import clock
from portal.workflow import Refusal, refuse

from .models import PlanItem


def of(agency) -> CatalogueVersion | None:
    """The department's own list in force today; None where it buys by the list of its region."""
    return CatalogueVersion.objects.current(clock.today()).filter(agency=agency).first()


def outside(items: QuerySet[PlanItem], own: CatalogueVersion) -> QuerySet[PlanItem]:
    """Those of the items whose leaf the list does not have."""
    return items.filter(leaf__isnull=False, filed_request=None).exclude(leaf__code__in=own.items.leaves().values("code"))


def against(item: PlanItem) -> Iterator[Refusal]:
    """That the item's leaf is missing in its department's own list."""
    if item.leaf_id is None or item.filed_request_id is not None:
        return
    own = of(item.agency)
    if own is not None and not own.items.leaves().filter(code=item.leaf.code).exists():
        yield not_listed(item, own)


def not_listed(item: PlanItem, own: CatalogueVersion) -> Refusal:
    return refuse(
        "R102-18", _("目录项“%(leaf)s”不在本部门现行目录“%(version)s”中：请另选，或者先修订部门目录。"), field="leaf",
        leaf=str(item.leaf), version=own.title,
    )
