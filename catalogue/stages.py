"""What was reached of the targets by stage: the floors above count, the catalogue compares (S-11)."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from portal.accounts.models import Region

from .models import StageTarget

#: year → measure → what was reached
Counts = dict[int, dict[str, Decimal]]
_counters: list[Callable[[Region, list[int]], Counts]] = []


def counts_purchases(function: Callable[[Region, list[int]], Counts]) -> Callable[[Region, list[int]], Counts]:
    """Register `(region, years) -> what was bought`: projects, lines of the catalogue, yuan."""
    _counters[:] = [function]
    return function


@dataclass(frozen=True, slots=True)
class Progress:
    """One target beside what the portal counts."""

    target: StageTarget
    reached: Decimal

    @property
    def is_money(self) -> bool:
        return self.target.measure == StageTarget.Measure.MONEY

    @property
    def percent(self) -> Decimal:
        """Share that was reached, in percent with one decimal."""
        return (self.reached * 100 / self.target.target).quantize(Decimal("0.1"))


def progress_of(region: Region, targets: Iterable[StageTarget]) -> list[Progress]:
    """Targets of one region in their order, each with what was reached; a constant number of queries."""
    targets = list(targets)
    years = sorted({target.year for target in targets})
    counts = _counters[0](region, years) if _counters and years else {}
    return [Progress(target, counts.get(target.year, {}).get(target.measure, Decimal(0))) for target in targets]
