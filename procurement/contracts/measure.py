"""How the deliverables of a contract stand on a date: computed from the log every time, stored nowhere (L9.4)."""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from . import rules
from .models import Contract, Deliverable, DeliveryLog
from .rules import Measure, Progress


@dataclass(slots=True)
class Standing:
    """A deliverable with its measure on a date, its newest entry, and whether any entry still waits to be confirmed."""

    deliverable: Deliverable
    measure: Measure
    newest: DeliveryLog | None = None
    entries: list[DeliveryLog] = field(default_factory=list)

    @property
    def unconfirmed(self) -> bool:
        return any(not entry.locked for entry in self.entries)

    @property
    def behind(self) -> bool:
        return Progress.BEHIND in (self.measure.state, self.measure.sub_state)

    @property
    def sub_behind(self) -> bool:
        return self.measure.sub_state is Progress.BEHIND

    @property
    def sub_open(self) -> bool:
        """There is a sub-condition and nobody has said anything about it."""
        return self.measure.sub_state is Progress.OPEN


def standings(contract: Contract, on: date, *, confirmed_only: bool = False) -> list[Standing]:
    """Every deliverable of a contract as it stands on a date, in order. Two queries.

    Without `confirmed_only` the contractor's own unconfirmed entries count too: shown as such, good for nothing else.
    """
    deliverables = list(contract.deliverables.all())
    entries: dict[int, list[DeliveryLog]] = {}
    logs = DeliveryLog.objects.of(contract).filter(on__lte=on)
    for log in logs.confirmed() if confirmed_only else logs:
        entries.setdefault(log.deliverable_id, []).append(log)
    return [standing(contract, each, entries.get(each.pk, []), on) for each in deliverables]


def standing(contract: Contract, deliverable: Deliverable, entries: list[DeliveryLog], on: date) -> Standing:
    """One deliverable with its entries, newest first."""
    return Standing(
        deliverable, measure(contract, deliverable, entries, on), newest=entries[0] if entries else None, entries=entries,
    )


def measure(contract: Contract, deliverable: Deliverable, entries: list[DeliveryLog], on: date) -> Measure:
    """What is due on a date and what the entries say was done, in whole units (S-76)."""
    starts_on, ends_on = contract.starts_on, contract.ends_on
    if starts_on is None or ends_on is None or on < starts_on:
        return Measure(Progress.NOT_APPLICABLE, quota=deliverable.quota)
    if deliverable.is_continuous:
        return Measure(_continuous(entries))
    over = on >= ends_on
    of_term = rules.quota_of_term(deliverable.quota, deliverable.period, starts_on, ends_on)
    quota, due = rules.floor(of_term), rules.target_on(of_term, starts_on, ends_on, on)
    actual = _sum(entry.quantity for entry in entries)
    sub_state = sub_quota = sub_due = sub_actual = None
    if deliverable.sub_quota is not None:
        sub_of_term = rules.quota_of_term(deliverable.sub_quota, deliverable.period, starts_on, ends_on)
        sub_quota, sub_due = rules.floor(sub_of_term), rules.target_on(sub_of_term, starts_on, ends_on, on)
        said = [entry.sub_quantity for entry in entries if entry.sub_quantity is not None]
        sub_actual = _sum(said) if said else None
        sub_state = Progress.OPEN if sub_actual is None else rules.measured(sub_actual, sub_due, sub_quota, over=over)
    return Measure(
        rules.measured(actual, due, quota, over=over), quota, due, actual, sub_state, sub_quota, sub_due, sub_actual,
    )


def _continuous(entries: list[DeliveryLog]) -> Progress:
    """A service without number stands as its newest entry says; without an entry nothing is known."""
    said = next((entry.standing for entry in entries if entry.standing), "")
    return {DeliveryLog.Standing.MET: Progress.MET, DeliveryLog.Standing.BEHIND: Progress.BEHIND}.get(said, Progress.OPEN)


def _sum(quantities) -> Decimal:
    """The sum, whole numbers without places."""
    total = sum((quantity or Decimal(0) for quantity in quantities), Decimal(0))
    return total.to_integral_value() if total == total.to_integral_value() else total


def counts(found: list[Standing]) -> list[tuple[Progress, int]]:
    """How many deliverables stand how, in the order of the words; what does not occur is left out."""
    return [(each, n) for each in Progress if (n := sum(1 for one in found if one.measure.state is each))]
