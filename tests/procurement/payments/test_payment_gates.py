"""What a payment waits for over the life of a contract, and what it leads to (L10.2, L9.1, L2.5)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from portal import clock
from portal.accounts.models import Membership
from portal.workflow import Refused, perform
from procurement.contracts.models import Contract
from procurement.payments.models import PaymentRequest, ResultTie
from procurement.payments.rules import withheld
from procurement.payments.verbs import computation, paid_of, unpaid_terms
from tests.factories.contracts import make_contract
from tests.factories.keeping import rolled_back
from tests.factories.payments import advance, asking
from tests.factories.people import actor

pytestmark = pytest.mark.django_db
AFTER = datetime(2027, 5, 20, 10, tzinfo=clock.SHANGHAI)


def rules_of(refused) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


@pytest.fixture(scope="module")
def _accepted_key(django_db_setup, django_db_blocker) -> Iterator[int]:
    with django_db_blocker.unblock(), rolled_back():
        yield make_contract("ACCEPTED").pk


@pytest.fixture
def accepted(_accepted_key: int, db) -> Contract:
    return Contract.objects.get(pk=_accepted_key)


def test_report_and_acceptance_open_their_instalments(accepted) -> None:
    states = dict(PaymentRequest.objects.filter(contract=accepted).values_list("term__condition", "state"))
    assert states == {"SIGNED": "DRAFTED", "REPORT": "DRAFTED", "ACCEPTANCE": "DRAFTED"}
    last = PaymentRequest.objects.get(contract=accepted, term__condition="ACCEPTANCE")
    assert last.conditions_met_at == accepted.acceptances.get().concluded_at


def test_who_led_the_acceptance_does_not_confirm(accepted) -> None:
    """S-125: as the leader of this acceptance, and by the four duties."""
    Membership.objects.create(user=actor("acceptor").user, organisation=accepted.agency, role="PAYER")
    request = PaymentRequest.objects.get(contract=accepted, term__condition="REPORT")
    with clock.at(AFTER):
        asked = perform(request, "submit", actor=actor("supplier_a_head"), **asking(request))
        with pytest.raises(Refused) as refused:
            perform(asked, "confirm", actor=actor("acceptor"))
    assert rules_of(refused).count("S-125") == 2


def test_a_voucher_serves_once(accepted) -> None:
    first, second = PaymentRequest.objects.filter(contract=accepted, term__year=2026).order_by("term__order")
    paid = advance(first, "PAID", moment=AFTER)
    ordered = advance(second, "ORDERED", moment=AFTER)
    with pytest.raises(Refused) as refused, clock.at(AFTER + timedelta(hours=7)):
        perform(
            ordered,
            "record_receipt",
            actor=actor("budget_officer"),
            voucher_number=paid.voucher_number,
            paid_on=clock.today(),
            payer_account="零余额",
        )
    assert rules_of(refused) == ["S-101"]


def test_a_year_without_money_is_not_paid(accepted) -> None:
    """RTR-05, R1787-04: a pledge is no money; the last instalment waits until its year is funded."""
    request = PaymentRequest.objects.get(contract=accepted, term__condition="ACCEPTANCE")
    with pytest.raises(Refused) as refused, clock.at(AFTER):
        perform(request, "submit", actor=actor("supplier_a_head"), **asking(request))
    assert rules_of(refused) == ["RTR-05"]
    assert "2027" in refused.value.refusals[0].message


def test_a_result_that_is_tied_takes_its_part(accepted) -> None:
    """S-95: the percent of the grade, line by line, to the fen."""
    term = accepted.payment_terms.get(condition="ACCEPTANCE")
    assert computation(term).lines == ()
    ResultTie.objects.create(term=term, percent=Decimal("90.00"), reference="PJ-1", tied_at=AFTER)
    computed = computation(term)
    assert [line.cause for line in computed.lines] == ["RESULT"]
    assert computed.payable == term.amount - withheld(term.amount, Decimal("90.00"))
    assert computation(accepted.payment_terms.get(order=1)).lines == ()


def test_a_contract_is_complete_when_everything_is_paid(accepted) -> None:
    """L9.1 complete waits for the last payment."""
    assert [term.name for term in unpaid_terms(accepted)] == ["首付款", "进度款", "尾款"]
    pay = PaymentRequest.objects.filter(contract=accepted, term__year=2026)
    for request in pay:
        advance(request, "PAID", moment=AFTER)
    assert paid_of(accepted) == sum(request.amount for request in pay.all())
    assert Contract.objects.get(pk=accepted.pk).state == "FINISHED"
    assert [term.name for term in unpaid_terms(accepted)] == ["尾款"]
