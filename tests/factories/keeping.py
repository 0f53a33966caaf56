"""What takes long to make is made once for a file of tests; what a test does to it is undone with the test's transaction."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def rolled_back() -> Iterator[None]:
    """Everything written inside is gone afterwards; tests inside have their own savepoints."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
