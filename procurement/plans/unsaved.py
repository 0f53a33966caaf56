"""Keeping what is typed: stored window by window, taken up again, and said when another window or person was quicker."""
from __future__ import annotations

from datetime import timedelta

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.audit.models import Entry
from portal.workflow import Refusal, refuse

from .models import ItemTyping, Plan, PlanItem

KEPT = timedelta(days=30)
MOST = 300_000  # characters of one form
NOT_KEPT = frozenset({"csrfmiddlewaretoken", "made_by", "window", "seen", "item", "leave", "anew"})


def last_entry(item: PlanItem) -> int:
    """The number of the item's last record entry: what a window has seen of it."""
    if not item.pk:
        return 0
    return Entry.objects.of_subject("plans.item", item.pk).order_by("-id").values_list("id", flat=True).first() or 0


def keep(actor, item: PlanItem | None, plan: Plan | None, window: str, seen: int, posted: QueryDict) -> ItemTyping:
    """Keep the form of one window as it stands; what other windows hold stays as it is."""
    moment = clock.now()
    data = {name: values for name, values in posted.lists() if name not in NOT_KEPT}
    kept, _made = ItemTyping.objects.update_or_create(
        user_id=actor.user_id, window=window, defaults={"item": item, "plan": plan, "seen": seen, "data": data, "saved_at": moment},
    )
    ItemTyping.objects.filter(user_id=actor.user_id, saved_at__lt=moment - KEPT).delete()
    return kept


def left_over(actor, item: PlanItem, plan: Plan | None) -> ItemTyping | None:
    """What this person typed last and did not save, unless the item has been saved since."""
    found = ItemTyping.objects.filter(user_id=actor.user_id)
    found = found.filter(item=item) if item.pk else found.filter(item=None, plan=plan)
    latest = found.order_by("-saved_at", "-id").first()
    return latest if latest is not None and latest.seen == last_entry(item) else None


def as_typed(kept: ItemTyping) -> QueryDict:
    """The form of the window again."""
    query = QueryDict(mutable=True)
    for name, values in kept.data.items():
        query.setlist(name, [str(value) for value in values])
    return query


def forget(actor, item: PlanItem, window: str = "") -> None:
    """Saved or thrown away: this window's typing goes, and all that the person typed into the item before."""
    found = ItemTyping.objects.filter(user_id=actor.user_id)
    found.filter(window=window).delete()
    if item.pk:
        found.filter(item=item).delete()


def overtaken(item: PlanItem, seen: int) -> list[Refusal]:
    """Somebody saved the item since this window was opened: what he wrote is not silently undone."""
    entry = Entry.objects.of_subject("plans.item", item.pk).filter(id__gt=seen).exclude(transition="attach_report").order_by("-id").first()
    if entry is None:
        return []
    return [refuse(
        "G7", _("%(name)s已于 %(time)s 另行保存了本项目。您这里的内容没有丢；核对后再存，将以您这里的内容为准。"),
        name=entry.actor_name, time=entry.occurred_at.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
    )]  # fmt: skip


def others(actor, item: PlanItem | None, window: str, seen: int) -> list[Refusal]:
    """What is to be said to a window: another person or window has saved, or the same person types in another window."""
    if item is None:
        return []
    minutes = clock.now() - timedelta(minutes=10)
    twin = (
        ItemTyping.objects.filter(user_id=actor.user_id, item=item, seen=seen, saved_at__gt=minutes).exclude(window=window)
        .order_by("-saved_at").first()
    )
    found = overtaken(item, seen)
    if twin is not None and not found:
        found = [refuse(
            "G7", _("您在另一个窗口于 %(time)s 也改动了本项目。两边的内容都在；请只在一个窗口保存。"),
            time=twin.saved_at.astimezone(clock.SHANGHAI).strftime("%H:%M:%S"),
        )]  # fmt: skip
    return found
