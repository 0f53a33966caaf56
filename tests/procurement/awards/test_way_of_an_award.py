"""From the sealed seed to the announced award, by the verbs of the people concerned (W-09)."""
import pytest

from procurement.plans.models import Project
from procurement.tenders.models import Tender
from tests.factories.awards import make_award

pytestmark = pytest.mark.django_db


def test_the_first_in_order_is_announced():
    award = make_award("ANNOUNCED")
    assert award.state == "ANNOUNCED"
    assert Tender.objects.get().state == "AWARDED"
    assert Project.objects.get().state == "AWARDED"
