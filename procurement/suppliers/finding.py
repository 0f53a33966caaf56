"""Suppliers in the search box, for the departments that look at those of their region."""
from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import OrganisationKind
from portal.search.sources import Find, searchable
from portal.search.words import Words

from .models import Supplier


def others(actor):
    """A supplier has its own entry in the navigation and finds no other."""
    return Supplier.objects.none() if actor.kind == OrganisationKind.SUPPLIER else Supplier.objects.visible_to(actor)


searchable(
    Supplier, order=55, title=_("承接主体"), related=("organisation",), visible=others,
    words=lambda supplier: Words(names=[supplier.organisation.name], numbers=[supplier.code]),
    show=lambda supplier, actor: Find(str(supplier), supplier.get_absolute_url(), supplier.code),
)
