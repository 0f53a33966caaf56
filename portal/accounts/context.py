"""What every page needs to know about its surroundings."""
from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from portal import clock

from .actor import PUBLIC


def surroundings(request) -> dict:
    actor = getattr(request, "actor", PUBLIC)

    def navigation() -> list[dict]:
        from portal.workflow.surfaces import navigation_for

        entries = []
        for entry in [] if actor.is_public else navigation_for(actor):
            url = reverse(entry.url_name)
            entries.append({"url": url, "label": entry.label, "icon": entry.icon, "current": request.path.startswith(url)})
        return entries

    def inbox_count() -> int:
        from portal.notifications.inbox import unread_count

        return 0 if actor.is_public else unread_count(actor)

    def public_navigation() -> list[dict]:
        from portal.workflow.surfaces import public_navigation

        return [
            {"url": reverse(e.url_name), "label": e.label, "current": request.path == reverse(e.url_name)}
            for e in public_navigation()
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
