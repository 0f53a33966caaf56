"""What the tests of bids share."""
from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.workflow import Refused


@pytest.fixture
def refused() -> Callable[..., None]:
    """`refused("R87-14", perform, bid, "submit", actor=…)`: the act is refused, and that rule is among the reasons."""

    def check(rule: str, act: Callable, *args, **kwargs) -> None:
        with pytest.raises(Refused) as caught:
            act(*args, **kwargs)
        assert rule in [refusal.rule for refusal in caught.value.refusals], caught.value

    return check
