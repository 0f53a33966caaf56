"""What the tests of evaluation and award share: a stage built once a module by the verbs, and refusals by their rule."""
from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import transaction

from portal.workflow import Refused
from tests.factories.keeping import made


@pytest.fixture(scope="module", autouse=True)
def stage(request, django_db_setup, django_db_blocker) -> Iterator:
    """What the module's `build()` makes by running the verbs; each test starts from it and is taken back to it."""
    build = getattr(request.module, "build", None)
    if build is None:
        yield None
        return
    with django_db_blocker.unblock():
        world = transaction.atomic()
        world.__enter__()
        try:
            yield made(build)
        finally:
            transaction.set_rollback(True)
            world.__exit__(None, None, None)


@pytest.fixture
def refused() -> Callable[..., list]:
    """`refused("R87-26", perform, draw, "seal_seed", actor=…)`: it is refused and that rule is among the reasons."""

    def check(rule: str, act: Callable, *args, **kwargs) -> list:
        with pytest.raises(Refused) as caught:
            act(*args, **kwargs)
        assert rule in [refusal.rule for refusal in caught.value.refusals], caught.value
        return caught.value.refusals

    return check
