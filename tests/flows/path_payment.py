"""W-09 by clicking: one instalment from the contractor's invoice to the voucher, by five people."""
from __future__ import annotations

from portal.workbench.walkthrough.client import File
from portal.workbench.walkthrough.payment import INVOICE

from .clicks import Clicks
from .path_delivery import CONTRACTOR


def pay(clicks: Clicks, number: str) -> None:
    """The form begins with what contract and acceptance come to; only the invoice is typed."""
    clicks.sign_in(f"{CONTRACTOR}_head")
    clicks.task("提交支付申请")
    clicks.do("提交支付申请", {"invoice_number": number, "invoice": File("发票.pdf", INVOICE, "application/pdf")})
    clicks.sign_in("payer")
    clicks.task("核定支付申请")
    clicks.do("核定支付申请")
    clicks.sign_in("head")
    clicks.task("批准支付")
    clicks.do("批准支付")
    clicks.sign_in("finance_officer")
    clicks.task("财政审核")
    clicks.do("财政审核", {"way": "DIRECT"})
    clicks.sign_in("budget_officer")
    clicks.task("签发支付令")
    clicks.do("签发支付令")
    clicks.do("登记支付凭证", {"voucher_number": f"凭证 {number}", "payer_account": "国库零余额账户 36019900001"})
    clicks.state("已支付")
