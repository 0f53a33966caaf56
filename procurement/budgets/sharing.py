"""Splitting a cost among levels of government, opening a line for each, and noting what comes in (S-98, S-99, R-037 to R-039)."""
from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Region
from portal.identifiers import Series
from portal.money import ZERO
from portal.workflow import Act
from procurement.plans.models import Level, SourceKind
from procurement.plans.numbers import next_number
from procurement.plans.rules import year_end

from .models import BudgetLine, Receipt, Share, Sharing
from .rules import ratio_of, shares

TIERS = (Level.PROVINCE, Level.CITY, Level.COUNTY)


def regions_of(sharing: Sharing) -> dict[str, Region]:
    """Level → the region of that level that the purchaser lies in."""
    codes = sharing.item.agency.region.path.strip("/").split("/")
    return {region.level: region for region in Region.objects.filter(code__in=codes)}


def parts(amount: Decimal, ratio: str, beneficiary: Decimal = ZERO) -> list[tuple[str, str, Decimal | None, Decimal]]:
    """(level, source or "", ratio, yuan) of each party, higher levels first; the parts are the whole to the fen.

    Those who benefit bear a sum of their own, the rest is shared by ratio (R-039). Raises NotARatio.
    """
    numbers = ratio_of(ratio)
    tiers = [
        (str(level), "", number, share)
        for level, number, share in zip(TIERS, numbers, shares(amount - beneficiary, ratio), strict=True) if number
    ]
    own = [(str(Level.OTHER), str(SourceKind.BENEFICIARY), None, beneficiary)] if beneficiary else []
    return tiers + own


def draft_sharing(sharing: Sharing, act: Act) -> dict:
    for name, value in act.data.items():
        setattr(sharing, name, value)
    sharing.amount = sharing.item.approved_years()[sharing.year]
    sharing.save()
    regions, own = regions_of(sharing), sharing.item.agency.region
    for order, (level, source, ratio, amount) in enumerate(parts(sharing.amount, sharing.ratio, sharing.beneficiary), 1):
        region = regions.get(level, own)
        Share.objects.create(
            sharing=sharing, order=order, level=level, region=region, ratio=ratio, amount=amount,
            source=source or (SourceKind.GENERAL if region == own else SourceKind.SUPERIOR),
        )
    return {"amount": sharing.amount, "ratio": sharing.ratio, "shares": [str(share.amount) for share in sharing.shares.all()]}


def submit_sharing(sharing: Sharing, act: Act) -> dict:
    """Every party's part is asked for on a line of its own; a part of nothing needs none."""
    for share in sharing.shares.select_related("region"):
        if share.amount:
            share.line = act.perform(BudgetLine(requested=share.amount), "share_out", share=share)
            share.save(update_fields=["line"])
    return {"amount": sharing.amount, "lines": [share.line.number for share in sharing.shares.all() if share.line_id]}


def share_out(line: BudgetLine, act: Act) -> dict:
    """A line of exactly one share."""
    share: Share = act.data["share"]
    sharing = share.sharing
    line.title = f"{sharing.item.title[:180]}（{share.party}）"
    line.agency, line.item, line.year = sharing.item.agency, sharing.item, sharing.year
    line.source, line.level, line.paying_region = share.source, share.level, share.region
    line.function_class, line.economic_class = sharing.function_class, sharing.economic_class
    line.number = next_number(Series.BUDGET, line.agency, line.year)
    line.closes_at = year_end(line.year)
    return {"number": line.number, "requested": line.requested, "level": line.level}


def record_receipt(sharing: Sharing, act: Act) -> dict:
    """One party's money has come in (S-99)."""
    share = Share.objects.select_for_update().get(pk=act.data["share"].pk)
    Receipt.objects.create(
        share=share, amount=act.data["amount"], voucher=act.data["voucher"], received_on=act.data["received_on"]
    )
    share.received += act.data["amount"]
    share.save(update_fields=["received"])
    return {"party": share.party, "amount": act.data["amount"], "voucher": act.data["voucher"], "missing": share.missing}


def cancel_sharing(sharing: Sharing, act: Act) -> dict:
    """Its lines, none of them allocated yet, go with it."""
    lines = [share.line for share in sharing.shares.select_related("line") if share.line_id]
    for line in lines:
        if line.state != BudgetLine.State.CANCELLED:
            act.perform(line, "cancel", reason=act.reason or str(_("分担方案作废")))
    return {"lines": [line.number for line in lines]}
