"""L9.1 the contract and L9.2 its filing: from the award notice to the last payment, or to an early end."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.actor import system_actor
from portal.accounts.roles import Role
from portal.workflow import Due, Lifecycle, Transition, Who, perform, starts, stops, voids
from portal.workflow.engine import consequence, registered_guard
from portal.workflow.handover import Handover, hands_over
from portal.workflow.table import Duty, Hold
from procurement.contracts.forms import contract as forms
from procurement.contracts.guards import contract as guards
from procurement.contracts.models import Contract, Filing
from procurement.contracts.verbs import contract as verbs
from procurement.contracts.verbs import schedule

S = Contract.State
OFFICER = [Who(Role.OFFICER, at="agency")]
HEAD = [Who(Role.HEAD, at="agency")]
SUPPLIER_OFFICER = [Who(Role.SUPPLIER_OFFICER, at="supplier")]
SUPPLIER_HEAD = [Who(Role.SUPPLIER_HEAD, at="supplier")]
SUPPLIER = [*SUPPLIER_OFFICER, *SUPPLIER_HEAD]
PROJECT_OFFICER = [Who(role, person="project_officer") for role in (Role.PROJECT_OFFICER,)]
FINANCE = [Who(Role.FINANCE_OFFICER, region="agency__region")]
UNSIGNED = [S.DRAFTED, S.PROPOSED, S.SENT_BACK, S.OFFERED, S.HALF_SIGNED]

SEND_BACK_REASONS = [
    ("DEPARTURE", _("与采购文件或投标文件不一致")), ("INCOMPLETE", _("要素不全")), ("WRONG", _("内容有误")),
    ("UNREASONABLE", _("附加了不合理条件")), ("OTHER", _("其他")),
]
END_REASONS = [("AGREED", _("双方协商一致")), ("PUBLIC_INTEREST", _("继续履行将损害国家利益和社会公共利益"))]
FILING_REASONS = [("MISSING", _("缺少合同要素")), ("UNREADABLE", _("文件无法辨认"))]

CONTRACT = Lifecycle(
    code="contracts.contract", reference="L9.1", name=_("合同"), model=Contract,
    rows=[
        Transition("draft", "", S.DRAFTED, _("起草合同"), system=True, effect=verbs.draft, tells=OFFICER, rules=["RCO-04"],
                   sentence=_("按中标结果起草合同 %(number)s，%(supplier)s，%(amount)s 元")),
        Transition("take_over", "", S.PERFORMING, _("补录合同"), system=True, guards=[guards.only_history], effect=verbs.take_over,
                   sentence=_("补录合同 %(number)s，%(amount)s 元，%(starts_on)s 至 %(ends_on)s")),
        Transition("edit", [S.DRAFTED, S.SENT_BACK], None, _("填写合同"), who=OFFICER, inputs=forms.ContractForm,
                   checks=[guards.bond_within_law], effect=verbs.edit, duty=Duty.BUYING, page="contracts:edit",
                   hint=_("可以先保存不完整的草稿，送审签前一次列出全部缺项。")),
        Transition("propose", [S.DRAFTED, S.SENT_BACK], S.PROPOSED, _("送审签"), who=OFFICER, guards=guards.PROPOSE,
                   effect=verbs.propose, duty=Duty.BUYING, task=True, tells=HEAD, rules=["R-024", "S-70", "R102-27", "R87-77"],
                   hint=_("送单位负责人审签，审签期间不能修改。")),
        Transition("send_back", S.PROPOSED, S.SENT_BACK, _("退回合同"), who=HEAD, reason=SEND_BACK_REASONS, effect=verbs.take_back,
                   tells=OFFICER),
        Transition("decline", S.OFFERED, S.SENT_BACK, _("退回合同文本"), who=SUPPLIER_HEAD, reason=SEND_BACK_REASONS,
                   effect=verbs.take_back, tells=[*OFFICER, *HEAD]),
        Transition("offer", S.PROPOSED, S.OFFERED, _("发送乙方签署"), step_up=True, who=HEAD, not_by=["edit", "propose"],
                   guards=guards.PROPOSE, effect=verbs.offer, task=True, tells=SUPPLIER, rules=["R87-77"],
                   hint=_("合同文本从此固定并排成 PDF，双方签署的是同一份文件。"), sentence=_("向%(supplier)s发送合同文本")),
        Transition("sign", S.OFFERED, S.HALF_SIGNED, _("签署合同"), step_up=True, signs="paper", who=SUPPLIER_HEAD, inputs=forms.SignForm,
                   task=True, hold=Hold.SIGNING, guards=guards.SIGNING,
                   checks=[guards.agreed, guards.bond_is_lodged], effect=verbs.sign, tells=HEAD, rules=["R87-77", "R-GP-36"],
                   hint=_("签署后由购买主体负责人签署，合同即告成立。")),
        Transition("countersign", S.HALF_SIGNED, S.SIGNED, _("签署合同（甲方）"), step_up=True, signs="paper", who=HEAD,
                   not_by=["edit", "propose"], task=True, inputs=forms.CountersignForm, hold=Hold.SIGNING,
                   guards=guards.SIGNING, checks=[guards.agreed],
                   effect=verbs.countersign, clocks=[starts("CONTRACT_PUBLICATION"), starts("CONTRACT_FILING")],
                   tells=[*SUPPLIER, *OFFICER, *FINANCE, *PROJECT_OFFICER], rules=["R-GP-39", "R87-77", "R1787-04"],
                   hint=_("同时占用预算资金，生成合同签署页；两个工作日内公告，七个工作日内备案。"),
                   sentence=_("双方签订合同，%(amount)s 元")),
        Transition("publish", [S.SIGNED, S.PERFORMING, S.FINISHED], None, _("公告合同"), who=HEAD, task=True,
                   guards=[guards.not_published_yet], effect=verbs.publish, clocks=[stops("CONTRACT_PUBLICATION")],
                   tells=SUPPLIER, rules=["R-GP-41", "R1787-06"], hint=_("公开本隐去收款账号等不宜公开的内容。"),
                   sentence=_("公告合同（%(notice)s）")),
        Transition("assign_officer", [S.SIGNED, S.PERFORMING, S.FINISHED], None, _("更换项目专管员"), who=HEAD, system=True,
                   inputs=forms.OfficerForm, checks=[guards.officer_is_another], effect=verbs.assign_officer, tells=PROJECT_OFFICER,
                   reason=True, rules=["S-84"], sentence=_("项目专管员由%(before)s改为%(after)s")),
        Transition("start", S.SIGNED, S.PERFORMING, _("开始履行"), system=True, hold=Hold.PERFORMANCE,
                   guards=[guards.term_has_begun, guards.year_is_funded], effect=verbs.start, tells=[*PROJECT_OFFICER, *SUPPLIER],
                   rules=["R1787-04"]),
        Transition("call_report", S.PERFORMING, None, _("报告期满"), system=True, effect=schedule.call_report, rules=["R-040", "S-77"],
                   sentence=_("第 %(report)s 期报告期满")),
        Transition("call_inspection", S.PERFORMING, None, _("新的检查期间"), system=True, effect=schedule.call_inspection,
                   rules=["R-043", "S-85"], sentence=_("%(period_from)s 起进入新的检查期间")),
        Transition("finish", S.PERFORMING, S.FINISHED, _("合同期满"), system=True, guards=[guards.term_is_over], effect=verbs.finish,
                   tells=[*OFFICER, *PROJECT_OFFICER, *SUPPLIER]),
        Transition("release_bond", [S.FINISHED, S.TERMINATED], None, _("退还履约保证金"), step_up=True, who=HEAD,
                   guards=[guards.bond_to_return], effect=verbs.release_bond, tells=SUPPLIER, rules=["RCO-05"]),
        Transition("complete", S.FINISHED, S.COMPLETED, _("合同完成"), system=True,
                   guards=[guards.finally_accepted, guards.bond_is_returned], effect=verbs.complete, tells=[*OFFICER, *SUPPLIER]),
        Transition("terminate", [S.SIGNED, S.PERFORMING, S.FINISHED], S.TERMINATED, _("解除合同"), step_up=True, who=HEAD,
                   not_by=["edit", "propose"], reason=END_REASONS, inputs=forms.TerminateForm, checks=[guards.agreement_is_there],
                   effect=verbs.terminate, clocks=[voids()], tells=[*SUPPLIER, *OFFICER, *FINANCE, *PROJECT_OFFICER],
                   rules=["R-GP-45"], hint=_("已履行的部分仍然有效，未支付的资金释放。")),
        Transition("cancel", UNSIGNED, S.CANCELLED, _("取消合同"), system=True, effect=verbs.cancel, tells=SUPPLIER),
    ],
    due=[
        Due("start", lambda: _live(S.SIGNED), "begins_at"),
        Due("call_report", lambda: _live(S.PERFORMING), "next_report_at"),
        Due("call_inspection", lambda: _live(S.PERFORMING), "next_inspection_at"),
        Due("finish", lambda: _live(S.PERFORMING), "term_ends_at"),
    ],
    readers={
        S.OFFERED: {"supplier": _("待贵方签署")}, S.HALF_SIGNED: {"supplier": _("待甲方签署")},
        S.SIGNED: {"public": _("已签订合同")}, S.PERFORMING: {"public": _("正在服务")}, S.FINISHED: {"public": _("服务期满")},
    },
    tones={S.SENT_BACK: "warn", S.OFFERED: "wait", S.HALF_SIGNED: "wait", S.PROPOSED: "wait"},
)


def _live(state):
    """Contracts in a state that live in the present: a case of the past stands still."""
    return Contract.objects.filter(state=state, project__is_history=False)


F = Filing.State
FILING = Lifecycle(
    code="contracts.filing", reference="L9.2", name=_("合同备案"), model=Filing,
    rows=[
        Transition("prepare", "", F.PREPARED, _("准备备案"), system=True, tells=[Who(Role.OFFICER, at="contract__agency")]),
        Transition("submit", [F.PREPARED, F.SENT_BACK], F.SUBMITTED, _("报送备案"), who=[Who(Role.OFFICER, at="contract__agency")],
                   guards=[guards.signed_file_is_there], effect=verbs.submit_filing, task=True,
                   clocks=[stops("CONTRACT_FILING", on="contract"), starts("FILING_RECEIPT")],
                   tells=[Who(Role.FINANCE_OFFICER, region="contract__agency__region")], rules=["R-GP-42", "R-026"],
                   hint=_("把签订的合同报同级财政部门备案。")),
        Transition("send_back", F.SUBMITTED, F.SENT_BACK, _("退回补正"),
                   who=[Who(Role.FINANCE_OFFICER, region="contract__agency__region")], reason=FILING_REASONS,
                   effect=verbs.send_back_filing, clocks=[stops("FILING_RECEIPT")],
                   tells=[Who(Role.OFFICER, at="contract__agency")], hint=_("只核要素和文件，不审合同内容。")),
        Transition("file", F.SUBMITTED, F.FILED, pgettext_lazy("act", "备案"),
                   who=[Who(Role.FINANCE_OFFICER, region="contract__agency__region")],
                   inputs=forms.FileForm, checks=[guards.number_is_free], effect=verbs.file, task=True,
                   clocks=[stops("FILING_RECEIPT")], tells=[Who(Role.OFFICER, at="contract__agency")], rules=["R-GP-42", "S-72"],
                   sentence=_("合同备案，备案号 %(number)s"), hint=_("备案是收存，不是审批；备案后可以支付。")),
    ],
    tones={F.PREPARED: "idle", F.SENT_BACK: "warn"},
)


def _supervised(person, organisation):
    return Contract.objects.filter(project_officer=person, agency=organisation, state__in=[S.SIGNED, S.PERFORMING, S.FINISHED])


@hands_over(_supervised)
def supervision_goes_on(contract: Contract, handover: Handover) -> None:
    """Contracts a project officer looks after go to his successor."""
    perform(contract, "assign_officer", actor=system_actor(handover.actor.request_id), reason=handover.reason,
            project_officer=handover.successor)


@consequence("awards.award", "announce")
def contract_is_drafted(award, act) -> None:
    """With the award notice the contract lies on the officer's desk."""
    act.perform(Contract(), "draft", award=award)


@consequence("awards.award", "abandon", "annul")
def contract_is_cancelled(award, act) -> None:
    """An award that is gone takes its unsigned contract with it."""
    for contract in Contract.objects.filter(award=award, state__in=UNSIGNED):
        act.perform(contract, "cancel", reason=act.reason or str(act.row.label))


registered_guard("suppliers.supplier", "close")(guards.contracts_are_ended)
