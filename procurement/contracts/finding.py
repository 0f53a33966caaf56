"""Contracts in the search box: by number, title, party and sum."""
from django.utils.translation import gettext_lazy as _

from portal.money import in_figures
from portal.search.sources import Find, searchable
from portal.search.words import Words

from .models import Contract

searchable(
    Contract, order=50, title=_("合同"), related=("agency", "supplier"),
    words=lambda contract: Words(
        names=[contract.title, contract.supplier.name, contract.agency.name], numbers=[contract.number], amounts=[contract.amount]
    ),
    show=lambda contract, actor: Find(
        str(contract), contract.get_absolute_url(), f"{contract.supplier.name} · {in_figures(contract.amount)}"
    ),
)
