"""Payment requests in the states that tests need, reached by running the verbs with the people of the demo."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal import clock
from portal.money import in_words
from portal.workflow import perform
from procurement.contracts.models import Contract
from procurement.payments.models import PaymentRequest
from procurement.payments.verbs import account_of, computation_of
from tests.factories.contracts import SIGNED_AT, make_contract
from tests.factories.papers import upload
from tests.factories.people import actor

#: Some days after the contract was signed, published and filed.
ASKED_AT = SIGNED_AT + timedelta(days=3)
STATES = ("DRAFTED", "SUBMITTED", "CONFIRMED", "APPROVED", "REVIEWED", "ORDERED", "PAID")


def asking(request: PaymentRequest, **changes) -> dict:
    """What a contractor who makes no mistake asks with."""
    payable = computation_of(request).payable
    bank, account = account_of(request)
    return {
        "amount": payable,
        "amount_words": in_words(payable),
        "invoice_number": f"2535{request.pk:08d}",
        "invoice_on": clock.today(),
        "invoice": upload("发票.pdf"),
        "payee_bank": bank,
        "payee_account": account,
        "purpose": "服务费",
        **changes,
    }


def make_request(
    state: str = "DRAFTED", *, contract: Contract | None = None, order: int = 1, moment: datetime | None = None
) -> PaymentRequest:
    """The request of an instalment (the first by default) of a filed contract, up to a state."""
    contract = contract or make_contract("FILED")
    request = PaymentRequest.objects.get(contract=contract, term__order=order)
    return advance(request, state, moment=moment)


def advance(request: PaymentRequest, state: str, *, moment: datetime | None = None) -> PaymentRequest:
    """Take a drafted request on to a state, one hour a step."""
    moment = moment or ASKED_AT
    for number, (name, row, who, data) in enumerate(
        (
            ("SUBMITTED", "submit", "supplier_a_head", None),
            ("CONFIRMED", "confirm", "payer", {}),
            ("APPROVED", "approve", "head", {}),
            ("REVIEWED", "review", "finance_officer", {"way": "DIRECT"}),
            ("ORDERED", "order", "budget_officer", {}),
            (
                "PAID",
                "record_receipt",
                "budget_officer",
                {"voucher_number": f"ZF{request.pk:06d}", "payer_account": "零余额账户 01"},
            ),
        )
    ):
        if STATES.index(name) > STATES.index(state):
            return request
        with clock.at(moment + timedelta(hours=number)):
            given = asking(request) if data is None else dict(data)
            if name == "PAID":
                given["paid_on"] = clock.today()
            request = perform(request, row, actor=actor(who), **given)
    return request


def pay_everything(contract: Contract, moment: datetime) -> None:
    """Pay every instalment whose request is open, in their order."""
    for request in PaymentRequest.objects.filter(contract=contract, state="DRAFTED").order_by("term__order"):
        advance(request, "PAID", moment=moment)
