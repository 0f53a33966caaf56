"""The only code that moves money: one posting, both totals, in one transaction, under the line's row lock."""
from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from portal.money import ZERO, in_figures
from portal.workflow import Act, Refused, refuse

from .models import BudgetLine, Encumbrance, Posting

Bucket = Posting.Bucket
#: The stored total of each bucket; "free" is what is left, "outside" is no bucket of the line.
TOTAL = {Bucket.RESERVED: "reserved", Bucket.COMMITTED: "committed", Bucket.PAID: "paid"}


def locked(line_id: int) -> BudgetLine:
    """The line as it stands now; everybody else who wants its money waits."""
    return BudgetLine.objects.select_for_update(of=("self",)).get(pk=line_id)


def post(
    act: Act, line: BudgetLine, source: str, target: str, amount: Decimal, *, encumbrance: Encumbrance | None = None,
    reference: str = "",
) -> Posting | None:
    """Move an amount between two buckets of a locked line and of what holds it; nothing for a zero amount.

    Raises Refused (S-27, naming what is free) when the source bucket does not hold that much.
    """
    if amount == ZERO:
        return None
    if amount < 0:
        raise ValueError("a posting moves a positive amount")
    available = {Bucket.OUTSIDE: amount, Bucket.FREE: line.free}.get(source)
    if available is None:
        holder = encumbrance or line
        available = getattr(holder, TOTAL[source])
    if amount > available:
        raise Refused([refuse(
            "S-27", _("指标 %(line)s %(bucket)s数 %(available)s 元，不足 %(amount)s 元。"), field="amount", line=line.number,
            bucket=Bucket(source).label, available=in_figures(max(available, ZERO)), amount=in_figures(amount),
        )])
    _move(line, source, target, amount)
    line.save(update_fields=["allocated", "reserved", "committed", "paid"])
    if encumbrance is not None:
        for bucket, sign in ((source, -1), (target, 1)):
            if bucket in TOTAL:
                setattr(encumbrance, TOTAL[bucket], getattr(encumbrance, TOTAL[bucket]) + sign * amount)
        encumbrance.save()
    return Posting.objects.create(
        line=line, encumbrance=encumbrance, source_bucket=source, target_bucket=target, amount=amount,
        cause=f"{act.lifecycle.code}.{act.row.name}", reference=reference, posted_at=act.now, posted_by=act.actor.user,
    )


def _move(line: BudgetLine, source: str, target: str, amount: Decimal) -> None:
    for bucket, sign in ((source, -1), (target, 1)):
        if bucket in TOTAL:
            setattr(line, TOTAL[bucket], getattr(line, TOTAL[bucket]) + sign * amount)
        elif bucket == Bucket.OUTSIDE:
            line.allocated -= sign * amount  # from outside: more allocated; to outside: less


def totals_from_postings(line: BudgetLine) -> dict[str, Decimal]:
    """What the postings of a line add up to: must equal its stored totals (nightly check, property test)."""
    found = {"allocated": ZERO, "reserved": ZERO, "committed": ZERO, "paid": ZERO}
    for posting in line.postings.all():
        for bucket, sign in ((posting.source_bucket, -1), (posting.target_bucket, 1)):
            if bucket in TOTAL:
                found[TOTAL[bucket]] += sign * posting.amount
            elif bucket == Bucket.OUTSIDE:
                found["allocated"] -= sign * posting.amount
    return found
