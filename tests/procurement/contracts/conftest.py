"""One award for a whole file of tests: making it takes seconds, rolling back to it takes none."""
from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.factories.keeping import made, rolled_back


@pytest.fixture(scope="module")
def _award_key(django_db_setup, django_db_blocker) -> Iterator[int]:
    from tests.factories.contracts import make_award

    with django_db_blocker.unblock(), rolled_back():
        yield made(lambda: make_award().pk)


@pytest.fixture
def award(_award_key: int, db):
    """An announced award of supplier A; what a test does to it is undone with the test's own transaction."""
    from procurement.awards.models import Award

    return Award.objects.get(pk=_award_key)
