"""Adjustments of approved plan items, reached by running the verbs."""
from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from portal import clock
from portal.workflow import perform
from procurement.plans.models import Adjustment, PlanItem
from tests.factories.people import actor

ADJUSTED_AT = datetime(2026, 3, 10, 10, 0, tzinfo=clock.SHANGHAI)


def ask(item: PlanItem, **changes) -> Adjustment:
    """The planner of the agency asks for a change of an approved item."""
    item = PlanItem.objects.get(pk=item.pk)
    perform(item, "ask_adjust", actor=actor("planner"), reason="需求有变化。", reason_code="need", **changes)
    return item.adjustments.open().get()


def price_of(unit_price: str) -> dict:
    """Another price of an item made of `one_year`, with the factors that it is built of."""
    price = Decimal(unit_price)
    return {"unit_price": price, "factors": [
        {"factor": name, "unit_amount": price if name == "PRICES" else Decimal(0), "basis": "测算"}
        for name in ("PRICES", "WAGES", "INSURANCE", "TAX")
    ]}  # fmt: skip


def through(adjustment: Adjustment, state: str) -> Adjustment:
    """On to SUBMITTED, SENT_BACK, REVIEWED or APPLIED, each step by who may do it."""
    if adjustment.state in ("DRAFTED", "SENT_BACK") and state != adjustment.state:
        adjustment = perform(adjustment, "submit", actor=actor("head"))
    if state == "SENT_BACK":
        return perform(adjustment, "send_back", actor=actor("finance_officer"), reason="请说明理由。")
    if adjustment.state == "SUBMITTED" and state in ("REVIEWED", "APPLIED"):
        adjustment = perform(adjustment, "agree", actor=actor("finance_officer"), opinion="同意")
    adjustment.refresh_from_db()
    if adjustment.state == "REVIEWED" and state == "APPLIED":
        adjustment = perform(adjustment, "approve", actor=actor("finance_head"), document="赣江联席〔2026〕3号")
    return adjustment
