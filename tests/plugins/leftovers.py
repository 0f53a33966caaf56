"""A test that commits begins with empty tables, whatever ran before it in this process.

Tests that commit empty the tables afterwards, all others roll back; so there should never be anything. Should something have
stayed after all, it is said after the run, with the tests that ran before, and does not spoil a test that has no part in it.
"""
from __future__ import annotations

import warnings
from collections import deque

import pytest

before: deque[str] = deque(maxlen=4)  # the latest tests of this process, the present one last


def pytest_runtest_logstart(nodeid: str) -> None:
    before.append(nodeid)


@pytest.fixture(autouse=True)
def nothing_left(request: pytest.FixtureRequest) -> None:
    marker = request.node.get_closest_marker("django_db")
    if not (marker and marker.kwargs.get("transaction")) and "transactional_db" not in request.fixturenames:
        return
    request.getfixturevalue("transactional_db")
    from django.core.management import call_command

    from portal.accounts.models import User
    from portal.audit.models import Entry

    if Entry.objects.exists() or User.objects.exists():
        warnings.warn(f"left behind by one of {list(before)[:-1]}", stacklevel=1)
        call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
