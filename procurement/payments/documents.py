"""Papers of payment: what the contractor hands in, and the order to the treasury."""
from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.files.kinds import INVOICE, ISSUED, PAPERS, PICTURES, register_kind
from portal.files.models import Document
from portal.money import in_figures
from portal.reports.verbs import make_paper
from portal.workflow import Act

from .models import PaymentRequest

register_kind("invoice", gettext_lazy("发票"), accepts=(*PAPERS, *PICTURES), limit=20 * 1024**2, parties=True, leave=INVOICE)
register_kind("account_proof", gettext_lazy("账户证明"), accepts=(*PAPERS, *PICTURES), limit=20 * 1024**2, parties=True, leave=ISSUED)
register_kind("payment_order", gettext_lazy("国库支付令"), accepts=("pdf",), parties=True)


def order_data(request: PaymentRequest, act: Act) -> dict:
    """Every element a payment order names (RTR-06), as it is printed and proved by the digest."""
    contract, project = request.contract, request.contract.project
    lines = [
        {"number": row.line.number, "function": row.line.function_class, "economic": row.line.economic_class,
         "source": row.line.get_source_display()}
        for row in project.encumbrances.filter(year=year_of_request(request), line__isnull=False).select_related("line").order_by("id")
    ]
    return {
        "number": request.number, "unit": contract.agency.name, "project": project.number, "project_name": project.title,
        "contract": contract.number, "contract_name": contract.title, "term": request.term.name, "lines": lines,
        "payee": request.payee_name, "bank": request.payee_bank, "account": request.payee_account, "purpose": request.purpose,
        "amount": in_figures(request.amount), "words": request.words, "invoice": request.invoice_number,
        "invoice_on": request.invoice_on, "way": request.get_way_display(),
        "agreed": in_figures(request.term.amount),
        "deductions": [
            {"cause": row.get_cause_display(), "reference": row.reference, "formula": row.formula, "amount": in_figures(row.amount)}
            for row in request.deductions.all()
        ],
        "tiers": [
            {"level": row.get_level_display(), "source": row.get_source_display(), "amount": in_figures(row.amount)}
            for row in request.tiers.all()
        ],
        "people": [
            {"step": str(step), "name": person.name if person else ""}
            for step, person in (
                (_("单位核定"), request.confirmed_by), (_("单位批准"), request.approved_by), (_("财政审核"), request.reviewed_by),
                (_("支付令签发"), act.actor.user),
            )
        ],
    }


def year_of_request(request: PaymentRequest) -> int:
    from .verbs import year_of

    return year_of(request.term)


def make_order(request: PaymentRequest, act: Act) -> Document:
    """Set the payment order and keep it with the request."""
    title = _("国库支付令 %(number)s") % {"number": request.number}
    return make_paper(
        "paper/payment_order.html", {"heading": title, "issuer": act.actor.organisation.name, "issued_on": act.now, "seal": True},
        title=title, data=order_data(request, act), name=f"{title}.pdf", actor=act.actor, kind="payment_order", subject=request,
    )
