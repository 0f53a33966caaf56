"""L9.1 where it touches money: the bond within the law, and what was paid before the first day."""
from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from portal import clock
from portal.workflow import Refused
from procurement.contracts.models import Contract
from tests.factories.contracts import DRAFTED_AT, fill, make_contract, run_until

pytestmark = pytest.mark.django_db


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


def test_what_was_paid_already_counts_as_funded(award) -> None:
    """A first instalment paid in full before the first day takes nothing from the year's cover."""
    from procurement.payments.models import PaymentRequest
    from tests.factories.contracts import BEGINS_AT
    from tests.factories.payments import advance

    contract = make_contract("FILED", award=award)
    assert advance(PaymentRequest.objects.get(contract=contract), "PAID").state == "PAID"
    assert run_until(contract, BEGINS_AT).state == "PERFORMING"
