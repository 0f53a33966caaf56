"""What every page needs to know about its surroundings."""
from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from portal import clock
from portal.accounts.actor import PUBLIC
from portal.notifications.inbox import unread_count
from portal.workflow import surfaces


def surroundings(request) -> dict:
    actor = getattr(request, "actor", PUBLIC)

    def navigation() -> list[dict]:
        entries = []
        for entry in [] if actor.is_public else surfaces.navigation_for(actor):
            url = reverse(entry.url_name)
            entries.append({"url": url, "label": entry.label, "icon": entry.icon, "current": request.path.startswith(url)})
        return entries

    def inbox_count() -> int:
        return 0 if actor.is_public else unread_count(actor)

    def public_navigation() -> list[dict]:
        return [
            {"url": reverse(e.url_name), "label": e.label, "current": request.path == reverse(e.url_name)}
            for e in surfaces.public_navigation()
        ]

    return {
        "public_navigation": SimpleLazyObject(public_navigation),
        "actor": None if actor.is_public else actor,
        "jurisdiction": actor.organisation.region.name if actor.organisation else settings.JURISDICTION,
        "navigation": SimpleLazyObject(navigation),
        "inbox_count": SimpleLazyObject(inbox_count),
        "demo": settings.DEMO,
        "demo_clock": SimpleLazyObject(clock.now) if settings.DEMO else None,
        "now": SimpleLazyObject(clock.now),
    }
