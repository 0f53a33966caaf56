"""L9.1 where it touches money: the bond within the law, and no performance on a promise."""
from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from portal import clock
from portal.accounts.actor import system_actor
from portal.workflow import Refused, perform
from procurement.contracts.models import Contract
from tests.factories.budgets import make_line
from tests.factories.contracts import DRAFTED_AT, fill, make_award, make_contract, run_until

pytestmark = pytest.mark.django_db
NEW_YEAR = datetime(2027, 1, 1, tzinfo=clock.SHANGHAI)
#: Signed in spring for the next calendar year, paid from that year's budget alone.
NEXT_YEAR = {
    "amount": Decimal("11000000.00"), "service_from": NEW_YEAR.date(), "service_until": date(2027, 12, 31),
    "payment_terms": [
        {"name": "首付款", "percent": Decimal(50), "condition": "SIGNED", "year": 2027, "note": ""},
        {"name": "尾款", "percent": Decimal(50), "condition": "ACCEPTANCE", "year": 2027, "note": ""},
    ],
}  # fmt: skip


def rules_of(refused) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


def test_a_bond_of_more_than_ten_percent_is_refused_and_never_kept(award) -> None:
    """R-GP-36: said where it is typed; the table itself keeps no other."""
    contract = make_contract("FILLED", award=award)
    bond = {"bond_percent": Decimal("10.01"), "bond_terms": "期满退还"}
    with clock.at(DRAFTED_AT):
        with pytest.raises(Refused) as refused:
            fill(contract, **bond)
        assert rules_of(refused) == ["R-GP-36"]
        assert fill(contract, **{**bond, "bond_percent": Decimal("10.00")}).bond_percent == 10
    with pytest.raises(IntegrityError, match="contracts_bond_within_ten_percent"), transaction.atomic():
        Contract.objects.filter(pk=contract.pk).update(**bond)


def test_it_starts_when_its_first_years_money_is_committed() -> None:
    """R1787-04, L3.2 edge 3: a pledge is no money; with the year's line the contract begins by itself."""
    contract = run_until(make_contract("FILED", award=make_award(**NEXT_YEAR)), NEW_YEAR)
    assert contract.state == "SIGNED"
    with clock.at(NEW_YEAR), pytest.raises(Refused) as refused:
        perform(contract, "start", actor=system_actor())
    assert rules_of(refused) == ["R1787-04"]
    assert refused.value.refusals[0].params["held"] == "0.00"
    make_line(amount="11000000.00", year=2027, moment=NEW_YEAR + timedelta(days=19))
    contract = run_until(contract, NEW_YEAR + timedelta(days=20))
    assert contract.state == "PERFORMING"


def test_what_was_paid_already_counts_as_funded(award) -> None:
    """A first instalment paid in full before the first day takes nothing from the year's cover."""
    from procurement.payments.models import PaymentRequest
    from tests.factories.contracts import BEGINS_AT
    from tests.factories.payments import advance

    contract = make_contract("FILED", award=award)
    assert advance(PaymentRequest.objects.get(contract=contract), "PAID").state == "PAID"
    assert run_until(contract, BEGINS_AT).state == "PERFORMING"
