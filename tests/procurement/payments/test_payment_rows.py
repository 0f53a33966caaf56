"""L10.2: every row of the table, each refusal first."""

from datetime import timedelta
from decimal import Decimal

import pytest

from portal import clock
from portal.audit.models import Entry
from portal.files.models import Document
from portal.workdays import clocks_of
from portal.workflow import NotYours, Refused, WrongState, available_actions, perform
from procurement.budgets.models import Encumbrance, Posting
from procurement.contracts.models import Contract
from procurement.payments.models import PaymentRequest, ResultTie
from procurement.plans.verbs import impose_hold
from procurement.suppliers.models import Supplier
from tests.factories.papers import upload
from tests.factories.payments import ASKED_AT, advance, asking
from tests.factories.people import actor
from tests.factories.tampering import behind_the_back

pytestmark = pytest.mark.django_db


def rules_of(refused) -> set[str]:
    return {refusal.rule for refusal in refused.value.refusals}


def do(request: PaymentRequest, row: str, who: str, *, at=ASKED_AT, **data) -> PaymentRequest:
    with clock.at(at):
        return perform(request, row, actor=actor(who), **data)


def submit(request: PaymentRequest, who: str = "supplier_a_head", **changes) -> PaymentRequest:
    with clock.at(ASKED_AT):
        return perform(request, "submit", actor=actor(who), **asking(request, **changes))


# --- draft -----------------------------------------------------------------------------------------------------------
def test_filing_opens_the_first_instalment_by_itself(drafted) -> None:
    """S-93: what is due is asked for once; instalments that wait for a report or acceptance stay closed."""
    assert drafted.state == "DRAFTED"
    assert drafted.term.condition == "SIGNED"
    assert PaymentRequest.objects.count() == 1
    assert drafted.number.endswith("0001")


def test_an_instalment_is_asked_for_once(drafted) -> None:
    with pytest.raises(Refused) as refused, clock.at(ASKED_AT):
        perform(PaymentRequest(), "draft", actor=actor("supplier_a_officer"), term=drafted.term)
    assert rules_of(refused) == {"G7"}
    later = drafted.contract.payment_terms.get(order=2)
    with clock.at(ASKED_AT):
        made = perform(PaymentRequest(), "draft", actor=actor("supplier_a_officer"), term=later)
    assert (made.state, made.conditions_met_at) == ("DRAFTED", None)


# --- submit ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"amount": Decimal("99999999.00"), "amount_words": "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元整"}, "S-93"),
        ({"amount": Decimal("99999999.00"), "amount_words": "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元整"}, "RTR-05"),
        ({"amount_words": "壹元整"}, "RCV-14"),
        ({"payee_account": "6222000000000000"}, "S-100"),
        ({"payee_bank": "别的银行"}, "S-100"),
        ({"invoice_on": ASKED_AT.date() + timedelta(days=1)}, "RTR-06"),
    ],
)
def test_submit_is_refused(drafted, changes: dict, rule: str) -> None:
    with pytest.raises(Refused) as refused:
        submit(drafted, **changes)
    assert rule in rules_of(refused)
    assert PaymentRequest.objects.get(pk=drafted.pk).state == "DRAFTED"


def test_submit_starts_the_period_of_the_invoice(drafted) -> None:
    asked = submit(drafted)
    assert asked.state == "SUBMITTED"
    with clock.at(ASKED_AT):
        names = {each.name for each in clocks_of(asked).live()}
    assert "INVOICE_PAYMENT" in names
    assert Document.objects.of_subject(asked).filter(kind="invoice").count() == 1


def test_an_invoice_serves_once(drafted) -> None:
    submit(drafted, invoice_number="X1")
    with clock.at(ASKED_AT):
        other = perform(
            PaymentRequest(),
            "draft",
            actor=actor("supplier_a_officer"),
            term=drafted.contract.payment_terms.get(order=2),
        )
    with pytest.raises(Refused) as refused:
        submit(other, invoice_number="X1")
    assert "RTR-06" in rules_of(refused)


def test_only_the_head_of_the_contractor_submits(drafted) -> None:
    for who in ("supplier_a_officer", "supplier_b_head", "payer", "head"):
        with pytest.raises(NotYours):
            submit(drafted, who=who)


# --- the purchaser ---------------------------------------------------------------------------------------------------
def test_confirm_keeps_computation_and_tiers(drafted) -> None:
    confirmed = do(submit(drafted), "confirm", "payer")
    assert confirmed.state == "CONFIRMED"
    assert sum(tier.amount for tier in confirmed.tiers.all()) == confirmed.amount
    assert confirmed.confirmed_by.username == "payer"


def test_what_a_result_takes_off_meanwhile_is_asked_for_anew(drafted) -> None:
    """S-95: the sum that was asked for must still be the sum that is owed."""
    asked = submit(drafted)
    ResultTie.objects.create(term=drafted.term, percent=Decimal("90.00"), reference="PJ-1", tied_at=ASKED_AT)
    with pytest.raises(Refused) as refused:
        do(asked, "confirm", "payer")
    assert rules_of(refused) == {"S-95"}
    back = do(asked, "send_back", "payer", reason_code="AMOUNT", reason="按评价结果重新申请")
    again = submit(back)
    assert again.amount < asked.amount
    assert do(again, "confirm", "payer").state == "CONFIRMED"


def test_self_approval_is_refused(drafted) -> None:
    """G2: who confirmed does not approve."""
    from portal.accounts.models import Membership

    Membership.objects.create(user=actor("payer").user, organisation=drafted.contract.agency, role="HEAD")
    confirmed = do(submit(drafted), "confirm", "payer")
    with pytest.raises(Refused) as refused:
        do(confirmed, "approve", "payer")
    assert rules_of(refused) == {"G2"}
    assert do(confirmed, "approve", "head").state == "APPROVED"


def test_approve_never_exceeds_committed_money(drafted) -> None:
    """RTR-05: what the budget no longer holds is not paid."""
    confirmed = do(submit(drafted), "confirm", "payer")
    row = Encumbrance.objects.get(project=drafted.project, year=2026, state="COMMITTED")
    with clock.at(ASKED_AT):
        perform(row, "release", actor=actor("finance_head"), reason="收回")
    with pytest.raises(Refused) as refused:
        do(confirmed, "approve", "head")
    assert rules_of(refused) == {"RTR-05"}


def test_approve_never_exceeds_the_contract(drafted) -> None:
    confirmed = do(submit(drafted), "confirm", "payer")
    Contract.objects.filter(pk=drafted.contract_id).update(amount=confirmed.amount - Decimal("0.01"))
    with pytest.raises(Refused) as refused:
        do(confirmed, "approve", "head")
    assert "S-93" in rules_of(refused)


def test_approve_needs_tiers_that_add_up(drafted) -> None:
    confirmed = do(submit(drafted), "confirm", "payer")
    confirmed.tiers.all().delete()
    with pytest.raises(Refused) as refused:
        do(confirmed, "approve", "head")
    assert rules_of(refused) == {"R-037"}


# --- finance ---------------------------------------------------------------------------------------------------------
def test_review_wants_the_invoice(drafted) -> None:
    approved = advance(drafted, "CONFIRMED")
    approved = do(approved, "approve", "head")
    with pytest.raises(NotYours):
        do(approved, "review", "budget_officer", way="DIRECT")
    invoice = Document.objects.of_subject(approved).get(kind="invoice")
    behind_the_back("UPDATE files_document SET kind = 'other' WHERE id = %s", invoice.pk)
    with pytest.raises(Refused) as refused:
        do(approved, "review", "finance_officer", way="AUTHORISED")
    assert rules_of(refused) == {"RTR-06"}
    behind_the_back("UPDATE files_document SET kind = 'invoice' WHERE id = %s", invoice.pk)
    reviewed = do(approved, "review", "finance_officer", way="AUTHORISED")
    assert reviewed.way == "AUTHORISED"


def test_order_is_given_once_by_another(drafted) -> None:
    """G2 and L10.2 edge 5: the reviewer does not order; two clicks are one order."""
    from portal.accounts.models import Membership

    Membership.objects.create(
        user=actor("finance_officer").user, organisation=actor("finance_officer").organisation, role="BUDGET_OFFICER"
    )
    reviewed = advance(drafted, "REVIEWED")
    with pytest.raises(Refused) as refused:
        do(reviewed, "order", "finance_officer", at=ASKED_AT + timedelta(hours=5))
    assert rules_of(refused) == {"G2"}
    ordered = do(reviewed, "order", "budget_officer", at=ASKED_AT + timedelta(hours=5))
    with pytest.raises(WrongState) as again:
        do(ordered, "order", "budget_officer", at=ASKED_AT + timedelta(hours=5))
    assert "何家明" in again.value.refusals[0].message
    assert Entry.objects.filter(lifecycle="payments.request", transition="order").count() == 1
    assert Document.objects.of_subject(ordered).filter(kind="payment_order").count() == 1


def test_a_hold_stops_the_order(drafted) -> None:
    reviewed = advance(drafted, "REVIEWED")
    from portal.accounts.actor import system_actor
    from portal.workflow import Act
    from portal.workflow.table import lifecycle_of

    cycle = lifecycle_of(reviewed)
    with clock.at(ASKED_AT):
        act = Act(row=cycle["order"], lifecycle=cycle, actor=system_actor(), now=clock.now())
        impose_hold(act, drafted.project, scope="PAYMENT", cause="投诉处理")
    with pytest.raises(Refused) as refused:
        do(reviewed, "order", "budget_officer")
    assert rules_of(refused) == {"G3"}


def test_receipt_posts_the_ledger_and_stops_the_clocks(drafted) -> None:
    """S-101: voucher once, day between order and today; committed becomes paid."""
    ordered = advance(drafted, "ORDERED")
    at = ASKED_AT + timedelta(hours=6)
    with pytest.raises(Refused) as refused:
        do(
            ordered,
            "record_receipt",
            "budget_officer",
            at=at,
            voucher_number="Z1",
            paid_on=at.date() + timedelta(days=1),
            payer_account="零余额",
        )
    assert rules_of(refused) == {"S-101"}
    paid = do(
        ordered,
        "record_receipt",
        "budget_officer",
        at=at,
        voucher_number="Z1",
        paid_on=at.date(),
        payer_account="零余额",
    )
    assert paid.state == "PAID"
    assert (
        sum(posting.amount for posting in Posting.objects.filter(reference="Z1", target_bucket="PAID")) == paid.amount
    )
    assert not clocks_of(paid).live().exists()


def test_a_returned_payment_goes_on_with_a_corrected_account(drafted) -> None:
    ordered = advance(drafted, "ORDERED")
    at = ASKED_AT + timedelta(hours=6)
    returned = do(ordered, "record_rejection", "budget_officer", at=at, reason_code="ACCOUNT", reason="账号错误")
    assert returned.state == "RETURNED"
    with pytest.raises(Refused) as refused:
        do(returned, "resume", "budget_officer", at=at, reason="重付")
    assert rules_of(refused) == {"S-100"}
    corrected = do(
        returned,
        "correct_account",
        "supplier_a_head",
        at=at,
        payee_bank="新银行",
        payee_account="622299",
        proof=upload("证明.pdf"),
    )
    assert corrected.state == "RETURNED"
    resumed = do(corrected, "resume", "budget_officer", at=at, reason="已核对")
    assert (resumed.state, resumed.payee_account) == ("REVIEWED", "622299")
    assert do(resumed, "order", "budget_officer", at=at).state == "ORDERED"


# --- back and out ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("state", "row", "who"),
    [
        ("SUBMITTED", "send_back", "payer"),
        ("CONFIRMED", "send_back_confirmed", "head"),
        ("APPROVED", "send_back_approved", "finance_officer"),
        ("REVIEWED", "send_back_reviewed", "budget_officer"),
    ],
)
def test_who_holds_it_sends_it_back_with_reasons(drafted, state: str, row: str, who: str) -> None:
    request = advance(drafted, state)
    with pytest.raises(Refused) as refused:
        do(request, row, who)
    assert rules_of(refused) == {"S-172"}
    back = do(request, row, who, reason_code="PAPERS", reason="缺附件")
    assert (back.state, back.send_back_reason) == ("SENT_BACK", "缺附件")
    assert clocks_of(back).live().filter(name="INVOICE_PAYMENT").exists()  # RPAY-03: an inner procedure stops no period
    assert do(back, "confirm", "payer").state == "CONFIRMED"


def test_a_wrong_invoice_waits_for_the_contractor(drafted) -> None:
    back = do(submit(drafted), "send_back", "payer", reason_code="INVOICE", reason="抬头有误")
    assert not clocks_of(back).live().filter(name="INVOICE_PAYMENT").exists()
    with pytest.raises(Refused) as refused:
        do(back, "confirm", "payer")
    assert rules_of(refused) == {"S-172"}
    assert submit(back, invoice_number="NEW-1").state == "SUBMITTED"


def test_cancelled_by_the_contractor_it_may_be_asked_anew(drafted) -> None:
    gone = do(submit(drafted), "cancel", "supplier_a_head", reason="重开")
    assert gone.state == "CANCELLED"
    assert not clocks_of(gone).live().exists()
    with clock.at(ASKED_AT):
        again = perform(PaymentRequest(), "draft", actor=actor("supplier_a_officer"), term=drafted.term)
    assert again.state == "DRAFTED"


def test_termination_cancels_what_was_asked(drafted) -> None:
    submit(drafted)
    with clock.at(ASKED_AT):
        perform(
            drafted.contract,
            "terminate",
            actor=actor("head"),
            reason_code="PUBLIC_INTEREST",
            reason="停办",
            agreement=None,
            need_remains=False,
        )
    assert PaymentRequest.objects.get(pk=drafted.pk).state == "CANCELLED"


# --- scope -----------------------------------------------------------------------------------------------------------
def test_who_sees_it(drafted) -> None:
    def seen(who: str) -> bool:
        return PaymentRequest.objects.visible_to(actor(who)).filter(pk=drafted.pk).exists()

    assert all(
        seen(who) for who in ("payer", "head", "finance_officer", "budget_officer", "auditor", "supplier_a_head")
    )
    assert not any(
        seen(who) for who in ("head_2", "supplier_b_head", "expert_1", "evaluator", "hongshan_finance_officer")
    )


def test_every_button_says_why_it_is_shut(drafted) -> None:
    asked = submit(drafted)
    with clock.at(ASKED_AT):
        names = {action.name: action.enabled for action in available_actions(asked, actor("payer"))}
    assert names == {"confirm": True, "send_back": True}


def test_a_contractor_does_not_leave_while_contract_and_payment_are_open(drafted) -> None:
    """L4.1: the contract runs and its first instalment is asked for; both are named."""
    supplier = Supplier.objects.of(drafted.contract.supplier)
    with pytest.raises(Refused) as refused, clock.at(ASKED_AT):
        perform(supplier, "close", actor=actor("supplier_a_head"), reason="停业")
    assert rules_of(refused) == {"R-GP-45", "S-93"}
    said = " ".join(refusal.message for refusal in refused.value.refusals)
    assert drafted.number in said
    assert drafted.contract.number in said
    with clock.at(ASKED_AT):
        ending = {"reason_code": "PUBLIC_INTEREST", "reason": "停办", "agreement": None, "need_remains": False}
        perform(drafted.contract, "terminate", actor=actor("head"), **ending)
        assert perform(supplier, "close", actor=actor("supplier_a_head"), reason="停业").state == "CLOSED"
