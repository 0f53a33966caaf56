"""What every page needs to know about its surroundings."""
from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from portal import clock
from portal.accounts.actor import PUBLIC
from portal.notifications.inbox import unread_count
from portal.workbench import help
from portal.workflow import surfaces


def surroundings(request) -> dict:
    actor = getattr(request, "actor", PUBLIC)

    def navigation() -> list[dict]:
        """At most one entry is current: the one with the longest address that leads here, or to the thing an act is done to."""
        if actor.is_public:
            return []
        place = getattr(request, "place", request.path)
        rows = [(reverse(found.entry.url_name), found) for found in surfaces.arranged_for(actor)]
        here = max((url for url, _found in rows if place.startswith(url)), key=len, default="")
        return [
            {"url": url, "label": found.entry.label, "icon": found.entry.icon, "current": url == here, "count": found.count,
             "more": found.more}
            for url, found in rows
        ]

    entries = SimpleLazyObject(navigation)

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
        #: Those who work here keep their navigation; everybody else gets the public site.
        "shell": "base_public.html" if actor.is_public else "base.html",
        "jurisdiction": actor.organisation.region.name if actor.organisation else settings.JURISDICTION,
        "navigation": SimpleLazyObject(lambda: [entry for entry in entries if not entry["more"]]),
        "navigation_more": SimpleLazyObject(lambda: [entry for entry in entries if entry["more"]]),
        "help_url": SimpleLazyObject(lambda: help.on_this_page(actor, request.resolver_match)),
        "inbox_count": SimpleLazyObject(inbox_count),
        "demo": settings.DEMO,
        "demo_clock": SimpleLazyObject(clock.now) if settings.DEMO else None,
        "now": SimpleLazyObject(clock.now),
    }
