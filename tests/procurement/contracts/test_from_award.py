"""The announced award of a whole evaluation lays a draft on the officer's desk (L7.5, L9.1)."""
import pytest

from procurement.contracts.models import Contract
from tests.factories.awards import make_award
from tests.factories.people import actor

pytestmark = pytest.mark.django_db


def test_announcing_an_award_drafts_its_contract():
    award = make_award("ANNOUNCED")
    contract = Contract.objects.get(award=award)
    assert (contract.state, contract.amount, contract.supplier) == ("DRAFTED", award.amount, award.supplier)
    assert contract.deliverables.count() == award.tender.deliverables.count()
    assert Contract.objects.visible_to(actor("buyer")).filter(pk=contract.pk).exists()
