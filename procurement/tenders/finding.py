"""Tenders in the search box: by number, title, purchaser and budget."""
from django.utils.translation import gettext_lazy as _

from portal.search.sources import Find, searchable
from portal.search.words import Words

from .models import Tender


def show(tender: Tender, actor) -> Find:
    """What is public leads to the public page, everything else to the page of those who work on it."""
    return Find(str(tender), tender.get_public_url() if tender.is_public else tender.get_absolute_url(), tender.agency.name)


searchable(
    Tender, order=30, title=_("采购活动"), related=("agency",), show=show,
    words=lambda tender: Words(
        names=[tender.title, tender.agency.name], numbers=[tender.number], amounts=[tender.budget] if tender.budget_shown else []
    ),
)
