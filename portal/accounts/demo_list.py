"""The demonstration people as a list to choose from: by organisation, with what waits for each."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import groupby

from django.conf import settings
from django.utils.translation import gettext as _

from .models import Membership

Count = Callable[[list[Membership]], dict[tuple[int, int], int]]
_count: list[Count] = []


def waiting_counter(function: Count) -> Count:
    """Register who counts what waits: memberships → (person, organisation) → how many; the top floor knows."""
    _count[:] = [function]
    return function


def demo_people() -> list[dict]:
    """The demonstration people for one-click sign-in; nobody outside demo mode."""
    if not settings.DEMO:
        return []
    rows = list(
        Membership.objects.live().filter(user__is_demo=True)
        .select_related("user", "organisation__region").order_by("organisation__region__path", "organisation_id", "id")
    )
    waits = _count[0](rows) if _count else {}
    crowd = Counter(row.organisation.region.path for row in rows)  # the jurisdiction where the story plays comes first
    size = Counter(row.organisation_id for row in rows)
    rows.sort(key=lambda row: (-crowd[row.organisation.region.path], -size[row.organisation_id], row.organisation_id))
    return [
        {"name": organisation.name, "place": organisation.region.name, "people": [_person(m, waits) for m in members]}
        for organisation, members in ((o, list(g)) for o, g in groupby(rows, key=lambda m: m.organisation))
    ]


def _person(membership: Membership, waits: dict) -> dict:
    count = waits.get((membership.user_id, membership.organisation_id), 0)
    return {
        "username": membership.user.username, "name": membership.user.name, "role_label": membership.get_role_display(),
        "waits": _("%(count)s 件待办") % {"count": count} if count else _("无待办"), "waits_yours": bool(count),
    }
