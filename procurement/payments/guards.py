"""What stands against a payment: the contract's own gate, people, sums, papers (L10.2)."""
from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from portal import money
from portal.files.models import Document
from portal.money import in_figures
from portal.workflow import Act, Refusal, refuse
from procurement.contracts.models import Acceptance
from procurement.contracts.verbs.gates import gate_refusals

from . import verbs
from .models import PaymentRequest


def only_history(request: PaymentRequest, act: Act) -> Iterator[Refusal]:
    if not act.history:
        yield refuse("G4", _("只有装载历史案例时可以补录支付。"))


# --- making and asking -----------------------------------------------------------------------------------------------
def term_is_free(request: PaymentRequest, act: Act) -> Iterator[Refusal]:
    """An instalment is asked for once (G7)."""
    term = act.data.get("term") or getattr(request, "term", None)
    other = PaymentRequest.objects.live().filter(term=term).first()
    if other:
        yield refuse("G7", _("该期款项已有支付申请 %(number)s。"), number=other.number, field="term")


def something_is_payable(request: PaymentRequest, act: Act) -> Iterator[Refusal]:
    if verbs.computation_of(request).payable <= 0:
        yield refuse("S-95", _("扣减后本期没有应付款。"))


def amount_is_payable(request: PaymentRequest, act: Act) -> Iterator[Refusal]:
    """The sum asked for is the contract's less the deductions, no more and no less (S-93, S-95)."""
    payable, asked = verbs.computation_of(request).payable, act.data["amount"]
    if asked != payable:
        yield refuse("S-93", _("申请金额 %(asked)s 元，按合同和算式本期应付 %(payable)s 元。"), asked=in_figures(asked),
                     payable=in_figures(payable), field="amount")


def amount_is_committed(request: PaymentRequest, act: Act) -> Iterator[Refusal]:
    """Nothing is asked for that the budget does not hold for this contract (RTR-05, RPAY-04)."""
    left = verbs.committed_left(request)
    if act.data["amount"] > left:
        yield _over_committed(request, act.data["amount"], left)


def _over_committed(request: PaymentRequest, amount, left) -> Refusal:
    return refuse("RTR-05", _("%(year)s 年已占用可支付 %(left)s 元，不足 %(amount)s 元。"), year=verbs.year_of(request.term),
                  left=in_figures(max(left, money.ZERO)), amount=in_figures(amount), field="amount")


def words_agree(request: PaymentRequest, act: Act) -> Iterator[Refusal]:
    """Figures and words say the same, else the bill is void (RCV-14)."""
    if not money.words_agree(act.data["amount_words"], act.data["amount"]):
        yield refuse("RCV-14", _("大写金额与小写金额不一致，小写 %(amount)s 元应写作“%(words)s”。"), amount=in_figures(act.data["amount"]),
                     words=money.in_words(act.data["amount"]), field="amount_words")


def invoice_is_new(request: PaymentRequest, act: Act) -> Iterator[Refusal]:
    other = PaymentRequest.objects.live().filter(invoice_number=act.data["invoice_number"]).exclude(pk=request.pk).first()
    if other:
        yield refuse("RTR-06", _("发票 %(invoice)s 已用于支付申请 %(number)s。"), invoice=act.data["invoice_number"],
                     number=other.number if other.contract.supplier_id == act.actor.organisation_id else _("（其他单位）"),
                     field="invoice_number")


def invoice_is_dated(request: PaymentRequest, act: Act) -> Iterator[Refusal]:
    if act.data["invoice_on"] > act.now.date():
        yield refuse("RTR-06", _("开票日期 %(day)s 还没有到。"), day=act.data["invoice_on"], field="invoice_on")


def account_is_the_contracts(request: PaymentRequest, act: Act) -> Iterator[Refusal]:
    """Money goes to the account the contract names and to no other (S-100)."""
    bank, account = verbs.account_of(request)
    if act.data["payee_account"] != "".join(account.split()):
        yield refuse("S-100", _("收款账号与合同约定的账户不一致。"), field="payee_account")
    if act.data["payee_bank"] != bank:
        yield refuse("S-100", _("开户银行与合同约定的“%(bank)s”不一致。"), bank=bank, field="payee_bank")


# --- the purchaser ---------------------------------------------------------------------------------------------------
def not_the_acceptor(request: PaymentRequest, act: Act) -> Iterator[Refusal]:
    """Who led the acceptance does not confirm the payment (S-125)."""
    if Acceptance.objects.filter(contract=request.contract_id, leader__in=act.actor.persons).exists():
        yield refuse("S-125", _("您是本合同的验收组长，不能核定支付。"))


def papers_were_right(request: PaymentRequest, act: Act) -> Iterator[Refusal]:
    """What was sent back for the contractor's own papers waits for him."""
    if request.state == PaymentRequest.State.SENT_BACK and request.send_back_code in verbs.SUPPLIERS_FAULT:
        yield refuse("S-172", _("因承接主体材料有误退回，须由承接主体更正后重新提交。"))


def contract_gate_is_open(request: PaymentRequest, act: Act) -> Iterator[Refusal]:
    """The contract is filed and published, and what the instalment waits for is there (S-72, RTR-05)."""
    yield from gate_refusals(request.contract, request.term)


def sum_is_still_payable(request: PaymentRequest, act: Act) -> Iterator[Refusal]:
    payable = verbs.computation_of(request).payable
    if request.amount is not None and request.amount != payable:
        yield refuse("S-95", _("申请金额 %(asked)s 元，按现在的算式应付 %(payable)s 元，须退回重新申请。"),
                     asked=in_figures(request.amount), payable=in_figures(payable))


def within_contract(request: PaymentRequest, act: Act) -> Iterator[Refusal]:
    """Everything paid and on its way stays within the contract (S-93)."""
    before = verbs.paid_and_claimed(request.contract, besides=request.pk)
    if before + request.amount > request.contract.amount:
        yield refuse("S-93", _("已付和在途 %(before)s 元，加本次 %(amount)s 元，超过合同金额 %(limit)s 元。"), before=in_figures(before),
                     amount=in_figures(request.amount), limit=in_figures(request.contract.amount))


def within_committed(request: PaymentRequest, act: Act) -> Iterator[Refusal]:
    """Never more than the year's committed money (RTR-05, L3.2)."""
    left = verbs.committed_left(request)
    if request.amount > left:
        yield _over_committed(request, request.amount, left)


money_is_there = within_committed


def tiers_add_up(request: PaymentRequest, act: Act) -> Iterator[Refusal]:
    """The shares of the tiers are the sum, to the fen (R-037)."""
    total = sum((tier.amount for tier in request.tiers.all()), money.ZERO)
    if total != request.amount:
        yield refuse("R-037", _("分级负担合计 %(total)s 元，与支付金额 %(amount)s 元不符。"), total=in_figures(total),
                     amount=in_figures(request.amount))


# --- finance ---------------------------------------------------------------------------------------------------------
def papers_are_complete(request: PaymentRequest, act: Act) -> Iterator[Refusal]:
    """The invoice lies with the request (RTR-06)."""
    if not Document.objects.of_subject(request).filter(kind="invoice").exists():
        yield refuse("RTR-06", _("支付申请没有附发票。"))


def voucher_is_new(request: PaymentRequest, act: Act) -> Iterator[Refusal]:
    if PaymentRequest.objects.filter(voucher_number=act.data["voucher_number"]).exclude(pk=request.pk).exists():
        yield refuse("S-101", _("凭证号 %(number)s 已登记。"), number=act.data["voucher_number"], field="voucher_number")


def paid_in_the_past(request: PaymentRequest, act: Act) -> Iterator[Refusal]:
    """Paid after it was ordered and not in the future."""
    if not request.ordered_at.astimezone(act.now.tzinfo).date() <= act.data["paid_on"] <= act.now.date():
        yield refuse("S-101", _("支付日期须在支付令之后，且不晚于今天。"), field="paid_on")


def account_was_corrected(request: PaymentRequest, act: Act) -> Iterator[Refusal]:
    """A wrong account is paid again only after the contractor gave another (S-100)."""
    if request.return_code == "ACCOUNT" and request.account_corrected_at is None:
        yield refuse("S-100", _("承接主体尚未更正收款账户。"))


# --- contract and project ----------------------------------------------------------------------------------------------
def everything_is_paid(contract, act: Act) -> Iterator[Refusal]:
    """A contract is complete when nothing is owed on it (L9.1)."""
    for term in verbs.unpaid_terms(contract):
        yield refuse("S-93", _("“%(name)s”尚未支付。"), name=term.name)


def no_payment_is_open(project, act: Act) -> Iterator[Refusal]:
    """A project is put away when no request is on its way (L2.5)."""
    for request in PaymentRequest.objects.filter(contract__project=project).exclude(state__in=["PAID", "CANCELLED"]):
        yield refuse("S-93", _("支付申请 %(number)s 尚未办结。"), number=request.number)


def supplier_is_paid(supplier, act: Act) -> Iterator[Refusal]:
    """A supplier leaves when he asks for nothing any more (L4.1)."""
    open_requests = PaymentRequest.objects.filter(contract__supplier=supplier.organisation_id)
    for request in open_requests.exclude(state__in=["PAID", "CANCELLED"]).order_by("number"):
        yield refuse("S-93", _("支付申请 %(number)s 尚未办结。"), number=request.number)
