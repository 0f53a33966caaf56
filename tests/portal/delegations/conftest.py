"""All of it happens while the plan of the worked story is compiled."""
from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def compiling(db) -> Iterator[None]:
    from portal import clock
    from tests.factories.people import actor
    from tests.factories.plans import COMPILED_AT

    actor("planner")
    with clock.at(COMPILED_AT):
        yield
