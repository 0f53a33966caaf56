"""The law of planning as plain functions: dates of the annual route, terms, the review chain."""
from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from portal.clock import SHANGHAI
from portal.rules.constants import constant
from portal.rules.jurisdiction import MonthDay

ESCALATION_WORKING_DAYS: Final = 3


def _midnight(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=SHANGHAI)


def cut_off(plan_year: int) -> datetime:
    """The moment from which a plan for that year is late: 30 November 24:00 of the year before; never rolled (R-001)."""
    return _midnight(plan_year - 1, 12, 1)


def last_day(plan_year: int) -> date:
    """The last day on which a plan for that year is in time: 30 November of the year before (R-001)."""
    return date(plan_year - 1, 11, 30)


def resubmit_until(plan_year: int, last_day: MonthDay) -> datetime:
    """Until when a plan that came in time and was sent back may come again: 24:00 of a day the region sets (S-22)."""
    day = last_day.in_year(plan_year - 1) + timedelta(days=1)
    return _midnight(day.year, day.month, day.day)


def year_end(plan_year: int) -> datetime:
    """The first moment after the plan year."""
    return _midnight(plan_year + 1, 1, 1)


def longest_term(*, five_ticks: bool, rules_as_of: date) -> int:
    """How many months a term may have: 12, with all five conditions 36; before 2020-03 the pilot's 24 (R102-28, R-025)."""
    return int(constant("TERM_MAX_MONTHS_CONDITIONAL" if five_ticks else "TERM_MAX_MONTHS", rules_as_of))


def survey_from(rules_as_of: date) -> Decimal:
    """From which amount in yuan a survey of needs and a risk list are mandatory (R22-05, R22-11)."""
    return Decimal(constant("SURVEY_MANDATORY_FROM", rules_as_of))


def years_of_term(first_year: int, term_months: int, starts_on: date | None) -> list[int]:
    """The budget years that a term touches."""
    start = starts_on or date(first_year, 1, 1)
    last = start.year * 12 + start.month - 1 + term_months - 1
    return list(range(start.year, last // 12 + 1))


@dataclass(frozen=True, slots=True)
class ChainStep:
    """One department in the chain; steps of a group run in parallel, groups one after the other (X-04, S-166)."""

    kind: str
    group: int = 1
    only_posts: bool = False
    may_reject: bool = False


#: 编办 ∥ 人社 (posts only, S-16) ∥ 财政 in one group; then the joint meeting.
DEFAULT_CHAIN: Final = (
    ChainStep("ESTABLISHMENT", may_reject=True), ChainStep("HUMAN_RESOURCES", only_posts=True),
    ChainStep("FINANCE", may_reject=True),
)  # fmt: skip

#: What each department's approval answers for: when none of it changes, the approval stays good (L2.3).
ANSWERED_FIELDS: Final = {
    "ESTABLISHMENT": (
        "leaf_id", "filed_request_id", "kind", "posts", "content", "outside_duty", "must_perform_itself",
        "labour_hire", "secret", "security",
    ),
    "HUMAN_RESOURCES": ("kind", "posts", "content", "labour_hire"),
    "FINANCE": (
        "leaf_id", "filed_request_id", "kind", "posts", "content", "objective", "quantity", "unit", "unit_price", "periods",
        "amount", "guide_price",
        "price_reason", "method", "term_months", "sme_policy", "sme_statement", "supplier_conditions", "scheme", "assessment",
        "evaluation_standard", "predecessor_id", "result_response", "budget_guaranteed", "content_fixed", "continuous",
        "funding_stable", "price_stable", "existing_line", "adjustment_document",
    ),
}  # fmt: skip
#: Rows of the item that a department's approval answers for as well.
ANSWERED_ROWS: Final = {"ESTABLISHMENT": (), "HUMAN_RESOURCES": ("factors",), "FINANCE": ("factors", "sources", "years", "indicators")}

def quorum(members: int, share: Decimal) -> int:
    """How many members must be there: the share set by the region, rounded up, at least one (S-185)."""
    return max(1, math.ceil(members * share))
