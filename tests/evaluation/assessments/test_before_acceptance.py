"""A contract whose term is over and that nobody has accepted yet: assessed, but not told to anybody (S-01, S-104)."""

from datetime import timedelta

import pytest

from portal import clock
from portal.workflow import Refused, perform
from tests.factories.contracts import accept, make_contract
from tests.factories.evaluation import SCORED_AT, make_assessment
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


def test_only_what_was_finally_accepted_is_published() -> None:
    """The assessment opens with the end of the term and may be settled before the acceptance."""
    contract = make_contract("FINISHED")
    settled = make_assessment("CONFIRMED", contract)
    with clock.at(SCORED_AT + timedelta(days=20)), pytest.raises(Refused) as refused:
        perform(settled, "publish", actor=actor("finance_head"), summary="达到要求")
    assert [refusal.rule for refusal in refused.value.refusals] == ["S-104"]
    accept(contract)
    with clock.at(SCORED_AT + timedelta(days=20)):
        assert perform(settled, "publish", actor=actor("finance_head"), summary="达到要求").state == "PUBLISHED"
