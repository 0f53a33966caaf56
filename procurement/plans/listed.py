"""Items and the implementation catalogue of their year: which entry an item rests on, and whether it must (S-08, L1.3).

Where a jurisdiction plans by such lists, every item put forward matches an entry; elsewhere an item may name one, and then
keeps to it. Items that were approved before the list was asked for keep their path (G5): nothing is asked of them again.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Q, QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from catalogue.models import ImplementationEntry
from catalogue.usage import Use, uses_entries
from portal import clock
from portal.accounts.actor import Actor
from portal.rules.jurisdiction import setting
from portal.workflow import Refusal, refuse
from portal.workflow.labels import state_label

from . import own_catalogue
from .completeness import missing
from .models import PlanItem
from .models.item import FALLEN


def is_required(agency) -> bool:
    """Whether the jurisdiction plans by implementation catalogues."""
    return bool(setting("implementation_catalogue", agency.region))


def entries_to_choose(item: PlanItem | None, agency) -> QuerySet:
    """What an item of the agency may rest on: entries of lists of its region for this year and later ones; besides its own."""
    found = ImplementationEntry.objects.filter(
        agency=agency, catalogue__state="ISSUED", catalogue__year__gte=clock.today().year
    )
    if item is not None and item.listed_id:
        found = found | ImplementationEntry.objects.filter(pk=item.listed_id)
    return found.select_related("catalogue").order_by("-catalogue__year", "position", "pk")


def fitting(item: PlanItem) -> QuerySet:
    """Entries of the year's list under which the item falls: same agency, same leaf (by its code) or same filing."""
    found = ImplementationEntry.objects.in_force(item.agency, item.year).select_related("catalogue")
    if item.filed_request_id:
        return found.filter(filed_request=item.filed_request_id)
    return found.filter(leaf__code=item.leaf.code) if item.leaf_id else found.none()


def sole_entry(item: PlanItem) -> ImplementationEntry | None:
    """The entry an item rests on without saying so: the only one that fits, or the only one of its name."""
    found = list(fitting(item)[:50])
    named = [entry for entry in found if entry.title == item.title]
    return found[0] if len(found) == 1 else named[0] if len(named) == 1 else None


def rest_on_entries(items: Sequence[PlanItem]) -> None:
    """Let many items of one agency and year rest on the entries that alone fit them; one query where there is no list."""
    if not items or not ImplementationEntry.objects.in_force(items[0].agency, items[0].year).exists():
        return
    resting = []
    for item in items:
        if item.listed_id is None and (entry := sole_entry(item)):
            item.listed = entry
            resting.append(item)
    PlanItem.objects.bulk_update(resting, ["listed"], batch_size=500)


def against(item: PlanItem, *, required: bool | None = None) -> Iterator[Refusal]:
    """What of the item does not agree with the list of its year. `required`: as the jurisdiction has it, where known."""
    entry = item.listed
    if entry is None:
        if not (is_required(item.agency) if required is None else required):
            return
        entry = sole_entry(item)
        if entry is None:
            yield refuse(
                "S-08", _("本地区按实施目录编报计划：请选择 %(year)s 年度实施目录中的项目；目录没有的，先由财政部门报政府批准增列。"),
                field="listed", year=item.year,
            )
            return
    if entry.catalogue.state != "ISSUED" or entry.catalogue.year != item.year or entry.agency_id != item.agency_id:
        yield refuse("S-08", _("“%(entry)s”不是本单位 %(year)s 年度实施目录中的项目。"), field="listed", entry=entry.title, year=item.year)
    elif not fitting(item).filter(pk=entry.pk).exists():
        yield refuse("S-08", _("目录项与实施目录中的“%(entry)s”不一致。"), field="listed", entry=entry.title)
    if item.method and item.method != entry.method:
        yield refuse(
            "S-08", _("实施目录批准的购买方式是%(approved)s，本项填的是%(chosen)s。"), field="method",
            approved=entry.get_method_display(), chosen=item.get_method_display(),
        )


def lacking(item: PlanItem) -> list[Refusal]:
    """All that still keeps an item from being put forward: what it says, where it is listed, what its department buys (S-172)."""
    return [*missing(item), *own_catalogue.against(item), *against(item)]


def link(item: PlanItem):
    """The entry an item rests on, or the one that would fit, as a link; nothing where there is none."""
    entry = item.listed or sole_entry(item)
    if entry is None:
        return ""
    words = f"{entry.title}（{entry.catalogue.year} · {entry.get_method_display()}）"
    return format_html('<a href="{}">{}</a>', entry.get_absolute_url(), words)


@uses_entries
def items_of_entries(entries: list[int], actor: Actor) -> Iterator[Use]:
    """Items that rest on entries, as far as the reader may see them (S-10)."""
    items = PlanItem.objects.visible_to(actor).filter(Q(listed__in=entries)).exclude(state__in=FALLEN).select_related("project")
    for item in items.order_by("pk"):
        thing = item.project or item
        yield Use(item.listed_id, item.title, thing.get_absolute_url(), state_label(thing, actor), item.effective_amount)
