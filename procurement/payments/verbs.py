"""Effects of a payment: computed, checked by four people, ordered, posted; and what floors above call (L10.2)."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Max, Sum
from django.utils.translation import gettext as _

from portal.files.verbs import store
from portal.identifiers import Series
from portal.money import ZERO, in_figures
from portal.reports.verbs import facts_of_paper
from portal.workdays import start_clock, stop_clock, void_clocks
from portal.workflow import Act
from procurement.budgets import verbs as budgets
from procurement.contracts.models import Acceptance, Contract, PaymentTerm
from procurement.contracts.verbs.gates import complete_if_ready, gate_refusals
from procurement.plans.numbers import next_number

from .documents import make_order
from .models import CLAIMING, Deduction, PaymentRequest, ResultTie, Tier
from .rules import Computation, Line, tiers, withheld

State = PaymentRequest.State
Condition = PaymentTerm.Condition
#: Reasons to send back that lie in the contractor's papers: he must submit anew.
SUPPLIERS_FAULT = ("INVOICE", "AMOUNT", "ACCOUNT")


# --- asking ----------------------------------------------------------------------------------------------------------
def year_of(term: PaymentTerm) -> int:
    """The budget year an instalment is paid from."""
    return term.year or term.contract.starts_on.year


def is_last(term: PaymentTerm) -> bool:
    """Whether it is the contract's last instalment."""
    return not PaymentTerm.objects.filter(contract=term.contract_id, order__gt=term.order).exists()


def computation_of(request: PaymentRequest) -> Computation:
    """What an instalment comes to today: the contract's sum, less acceptance and result (S-95)."""
    return computation(request.term)


def computation(term: PaymentTerm) -> Computation:
    """What one instalment comes to today."""
    return computations([term])[term.pk]


def computations(terms: Sequence[PaymentTerm]) -> dict[int, Computation]:
    """What each of many instalments comes to today, by its key; three queries, however many there are."""
    contracts = {term.contract_id for term in terms}
    last = dict(PaymentTerm.objects.filter(contract__in=contracts).order_by().values_list("contract").annotate(Max("order")))
    in_part = Acceptance.objects.filter(contract__in=contracts, stage=Acceptance.Stage.FINAL, state="ACCEPTED_IN_PART")
    final = {acceptance.contract_id: acceptance for acceptance in in_part.order_by("round")}  # the latest round counts
    ties = {tie.term_id: tie for tie in ResultTie.objects.filter(term__in=terms)}
    return {
        term.pk: Computation(term.amount, tuple(_lines(
            term, final.get(term.contract_id) if term.order == last[term.contract_id] else None, ties.get(term.pk),
        )))
        for term in terms
    }  # fmt: skip


def _lines(term: PaymentTerm, final: Acceptance | None, tie: ResultTie | None) -> Iterator[Line]:
    left = term.amount
    if final and final.reduction:
        left -= final.reduction
        yield Line(Deduction.Cause.ACCEPTANCE, str(final), _("验收各项减价合计"), final.reduction)
    if tie and left > 0 and (off := withheld(left, tie.percent)):
        formula = _("%(sum)s × （100 − %(percent)s）%%") % {"sum": in_figures(left), "percent": tie.percent}
        yield Line(Deduction.Cause.RESULT, tie.reference, formula, off)


def account_of(request: PaymentRequest) -> tuple[str, str]:
    """Bank and account to pay to: the contract's, or what the contractor corrected after the bank sent money back."""
    if request.account_corrected_at:
        return request.payee_bank, request.payee_account
    return request.contract.payee_bank, request.contract.payee_account


def committed_left(request: PaymentRequest) -> Decimal:
    """Committed money of the instalment's year that no payment, paid or under way, has a claim on (L3.2)."""
    year = year_of(request.term)
    project = request.contract.project_id
    from procurement.budgets.models import Encumbrance

    committed = Encumbrance.objects.filter(project=project, year=year, state="COMMITTED").aggregate(sum=Sum("committed"))["sum"]
    others = (
        PaymentRequest.objects.filter(contract__project=project, state__in=CLAIMING).exclude(pk=request.pk)
        .select_related("term__contract")
    )
    return (committed or ZERO) - sum((other.amount for other in others if year_of(other.term) == year), ZERO)


def paid_and_claimed(contract: Contract, *, besides: int | None = None) -> Decimal:
    """What of a contract is paid or on its way to be paid."""
    found = contract.payment_requests.filter(state__in=[*CLAIMING, State.PAID]).exclude(pk=besides)
    return found.aggregate(sum=Sum("amount"))["sum"] or ZERO


def paid_of(contract: Contract) -> Decimal:
    return contract.payment_requests.filter(state=State.PAID).aggregate(sum=Sum("amount"))["sum"] or ZERO


def unpaid_terms(contract: Contract) -> list[PaymentTerm]:
    """Instalments that still owe something."""
    paid = set(contract.payment_requests.filter(state=State.PAID).values_list("term_id", flat=True))
    left = [term for term in contract.payment_terms.select_related("contract") if term.pk not in paid]
    computed = computations(left)
    return [term for term in left if computed[term.pk].payable > 0]


# --- effects ---------------------------------------------------------------------------------------------------------
def draft(request: PaymentRequest, act: Act) -> dict:
    """Open the request of an instalment, with the sum the contract gives it."""
    if "term" in act.data:
        request.term = act.data["term"]
        request.contract = request.term.contract
    contract = request.contract
    request.number = next_number(Series.PAYMENT, contract.agency, act.now.year)
    request.payee_name = contract.supplier.name
    request.save()
    _note_conditions(request, act)
    return {"number": request.number, "contract": contract.number, "term": request.term.name, "amount": request.term.amount}


def _note_conditions(request: PaymentRequest, act: Act) -> None:
    """Remember since when the contract's condition is met; a small firm's period runs from delivery (RPAY-01)."""
    if request.conditions_met_at or gate_refusals(request.contract, request.term):
        return
    request.conditions_met_at = condition_met_on(request.term) or act.now
    request.save(update_fields=["conditions_met_at"])
    if request.contract.sme:
        start_clock("SME_PAYMENT", request, act, start=request.conditions_met_at)


def condition_met_on(term: PaymentTerm) -> datetime | None:
    """When what an instalment waits for was there: the acceptance, the confirmed report; None where it waits for neither."""
    if term.condition == Condition.ACCEPTANCE:
        final = Acceptance.objects.filter(contract=term.contract_id, stage=Acceptance.Stage.FINAL).order_by("-round").first()
        return final.concluded_at if final else None
    if term.condition == Condition.REPORT:
        report = term.contract.reports.filter(number=term.report_number or 1).first()
        return report.confirmed_at if report else None
    return None


def submit(request: PaymentRequest, act: Act) -> dict:
    """Ask for the money: invoice, sum in figures and words, account; the computation stands beside it."""
    data = dict(act.data)
    invoice = data.pop("invoice", None)
    for name, value in data.items():
        setattr(request, name, value)
    request.payee_name = request.contract.supplier.name
    request.send_back_code = request.send_back_reason = ""
    document = store(invoice, actor=act.actor, kind="invoice", subject=request) if invoice else None
    _keep_computation(request)
    _note_conditions(request, act)
    if request.conditions_met_at:
        start_clock("INVOICE_PAYMENT", request, act)
    return {
        "amount": request.amount, "words": request.amount_words, "invoice": request.invoice_number,
        "digest": document.digest if document else "",
    }


def _keep_computation(request: PaymentRequest) -> None:
    request.deductions.all().delete()
    for order, line in enumerate(computation_of(request).lines, 1):
        Deduction.objects.create(
            request=request, order=order, cause=line.cause, reference=line.reference, formula=line.formula, amount=line.amount
        )


def keep_tiers(request: PaymentRequest) -> list[Tier]:
    """Share the sum among those who bear it: by the lines of a shared cost, else as the plan says; one tier where it says none."""
    request.tiers.all().delete()
    if held := _shared_lines(request):
        return [
            Tier.objects.create(
                request=request, order=order, level=line.level, source=line.source, name=line.number, ratio=line.requested, amount=share
            )
            for order, (line, share) in enumerate(held, 1)
        ]
    item = request.contract.project.item
    sources = list(item.sources.order_by("id")) if item else []
    if not sources:
        holder = request.contract.project.encumbrances.filter(line__isnull=False).select_related("line").order_by("id").first()
        if holder is None:
            return []
        return [Tier.objects.create(
            request=request, order=1, level=holder.line.level, source=holder.line.source, name=holder.line.title, ratio=request.amount,
            amount=request.amount,
        )]
    shares = tiers(request.amount, [source.amount for source in sources])
    return [
        Tier.objects.create(
            request=request, order=order, level=source.level, source=source.kind, name=source.name, ratio=source.amount, amount=share
        )
        for order, (source, share) in enumerate(zip(sources, shares, strict=True), 1)
    ]


def _shared_lines(request: PaymentRequest) -> list[tuple]:
    """The lines of a shared cost that the payment will come from, with what each gives; none where the cost is not shared (S-98)."""
    held = budgets.payment_shares(request.contract.project, request.amount, year=year_of(request.term))
    return held if any(budgets.is_shared(line) for line, _share in held) and sum(share for _line, share in held) == request.amount else []


def confirm(request: PaymentRequest, act: Act) -> dict:
    """The purchaser takes it as true; the computation and the tiers stand from here on."""
    request.send_back_code = request.send_back_reason = ""
    _keep_computation(request)
    shares = keep_tiers(request)
    _note_conditions(request, act)
    start_clock("INVOICE_PAYMENT", request, act)
    return {
        "amount": request.amount, "agreed": request.term.amount,
        "deductions": [f"{row.cause} {row.amount}" for row in request.deductions.all()],
        "tiers": [f"{tier.level} {tier.amount}" for tier in shares],
    }


def approve(request: PaymentRequest, act: Act) -> dict:
    return {"amount": request.amount, "committed_left": committed_left(request)}


def review(request: PaymentRequest, act: Act) -> dict:
    request.way = act.data["way"]
    return {"amount": request.amount, "way": request.way}


def order(request: PaymentRequest, act: Act) -> dict:
    """The order to the treasury, on paper with every element (RTR-06)."""
    request.save()
    return {"amount": request.amount, "payee": request.payee_name, **facts_of_paper(make_order(request, act))}


def record_receipt(request: PaymentRequest, act: Act) -> dict:
    """The money is out: voucher and day, the ledger posts it, the contract may be complete."""
    for name in ("voucher_number", "paid_on", "payer_account"):
        setattr(request, name, act.data[name])
    request.save()
    budgets.pay(act, request.contract.project, request.amount, year=year_of(request.term), reference=request.voucher_number)
    for name in ("INVOICE_PAYMENT", "SME_PAYMENT", "TREASURY_EXECUTION"):
        stop_clock(name, request, act)
    complete_if_ready(act, request.contract)
    return {"amount": request.amount, "voucher": request.voucher_number, "paid_on": request.paid_on}


def record_rejection(request: PaymentRequest, act: Act) -> dict:
    request.return_code, request.return_reason = act.reason_code, act.reason
    request.account_corrected_at = None
    return {"amount": request.amount}


def correct_account(request: PaymentRequest, act: Act) -> dict:
    """The contractor gives another account of his own, with the bank's proof."""
    before = request.payee_account
    request.payee_bank, request.payee_account = act.data["payee_bank"], act.data["payee_account"]
    request.account_corrected_at = act.now
    document = store(act.data["proof"], actor=act.actor, kind="account_proof", subject=request)
    return {"before": before[-4:], "after": request.payee_account[-4:], "digest": document.digest}


def resume(request: PaymentRequest, act: Act) -> dict:
    request.return_code = request.return_reason = ""
    return {"account": request.payee_account[-4:]}


def send_back(request: PaymentRequest, act: Act) -> dict:
    """Every defect at once; the payment period goes on unless the invoice itself is wrong (RPAY-03)."""
    request.send_back_code, request.send_back_reason = act.reason_code, act.reason
    if act.reason_code == "INVOICE":
        void_clocks(request, act, ["INVOICE_PAYMENT"], reason=act.reason)
    return {"amount": request.amount}


def cancel(request: PaymentRequest, act: Act) -> dict:
    return {"term": request.term.name}


def record_history(request: PaymentRequest, act: Act) -> dict:
    """A payment of the past as it is known: what was paid until a day, without voucher or invoice of its own (S-93)."""
    request.amount, request.paid_on = act.data["amount"], act.data["paid_on"]
    request.amount_words, request.purpose = request.words, act.data["source"][:200]
    request.payee_name = request.contract.supplier.name
    request.number = next_number(Series.PAYMENT, request.contract.agency, request.paid_on.year)
    request.voucher_number = request.invoice_number = f"补录 {request.number}"
    return {"amount": request.amount, "term": request.term.name, "paid_on": request.paid_on}


# --- what other floors call ------------------------------------------------------------------------------------------
def draft_due(act: Act, contract: Contract) -> list[PaymentRequest]:
    """Open a request for every instalment whose condition is met now and that has none (S-93)."""
    if contract.project.is_history:
        return []
    taken = set(contract.payment_requests.live().values_list("term_id", flat=True))
    return [
        act.perform(PaymentRequest(contract=contract, term=term), "draft")
        for term in contract.payment_terms.select_related("contract__project", "contract__agency__region")
        if term.pk not in taken and not gate_refusals(contract, term)
    ]


def tie_result(act: Act, contract: Contract, *, percent: Decimal, reference: str) -> ResultTie | None:
    """What a result makes of the last instalment where the contract ties them; None when that is paid already (S-95).

    `reference` names the result. The same instalment is tied once; a recomputed result before payment replaces it.
    """
    term = contract.payment_terms.order_by("-order").first()
    if term is None or contract.payment_requests.filter(term=term, state__in=["ORDERED", "PAID"]).exists():
        return None
    tie, _made = ResultTie.objects.update_or_create(term=term, defaults={"percent": percent, "reference": reference, "tied_at": act.now})
    return tie
