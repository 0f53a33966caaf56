"""L9.1 start: on its day, and never on a promise."""
from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from portal import clock
from portal.accounts.actor import system_actor
from portal.workflow import Refused, perform
from tests.factories.budgets import make_line
from tests.factories.contracts import make_award, make_contract, run_until

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


def test_it_starts_when_its_first_years_money_is_committed() -> None:
    """R1787-04, L3.2 edge 3: a pledge is no money; with the year's line the contract begins by itself."""
    contract = run_until(make_contract("FILED", award=make_award(**NEXT_YEAR)), NEW_YEAR)
    assert contract.state == "SIGNED"
    with clock.at(NEW_YEAR), pytest.raises(Refused) as refused:
        perform(contract, "start", actor=system_actor())
    (refusal,) = refused.value.refusals
    assert (refusal.rule, refusal.params["held"]) == ("R1787-04", "0.00")
    make_line(amount="11000000.00", year=2027, moment=NEW_YEAR + timedelta(days=19))
    contract = run_until(contract, NEW_YEAR + timedelta(days=20))
    assert contract.state == "PERFORMING"
