"""Contracts in the states that tests need, reached by running the verbs with the people of the demo."""
from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from evaluation.schemes.frames import PROJECT_SPENDING
from evaluation.schemes.models import Scheme
from portal import clock
from portal.accounts.actor import system_actor
from portal.accounts.demo import organisation
from portal.workflow import due, perform
from procurement.awards.models import Award, EvaluationReport
from procurement.bids.models import Bid
from procurement.contracts.models import Acceptance, Contract, Deliverable, Filing, Inspection, SupplierReport
from procurement.suppliers.models import Supplier
from tests.factories.papers import upload
from tests.factories.people import actor
from tests.factories.suppliers import draft_supplier
from tests.factories.tenders import make_tender

STATES = ("DRAFTED", "FILLED", "PROPOSED", "OFFERED", "HALF_SIGNED", "SIGNED", "FILED", "PERFORMING", "FINISHED", "ACCEPTED")
DRAFTED_AT = datetime(2026, 4, 13, 10, 0, tzinfo=clock.SHANGHAI)  # a Monday, some days after the award notice
SIGNED_AT = datetime(2026, 4, 20, 10, 0, tzinfo=clock.SHANGHAI)
STARTS_ON, ENDS_ON = date(2026, 5, 1), date(2027, 4, 30)
BEGINS_AT = datetime(2026, 5, 1, 0, 0, tzinfo=clock.SHANGHAI)
ENDS_AT = datetime(2027, 5, 1, 0, 0, tzinfo=clock.SHANGHAI)
#: A year, half-yearly reports, quarterly visits: few events, every rule.
TENDER = {
    "service_from": STARTS_ON, "service_until": ENDS_ON,
    "deliverables": [
        {"name": "道路清扫保洁", "quota": None, "unit": "", "period": "TERM", "sub_condition": "", "sub_quota": None,
         "standard": "每日普扫两遍，巡回保洁。"},
        {"name": "绿地修剪", "quota": Decimal(12), "unit": "次", "period": "YEAR", "sub_condition": "机械修剪", "sub_quota": Decimal(6),
         "standard": ""},
    ],
    "payment_terms": [
        {"name": "首付款", "percent": Decimal(30), "condition": "SIGNED", "year": 2026, "note": ""},
        {"name": "进度款", "percent": Decimal(20), "condition": "REPORT", "year": 2026, "note": ""},
        {"name": "尾款", "percent": Decimal(50), "condition": "ACCEPTANCE", "year": 2027, "note": ""},
    ],
}  # fmt: skip
#: What the officer adds so that every guard of `propose` is content.
FILLING = {
    "place": "赣江市城区（演示）", "inspection_cadence": "QUARTER", "report_cadence": "HALF_YEAR",
    "acceptance_body": "市城市管理局组织，服务对象参加。",
    "acceptance_time": "期满后七个工作日内。", "acceptance_manner": "现场核验与资料核对。",
    "acceptance_procedure": "逐项核验、成员签字、出具报告。",
    "acceptance_content": "合同附件所列全部服务内容。", "acceptance_standard": "路面本色率不低于 92%，绿地完好率不低于 95%。",
}  # fmt: skip


def make_award(*, amount: Decimal | None = None, later: timedelta = timedelta(0), **changes) -> Award:
    """An announced award of supplier A over a closed tender, just enough for a contract to hang on."""
    tender = make_tender("CLOSED", later=later, **{**TENDER, **changes})
    supplier, now = organisation("supplier_a"), DRAFTED_AT + later
    if Supplier.objects.of(supplier) is None:
        perform(draft_supplier("supplier_a"), "register", actor=actor("supplier_a_head"))
    amount = amount or (tender.budget * Decimal("0.96")).quantize(Decimal("0.01"))
    bid = Bid(tender=tender, supplier=supplier, state="DRAFTED", state_since=now, created_at=now)
    report = EvaluationReport(tender=tender, state="DRAFTED", state_since=now, created_at=now)
    bid.save()
    report.save()
    award = Award(
        tender=tender, lot=tender.lots.first(), report=report, bid=bid, supplier=supplier, amount=amount, rank=1, score=Decimal("90.00"),
        state="ANNOUNCED", state_since=now, created_at=now,
    )
    award.save()
    return award


def make_contract(
    state: str = "DRAFTED", *, award: Award | None = None, filling: dict | None = None, later: timedelta = timedelta(0), **changes
) -> Contract:
    """A contract DRAFTED (as the award leaves it), FILLED (complete), PROPOSED, OFFERED, HALF_SIGNED, SIGNED, FILED,
    PERFORMING, FINISHED (its term over, every report confirmed), ACCEPTED (finally accepted and published).

    `changes` replace values of the tender document, `filling` what the officer adds; `later` moves the days up to the
    signatures. The clock is given back.
    """
    assert state in STATES
    award = award or make_award(later=later, **changes)
    with clock.at(DRAFTED_AT + later):
        contract = Contract.objects.filter(award=award).first() or perform(Contract(), "draft", actor=system_actor(), award=award)
        if state == "DRAFTED":
            return contract
        contract = fill(contract, **(filling or {}))
        if not Scheme.objects.filter(project=contract.project_id).exists():
            approve_scheme(contract.project)
        if state == "FILLED":
            return contract
        contract = perform(contract, "propose", actor=actor("buyer"))
        if state == "PROPOSED":
            return contract
        contract = perform(contract, "offer", actor=actor("head"))
        if state == "OFFERED":
            return contract
    with clock.at(SIGNED_AT + later):
        bond = {"bond_paper": upload("保函.pdf")} if contract.bond_percent else {}
        contract = perform(contract, "sign", actor=actor("supplier_a_head"), agreed=True, **bond)
        if state == "HALF_SIGNED":
            return contract
        contract = perform(contract, "countersign", actor=actor("head"), agreed=True)
    if state == "SIGNED":
        return contract
    with clock.at(SIGNED_AT + timedelta(days=1)):
        contract = perform(contract, "publish", actor=actor("head"))
        filing = perform(Filing.objects.get(contract=contract), "submit", actor=actor("buyer"))
        perform(filing, "file", actor=actor("finance_officer"))
    if state == "FILED":
        return contract
    contract = run_until(contract, BEGINS_AT)
    if state == "PERFORMING":
        return contract
    contract = deliver(contract)
    if state == "FINISHED":
        return contract
    accept(contract)
    return Contract.objects.get(pk=contract.pk)


def approve_scheme(project) -> Scheme:
    """The evaluation scheme that a contract cannot go forward without (S-108)."""
    scheme = perform(
        Scheme(), "draft", actor=actor("buyer"), project=project, title="绩效评价方案", purchaser_weight=Decimal(30),
        recipients_weight=Decimal(20), third_party_weight=Decimal(50), indicators=PROJECT_SPENDING, pays_by_result=False,
    )
    scheme = perform(scheme, "propose", actor=actor("buyer"))
    return perform(scheme, "approve", actor=actor("head"))


def fill(contract: Contract, **changes) -> Contract:
    return perform(
        contract, "edit", actor=actor("buyer"), **{**FILLING, "project_officer": actor("project_officer").user, **changes}
    )


def run_until(contract: Contract, moment: datetime) -> Contract:
    """Let everything due up to a moment happen, each at its own time."""
    with clock.at(SIGNED_AT + timedelta(days=1)):
        due.run(until=moment)
    return Contract.objects.get(pk=contract.pk)


def log(deliverable: Deliverable, on: date, *, quantity=None, **values) -> Deliverable:
    """One entry, written at noon of its day."""
    data = {"text": "作业记录与照片。", **values}
    if deliverable.is_continuous:
        data.setdefault("standing", "MET")
    else:
        data["quantity"] = Decimal(1) if quantity is None else Decimal(quantity)
    with clock.at(datetime(on.year, on.month, on.day, 12, tzinfo=clock.SHANGHAI)):
        return perform(deliverable, "log", actor=actor("supplier_a_officer"), on=on, **data)


def submit_report(report: SupplierReport, **changes) -> SupplierReport:
    data = {"narrative": "服务正常。", "income": Decimal("100000.00"), "expenditure": Decimal("80000.00"), "ledger_kept": True, "rows": []}
    return perform(report, "submit", actor=actor("supplier_a_head"), **{**data, **changes})


def visit(inspection: Inspection, moment: datetime, **changes) -> Inspection:
    data = {
        "visited_at": moment, "place": "沿江路", "findings": "路面整洁。",
        "photos": [], "no_photo_reason": "设备故障", "problem_found": False,
        "problem": "",
    }  # fmt: skip
    with clock.at(moment + timedelta(hours=1)):
        return perform(inspection, "record", actor=actor("project_officer"), **{**data, **changes})


def deliver(contract: Contract, *, cuts: int = 12, mechanical: int = 6) -> Contract:
    """Do what was promised, report it in two halves, let the term end, have both reports confirmed, report all as done."""
    sweeping, cutting = contract.deliverables.order_by("order")
    for number, (day, report_day) in enumerate(((date(2026, 10, 15), date(2026, 11, 2)), (date(2027, 4, 15), date(2027, 5, 6))), 1):
        log(sweeping, day)
        log(cutting, day, quantity=cuts // 2, sub_quantity=Decimal(mechanical // 2))
        moment = datetime(report_day.year, report_day.month, report_day.day, 9, tzinfo=clock.SHANGHAI)
        run_until(contract, moment)
        with clock.at(moment):
            report = submit_report(SupplierReport.objects.get(contract=contract, number=number))
            perform(report, "confirm", actor=actor("project_officer"))
    with clock.at(ENDS_AT + timedelta(days=6, hours=10)):
        for deliverable in contract.deliverables.all():
            perform(deliverable, "report_done", actor=actor("supplier_a_officer"), shortfall="")
    return Contract.objects.get(pk=contract.pk)


ACCEPTED_AT = ENDS_AT + timedelta(days=10, hours=9)
RECIPIENT = {"name": "罗春生", "employer": "沿江社区居民", "capacity": "RECIPIENT"}


def convene(contract: Contract, **changes) -> Acceptance:
    """The final acceptance, asked for and convened: acceptor leads, business reviewer and a recipient sit with him."""
    acceptance = Acceptance.objects.get(contract=contract, stage="FINAL", round=changes.pop("round", 1))
    with clock.at(ACCEPTED_AT):
        acceptance = perform(acceptance, "request", actor=actor("supplier_a_head"))
        members = [{"user": actor("reviewer_business").user, "capacity": "PURCHASER"}, RECIPIENT]
        data = {"leader": actor("acceptor").user, "place": "市城管局会议室", "members": members}
        return perform(acceptance, "convene", actor=actor("head"), **{**data, **changes})


def judge(acceptance: Acceptance, *, failed: tuple[int, ...] = (), reduction: Decimal | None = None) -> Acceptance:
    items = [
        {"order": item.deliverable.order, "passed": item.deliverable.order not in failed, "evidence": "现场核验",
         "opinion": "未达标准" if item.deliverable.order in failed else "",
         "reduction": reduction if item.deliverable.order in failed else None}
        for item in acceptance.items.all()
    ]  # fmt: skip
    with clock.at(ACCEPTED_AT + timedelta(hours=1)):
        return perform(acceptance, "judge_item", actor=actor("acceptor"), items=items)


def sign_all(acceptance: Acceptance) -> Acceptance:
    """Members with an account sign for themselves, the others on paper."""
    with clock.at(ACCEPTED_AT + timedelta(hours=2)):
        for member in acceptance.members.all():
            if member.user_id:
                acceptance = perform(acceptance, "sign", actor=actor(member.user.username), dissent="")
            else:
                acceptance = perform(
                    acceptance, "record_signature", actor=actor("acceptor"), member=member, paper=upload("签字页.pdf"), dissent=""
                )
    return acceptance


def accept(contract: Contract) -> Acceptance:
    """Accepted, with its notice."""
    acceptance = sign_all(judge(convene(contract)))
    with clock.at(ACCEPTED_AT + timedelta(hours=3)):
        acceptance = perform(acceptance, "accept", actor=actor("acceptor"), opinion="全部合格。")
        return perform(acceptance, "publish", actor=actor("head"))
