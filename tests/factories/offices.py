"""The leading group of the demonstration's city, and its report of a month."""
from __future__ import annotations

from datetime import date

from portal import clock
from portal.accounts.actor import system_actor
from portal.accounts.demo import organisation
from portal.workbench.models import MonthlyReport
from portal.workflow import perform
from procurement.plans.models import LeadingGroup
from tests.factories.people import actor

MEMBERS = [
    {"place": "LEADER", "name": "周明远", "post": "市人民政府副市长"}, {"place": "DEPUTY", "name": "许静怡", "post": "市财政局局长"},
    {"place": "MEMBER", "name": "吕方正", "post": "市编办副主任"},
]  # fmt: skip


def group_data(**changes) -> dict:
    return {
        "title": "赣江市政府购买服务改革工作领导小组", "founded_by": "赣江市人民政府办公室文件", "section": "综合科", "director": "许静怡",
        "contact": "韩雪", "phone": "0791-88880000", "address": "", "members": MEMBERS, **changes,
    }  # fmt: skip


def make_leading_group(**changes) -> LeadingGroup:
    return perform(LeadingGroup(), "establish", actor=actor("finance_head"), **group_data(**changes))


def make_monthly_report(day: date | None = None) -> MonthlyReport:
    """The report of the month before that of a day, made on that day (default: today)."""
    lead, due = organisation("finance"), day or clock.today()
    month = date(due.year - (due.month == 1), due.month - 1 or 12, 1)
    report = MonthlyReport(region=lead.region, lead=lead, year=month.year, month=month.month, due_on=due)
    return perform(report, "make", actor=system_actor())
