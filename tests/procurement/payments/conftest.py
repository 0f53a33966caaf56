"""One filed contract for a whole file of tests, and one that ran its course."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.factories.keeping import made, rolled_back


@pytest.fixture(scope="module")
def _filed_key(django_db_setup, django_db_blocker) -> Iterator[int]:
    from tests.factories.contracts import make_contract

    with django_db_blocker.unblock(), rolled_back():
        yield made(lambda: make_contract("FILED").pk)


@pytest.fixture
def drafted(_filed_key: int, db):
    """The first instalment's request, as filing opened it."""
    from procurement.payments.models import PaymentRequest

    return PaymentRequest.objects.get(contract=_filed_key)
