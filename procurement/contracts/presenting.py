"""How deliverables are shown: one board for the contract's page, the project's page and the forms, on one date."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from portal import clock

from .measure import Standing, counts, standings
from .models import Contract
from .rules import Progress, elapsed_days


@dataclass(slots=True)
class Board:
    """The deliverables of a contract on a date, with what the reader needs to understand the figures."""

    contract: Contract
    on: date
    rows: list[Standing]

    @property
    def summary(self) -> str:
        """"11 项：达成 5 · 按期 4 · 超前 1 · 滞后 1"."""
        parts = [f"{state.label} {count}" for state, count in counts(self.rows)]
        waiting = sum(1 for row in self.rows if row.sub_open)
        if waiting:
            parts.append(_("其中要求待填报 %(count)s") % {"count": waiting})
        return _("%(total)s 项：%(parts)s") % {"total": len(self.rows), "parts": " · ".join(parts)}

    @property
    def elapsed(self) -> str:
        """How far the term has come: "第 183 日，共 364 日"."""
        if not self.contract.starts_on or not self.contract.ends_on:
            return ""
        done, whole = elapsed_days(self.contract.starts_on, self.contract.ends_on, self.on)
        return _("%(done)s/%(whole)s 日") % {"done": done, "whole": whole}

    @property
    def unconfirmed(self) -> bool:
        return any(row.unconfirmed for row in self.rows)

    @property
    def begun(self) -> bool:
        return bool(self.contract.performing_at)

    @property
    def behind(self) -> list[Standing]:
        return [row for row in self.rows if row.measure.state is Progress.BEHIND]


def date_of(contract: Contract) -> date:
    """The day a contract is looked at: the case's own for a case of the past, the end where it is over, else today."""
    if contract.project.as_of:
        return contract.project.as_of
    return clock.today()


def board(contract: Contract, actor: Any = None) -> Board:
    on = date_of(contract)
    return Board(contract, on, standings(contract, on))
