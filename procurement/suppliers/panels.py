"""Where suppliers show on other pages: navigation and the search box."""
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import OrganisationKind
from portal.workflow.surfaces import navigation_entry, search_source

from .models import Supplier
from .views import OWN, WATCHERS

navigation_entry(70, _("承接主体"), "supplier", "suppliers:list", *WATCHERS)
navigation_entry(70, _("本单位注册"), "supplier", "suppliers:mine", *OWN)


@search_source(50, _("承接主体"))
def search_suppliers(query: str, actor) -> list[tuple]:
    """Suppliers of the searcher's region by name or code; a supplier has its own entry in the navigation."""
    if actor.kind == OrganisationKind.SUPPLIER or not query.strip():
        return []
    found = (
        Supplier.objects.visible_to(actor).select_related("organisation")
        .filter(Q(organisation__name__icontains=query) | Q(code__istartswith=query.strip())).order_by("organisation__name")[:10]
    )
    return [(str(supplier), supplier.get_absolute_url(), supplier.code) for supplier in found]
