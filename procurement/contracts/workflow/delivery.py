"""L9.4 deliverables with their log, L9.5 the contractor's reports, L9.6 the purchaser's visits."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.workflow import Due, Lifecycle, Transition, Who, starts, stops, voids
from procurement.contracts.forms import delivery as forms
from procurement.contracts.guards import delivery as guards
from procurement.contracts.models import Deliverable, Inspection, SupplierReport
from procurement.contracts.verbs import delivery as verbs

OFFICER = Who(Role.OFFICER, at="contract__agency")
PROJECT_OFFICER = Who(Role.PROJECT_OFFICER, at="contract__agency")
HEAD = Who(Role.HEAD, at="contract__agency")
SUPPLIER_OFFICER = Who(Role.SUPPLIER_OFFICER, at="contract__supplier")
SUPPLIER_HEAD = Who(Role.SUPPLIER_HEAD, at="contract__supplier")
REPORT_REASONS = [
    ("INCOMPLETE", _("内容不全")), ("UNPROVED", _("佐证不足")), ("WRONG", _("与事实不符")), ("OTHER", _("其他")),
]

D = Deliverable.State
DELIVERABLE = Lifecycle(
    code="contracts.deliverable", reference="L9.4", name=_("服务内容"), model=Deliverable,
    rows=[
        Transition("draft", "", D.DRAFTED, _("列入合同"), system=True),
        Transition("agree", D.DRAFTED, D.AGREED, _("约定"), system=True, rules=["S-76"]),
        Transition("log", D.AGREED, None, _("登记台账"), who=[SUPPLIER_OFFICER], inputs=forms.LogForm,
                   guards=[guards.contract_is_performed],
                   checks=[guards.date_in_term, guards.period_is_open, guards.quantity_fits, guards.evidence_is_named],
                   effect=verbs.log, rules=["S-80"], hint=_("记下做了什么、做了多少、凭什么核对。")),
        Transition("report_done", [D.AGREED, D.FAILED], D.REPORTED, _("申报完成"), who=[SUPPLIER_OFFICER],
                   inputs=forms.ReportDoneForm, guards=[guards.contract_is_performed], checks=[guards.done_or_explained],
                   effect=verbs.report_done, tells=[OFFICER], rules=["S-76"]),
        Transition("accept", D.REPORTED, D.ACCEPTED, _("验收合格"), system=True, tells=[SUPPLIER_OFFICER]),
        Transition("fail", [D.REPORTED, D.AGREED], D.FAILED, _("验收不合格"), system=True, tells=[SUPPLIER_OFFICER]),
    ],
    tones={D.AGREED: "run"},
)

R = SupplierReport.State
REPORT = Lifecycle(
    code="contracts.report", reference="L9.5", name=_("承接主体报告"), model=SupplierReport,
    rows=[
        Transition("expect", "", R.EXPECTED, _("应报"), system=True, clocks=[starts("SUPPLIER_REPORT")],
                   tells=[SUPPLIER_OFFICER, SUPPLIER_HEAD], rules=["R-040", "S-77"]),
        Transition("submit", [R.EXPECTED, R.SENT_BACK], R.SUBMITTED, _("报送报告"), who=[SUPPLIER_HEAD], inputs=forms.ReportForm,
                   guards=[guards.period_is_over, guards.earlier_reports_are_in, guards.every_deliverable_has_an_entry],
                   checks=[guards.ledger_is_kept, guards.rows_exist], effect=verbs.submit_report, task=True,
                   clocks=[stops("SUPPLIER_REPORT")], tells=[OFFICER, PROJECT_OFFICER], rules=["S-77", "S-78", "R-042", "R102-31"],
                   page="contracts:report_form", hint=_("数字取自台账，文字由您填写。"),
                   sentence=_("报送第 %(number)s 期报告，%(rows)s 项指标")),
        Transition("send_back", R.SUBMITTED, R.SENT_BACK, _("退回报告"), who=[OFFICER], reason=REPORT_REASONS,
                   effect=verbs.send_back_report, clocks=[starts("SUPPLIER_REPORT")], tells=[SUPPLIER_OFFICER, SUPPLIER_HEAD],
                   rules=["S-77"]),
        Transition("confirm", R.SUBMITTED, R.CONFIRMED, _("确认报告"), who=[OFFICER, PROJECT_OFFICER], effect=verbs.confirm_report,
                   task=True, tells=[SUPPLIER_OFFICER, SUPPLIER_HEAD], rules=["S-77"],
                   hint=_("确认后本期台账锁定，以此为准的款项可以申请。"), sentence=_("确认第 %(number)s 期报告，锁定台账 %(entries)s 笔")),
        Transition("waive", R.EXPECTED, R.WAIVED, _("免报"), who=[HEAD], reason=True, effect=verbs.waive_report, clocks=[voids()],
                   tells=[SUPPLIER_OFFICER, SUPPLIER_HEAD]),
    ],
    tones={R.EXPECTED: "wait"},
)

I = Inspection.State  # noqa: E741
INSPECTION = Lifecycle(
    code="contracts.inspection", reference="L9.6", name=_("检查记录"), model=Inspection,
    rows=[
        Transition("expect", "", I.EXPECTED, _("应检"), system=True, clocks=[starts("WEEKLY_RECORD")], tells=[PROJECT_OFFICER],
                   rules=["R-043", "S-85"]),
        Transition("plan_visit", "", I.EXPECTED, _("安排不定期检查"), who=[Who(Role.HEAD)], inputs=forms.PlanVisitForm,
                   checks=[guards.contract_is_running, guards.days_to_draw_from], effect=verbs.plan_visit, tells=[PROJECT_OFFICER],
                   rules=["S-120"], hint=_("日期随机抽取，承接主体事先看不到。")),
        Transition("record", I.EXPECTED, I.RECORDED, _("登记检查"), who=[PROJECT_OFFICER], inputs=forms.RecordForm,
                   guards=[guards.inspector_did_not_buy],
                   checks=[guards.visited_in_the_past, guards.picture_or_reason, guards.problem_is_described], effect=verbs.record,
                   task=True, clocks=[stops("WEEKLY_RECORD")], tells=[SUPPLIER_OFFICER, SUPPLIER_HEAD], rules=["S-84", "S-85"],
                   hint=_("在现场用手机拍照登记。")),
        Transition("visit", "", I.RECORDED, _("登记现场检查"), who=[Who(Role.PROJECT_OFFICER)], inputs=forms.VisitForm,
                   checks=[guards.contract_is_running, guards.inspector_did_not_buy, guards.visited_in_the_past,
                           guards.picture_or_reason, guards.problem_is_described],
                   effect=verbs.visit, tells=[SUPPLIER_OFFICER, SUPPLIER_HEAD], rules=["S-84", "S-120"]),
        Transition("acknowledge", I.RECORDED, I.ACKNOWLEDGED, _("已阅检查记录"), who=[SUPPLIER_OFFICER], system=True,
                   guards=[guards.time_to_answer_is_over], effect=verbs.acknowledge, task=True,
                   hint=_("三个工作日内没有异议，视同已阅。")),
        Transition("dispute", I.RECORDED, I.DISPUTED, _("提出异议"), who=[SUPPLIER_HEAD], reason=True,
                   guards=[guards.still_time_to_answer], effect=verbs.dispute, tells=[HEAD]),
        Transition("settle", I.DISPUTED, I.ACKNOWLEDGED, _("处理异议"), who=[HEAD], not_by=["record", "visit"], reason=True, task=True,
                   effect=verbs.settle, tells=[SUPPLIER_OFFICER, SUPPLIER_HEAD, PROJECT_OFFICER],
                   hint=_("原记录不改；需要更正的，由专管员另记一次。")),
        Transition("miss", I.EXPECTED, I.MISSED, _("漏检"), system=True, guards=[guards.period_of_the_visit_is_over],
                   effect=verbs.miss, clocks=[voids()], tells=[PROJECT_OFFICER, HEAD], rules=["S-85"]),
        Transition("void", I.EXPECTED, I.VOIDED, _("检查任务作废"), system=True, clocks=[voids()]),
    ],
    due=[
        Due("miss", lambda: Inspection.objects.filter(
            state=I.EXPECTED, contract__state="PERFORMING", contract__project__is_history=False), "due_by"),
        Due("acknowledge", lambda: Inspection.objects.filter(state=I.RECORDED, contract__project__is_history=False), "answers_until"),
    ],
    tones={I.EXPECTED: "wait", I.RECORDED: "run", I.ACKNOWLEDGED: "ok", I.VOIDED: "idle"},
)

