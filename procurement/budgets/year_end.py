"""31 December and after: what is signed and not paid goes on a line of its own in the next year (L3.1 carry_over)."""
from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.identifiers import Series
from portal.money import ZERO
from portal.rules.jurisdiction import setting
from portal.workflow import Act
from procurement.plans.numbers import next_number
from procurement.plans.rules import year_end

from .ledger import Bucket, locked, post
from .models import BudgetLine, Encumbrance
from .reminding import unspent_moment

#: What a line of the next year has in common with the one it continues.
CONTINUED = ("title", "agency", "source", "level", "paying_region", "function_class", "economic_class", "purpose", "item")


def carries_all(line: BudgetLine) -> bool:
    """Whether the region lets reserved and free money live on too, not only what is signed (setting `carry_over`, RTR-05)."""
    return setting("carry_over", line.agency.region, clock.today()) == "all"


def to_carry(line: BudgetLine) -> Decimal:
    """What would go to the next year today, in yuan: signed and unpaid money, and the rest where the region carries all."""
    rest = line.reserved + line.free if carries_all(line) else ZERO
    return line.committed + rest


def carry_line_over(line: BudgetLine, act: Act) -> dict:
    """A pair of entries each: out of this year's line, into the next year's; what each project holds goes with it."""
    reference, amount = act.data["document"], to_carry(line)
    following = BudgetLine.objects.filter(carried_from=line).first()
    if following is None:
        following = act.perform(BudgetLine(carried_from_id=line.pk, requested=amount), "bring_forward", document=reference)
    if carries_all(line):
        _carry_what_is_not_signed(line, following, act, reference)
    for row in line.encumbrances.filter(state="COMMITTED", committed__gt=0).order_by("id"):
        left = row.committed
        act.perform(row, "carry", reference=reference)
        act.perform(Encumbrance(project_id=row.project_id, line=following, year=row.year), "take_over", amount=left, reference=reference)
    line.refresh_from_db(fields=["allocated", "reserved", "committed", "paid"])
    return {"amount": amount, "line": following.number, "document": reference}


def _carry_what_is_not_signed(line: BudgetLine, following: BudgetLine, act: Act, reference: str) -> None:
    """Reservations move as they are, after the money they stand for."""
    amount = line.reserved + line.free
    post(act, locked(following.pk), Bucket.OUTSIDE, Bucket.FREE, amount, reference=reference)
    for row in line.encumbrances.filter(state="RESERVED").order_by("id"):
        act.perform(row, "change", line=following, reason=reference, reason_code="line")
    post(act, locked(line.pk), Bucket.FREE, Bucket.OUTSIDE, amount, reference=reference)


def bring_forward(line: BudgetLine, act: Act) -> dict:
    """The next year's line of carried money: everything as before but the year; it holds nothing until the entries come."""
    before = line.carried_from
    for name in CONTINUED:
        setattr(line, name, getattr(before, name))
    line.year = before.year + 1
    line.number = next_number(Series.BUDGET, line.agency, line.year)
    line.approval_document = act.data["document"]
    line.closes_at, line.unspent_at = year_end(line.year), unspent_moment(line, act)
    return {"from": before.number, "document": line.approval_document}


def carry_row(row: Encumbrance, act: Act) -> dict:
    """What is signed and unpaid leaves the old line; what was paid from it stays there."""
    line, amount = locked(row.line_id), row.committed
    post(act, line, Bucket.COMMITTED, Bucket.OUTSIDE, amount, encumbrance=row, reference=act.data["reference"])
    return {"line": line.number, "amount": amount}


def take_over_row(row: Encumbrance, act: Act) -> dict:
    """The same money on the next year's line, still for the year it was signed for."""
    row.save()
    line = locked(row.line_id)
    post(act, line, Bucket.OUTSIDE, Bucket.COMMITTED, act.data["amount"], encumbrance=row, reference=act.data["reference"])
    return {"line": line.number, "year": row.year, "amount": row.committed}


def close_line(line: BudgetLine, act: Act) -> dict:
    """31 December: reserved sums are released; committed ones stay to be carried over or paid."""
    released = [
        act.perform(row, "release", reason=str(_("年度结束")), amount=ZERO) for row in line.encumbrances.filter(state="RESERVED")
    ]
    line.refresh_from_db(fields=["allocated", "reserved", "committed", "paid"])
    post(act, line, Bucket.FREE, Bucket.OUTSIDE, line.free, reference=str(_("年结")))
    return {"released": len(released), "committed": line.committed, "paid": line.paid}
