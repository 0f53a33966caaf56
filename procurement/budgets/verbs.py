"""Reserve, pledge, commit, pay, release: what floors above call, and the effects of the money tables (L3.1, L3.2)."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from portal.identifiers import Series
from portal.money import ZERO, in_figures, split_exact
from portal.workflow import Act, Refused, refuse
from procurement.plans.models import PlanItem, Project, Stage
from procurement.plans.numbers import next_number
from procurement.plans.rules import year_end
from procurement.plans.verbs.projects import follow_branches

from .ledger import Bucket, locked, post
from .models import BudgetLine, Encumbrance
from .reminding import unspent_moment


# --- asking -------------------------------------------------------------------------------------------------------
def held_by_year(project: Project) -> dict[int, Decimal]:
    """Year → what is reserved, pledged, committed or paid for a project."""
    held: dict[int, Decimal] = {}
    for row in project.encumbrances.all():
        if row.state != "RELEASED":
            held[row.year] = held.get(row.year, ZERO) + row.pledged + row.reserved + row.committed + row.paid
    return held


def needed_by_year(project: Project) -> dict[int, Decimal]:
    """Year → what the approved plan items of a project need."""
    needed: dict[int, Decimal] = {}
    for item in project.items.all():
        if item.state not in ("APPROVED", "EXECUTED") or item.route == PlanItem.Route.CARRIED:
            continue  # what is carried over is a year of the item it came from
        for year, amount in (item.approved_years() or {item.year: item.effective_amount}).items():
            needed[year] = needed.get(year, ZERO) + amount
    return needed


def uncovered(project: Project) -> dict[int, Decimal]:
    """Year → what is still to be reserved or pledged; empty when the project's money is arranged (R102-20)."""
    held = held_by_year(project)
    gaps = {year: amount - held.get(year, ZERO) for year, amount in needed_by_year(project).items()}
    return {year: gap for year, gap in sorted(gaps.items()) if gap > 0}


def committed_or_paid(project: Project, year: int) -> Decimal:
    """What signed contracts hold of a year's money, in yuan: committed, or paid already; a pledge is no money (RTR-05)."""
    rows = project.encumbrances.filter(year=year, state__in=["COMMITTED", "SETTLED"])
    found = rows.aggregate(committed=Sum("committed"), paid=Sum("paid"))
    return (found["committed"] or ZERO) + (found["paid"] or ZERO)


def fund_if_covered(act: Act, project: Project) -> Project:
    """A project is funded when the year's reserve covers it and later years are pledged (R102-20, R1787-04)."""
    project = Project.objects.get(pk=project.pk)
    if project.state == Stage.APPROVED and not uncovered(project):
        project = act.perform(project, "fund")
        project = follow_branches(act, project)
    return project


# --- what floors above call ---------------------------------------------------------------------------------------
def commit(act: Act, project: Project, by_year: Mapping[int, Decimal], *, reference: str = "") -> list[Encumbrance]:
    """A contract is signed: its sum of each year becomes committed, the saving is released in the same act.

    `by_year`: contract sum of each year in yuan. Pledged later years keep their pledge, cut to the contract's sum.
    Raises Refused (S-27) when a year holds less than the contract wants. Source: L3.2.
    """
    short = [
        refuse("R1787-04", _("%(year)s 年已落实资金 %(held)s 元，少于合同金额 %(wanted)s 元。"), year=year,
               held=in_figures(held), wanted=in_figures(wanted))
        for year, wanted in sorted(by_year.items())
        if wanted > (held := _held(project, year, "RESERVED", "PLEDGED"))
    ]
    if short:
        raise Refused(short)
    done = []
    for year in sorted({*by_year, *project.encumbrances.filter(state__in=["RESERVED", "PLEDGED"]).values_list("year", flat=True)}):
        for encumbrance, share in shared(_of_year(project, year, "RESERVED", "PLEDGED"), by_year.get(year, ZERO)):
            if encumbrance.state == "PLEDGED":
                row = "trim" if share else "release"
            else:
                row = "commit" if share else "release"
            reason = str(_("签约节余")) if row == "release" else ""
            done.append(act.perform(encumbrance, row, amount=share, reference=reference, reason=reason))
    return done


def shared(rows: list[Encumbrance], amount: Decimal) -> list[tuple[Encumbrance, Decimal]]:
    """What each row gives to a sum, in proportion to what it holds: levels save and pay as they share the cost (R-037).

    No row gives more than it holds, as the sum is not more than what all hold.
    """
    held = [row.reserved + row.pledged + row.committed for row in rows]
    return list(zip(rows, split_exact(amount, held), strict=True)) if any(held) else [(row, ZERO) for row in rows]


def _held(project: Project, year: int, *states: str) -> Decimal:
    return sum((row.reserved + row.pledged for row in _of_year(project, year, *states)), ZERO)


def _of_year(project: Project, year: int, *states: str) -> list[Encumbrance]:
    return list(project.encumbrances.filter(year=year, state__in=states).order_by("id"))


def pay(act: Act, project: Project, amount: Decimal, *, year: int, reference: str) -> list[Encumbrance]:
    """Money left the treasury: committed becomes paid, shared by the lines of the year as they hold it; never more than committed.

    `reference`: the voucher. Raises Refused (R-034) when the year's committed money does not reach.
    """
    rows = _of_year(project, year, "COMMITTED")
    available = sum((row.committed for row in rows), ZERO)
    if amount > available:
        raise Refused([refuse(
            "R1787-04", _("%(year)s 年已占用未支付 %(available)s 元，不足本次支付 %(amount)s 元。"), field="amount", year=year,
            available=in_figures(available), amount=in_figures(amount),
        )])
    return [
        act.perform(encumbrance, "pay", amount=share, reference=reference) for encumbrance, share in shared(rows, amount) if share
    ]


def is_shared(line: BudgetLine) -> bool:
    """Whether the line holds one level's part of a shared cost, this year's or carried over."""
    while line.carried_from_id:
        line = line.carried_from
    return hasattr(line, "share")


def payment_shares(project: Project, amount: Decimal, *, year: int) -> list[tuple[BudgetLine, Decimal]]:
    """Which lines a payment of that year would come from, and how much of each, as `pay` will do it (S-98)."""
    rows = project.encumbrances.filter(year=year, state="COMMITTED").select_related("line").order_by("id")
    return [(row.line, share) for row, share in shared(list(rows), amount)]


def release(act: Act, project: Project, *, reason: str, years: Iterable[int] | None = None) -> list[Encumbrance]:
    """Let go of all that is not paid: project aborted, contract ended (L3.2)."""
    rows = project.encumbrances.filter(state__in=["RESERVED", "COMMITTED", "PLEDGED"]).order_by("id")
    if years is not None:
        rows = rows.filter(year__in=list(years))
    return [act.perform(row, "release", reason=reason, amount=ZERO) for row in rows]


def honour(act: Act, project: Project, *, year: int) -> list[Encumbrance]:
    """Fund a pledged year from that year's lines as soon as one has enough free money; returns what was honoured."""
    done = []
    for pledge in _of_year(project, year, "PLEDGED"):
        line = _line_for(project, year, pledge.pledged)
        if line is not None:
            done.append(act.perform(pledge, "honour", line=line))
    return done


def _line_for(project: Project, year: int, amount: Decimal) -> BudgetLine | None:
    """An allocated line of the agency and year with that much free, the project's own first."""
    lines = BudgetLine.objects.with_free().filter(
        agency=project.agency_id, year=year, state="ALLOCATED", purpose="", free_amount__gte=amount
    )
    own = lines.filter(item__in=project.items.all()).order_by("id").first()
    return own or lines.filter(item=None).order_by("id").first()


def reserve_what_waits(act: Act, line: BudgetLine) -> list[Encumbrance]:
    """A line came for an approved item: reserve as much of the year's need as it has free (X-31)."""
    item = PlanItem.objects.filter(pk=line.item_id).select_related("project").first()
    if item is None or item.state != "APPROVED" or line.state != "ALLOCATED":
        return []
    amount = min(uncovered(item.project).get(line.year, ZERO), line.free)
    if amount <= 0:
        return []
    return [act.perform(Encumbrance(project=item.project, line=line, year=line.year), "reserve", amount=amount)]


# --- effects of the line ------------------------------------------------------------------------------------------
def draft_line(line: BudgetLine, act: Act) -> dict:
    for name, value in act.data.items():
        setattr(line, name, value)
    line.agency = act.data.get("agency") or act.actor.organisation
    line.paying_region = line.paying_region if line.paying_region_id else line.agency.region
    line.number = next_number(Series.BUDGET, line.agency, line.year)
    line.closes_at = year_end(line.year)
    return {"number": line.number, "requested": line.requested, "source": line.source, "level": line.level}


def allocate_line(line: BudgetLine, act: Act) -> dict:
    amount = act.data.get("amount") or line.requested
    line.approval_document, line.unspent_at = act.data["approval_document"], unspent_moment(line, act)
    post(act, line, Bucket.OUTSIDE, Bucket.FREE, amount, reference=line.approval_document)
    return {"allocated": line.allocated, "document": line.approval_document}


def adjust_line(line: BudgetLine, act: Act) -> dict:
    """A decision changes what the line holds; never below what is reserved, committed and paid."""
    before, amount = line.allocated, act.data["amount"]
    document = act.data["document"]
    if amount > before:
        post(act, line, Bucket.OUTSIDE, Bucket.FREE, amount - before, reference=document)
    else:
        post(act, line, Bucket.FREE, Bucket.OUTSIDE, before - amount, reference=document)
    return {"before": before, "after": line.allocated, "document": document}


# --- effects of the encumbrance -----------------------------------------------------------------------------------
def take_reserve(row: Encumbrance, act: Act) -> dict:
    for name in ("project", "line"):
        if name in act.data:
            setattr(row, name, act.data[name])
    row.year = row.line.year
    row.save()
    line = locked(row.line_id)
    post(act, line, Bucket.FREE, Bucket.RESERVED, act.data["amount"], encumbrance=row)
    return {"line": line.number, "year": row.year, "amount": row.reserved}


def change_row(row: Encumbrance, act: Act) -> dict:
    """The same sum on another line: free again here, reserved there (L3.2 change)."""
    amount, before, after = row.reserved, locked(row.line_id), locked(act.data["line"].pk)
    post(act, before, Bucket.RESERVED, Bucket.FREE, amount, encumbrance=row)
    row.line = after
    post(act, after, Bucket.FREE, Bucket.RESERVED, amount, encumbrance=row)
    return {"before": before.number, "after": after.number, "amount": amount}


def take_pledge(row: Encumbrance, act: Act) -> dict:
    for name in ("project", "year"):
        if name in act.data:
            setattr(row, name, act.data[name])
    row.pledged = act.data["amount"]
    return {"year": row.year, "amount": row.pledged}


def honour_pledge(row: Encumbrance, act: Act) -> dict:
    row.line, amount = act.data["line"], row.pledged
    row.pledged = ZERO
    row.save()
    post(act, locked(row.line_id), Bucket.FREE, Bucket.COMMITTED, amount, encumbrance=row)
    return {"line": row.line.number, "year": row.year, "amount": amount}


def commit_row(row: Encumbrance, act: Act) -> dict:
    line, amount = locked(row.line_id), act.data["amount"]
    saving = row.reserved - amount
    post(act, line, Bucket.RESERVED, Bucket.COMMITTED, amount, encumbrance=row, reference=act.data.get("reference", ""))
    post(act, line, Bucket.RESERVED, Bucket.FREE, saving, encumbrance=row, reference=act.data.get("reference", ""))
    return {"line": line.number, "year": row.year, "amount": amount, "saving": saving}


def reduce_row(row: Encumbrance, act: Act) -> dict:
    """The plan needs less: what is reserved above it is free again (ADJ-03)."""
    line, amount = locked(row.line_id), act.data["amount"]
    freed = row.reserved - amount
    post(act, line, Bucket.RESERVED, Bucket.FREE, freed, encumbrance=row, reference=act.data.get("reference", ""))
    return {"line": line.number, "year": row.year, "amount": amount, "freed": freed}


def trim_pledge(row: Encumbrance, act: Act) -> dict:
    before, row.pledged = row.pledged, act.data["amount"]
    return {"year": row.year, "amount": row.pledged, "saving": before - row.pledged}


def pay_row(row: Encumbrance, act: Act) -> dict:
    line = locked(row.line_id)
    post(act, line, Bucket.COMMITTED, Bucket.PAID, act.data["amount"], encumbrance=row, reference=act.data["reference"])
    return {"line": line.number, "amount": act.data["amount"], "voucher": act.data["reference"], "left": row.committed}


def refund_row(row: Encumbrance, act: Act) -> dict:
    """The bank or the supplier gave money back: a second posting, the first stays (L3.2 edge 4)."""
    line = locked(row.line_id)
    post(act, line, Bucket.PAID, Bucket.COMMITTED, act.data["amount"], encumbrance=row, reference=act.data["reference"])
    return {"line": line.number, "amount": act.data["amount"], "voucher": act.data["reference"]}


def release_row(row: Encumbrance, act: Act) -> dict:
    """Only the unpaid part goes back; what is paid stays."""
    row.release_reason = act.reason or str(act.row.label)
    reserved, committed, pledged = row.reserved, row.committed, row.pledged
    row.pledged = ZERO
    if row.line_id:
        line = locked(row.line_id)
        for bucket, amount in ((Bucket.RESERVED, reserved), (Bucket.COMMITTED, committed)):
            post(act, line, bucket, Bucket.FREE, amount, encumbrance=row, reference=row.release_reason[:120])
    return {"reserved": reserved, "committed": committed, "pledged": pledged}
