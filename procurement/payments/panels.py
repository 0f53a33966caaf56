"""Where payment shows on other pages: the money line of the project, navigation."""
from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.roles import OrganisationKind
from portal.money import ZERO, percentage
from portal.templatetags.marks import day
from portal.workflow.surfaces import navigation_entry, project_panel
from procurement.contracts.models import Contract

from .models import PaymentRequest
from .rules import Computation
from .verbs import computations
from .views import READERS

navigation_entry(62, gettext_lazy("资金支付"), "budget", "payments:list", *READERS)

#: Light of a row of the schedule by the state of its request.
LIGHTS = {"PAID": "done", "SENT_BACK": "yellow", "RETURNED": "red", "CANCELLED": "none"}


@project_panel(order=80, anchor="payment")
def payment_panel(project, actor, now):
    """Plan, award, contract, paid, to pay; and the schedule. The public sees the sums, not the requests."""
    if not project.may_have("contracts.contract"):
        return None
    contracts = list(
        Contract.objects.filter(project=project, signed_at__isnull=False).select_related("supplier", "filing")
        .prefetch_related("payment_terms").order_by("id")
    )
    if not contracts or not (actor.organisation or any(contract.published_at for contract in contracts)):
        return None
    if actor.kind == OrganisationKind.SUPPLIER:
        contracts = [contract for contract in contracts if contract.supplier_id == actor.organisation_id or contract.published_at]
    visible = {
        request.term_id: request
        for request in PaymentRequest.objects.visible_to(actor).with_names().filter(contract__project=project).exclude(state="CANCELLED")
    }
    paid_by_term = dict(
        PaymentRequest.objects.filter(contract__project=project, state="PAID").values_list("term_id", "amount")
    )
    agreed = sum((contract.amount for contract in contracts), ZERO)
    paid = sum(paid_by_term.values(), ZERO)
    terms = [term for contract in contracts for term in contract.payment_terms.all()]
    computed = computations(terms)
    rows = [row_of(term, visible.get(term.pk), paid_by_term, computed[term.pk]) for term in terms]
    to_pay = sum((row["amount"] for row in rows if not row["paid"]), ZERO)
    return "payments/panel.html", {
        "flow": money_line(project, contracts, agreed, paid, to_pay, len(paid_by_term)), "rows": rows, "agreed": agreed,
        "total_percent": percentage(paid, agreed), "objects": list(visible.values()),
    }


def row_of(term, request: PaymentRequest | None, paid: dict, computed: Computation) -> dict:
    """One row of the schedule."""
    settled = paid.get(term.pk)
    if request is not None:
        state, light = request.get_state_display(), LIGHTS.get(request.state, "green")
        if request.state == "PAID":
            state = _("已付 %(day)s") % {"day": day(request.paid_on)}
    else:
        state, light = (_("已付"), "done") if settled is not None else (_("未到"), "none")
    return {
        "term": term, "request": request, "amount": settled if settled is not None else computed.payable,
        "paid": settled is not None, "state": state, "light": light,
        "due": _("收到发票后 30 日") if settled is None else day(request.paid_on) if request else "",
    }


def money_line(project, contracts: list, agreed, paid, to_pay, count: int) -> list[dict]:
    """The five sums of the project's money, in the order money takes (S-213)."""
    item = project.item
    planned = item.effective_amount if item else project.amount
    filed = next((contract.filing.number for contract in contracts if getattr(contract, "filing", None) and contract.filing.number), "")
    return [
        {"name": _("计划"), "amount": planned,
         "note": _("%(day)s 批准") % {"day": day(project.approved_at)} if project.approved_at else ""},
        {"name": _("中标"), "amount": agreed,
         "note": _("节约 %(sum)s") % {"sum": f"{planned - agreed:,.2f}"} if planned > agreed else ""},
        {"name": _("合同"), "amount": agreed, "note": _("备案 %(number)s") % {"number": filed} if filed else ""},
        {"name": _("已支付"), "amount": paid,
         "note": _("%(percent)s %%，%(count)s 期") % {"percent": percentage(paid, agreed), "count": count}},
        {"name": _("待支付"), "amount": to_pay, "note": ""},
    ]
