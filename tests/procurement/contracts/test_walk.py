"""A contract from the award to the final acceptance, by its verbs; its record holds."""
import pytest

from portal.audit.record import verify
from procurement.contracts.models import Contract
from procurement.plans.models import Project
from tests.factories.contracts import make_contract

pytestmark = pytest.mark.django_db


def test_a_contract_goes_its_whole_way(award):
    contract = make_contract("ACCEPTED", award=award)
    assert contract.state == Contract.State.FINISHED
    assert Project.objects.get(pk=contract.project_id).state == "ACCEPTED"
    assert not list(verify())
