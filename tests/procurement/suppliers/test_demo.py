"""The demonstration suppliers come through the verbs and may act."""
import pytest

from portal.accounts.demo import load_people, organisation
from portal.audit.models import Entry
from procurement.suppliers.demo import load_demo_suppliers
from procurement.suppliers.models import Evidence, Supplier
from procurement.suppliers.verbs import standing

pytestmark = pytest.mark.django_db


def test_the_three_are_confirmed_and_the_worked_case_is_registered():
    load_people()
    suppliers = load_demo_suppliers()
    assert {key: supplier.state for key, supplier in suppliers.items()} == {
        "supplier_a": "CONFIRMED", "supplier_b": "CONFIRMED", "supplier_c": "CONFIRMED", "hongyi": "REGISTERED",
    }
    assert all(standing(organisation(key)) == [] for key in suppliers)
    assert Evidence.objects.filter(state="CONFIRMED").count() == 21
    registered = Entry.objects.get(lifecycle="suppliers.supplier", subject=str(suppliers["hongyi"].pk), transition="register")
    assert registered.occurred_at.year == 2020


def test_loading_again_changes_nothing():
    load_people()
    load_demo_suppliers()
    entries = Entry.objects.count()
    load_demo_suppliers()
    assert (Supplier.objects.count(), Entry.objects.count()) == (4, entries)
