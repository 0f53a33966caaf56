"""The rows of L5.2: each refused first, then done."""
from __future__ import annotations

import pytest

from tests.factories.tenders import make_tender

pytestmark = pytest.mark.django_db


def test_a_tender_is_drafted_proposed_reviewed_published_and_closed():
    tender = make_tender("CLOSED", takers=("supplier_a_officer",))
    assert tender.state == "CLOSED"
