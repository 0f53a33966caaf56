"""What stands against the log, reports and visits (L9.4, L9.5, L9.6)."""
from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.workflow import Act, Duty, Refusal, refuse
from procurement.contracts.measure import standing
from procurement.contracts.models import Contract, Deliverable, Inspection, SupplierReport
from procurement.plans.models import ProjectDuty

State = Contract.State


# --- deliverables ------------------------------------------------------------------------------------------------------
def contract_is_performed(deliverable: Deliverable, act: Act) -> Iterator[Refusal]:
    if deliverable.contract.state not in (State.PERFORMING, State.FINISHED, State.TERMINATED):
        yield refuse("S-80", _("合同当前为“%(state)s”，不能登记台账。"), state=deliverable.contract.get_state_display())


def date_in_term(deliverable: Deliverable, act: Act) -> Iterator[Refusal]:
    """An entry lies inside the term and not in the future (S-80)."""
    contract, on, since = deliverable.contract, act.data["on"], act.data.get("since")
    if not contract.starts_on <= on <= contract.ends_on:
        yield refuse(
            "S-80", _("日期 %(on)s 不在合同期限 %(start)s 至 %(end)s 之内。"), on=on, start=contract.starts_on, end=contract.ends_on,
            field="on",
        )
    elif on > clock.today():
        yield refuse("S-80", _("日期 %(on)s 还没有到。"), on=on, field="on")
    if since and not contract.starts_on <= since <= on:
        yield refuse("S-80", _("汇总起始日 %(since)s 须在合同期限内且不晚于截止日期。"), since=since, field="since")


def period_is_open(deliverable: Deliverable, act: Act) -> Iterator[Refusal]:
    """What a submitted or confirmed report covers no longer changes (L9.5)."""
    on = act.data["on"]
    closed = SupplierReport.objects.filter(
        contract=deliverable.contract_id, state__in=("SUBMITTED", "CONFIRMED"), period_from__lte=on, period_until__gte=on
    ).first()
    if closed:
        yield refuse(
            "S-77", _("%(on)s 属于第 %(number)s 期报告，该报告%(state)s，台账已锁定。"), on=on, number=closed.number,
            state=closed.get_state_display(), field="on",
        )


def quantity_fits(deliverable: Deliverable, act: Act) -> Iterator[Refusal]:
    """A counted service needs a number, its part never more than the whole; a continuous one says how it stands."""
    quantity, part = act.data.get("quantity"), act.data.get("sub_quantity")
    if deliverable.is_continuous:
        if not act.data.get("standing"):
            yield refuse("S-76", _("持续服务须说明履行情况。"), field="standing")
        return
    if quantity is None:
        yield refuse("S-76", _("须填写完成数量。"), field="quantity")
    elif part is not None and part > quantity:
        yield refuse("S-76", _("其中数量 %(part)s 超过完成数量 %(quantity)s。"), part=part, quantity=quantity, field="sub_quantity")


def evidence_is_named(deliverable: Deliverable, act: Act) -> Iterator[Refusal]:
    if not (act.data.get("text") or "").strip():
        yield refuse("S-80", _("须写明内容与佐证。"), field="text")


def done_or_explained(deliverable: Deliverable, act: Act) -> Iterator[Refusal]:
    """Quota and sub-condition are reached, or the contractor says why not (L9.4)."""
    contract = deliverable.contract
    entries = list(deliverable.logs.filter(on__lte=contract.ends_on))
    found = standing(contract, deliverable, entries, contract.ends_on)
    if not found.measure.complete and not (act.data.get("shortfall") or "").strip():
        yield refuse("S-76", _("“%(name)s”还没有达到定额或其中要求，须说明原因。"), name=deliverable.name, field="shortfall")


# --- reports -----------------------------------------------------------------------------------------------------------
def period_is_over(report: SupplierReport, act: Act) -> Iterator[Refusal]:
    if not act.history and act.now.date() <= report.period_until:
        yield refuse("S-77", _("报告期到 %(day)s 才结束。"), day=report.period_until)


def earlier_reports_are_in(report: SupplierReport, act: Act) -> Iterator[Refusal]:
    """Reports go in one after the other, because each counts on from the one before (S-77)."""
    open_one = SupplierReport.objects.filter(
        contract=report.contract_id, number__lt=report.number, state__in=("EXPECTED", "SENT_BACK")
    ).order_by("number").first()
    if open_one:
        yield refuse("S-77", _("第 %(number)s 期报告还没有报送。"), number=open_one.number)


def ledger_is_kept(report: SupplierReport, act: Act) -> Iterator[Refusal]:
    """Project money is accounted for separately, with ledger and records (R-042, R102-31)."""
    if not act.data.get("ledger_kept") and not act.history:
        yield refuse("R-042", _("须确认已对项目资金单独核算并建立台账。"), field="ledger_kept")


def every_deliverable_has_an_entry(report: SupplierReport, act: Act) -> Iterator[Refusal]:
    """A report has a row for each deliverable; a continuous one without any entry says nothing (S-78)."""
    contract = report.contract
    for deliverable in contract.deliverables.all():
        if deliverable.is_continuous and not deliverable.logs.filter(on__lte=report.period_until).exists():
            yield refuse("S-78", _("“%(name)s”在报告期内没有任何台账。"), name=deliverable.name)


def rows_exist(report: SupplierReport, act: Act) -> Iterator[Refusal]:
    orders = set(report.contract.deliverables.values_list("order", flat=True))
    for row in act.data.get("rows") or ():
        if row["order"] not in orders:
            yield refuse("S-78", _("合同没有第 %(order)s 项服务内容。"), order=row["order"], field="rows")


# --- visits ------------------------------------------------------------------------------------------------------------
def inspector_did_not_buy(inspection: Inspection, act: Act) -> Iterator[Refusal]:
    """Who bought does not supervise what he bought (L9.6, S-84)."""
    contract = inspection.contract if inspection.contract_id else act.data.get("contract")
    if contract is None:
        return
    bought = ProjectDuty.objects.filter(project=contract.project_id, duty=Duty.BUYING, user_id__in=act.actor.persons)
    if bought.exists():
        yield refuse("S-84", _("您承办了本项目的采购，现场检查须由他人进行。"))


def contract_is_running(inspection: Inspection, act: Act) -> Iterator[Refusal]:
    contract = inspection.contract if inspection.contract_id else act.data.get("contract")
    if contract is not None and contract.state != State.PERFORMING:
        yield refuse("S-85", _("合同当前为“%(state)s”，没有检查任务。"), state=contract.get_state_display())


def visited_in_the_past(inspection: Inspection, act: Act) -> Iterator[Refusal]:
    visited = act.data["visited_at"]
    contract = inspection.contract if inspection.contract_id else act.data["contract"]
    if visited > act.now:
        yield refuse("S-85", _("检查时间还没有到。"), field="visited_at")
    elif contract.begins_at and visited < contract.begins_at:
        yield refuse("S-85", _("检查时间早于合同履行起始日。"), field="visited_at")
    elif inspection.pk and inspection.duty and not _inside(inspection, visited):
        yield refuse("S-85", _("检查时间不在 %(first)s 至 %(last)s 期间。"), first=inspection.period_from, last=inspection.period_until,
                     field="visited_at")


def _inside(inspection: Inspection, visited) -> bool:
    return inspection.period_from <= visited.astimezone(clock.SHANGHAI).date() <= inspection.period_until


def picture_or_reason(inspection: Inspection, act: Act) -> Iterator[Refusal]:
    """At least one picture, or why there is none (S-85)."""
    if not act.data.get("photos") and not (act.data.get("no_photo_reason") or "").strip():
        yield refuse("S-85", _("须上传现场照片，或写明未拍照的理由。"), field="photos")


def problem_is_described(inspection: Inspection, act: Act) -> Iterator[Refusal]:
    if act.data.get("problem_found") and not (act.data.get("problem") or "").strip():
        yield refuse("S-85", _("发现问题的，须写明问题与要求。"), field="problem")


def days_to_draw_from(inspection: Inspection, act: Act) -> Iterator[Refusal]:
    """An unannounced visit is drawn from future days of the term (S-120)."""
    contract, first, last = act.data["contract"], act.data["first"], act.data["last"]
    if last < first:
        yield refuse("S-120", _("最晚日期不能早于最早日期。"), field="last")
    if first < act.now.date() or last > contract.ends_on:
        yield refuse("S-120", _("日期须在今天和合同期满 %(end)s 之间。"), end=contract.ends_on, field="first")


def still_time_to_answer(inspection: Inspection, act: Act) -> Iterator[Refusal]:
    if inspection.answers_until and act.now >= inspection.answers_until:
        yield refuse("S-85", _("异议期限已过，检查记录视同已阅。"))


def time_to_answer_is_over(inspection: Inspection, act: Act) -> Iterator[Refusal]:
    """Silence counts as having read it only when the time is over (S-85)."""
    if act.actor.is_system and (inspection.answers_until is None or act.now < inspection.answers_until):
        yield refuse("S-85", _("对方阅知期限未满。"))


def period_of_the_visit_is_over(inspection: Inspection, act: Act) -> Iterator[Refusal]:
    if act.now < inspection.due_by:
        yield refuse("S-85", _("检查期间到 %(day)s 才结束。"), day=inspection.period_until)
