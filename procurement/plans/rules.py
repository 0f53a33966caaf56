"""The law of planning as plain functions: dates of the annual route, terms, forbidden wording, the review chain."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from portal.clock import SHANGHAI

#: R22-05: a survey of needs and a risk list are mandatory from here, and for whatever serves the public.
SURVEY_FROM: Final = Decimal(10_000_000)
#: R102-28 and, before it came into force, R-025 (X-11).
NORMAL_TERM, LONG_TERM, PILOT_TERM = 12, 36, 24
TERM_RULE_FROM: Final = date(2020, 3, 1)
REVIEW_STEP_WORKING_DAYS: Final = 5
ESCALATION_WORKING_DAYS: Final = 3
PURCHASER_HOLD_WORKING_DAYS: Final = 10


def _midnight(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=SHANGHAI)


def cut_off(plan_year: int) -> datetime:
    """The moment from which a plan for that year is late: 30 November 24:00 of the year before; never rolled (R-001)."""
    return _midnight(plan_year - 1, 12, 1)


def resubmit_until(plan_year: int) -> datetime:
    """Until when a plan that came in time and was sent back may come again: 15 December 24:00 (a setting)."""
    return _midnight(plan_year - 1, 12, 16)


def year_end(plan_year: int) -> datetime:
    """The first moment after the plan year."""
    return _midnight(plan_year + 1, 1, 1)


def longest_term(*, five_ticks: bool, rules_as_of: date) -> int:
    """How many months a term may have: 12, with all five conditions 36 (R102-28); 24 under the pilot rule (R-025)."""
    if rules_as_of < TERM_RULE_FROM:
        return PILOT_TERM
    return LONG_TERM if five_ticks else NORMAL_TERM


def years_of_term(first_year: int, term_months: int, starts_on: date | None) -> list[int]:
    """The budget years that a term touches."""
    start = starts_on or date(first_year, 1, 1)
    last = start.year * 12 + start.month - 1 + term_months - 1
    return list(range(start.year, last // 12 + 1))


@dataclass(frozen=True, slots=True)
class Wording:
    """A word that makes a service look like something that may not be bought, and the rule against it."""

    word: str
    rule: str


#: Words that stop an item until they are gone or finance has let them pass with a reason (R1787-01…03, R102-13).
FORBIDDEN_WORDING: Final = tuple(
    Wording(word, rule)
    for rule, words in (
        ("R102-13", ("劳务派遣", "公益性岗位", "招聘人员", "招聘编外", "编外人员", "由我局管理", "由我单位管理", "服务外包人员")),
        ("R1787-01", ("采购设备", "设备购置", "原材料采购", "新建工程", "改扩建", "拆除工程", "装修工程", "土建")),
        ("R1787-02", ("土地储备前期开发", "农田水利建设", "基础设施建设", "道路建设工程")),
        ("R1787-03", ("融资租赁", "银行贷款", "垫资", "回购", "融资服务")),
    )
    for word in words
)


def forbidden_wording(*texts: str) -> Iterator[Wording]:
    """Every forbidden word that stands in the texts, once, in the order of the list."""
    whole = "\n".join(texts)
    return (wording for wording in FORBIDDEN_WORDING if wording.word in whole)


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
        "leaf_id", "kind", "posts", "content", "outside_duty", "must_perform_itself", "labour_hire", "secret", "security",
    ),
    "HUMAN_RESOURCES": ("kind", "posts", "content", "labour_hire"),
    "FINANCE": (
        "leaf_id", "kind", "posts", "content", "objective", "quantity", "unit", "unit_price", "periods", "amount", "guide_price",
        "price_reason", "method", "term_months", "sme_policy", "sme_statement", "supplier_conditions", "scheme", "assessment",
        "evaluation_standard", "predecessor_id", "result_response", "budget_guaranteed", "content_fixed", "continuous",
        "funding_stable", "price_stable", "existing_line", "adjustment_document",
    ),
}  # fmt: skip
#: Rows of the item that a department's approval answers for as well.
ANSWERED_ROWS: Final = {"ESTABLISHMENT": (), "HUMAN_RESOURCES": ("factors",), "FINANCE": ("factors", "sources", "years", "indicators")}

QUORUM_DIVISOR: Final = 2  # at least half of the members


def quorum(members: int) -> int:
    """How many members must be there: half of them, rounded up (a setting)."""
    return -(-members // QUORUM_DIVISOR)
