"""What payments and evaluation ask of a contract: may this instalment be paid, which log entries count, is all done."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.workflow import Act, Refusal, refuse
from portal.workflow.engine import refusals
from portal.workflow.table import lifecycle_of
from procurement.contracts.models import Acceptance, Contract, DeliveryLog, Filing, PaymentTerm, SupplierReport
from procurement.contracts.models.acceptance import PASSED
from procurement.contracts.models.contract import BOUND

Condition = PaymentTerm.Condition


def gate_refusals(contract: Contract, term: PaymentTerm) -> list[Refusal]:
    """Every reason why an instalment cannot be paid yet: not filed, not published, report or acceptance missing (S-72).

    Empty when the contract's own condition is met. Says nothing of money, invoice or people: those are the payment's.
    """
    return list(_gates(contract, term))


def _gates(contract: Contract, term: PaymentTerm) -> Iterator[Refusal]:
    if contract.state not in BOUND:
        yield refuse("S-93", _("合同 %(number)s 尚未签订。"), number=contract.number)
        return
    filing = Filing.objects.filter(contract=contract).first()
    if filing is None or filing.state != Filing.State.FILED:
        yield refuse("S-72", _("合同尚未向财政部门备案，不得支付。"))
    if contract.published_at is None and not contract.project.is_history:
        yield refuse("R-GP-41", _("合同尚未公告。"))
    if term.condition == Condition.REPORT:
        yield from _report_gate(contract, term)
    elif term.condition == Condition.ACCEPTANCE:
        yield from _acceptance_gate(contract)


def _report_gate(contract: Contract, term: PaymentTerm) -> Iterator[Refusal]:
    wanted = term.report_number or 1
    done = contract.reports.filter(number__lte=wanted, state__in=(SupplierReport.State.CONFIRMED, SupplierReport.State.WAIVED))
    if done.count() < wanted:
        yield refuse("S-77", _("第 %(number)s 期及以前的承接主体报告尚未全部确认。"), number=wanted)


def _acceptance_gate(contract: Contract) -> Iterator[Refusal]:
    final = contract.acceptances.filter(stage=Acceptance.Stage.FINAL).order_by("-round").first()
    if final is None or final.state not in PASSED:
        yield refuse("R-GP-46", _("最终验收尚未合格。"))


def confirmed_logs(contract: Contract, until: date | None = None) -> QuerySet[DeliveryLog]:
    """The entries that count as facts: those of periods whose report was confirmed, up to a date."""
    found = DeliveryLog.objects.of(contract).confirmed().select_related("deliverable")
    return found.filter(on__lte=until) if until else found


def complete_if_ready(act: Act, contract: Contract) -> Contract:
    """Close the contract when nothing is owed any more; called after the last payment and the return of the bond."""
    contract = Contract.objects.get(pk=contract.pk)
    cycle = lifecycle_of(contract)
    row = cycle["complete"]
    if contract.state not in row.sources:
        return contract
    from portal.accounts.actor import system_actor

    asked = Act(row=row, lifecycle=cycle, actor=system_actor(), now=clock.now())
    return contract if refusals(contract, row, asked) else act.perform(contract, "complete")
