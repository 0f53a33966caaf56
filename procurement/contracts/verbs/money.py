"""The contract's hand on the budget: committed with the second signature, released when it ends early (L3.2)."""
from __future__ import annotations

from decimal import Decimal

from portal.workflow import Act
from procurement.budgets import verbs as budgets
from procurement.contracts.models import Contract


def commit(contract: Contract, act: Act) -> dict[str, Decimal]:
    """Commit what the contract pays in each year; the saving against what was reserved is released in the same act."""
    by_year = contract.years()
    budgets.commit(act, contract.project, by_year)
    return {str(year): amount for year, amount in sorted(by_year.items())}


def release(contract: Contract, act: Act) -> None:
    """Give back what was committed and not paid."""
    budgets.release(act, contract.project, reason=contract.end_reason)
