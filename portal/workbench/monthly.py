"""A month of a region in figures: what was planned, tendered, signed, paid and evaluated, and the report that tells it (S-190)."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, Sum
from django.db.models.query import QuerySet
from django.utils.translation import gettext_lazy as _

from evaluation.assessments.models import Assessment
from portal import clock
from portal.accounts.actor import system_actor
from portal.accounts.models import Organisation, Region
from portal.files.verbs import store_made
from portal.money import ZERO, in_figures, in_figures_wan
from portal.reports.verbs import facts_of_paper, make_paper
from portal.reports.workbook import CONTENT_TYPE, Column, render_xlsx
from portal.rules.articles import chinese_numeral
from portal.rules.jurisdiction import setting
from portal.workflow import Act, Refused, perform
from procurement.contracts.models import Contract
from procurement.payments.models import PaymentRequest
from procurement.plans.models import PlanItem
from procurement.tenders.models import Tender

from .models import MonthlyReport

KIND, TEMPLATE = "monthly_report", "workbench/paper/monthly.html"


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the report: which things count, by which moment, with which amount; `place` leads to the region."""

    code: str
    name: Any
    things: Any  # () -> QuerySet
    moment: str
    amount: str
    place: str = "agency__region__path"
    by_day: bool = False  # the moment is a date


MEASURES = (
    Measure("plans", _("批准的计划项目"), lambda: PlanItem.objects.filter(state__in=["APPROVED", "EXECUTED"]), "approved_at",
            "approved_amount"),
    Measure("tenders", _("发布的采购公告"), lambda: Tender.objects.all(), "published_at", "budget"),
    Measure("contracts", _("签订的合同"), lambda: Contract.objects.all(), "signed_at", "amount"),
    Measure("payments", _("支付的款项"), lambda: PaymentRequest.objects.filter(state="PAID"), "paid_on", "amount",
            "contract__agency__region__path", by_day=True),
    Measure("evaluations", _("确定的绩效评价"), lambda: Assessment.objects.exclude(state="VOIDED"), "confirmed_at", "contract__amount",
            "contract__agency__region__path"),
)  # fmt: skip
COLUMNS = [
    Column("name", _("事项"), width=20), Column("count", _("本月（项）"), "integer", 12),
    Column("count_before", _("上月（项）"), "integer", 12),
    Column("count_change", _("增减（项）"), "integer", 12), Column("count_total", _("本年累计（项）"), "integer", 14),
    Column("amount", _("本月（元）"), "money"), Column("amount_before", _("上月（元）"), "money"),
    Column("amount_change", _("增减（元）"), "money"), Column("amount_total", _("本年累计（元）"), "money"),
]  # fmt: skip


def month_before(day: date) -> date:
    """The first day of the month before that of a day."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def month_after(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def figures_of(region: Region, first: date) -> list[dict[str, Any]]:
    """Month, month before and the year up to the end of the month, line by line: one question a line. Amounts in yuan."""
    return [_measured(measure, region, first) for measure in MEASURES]


def _measured(measure: Measure, region: Region, first: date) -> dict[str, Any]:
    spans = {
        "": (first, month_after(first)), "_before": (month_before(first), first), "_total": (first.replace(month=1), month_after(first)),
    }  # fmt: skip
    conditions = {suffix: _within(measure, *span) for suffix, span in spans.items()}
    things: QuerySet = measure.things().filter(
        _within(measure, min(span[0] for span in spans.values()), month_after(first)), **{f"{measure.place}__startswith": region.path}
    )
    asked = {f"in_count{suffix}": Count("pk", filter=condition) for suffix, condition in conditions.items()}
    asked |= {f"in_amount{suffix}": Sum(measure.amount, filter=condition) for suffix, condition in conditions.items()}
    found = things.order_by().aggregate(**asked)
    row = {name.removeprefix("in_"): found[name] or (ZERO if "amount" in name else 0) for name in asked}
    changes = {f"{name}_change": row[name] - row[f"{name}_before"] for name in ("count", "amount")}
    return {"code": measure.code, "name": str(measure.name), **row, **changes}


def _within(measure: Measure, first: date, until: date) -> Q:
    """From the first day to before the last; a moment counts in the portal's time zone."""
    edges = (first, until) if measure.by_day else (_midnight(first), _midnight(until))
    return Q(**{f"{measure.moment}__gte": edges[0], f"{measure.moment}__lt": edges[1]})


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=clock.SHANGHAI)


# --- making -------------------------------------------------------------------------------------------------------
def make(report: MonthlyReport, act: Act) -> dict:
    """Fill a report with its month, owe its paper and keep its workbook; the act's own transaction, so once or not at all."""
    rows = figures_of(report.region, report.first_day)
    report.figures = [{name: _kept(value) for name, value in row.items()} for row in rows]
    report.save()
    system = system_actor(act.actor.request_id)
    title = f"关于{report.region.name}{report.year}年{report.month}月政府购买服务工作进展情况的报告"
    data = {
        "title": title, "government": f"{report.region.name}人民政府", "region": report.region.name,
        "year": report.year, "month": report.month, "rows": [_printed(order, row) for order, row in enumerate(rows, start=1)],
        "made_at": act.now, "due_on": report.due_on,
    }  # fmt: skip
    report.document = make_paper(
        TEMPLATE, {"issuer": report.lead.name, "issued_on": act.now, "seal": True}, title=title, data=data, name=f"{report}.pdf",
        actor=system, kind=KIND, subject=report,
    )  # fmt: skip
    notes = [("地区", report.region.name), ("月份", f"{report.year}-{report.month:02}"), ("数据时间", clock.written(act.now))]
    report.workbook = store_made(
        render_xlsx(COLUMNS, rows, title=title, notes=notes), name=f"{report}.xlsx", content_type=CONTENT_TYPE, actor=system, kind=KIND,
        subject=report,
    )  # fmt: skip
    return {"region": report.region.name, "month": f"{report.year}-{report.month:02}", **facts_of_paper(report.document)}


def _kept(value: Any) -> Any:
    return f"{value:.2f}" if isinstance(value, Decimal) else value


def _printed(order: int, row: dict[str, Any]) -> dict[str, Any]:
    """Amounts in ten thousand yuan, changes with their sign, as official tables give them."""
    return {
        "ordinal": chinese_numeral(order), "name": row["name"], "compared": _compared(row["count_change"]),
        "change": _signed(row["count_change"], str(abs(row["count_change"]))),
        "amount_change": _signed(row["amount_change"], in_figures_wan(abs(row["amount_change"]))),
        **{name: row[name] for name in ("count", "count_before", "count_total")},
        **{name: in_figures_wan(row[name]) for name in ("amount", "amount_before", "amount_total")},
    }  # fmt: skip


def _compared(change: int) -> str:
    """A change as a sentence tells it."""
    if not change:
        return "与上月持平"
    return f"比上月{'增加' if change > 0 else '减少'}{abs(change)}项"


def _signed(value: Any, text: str) -> str:
    return f"+{text}" if value > 0 else f"-{text}" if value < 0 else "0"


def shown(report: MonthlyReport) -> list[dict[str, Any]]:
    """The kept figures as the page shows them: named in the reader's language, amounts as decimals again, changes in words."""
    rows, names = [], {measure.code: measure.name for measure in MEASURES}
    for row in report.figures:
        amounts = {name: Decimal(value) for name, value in row.items() if name.startswith("amount")}
        name = str(names.get(row["code"], row["name"]))
        rows.append({**row, **amounts, "name": name, "change": _signed(row["count_change"], str(abs(row["count_change"]))),
                     "amount_changed": _signed(amounts["amount_change"], in_figures(abs(amounts["amount_change"])))})
    return rows


# --- when its day has come ----------------------------------------------------------------------------------------
def leads() -> Iterator[tuple[Organisation, int]]:
    """The finance department that leads in each region, and the region's day; regions that want no report are left out."""
    departments = Organisation.objects.filter(kind="FINANCE", disabled_at=None).select_related("region").order_by("region_id", "pk")
    seen: set[int] = set()
    for department in departments:
        if department.region_id not in seen:
            seen.add(department.region_id)
            day = setting("monthly_report_day", department.region)
            if day:
                yield department, day


def make_due() -> int:
    """Make what is due and not there; returns how many. Asked again, by however many workers, it makes nothing twice."""
    today = clock.today()
    first = month_before(today)
    due = [(lead, day) for lead, day in leads() if today.day >= day]
    there = set(MonthlyReport.objects.filter(year=first.year, month=first.month).values_list("region_id", flat=True))
    return sum(_made(lead, first, today.replace(day=day)) for lead, day in due if lead.region_id not in there)


def _made(lead: Organisation, first: date, due_on: date) -> bool:
    report = MonthlyReport(region=lead.region, lead=lead, year=first.year, month=first.month, due_on=due_on)
    try:
        with transaction.atomic():
            perform(report, "make", actor=system_actor(), key=f"monthly:{lead.region.code}:{first:%Y-%m}")
    except (Refused, IntegrityError):  # another worker was quicker
        return False
    return True
