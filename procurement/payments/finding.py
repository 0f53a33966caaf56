"""Payment requests in the search box: by number, contract, invoice and sum."""
from django.utils.translation import gettext_lazy as _

from portal.money import in_figures
from portal.search.sources import Find, searchable
from portal.search.words import Words

from .models import PaymentRequest

searchable(
    PaymentRequest, order=60, title=_("资金支付"), related=("contract__supplier", "term"),
    words=lambda request: Words(
        names=[request.contract.title, request.contract.supplier.name],
        numbers=[request.number, request.contract.number, request.invoice_number], amounts=[request.amount],
    ),
    show=lambda request, actor: Find(
        str(request), request.get_absolute_url(), f"{request.contract.title} · {in_figures(request.amount)}"
    ),
)
