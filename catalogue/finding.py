"""What may be bought, in the search box: the lines of the catalogue that the searcher buys by."""
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.search.sources import Find, searchable
from portal.search.words import Words

from .models import CatalogueItem, CatalogueVersion, ImplementationEntry, Policy


def in_force(actor):
    """Lines of the one version that the searcher buys by today; visitors get that of the province."""
    version = CatalogueVersion.objects.in_force_for(actor.organisation, clock.today()).first()
    return CatalogueItem.objects.filter(version=version) if version else CatalogueItem.objects.none()


searchable(
    CatalogueItem, order=35, title=_("指导性目录"), related=("version",), visible=in_force,
    words=lambda item: Words(names=[item.name], numbers=[item.code]),
    show=lambda item, actor: Find(str(item), item.get_absolute_url(), str(item.version)),
)


def of_published_lists(actor):
    """Entries of the lists that everybody may read."""
    return ImplementationEntry.objects.filter(catalogue__state__in=("ISSUED", "SUPERSEDED"))


searchable(
    ImplementationEntry, order=36, title=_("实施目录"), related=("catalogue", "agency"), visible=of_published_lists,
    words=lambda entry: Words(names=[entry.title, entry.agency.name]),
    show=lambda entry, actor: Find(entry.title, entry.get_absolute_url(), str(entry.catalogue)),
)


def published(actor):
    """Documents that everybody may read."""
    return Policy.objects.filter(state__in=("PUBLISHED", "ENDED"))


searchable(
    Policy, order=37, title=_("政策文件"), visible=published,
    words=lambda policy: Words(names=[policy.title, policy.issuer], numbers=[policy.document_number]),
    show=lambda policy, actor: Find(policy.title, policy.get_absolute_url(), policy.document_number),
)
