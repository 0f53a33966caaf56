"""Word in time: a line that is nearly used up, and on 1 December what of a line is not spent (L3.1, S-27, RTR-05)."""
from __future__ import annotations

from datetime import datetime

from portal import clock
from portal.rules.jurisdiction import setting
from portal.workflow import Act

from .models import BudgetLine


def unspent_moment(line: BudgetLine, act: Act) -> datetime | None:
    """1 December of the line's year, while what is left can still be spent or carried over; none when that is past."""
    moment = datetime(line.year, 12, 1, tzinfo=clock.SHANGHAI)
    return moment if act.now < moment else None


def is_scarce(line: BudgetLine) -> bool:
    """Whether the share that the region sets is used (setting `budget_used_share`).

    Of a line from which several purchases draw: one that was made for a single item is reserved whole from its first day.
    """
    if line.item_id is not None or not line.allocated:
        return False
    return line.used >= line.allocated * setting("budget_used_share", line.agency.region, clock.today())


def look_at(line_id: int | None, act: Act) -> None:
    """Tell once that a line became scarce; when it is no longer, it may be told again."""
    line = BudgetLine.objects.select_related("agency__region").filter(pk=line_id).first()
    if line is None or line.state != BudgetLine.State.ALLOCATED:
        return
    scarce = is_scarce(line)
    if scarce and line.scarce_since is None:
        act.perform(line, "run_short")
    elif not scarce and line.scarce_since is not None:
        line.scarce_since = None
        line.save(update_fields=["scarce_since"])


# --- effects ------------------------------------------------------------------------------------------------------
def run_short(line: BudgetLine, act: Act) -> dict:
    line.scarce_since = act.now
    return {"used": line.used, "allocated": line.allocated, "free": line.free}


def tell_unspent(line: BudgetLine, act: Act) -> dict:
    line.unspent_at = None
    return {"free": line.free, "reserved": line.reserved, "committed": line.committed}
