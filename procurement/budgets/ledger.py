"""The only code that moves money: one posting, both totals, in one transaction, under the line's row lock."""
from __future__ import annotations

from decimal import Decimal

from django.db.models import Case, DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce, Round
from django.utils.translation import gettext_lazy as _

from portal.money import COLUMN, ZERO, in_figures
from portal.workflow import Act, Refused, refuse

from .models import BudgetLine, Encumbrance, Posting

Bucket = Posting.Bucket
YUAN = DecimalField(**COLUMN)
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
    """What the postings of a line add up to: must equal its stored totals."""
    row = BudgetLine.objects.filter(pk=line.pk).values(**_posted()).get()
    return {name: row[f"posted_{name}"] for name in FLOWS}


def unbalanced() -> QuerySet[BudgetLine]:
    """Lines whose totals differ from what their postings, or what projects hold on them, add up to: none while all is well (L3.2)."""
    held = {f"held_{name}": _sum(Encumbrance.objects.filter(line=OuterRef("pk")), F(name)) for name in TOTAL.values()}
    differs = Q()
    for name in FLOWS:
        differs |= ~Q(**{name: F(f"posted_{name}")})
    for name in TOTAL.values():
        differs |= ~Q(**{name: F(f"held_{name}")})
    return BudgetLine.objects.annotate(**_posted(), **held).filter(differs).order_by("pk")


#: Each stored total with the bucket whose flow makes it: what came from outside is allocated.
FLOWS = {"allocated": (Bucket.OUTSIDE, -1), **{name: (bucket, 1) for bucket, name in TOTAL.items()}}


def _posted() -> dict:
    postings = Posting.objects.filter(line=OuterRef("pk"))
    return {f"posted_{name}": _sum(postings, _flow(bucket, sign)) for name, (bucket, sign) in FLOWS.items()}


def _flow(bucket: str, sign: int) -> Case:
    """What a posting brings to a bucket: its amount, less its amount when it leaves."""
    into, out = (F("amount"), -F("amount")) if sign > 0 else (-F("amount"), F("amount"))
    return Case(When(target_bucket=bucket, then=into), When(source_bucket=bucket, then=out), default=ZERO, output_field=YUAN)


def _sum(rows: QuerySet, amount) -> Round:
    """A sum over the rows of a line; to the fen, as a database without decimals counts in binary."""
    total = rows.order_by().values("line").annotate(total=Sum(amount)).values("total")
    return Round(Coalesce(Subquery(total), ZERO, output_field=YUAN), 2, output_field=YUAN)
