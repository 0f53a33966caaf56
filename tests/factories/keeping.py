"""What takes long to make is made once for a file of tests; what a test does to it is undone with the test's transaction."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest
from django.db import transaction

from tests.conftest import set_quickly

T = TypeVar("T")


@contextmanager
def rolled_back() -> Iterator[None]:
    """Everything written inside is gone afterwards; tests inside have their own savepoints."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def made(build: Callable[[], T]) -> T:
    """What `build` makes; its papers are not typeset, for no test is about them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portal.reports.pdf.typeset", set_quickly)
        return build()
