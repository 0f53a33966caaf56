"""L10.2 payment request: the contractor asks, the purchaser confirms and approves, finance reviews, orders and records."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.accounts.roles import Role
from portal.workflow import Duty, Hold, Lifecycle, Transition, Who, consequence, registered_guard, starts, stops, voids
from procurement.contracts.models import Contract

from . import guards, verbs
from .forms import AccountForm, DraftForm, ReceiptForm, ReviewForm, SubmitForm
from .models import PaymentRequest

S = PaymentRequest.State
SUPPLIER_OFFICER = [Who(Role.SUPPLIER_OFFICER, at="contract__supplier")]
SUPPLIER_HEAD = [Who(Role.SUPPLIER_HEAD, at="contract__supplier")]
SUPPLIER = [*SUPPLIER_OFFICER, *SUPPLIER_HEAD]
PAYER = [Who(Role.PAYER, at="contract__agency")]
HEAD = [Who(Role.HEAD, at="contract__agency")]
FINANCE_OFFICER = [Who(Role.FINANCE_OFFICER, region="contract__agency__region")]
BUDGET_OFFICER = [Who(Role.BUDGET_OFFICER, region="contract__agency__region")]

SEND_BACK_REASONS = [
    ("INVOICE", _("发票有误")), ("AMOUNT", _("金额有误")), ("ACCOUNT", _("收款账户有误")), ("PAPERS", _("单位材料不全")),
    ("BUDGET", _("资金安排不符")), ("OTHER", _("其他")),
]
RETURN_REASONS = [("ACCOUNT", _("收款账户有误")), ("BANK", _("银行原因")), ("OTHER", _("其他"))]


def _send_back(name: str, source: str, who: list[Who], tells: list[Who]) -> Transition:
    """Whoever holds the request may send it back, with every defect at once (S-172)."""
    return Transition(
        name, source, S.SENT_BACK, _("退回支付申请"), who=who, reason=SEND_BACK_REASONS, effect=verbs.send_back, tells=tells,
        rules=["S-172", "RPAY-03"],
        hint=_("发票、金额、账户有误的由承接主体重新申请；其余由单位补正后再核。付款期限照常计算，发票有误的除外。"),
    )


PAYMENT = Lifecycle(
    code="payments.request", reference="L10.2", name=_("资金支付"), model=PaymentRequest,
    rows=[
        Transition("draft", "", S.DRAFTED, _("填报支付申请"), who=[Who(Role.SUPPLIER_OFFICER)], system=True, inputs=DraftForm,
                   checks=[guards.term_is_free], effect=verbs.draft, tells=SUPPLIER, rules=["S-93"],
                   sentence=_("开列%(term)s支付申请 %(number)s，合同金额 %(amount)s 元")),
        Transition("submit", [S.DRAFTED, S.SENT_BACK], S.SUBMITTED, _("提交支付申请"), who=SUPPLIER_HEAD, inputs=SubmitForm, task=True,
                   guards=[guards.something_is_payable],
                   checks=[guards.amount_is_payable, guards.amount_is_committed, guards.words_agree, guards.invoice_is_new,
                           guards.invoice_is_dated, guards.account_is_the_contracts],
                   effect=verbs.submit, tells=PAYER, rules=["S-93", "RCV-14", "S-100", "R-GP-54"],
                   hint=_("金额按合同和验收结果算出，填上发票即可提交。"), sentence=_("申请支付 %(amount)s 元，发票 %(invoice)s")),
        Transition("confirm", [S.SUBMITTED, S.SENT_BACK], S.CONFIRMED, _("核定支付申请"), who=PAYER, task=True, duty=Duty.PAYING,
                   guards=[guards.not_the_acceptor, guards.papers_were_right, guards.contract_gate_is_open, guards.sum_is_still_payable],
                   effect=verbs.confirm, tells=[*HEAD, *SUPPLIER], rules=["S-125", "S-72", "S-95", "RTR-05"],
                   hint=_("核对合同条件、发票和算式，承接主体同时看到算式。"), sentence=_("核定应付 %(amount)s 元")),
        Transition("approve", S.CONFIRMED, S.APPROVED, _("批准支付"), step_up=True, who=HEAD, not_by=["confirm"], task=True,
                   guards=[guards.within_contract, guards.within_committed, guards.tiers_add_up], effect=verbs.approve,
                   tells=FINANCE_OFFICER, rules=["S-94", "S-93", "RTR-05"], hint=_("不超过合同和已占用的资金。"),
                   sentence=_("批准支付 %(amount)s 元")),
        Transition("review", S.APPROVED, S.REVIEWED, _("财政审核"), who=FINANCE_OFFICER, inputs=ReviewForm, task=True,
                   guards=[guards.papers_are_complete], effect=verbs.review, tells=BUDGET_OFFICER, rules=["S-94", "R-034", "RTR-02"]),
        Transition("order", S.REVIEWED, S.ORDERED, _("签发支付令"), step_up=True, who=BUDGET_OFFICER, not_by=["review"], task=True,
                   hold=Hold.PAYMENT, guards=[guards.within_contract, guards.money_is_there],
                   effect=verbs.order, clocks=[starts("TREASURY_EXECUTION")],
                   tells=[*SUPPLIER, *PAYER], rules=["S-94", "RTR-03", "RTR-06"], confirm=_("签发后由国库当日办理支付，不能撤回。"),
                   sentence=_("向%(payee)s签发支付令，%(amount)s 元")),
        Transition("record_receipt", S.ORDERED, S.PAID, _("登记支付凭证"), who=BUDGET_OFFICER, inputs=ReceiptForm, task=True,
                   checks=[guards.voucher_is_new, guards.paid_in_the_past], effect=verbs.record_receipt, tells=[*SUPPLIER, *PAYER],
                   rules=["S-101", "R-033"], sentence=_("支付 %(amount)s 元，凭证 %(voucher)s")),
        Transition("record_rejection", S.ORDERED, S.RETURNED, _("登记退票"), who=BUDGET_OFFICER, reason=RETURN_REASONS,
                   effect=verbs.record_rejection, clocks=[stops("TREASURY_EXECUTION")], tells=[*SUPPLIER, *PAYER], rules=["S-101"]),
        Transition("correct_account", S.RETURNED, None, _("更正收款账户"), step_up=True, who=SUPPLIER_HEAD, inputs=AccountForm,
                   effect=verbs.correct_account, tells=BUDGET_OFFICER, rules=["S-100"], task=True,
                   sentence=_("更正收款账户，尾号 %(before)s 改为 %(after)s")),
        Transition("resume", S.RETURNED, S.REVIEWED, _("重新办理支付"), who=BUDGET_OFFICER, reason=True,
                   guards=[guards.account_was_corrected], effect=verbs.resume, rules=["S-100"]),
        Transition("record_history", "", S.PAID, _("补录支付"), system=True, guards=[guards.only_history], effect=verbs.record_history,
                   rules=["S-93"], sentence=_("补录%(term)s，截至 %(paid_on)s 已支付 %(amount)s 元")),
        _send_back("send_back", S.SUBMITTED, PAYER, SUPPLIER),
        _send_back("send_back_confirmed", S.CONFIRMED, HEAD, [*PAYER, *SUPPLIER]),
        _send_back("send_back_approved", S.APPROVED, FINANCE_OFFICER, [*PAYER, *SUPPLIER]),
        _send_back("send_back_reviewed", S.REVIEWED, BUDGET_OFFICER, [*PAYER, *SUPPLIER]),
        Transition("cancel", [S.DRAFTED, S.SUBMITTED, S.SENT_BACK], S.CANCELLED, _("取消支付申请"), who=SUPPLIER_HEAD, system=True,
                   reason=True, effect=verbs.cancel, clocks=[voids()], tells=PAYER),
    ],
    tones={S.SENT_BACK: "warn", S.RETURNED: "bad", S.PAID: "ok", S.CANCELLED: "idle", S.SUBMITTED: "wait"},
)  # fmt: skip


# --- what happens when something fires below --------------------------------------------------------------------------
@consequence("contracts.contract", "publish")
def published_contract_may_be_paid(contract, act) -> None:
    verbs.draft_due(act, contract)


@consequence("contracts.filing", "file")
@consequence("contracts.report", "confirm", "waive")
@consequence("contracts.acceptance", "accept", "accept_in_part")
def instalment_falls_due(thing, act) -> None:
    """What an instalment waited for is there: the request is opened by itself (S-93)."""
    verbs.draft_due(act, Contract.objects.select_related("project", "agency__region", "supplier").get(pk=thing.contract_id))


@consequence("contracts.contract", "terminate")
def ended_contract_asks_no_more(contract, act) -> None:
    for request in contract.payment_requests.filter(state__in=[S.DRAFTED, S.SUBMITTED, S.SENT_BACK]):
        act.perform(request, "cancel", reason=act.reason)


registered_guard("contracts.contract", "complete")(guards.everything_is_paid)
registered_guard("plans.project", "close")(guards.no_payment_is_open)
registered_guard("suppliers.supplier", "close")(guards.supplier_is_paid)
