"""Calendars for the tests of this folder: the official ones, read anew for every test."""
from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _fresh_calendars():
    from portal.workdays import forget_calendars

    forget_calendars()
    yield
    forget_calendars()
