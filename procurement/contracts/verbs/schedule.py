"""What a running contract calls for by itself: reports at the end of each period, inspections at the start of each."""
from __future__ import annotations

from datetime import date, timedelta

from portal.rules.jurisdiction import setting
from portal.workdays import UnknownYear, is_working_day
from portal.workdays.deadlines import midnight_after
from portal.workflow import Act
from procurement.contracts import rules
from procurement.contracts.models import Contract, Inspection, SupplierReport
from procurement.contracts.rules import ONE_DAY

Kind = SupplierReport.Kind


def begin_schedule(contract: Contract, act: Act) -> None:
    """Set when the first report and the first inspection are called for."""
    contract.next_inspection_at = contract.begins_at
    contract.next_report_at = midnight_after(_periods(contract)[0][1])


def call_report(contract: Contract, act: Act) -> dict:
    """The period is over: its report is expected, and the next one is set."""
    report = _expect_next(contract, act)
    return {"report": report.number, "period_until": report.period_until}


def _expect_next(contract: Contract, act: Act) -> SupplierReport:
    periods = _periods(contract)
    number = contract.reports.count() + 1
    period = periods[number - 1]
    report = act.perform(
        SupplierReport(
            contract=contract, number=number, kind=report_kind(number, len(periods)), period_from=period[0], period_until=period[1]
        ),
        "expect",
    )
    contract.next_report_at = midnight_after(periods[number][1]) if number < len(periods) else None
    return report


def report_kind(number: int, count: int) -> str:
    """The last report sums up; of several the middle one is the mid-term report (S-78)."""
    if number == count:
        return Kind.FINAL
    return Kind.MID_TERM if number == count // 2 else Kind.PERIODIC


def _periods(contract: Contract) -> list[tuple[date, date]]:
    return rules.report_periods(contract.starts_on, contract.ends_on, contract.report_cadence)


def call_inspection(contract: Contract, act: Act) -> dict:
    """A new week (month, quarter) begins: its visit is owed, unless nobody works in it (L9.6, edge 1)."""
    day = contract.next_inspection_at.astimezone(act.now.tzinfo).date()
    first, last = rules.inspection_period(contract.inspection_cadence, day)
    begins, ends = max(first, contract.starts_on), min(last, contract.ends_on)
    following = last + ONE_DAY
    contract.next_inspection_at = midnight_after(following - ONE_DAY) if following <= contract.ends_on else None
    if not _somebody_works(begins, ends) and not setting("week_without_workday_due", contract.agency.region):
        return {"period_from": begins, "owed": False}
    inspection = Inspection(contract=contract, kind=Inspection.Kind.SCHEDULED, duty=True)
    inspection.set_period(begins, ends)
    act.perform(inspection, "expect")
    return {"period_from": begins, "owed": True}


def _somebody_works(first: date, last: date) -> bool:
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    try:
        return any(is_working_day(day) for day in days)
    except UnknownYear:
        return True


def end_schedule(contract: Contract, act: Act, *, until: date) -> None:
    """The term is over, or was cut short: reports of periods begun become due, open visits are missed or voided, nothing follows."""
    if contract.performing_at:
        periods = _periods(contract)
        for number in range(contract.reports.count() + 1, len(periods) + 1):
            if periods[number - 1][0] > until:
                break
            begins, ends = periods[number - 1]
            last = number == len(periods) or ends >= until
            report = SupplierReport(
                contract=contract, number=number, period_from=begins, period_until=min(ends, until),
                kind=Kind.FINAL if last else report_kind(number, len(periods)),
            )
            act.perform(report, "expect")
        for inspection in contract.inspections.filter(state=Inspection.State.EXPECTED):
            act.perform(inspection, "miss" if act.now >= inspection.due_by else "void")
    contract.next_report_at = contract.next_inspection_at = None
