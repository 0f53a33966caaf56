"""A contract from the award to the final acceptance, by its verbs."""
import pytest

from portal.audit.record import verify
from procurement.contracts.models import Contract
from tests.factories.contracts import make_contract

pytestmark = pytest.mark.django_db


def test_a_contract_goes_its_whole_way():
    contract = make_contract("ACCEPTED")
    assert contract.state == Contract.State.FINISHED
    assert contract.project.state == "ACCEPTED"
    assert not list(verify())
