"""Payment: asked for by the contractor, confirmed, approved, reviewed, ordered and recorded by five people."""
from __future__ import annotations

from decimal import Decimal

from .client import File
from .story import StepFailed, Story

TITLE = "资金支付"
#: Smallest file that is a PDF for every check of uploads.
INVOICE = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def play(story: Story) -> None:
    """What is left is paid after acceptance; the order of the last instalment is kept as paper."""
    requests = pay_due(story)
    if not requests:
        raise StepFailed("no instalment is due after acceptance")
    keep_order(story, requests[-1])
    contract = story.read("buyer", f"contracts/{contract_of(story)['id']}/")
    story.say(f"    合同 {contract['number']} 共支付 {paid(story):,.2f} 元 → {contract['state_label']}")


def pay_due(story: Story) -> list[int]:
    """Pay every instalment whose condition is met and whose year is funded; the first one with its refusals on the way."""
    contractor, done = f"{story.facts['contractor']}_head", []
    for request in open_requests(story):
        full = story.read(contractor, f"payment-requests/{request['id']}/")
        if any(action["name"] == "submit" and action["enabled"] for action in full["actions"]):
            pay(story, request, contractor, probes="probed_payment" not in story.facts)
            story.facts["probed_payment"] = True
            done.append(request["id"])
    return done


def contract_of(story: Story) -> dict:
    """The contract of this story's project."""
    if "contract_id" in story.facts:
        return story.read("buyer", f"contracts/{story.facts['contract_id']}/")
    return next(row for row in story.find("buyer", "contracts/") if row["project"] == story.facts["project_id"])


def of_this_contract(story: Story) -> list[dict]:
    contract = contract_of(story)["id"]
    return [row for row in story.find("payer", "payment-requests/") if row["contract"] == contract]


def open_requests(story: Story) -> list[dict]:
    """What the system opened because its condition is met, the earliest first."""
    return sorted((row for row in of_this_contract(story) if row["state"] == "DRAFTED"), key=lambda row: row["id"])


def paid(story: Story) -> Decimal:
    return sum((Decimal(row["amount"]) for row in of_this_contract(story) if row["state"] == "PAID"), Decimal(0))


def pay(story: Story, request: dict, contractor: str, *, probes: bool = False) -> None:
    """One instalment from the invoice to the voucher."""
    from portal.money import in_words

    key, route = request["id"], "payment-requests"
    full = story.read(contractor, f"{route}/{key}/")
    contract = story.read(contractor, f"contracts/{request['contract']}/")
    payable, today = Decimal(full["payable"]), story.now().date()
    asking = {
        "amount": str(payable), "amount_words": in_words(payable), "invoice_number": f"{today:%y}36{key:012d}",
        "invoice_on": today.isoformat(),
        "payee_bank": full["pay_to"]["bank"], "payee_account": full["pay_to"]["account"],
        "purpose": f"{contract['title']}{request['term_name']}",
    }  # fmt: skip

    def with_invoice(**changes) -> dict:
        return {**asking, "invoice": File("发票.pdf", INVOICE, "application/pdf"), **changes}

    if probes:
        over = payable + Decimal(90_000_000)
        story.refused(contractor, f"{route}/{key}/submit/", with_invoice(amount=str(over), amount_words=in_words(over)),
                      rule="RTR-05", what="申请超过已占用的预算资金")
        story.refused(contractor, f"{route}/{key}/submit/", with_invoice(amount_words="壹元整"), rule="RCV-14", what="大小写不一致")
    what = f"申请{request['term_name']} {payable:,.2f} 元"
    story.act(contractor, route, key, "submit", with_invoice(), what, "SUBMITTED", "R-GP-54")
    if probes:
        story.refused("acceptor", f"{route}/{key}/confirm/", status=403, what="验收负责人核定支付")
        story.act("payer", route, key, "send_back", {"reason_code": "INVOICE", "reason": "发票项目名称与合同不一致，请重开。"},
                  "退回支付申请", "SENT_BACK", "S-172")
        another = with_invoice(invoice_number=f"{asking['invoice_number']}B")
        story.act(contractor, route, key, "submit", another, "重新申请", "SUBMITTED")
    story.act("payer", route, key, "confirm", what="核定支付申请", state="CONFIRMED", rule="S-94")
    if probes:
        story.refused("payer", f"{route}/{key}/approve/", status=403, what="核定人自己批准（G2）")
    story.act("head", route, key, "approve", what="批准支付", state="APPROVED", rule="S-93")
    story.act("finance_officer", route, key, "review", {"way": "DIRECT"}, "财政审核", "REVIEWED", "RTR-02")
    if probes:
        story.refused("finance_officer", f"{route}/{key}/order/", status=403, what="审核人签发支付令")
    story.act("budget_officer", route, key, "order", what="签发支付令", state="ORDERED", rule="RTR-03")
    if probes:
        story.refused("budget_officer", f"{route}/{key}/order/", rule="G7", what="重复签发支付令")
    story.act("budget_officer", route, key, "record_receipt", {
        "voucher_number": f"{today:%Y}-{key:06d}", "paid_on": today.isoformat(), "payer_account": "国库零余额账户 36019900001",
    }, f"支付 {payable:,.2f} 元", "PAID", "S-101")  # fmt: skip


def keep_order(story: Story, key: int) -> None:
    documents = story.read("budget_officer", f"payment-requests/{key}/")["documents"]
    order = next(row for row in documents if row["kind"] == "payment_order")
    story.keep("budget_officer", order["url"], "国库支付令.pdf")
