"""One contract that ran its course for a whole file of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.factories.keeping import made, rolled_back


@pytest.fixture(scope="module")
def _accepted_key(django_db_setup, django_db_blocker) -> Iterator[int]:
    from tests.factories.contracts import make_contract

    with django_db_blocker.unblock(), rolled_back():
        yield made(lambda: make_contract("ACCEPTED").pk)


@pytest.fixture
def contract(_accepted_key: int, db):
    """A contract finally accepted, its assessment opened at the end of the term."""
    from procurement.contracts.models import Contract

    return Contract.objects.get(pk=_accepted_key)


@pytest.fixture
def calendars(db, settings) -> None:
    """The demonstration calendar of 2027, so that periods end by day and not provisionally."""
    from portal.workdays import forget_calendars
    from portal.workdays.calendars import load_demonstration_year

    settings.DEMO = True
    load_demonstration_year(2027)
    forget_calendars()
