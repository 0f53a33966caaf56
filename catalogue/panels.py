"""Where the catalogue shows on other pages: navigation and the search box."""
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.workflow.surfaces import navigation_entry, search_source

from .models import CatalogueItem, CatalogueVersion

navigation_entry(20, _("目录"), "catalogue", "catalogue:tree")


@search_source(60, _("目录"))
def search_catalogue(query: str, actor) -> list[tuple]:
    """Items of the list the searcher buys by."""
    region = actor.organisation.region if actor.organisation else None
    version = CatalogueVersion.objects.in_force(region, clock.today()).first()
    if version is None or not query.strip():
        return []
    items = CatalogueItem.objects.filter(version=version).matching(query).order_by("path")[:10]
    return [(str(item), item.get_absolute_url(), version.title) for item in items]
