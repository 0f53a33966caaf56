"""What a contract of its own is needed for: gates not yet open, sums reduced, everything paid (L10.2)."""

from datetime import datetime
from decimal import Decimal

import pytest

from portal import clock
from portal.workdays import clocks_of
from portal.workflow import Refused, perform
from procurement.budgets.models import Encumbrance
from procurement.contracts.models import Contract
from procurement.contracts.verbs.gates import gate_refusals
from procurement.payments.forms import DraftForm
from procurement.payments.models import PaymentRequest
from procurement.payments.verbs import computation, unpaid_terms
from tests.factories.budgets import make_line
from tests.factories.contracts import SIGNED_AT, convene, deliver, judge, make_contract, sign_all
from tests.factories.payments import ASKED_AT, asking, pay_everything
from tests.factories.people import actor

pytestmark = pytest.mark.django_db
AFTER = datetime(2027, 5, 20, 10, tzinfo=clock.SHANGHAI)


def rules_of(refused) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


def test_confirm_waits_for_the_contracts_gate() -> None:
    """S-72, S-77: filed and published, report confirmed; nothing is due before."""
    contract = make_contract("SIGNED")
    with clock.at(ASKED_AT):
        request = perform(
            PaymentRequest(), "draft", actor=actor("supplier_a_officer"), term=contract.payment_terms.get(order=2)
        )
        asked = perform(request, "submit", actor=actor("supplier_a_head"), **asking(request))
        assert not clocks_of(asked).live().filter(name="INVOICE_PAYMENT").exists()
        with pytest.raises(Refused) as refused:
            perform(asked, "confirm", actor=actor("payer"))
    assert set(rules_of(refused)) == {"S-72", "R-GP-41", "S-77"}


def test_nothing_of_a_contract_is_due_before_both_have_signed() -> None:
    """S-93: nobody can choose its instalments, and the gate says why."""
    contract = make_contract("OFFERED")
    term = contract.payment_terms.get(order=1)
    assert not DraftForm(actor=actor("supplier_a_officer"), subject=None).fields["term"].queryset.exists()
    assert [refusal.rule for refusal in gate_refusals(contract, term)] == ["S-93"]
    with clock.at(SIGNED_AT):
        contract = perform(contract, "sign", actor=actor("supplier_a_head"), agreed=True)
        assert [refusal.rule for refusal in gate_refusals(contract, term)] == ["S-93"]
        contract = perform(contract, "countersign", actor=actor("head"), agreed=True)
    assert "S-93" not in [refusal.rule for refusal in gate_refusals(contract, term)]
    assert DraftForm(actor=actor("supplier_a_officer"), subject=None).fields["term"].queryset.exists()


def test_what_acceptance_took_off_is_not_paid() -> None:
    """R22-10: accepted in part, the priced shortfall comes off the last instalment."""
    contract = make_contract("PERFORMING", filling={"reduction_terms": "每项不合格按约定减价。", "optional": [2]})
    contract = deliver(contract)
    acceptance = sign_all(judge(convene(contract), failed=(2,), reduction=Decimal("1234.56")))
    with clock.at(AFTER):
        perform(acceptance, "accept_in_part", actor=actor("acceptor"), opinion="部分合格", reason="修剪不足")
    term = contract.payment_terms.get(condition="ACCEPTANCE")
    assert computation(term).payable == term.amount - Decimal("1234.56")
    assert [line.cause for line in computation(term).lines] == ["ACCEPTANCE"]
    contract.acceptances.update(reduction=term.amount)
    request = PaymentRequest.objects.get(contract=contract, term=term)
    with clock.at(AFTER), pytest.raises(Refused) as refused:  # S-95: nothing is left to ask for
        perform(request, "submit", actor=actor("supplier_a_head"), **asking(request, amount_words="零元整"))
    assert "S-95" in rules_of(refused)


def test_the_last_payment_completes_the_contract() -> None:
    """L9.1: with the year's money honoured everything is paid; nothing is left to pay and the contract is complete."""
    contract = make_contract("ACCEPTED")
    make_line(amount="30000000.00", year=2027, moment=datetime(2027, 1, 20, 10, tzinfo=clock.SHANGHAI))
    with clock.at(AFTER):
        assert Encumbrance.objects.get(project=contract.project, year=2027).state == "COMMITTED"
    pay_everything(contract, AFTER)
    assert not unpaid_terms(contract)
    assert Contract.objects.get(pk=contract.pk).state == "COMPLETED"
