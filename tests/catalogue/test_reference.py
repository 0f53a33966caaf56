"""The reference list: complete, marked, loaded once, in force where no region has its own."""
import csv
from collections import Counter
from datetime import date

import pytest

from catalogue.models import CatalogueItem, CatalogueVersion, Kind
from catalogue.verbs import REFERENCE_FILE, load_reference_catalogue
from portal.accounts.models import Region

pytestmark = pytest.mark.django_db


def test_the_reference_list_holds_its_146_rows():
    version = load_reference_catalogue()
    assert version.state == CatalogueVersion.State.ISSUED
    assert Counter(version.items.values_list("level", flat=True)) == {1: 2, 2: 30, 3: 114}
    assert version.items.leaves().count() == 114
    assert version.items.get(code="A").kind == Kind.PUBLIC_SERVICE
    assert version.items.get(code="B0101").kind == Kind.AUXILIARY
    assert version.items.get(code="A0101").path == "A/A01/A0101"


def test_every_row_below_the_branches_keeps_its_evidence_mark():
    marks = Counter(
        item.evidence_mark.value for item in load_reference_catalogue().items.filter(level=3)
    )  # counts of reference/README.md
    assert marks == {"N": 4, "X": 15, "P": 59, "p": 25, "F": 1, "C": 3, "M": 7}
    assert not CatalogueItem.objects.filter(level__gt=1, evidence="").exists()


def test_loading_again_changes_nothing():
    first = load_reference_catalogue()
    assert load_reference_catalogue().pk == first.pk
    lines = REFERENCE_FILE.read_text("utf-8").splitlines()
    assert CatalogueItem.objects.count() == len(list(csv.DictReader(lines))) == 146


def test_it_serves_every_region_without_a_list_of_its_own():
    version = load_reference_catalogue()
    province = Region.objects.create(code="36", name="江西省", level=Region.Level.PROVINCE)
    city = Region.objects.create(code="360199", name="赣江市", level=Region.Level.CITY, parent=province)
    for region in (city, province, None):
        assert CatalogueVersion.objects.in_force(region, date(2026, 1, 1)).get() == version
    assert not CatalogueVersion.objects.in_force(city, date(2019, 12, 31)).exists()
