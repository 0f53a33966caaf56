"""Effects on a contract: made from award and tender, signed, published, run, ended (L9.1); and its filing (L9.2)."""
from __future__ import annotations

from decimal import Decimal

from portal.files.verbs import store
from portal.identifiers import Series
from portal.money import split_exact
from portal.notices.verbs import publish_notice
from portal.reports.verbs import facts_of_paper
from portal.workflow import Act
from procurement.contracts import papers, rules
from procurement.contracts.forms.contract import FIELDS
from procurement.contracts.models import Acceptance, Contract, ContractClause, Deliverable, Filing, PaymentTerm
from procurement.contracts.notice import contract_notice
from procurement.plans.models import Stage
from procurement.plans.numbers import next_number
from procurement.plans.verbs import end_branch, report_branch

from .schedule import begin_schedule, end_schedule


# --- making it -------------------------------------------------------------------------------------------------------
def draft(contract: Contract, act: Act) -> dict:
    """Take over what award and tender documents say: parties, price, term, clauses, instalments, deliverables (RCO-04)."""
    award = act.data["award"]
    tender = award.tender
    project, item = tender.project, tender.project.item
    contract.award, contract.tender, contract.project, contract.agency = award, tender, project, tender.agency
    contract.supplier, contract.amount = award.supplier, award.amount
    contract.number = next_number(Series.CONTRACT, tender.agency, act.now.year)
    contract.title = tender.title
    contract.rules_as_of = tender.rules_as_of or project.rules_as_of
    contract.set_term(tender.service_from, tender.service_until)
    contract.subcontracting = tender.subcontracting
    contract.acceptance_standard = tender.need_acceptance
    contract.public_service = bool(item and item.catalogue_kind == "A")
    if item:
        for name in ("budget_guaranteed", "content_fixed", "continuous", "funding_stable", "price_stable"):
            setattr(contract, name, getattr(item, name))
    _payee(contract)
    contract.save()
    ContractClause.objects.bulk_create(
        ContractClause(contract=contract, order=order, kind=term.kind, text=term.text)
        for order, term in enumerate(tender.contract_terms.all(), 1)
    )
    write_terms(contract, list(tender.payment_terms.values("name", "percent", "condition", "year", "note")))
    columns = ("name", "quota", "unit", "period", "sub_condition", "sub_quota", "standard")
    write_deliverables(contract, list(tender.deliverables.values(*columns)), act)
    return {"number": contract.number, "amount": contract.amount, "supplier": contract.supplier.name, "tender": tender.number}


def take_over(contract: Contract, act: Act) -> dict:
    """Load a contract of the past that is running, with its true dates and what was agreed; only under `clock.history`."""
    data = dict(act.data)
    deliverables, terms, clauses = data.pop("deliverables"), data.pop("terms", []), data.pop("clauses", [])
    contract.set_term(data.pop("starts_on"), data.pop("ends_on"))
    for name, value in data.items():
        setattr(contract, name, value)
    contract.number = contract.number or next_number(Series.CONTRACT, contract.agency, contract.starts_on.year)
    contract.half_signed_at = contract.signed_at
    contract.offered_at = contract.offered_at or contract.signed_at
    contract.performing_at = contract.begins_at
    contract.save()
    ContractClause.objects.bulk_create(
        ContractClause(contract=contract, order=order, **clause) for order, clause in enumerate(clauses, 1)
    )
    write_terms(contract, terms)
    write_deliverables(contract, deliverables, act)
    agree(contract, act)
    report_branch(act, contract.project, contract.branch_code, Stage.PERFORMING)
    return {
        "number": contract.number, "amount": contract.amount, "supplier": contract.supplier.name,
        "starts_on": contract.starts_on, "ends_on": contract.ends_on, "deliverables": len(deliverables),
    }


def _payee(contract: Contract) -> None:
    from procurement.suppliers.models import Supplier

    supplier = Supplier.objects.of(contract.supplier)
    if supplier:
        contract.payee_bank, contract.payee_account, contract.sme = supplier.bank_name, supplier.bank_account, supplier.is_sme


def write_terms(contract: Contract, terms: list[dict]) -> None:
    """Instalments with their sums, exact to the fen; a missing budget year and report are filled in by the term."""
    if not terms:
        return
    amounts = split_exact(contract.amount, [term["percent"] for term in terms])
    bound = [term for term in terms if term["condition"] == PaymentTerm.Condition.REPORT]
    reports = 0
    if contract.starts_on and contract.ends_on:
        reports = len(rules.report_periods(contract.starts_on, contract.ends_on, contract.report_cadence))
    position = 0
    for order, (term, amount) in enumerate(zip(terms, amounts, strict=True), 1):
        row = PaymentTerm(contract=contract, order=order, amount=amount, **term)
        if row.condition == PaymentTerm.Condition.REPORT:
            position += 1
            row.report_number = row.report_number or rules.default_report_gate(position, len(bound), reports)
        if row.year is None and contract.starts_on and contract.ends_on:
            last = row.condition == PaymentTerm.Condition.ACCEPTANCE
            row.year = (contract.ends_on if last else contract.starts_on).year
        row.save()


def _spread_over_reports(contract: Contract) -> None:
    """Another rhythm of reports: each instalment waits again for the report that lies where it did in the term."""
    if not (contract.starts_on and contract.ends_on):
        return
    reports = len(rules.report_periods(contract.starts_on, contract.ends_on, contract.report_cadence))
    bound = list(contract.payment_terms.filter(condition=PaymentTerm.Condition.REPORT))
    for position, term in enumerate(bound, 1):
        term.report_number = rules.default_report_gate(position, len(bound), reports)
        term.save(update_fields=["report_number"])


def write_deliverables(contract: Contract, rows: list[dict], act: Act) -> None:
    for order, row in enumerate(rows, 1):
        act.perform(Deliverable(contract=contract, order=order, **row), "draft")


def edit(contract: Contract, act: Act) -> dict:
    """Write what the officer adds; price, deliverables and instalments stay as award and documents have them."""
    data = dict(act.data)
    before = {name: getattr(contract, name) for name in FIELDS if name in data}
    for name in before:
        setattr(contract, name, data[name])
    contract.set_term(contract.starts_on, contract.ends_on)
    changed = sorted(name for name, value in before.items() if getattr(contract, name) != value)
    if "clauses" in data:
        contract.clauses.all().delete()
        ContractClause.objects.bulk_create(
            ContractClause(contract=contract, order=order, kind=row["kind"], text=row["text"])
            for order, row in enumerate(data["clauses"], 1)
        )
        changed.append("clauses")
    if before.get("report_cadence", contract.report_cadence) != contract.report_cadence:
        _spread_over_reports(contract)
    for row in data.get("gates", ()):
        contract.payment_terms.filter(order=row["order"]).update(year=row["year"], report_number=row.get("report_number"))
    if "optional" in data:
        optional = {int(order) for order in data["optional"]}
        for deliverable in contract.deliverables.all():
            if deliverable.mandatory is (deliverable.order in optional):
                deliverable.mandatory = deliverable.order not in optional
                deliverable.save(update_fields=["mandatory"])
    return {"changed": changed}


# --- signing -----------------------------------------------------------------------------------------------------------
def propose(contract: Contract, act: Act) -> dict:
    return {"amount": contract.amount, "starts_on": contract.starts_on, "ends_on": contract.ends_on}


def offer(contract: Contract, act: Act) -> dict:
    """From here on the text is one and the same for both sides: text and paper of these digests are what they sign."""
    contract.text_digest = papers.text_digest(contract)
    contract.paper = papers.make_contract_paper(contract, act)
    return {"digest": contract.text_digest, "supplier": contract.supplier.name, **facts_of_paper(contract.paper)}


def take_back(contract: Contract, act: Act) -> dict:
    contract.text_digest, contract.paper = "", None
    contract.half_signed_at = contract.half_signed_by = None
    return {}


def sign(contract: Contract, act: Act) -> dict:
    bond = act.data.get("bond_paper")
    if bond:
        store(bond, actor=act.actor, kind="performance_bond", subject=contract)
    return {**_signed(contract), "bond": contract.bond_amount if contract.bond_percent else None}


def _signed(contract: Contract) -> dict:
    """What a signature binds: the text, and the very file that was read."""
    return {"digest": contract.text_digest, "file": contract.paper.digest if contract.paper else ""}


def countersign(contract: Contract, act: Act) -> dict:
    """Both have signed: the money is committed, the signatures go on paper, deliverables are owed, filing is prepared."""
    contract.save()
    from .money import commit

    committed = commit(contract, act)
    contract.paper = contract.paper or papers.make_contract_paper(contract, act)  # offered before papers were set at the offer
    page = papers.make_signature_page(contract, act)
    agree(contract, act)
    plan_acceptances(contract, act)
    act.perform(Filing(contract=contract, digest=contract.paper.digest), "prepare")
    if contract.award_id:
        act.perform(contract.award, "contract")
    report_branch(act, contract.project, contract.branch_code, Stage.CONTRACTED)
    return {**_signed(contract), "amount": contract.amount, "committed": committed, **facts_of_paper(page)}


def agree(contract: Contract, act: Act) -> None:
    for deliverable in contract.deliverables.all():
        act.perform(deliverable, "agree")


def plan_acceptances(contract: Contract, act: Act) -> None:
    """One acceptance a stage: half-way where the contract has one, and the final one after the term (R22-10)."""
    if contract.interim_acceptance_on:
        act.perform(Acceptance(contract=contract, stage=Acceptance.Stage.INTERIM, planned_on=contract.interim_acceptance_on), "plan")
    act.perform(Acceptance(contract=contract, stage=Acceptance.Stage.FINAL, planned_on=contract.ends_on), "plan")


def publish(contract: Contract, act: Act) -> dict:
    """The contract notice with a copy of the text that leaves out what is nobody's business (R-GP-41, R1787-06)."""
    contract.published_at = act.now
    copy = papers.make_public_copy(contract, act)
    notice = publish_notice(
        act=act, kind="N-10", subject=contract, title=papers.notice_title(contract), payload=contract_notice(contract, act, copy),
        organisation=contract.agency,
    )
    return {"notice": notice.number}


# --- running and ending --------------------------------------------------------------------------------------------------
def start(contract: Contract, act: Act) -> dict:
    begin_schedule(contract, act)
    contract.save()
    report_branch(act, contract.project, contract.branch_code, Stage.PERFORMING)
    return {"starts_on": contract.starts_on}


def finish(contract: Contract, act: Act) -> dict:
    """The term is over: the last report is due, what was never visited is missed, the final acceptance can be asked for."""
    end_schedule(contract, act, until=contract.ends_on)
    return {"ends_on": contract.ends_on}


def complete(contract: Contract, act: Act) -> dict:
    return {"amount": contract.amount}


def release_bond(contract: Contract, act: Act) -> dict:
    contract.bond_returned_at = act.now
    return {"bond": contract.bond_amount}


def assign_officer(contract: Contract, act: Act) -> dict:
    before, contract.project_officer = contract.project_officer, act.data["project_officer"]
    return {"before": before.name if before else "—", "after": contract.project_officer.name}


def terminate(contract: Contract, act: Act) -> dict:
    """Ended before its time: what was done stays, what is no longer owed is voided, unspent money goes back (R-GP-45)."""
    contract.end_ground, contract.end_reason = act.reason_code, act.reason
    agreement = act.data.get("agreement")
    if agreement:
        store(agreement, actor=act.actor, kind="termination_agreement", subject=contract)
    end_schedule(contract, act, until=min(act.now.date(), contract.ends_on))
    for acceptance in contract.acceptances.filter(state__in=["PLANNED", "REQUESTED", "CONVENED"]):
        act.perform(acceptance, "void", reason=act.reason)
    contract.save()
    from .money import release

    released = release(contract, act)
    end_branch(
        act, contract.project, contract.branch_code, ended_as=contract.get_state_display(),
        need_remains=bool(act.data.get("need_remains")),
    )
    return {"ground": act.reason_code, "released": released}


def cancel(contract: Contract, act: Act) -> dict:
    contract.end_reason = act.reason or str(act.row.label)
    return {}


# --- filing --------------------------------------------------------------------------------------------------------------
def submit_filing(filing: Filing, act: Act) -> dict:
    if filing.contract.paper:
        filing.digest = filing.contract.paper.digest
    return {"digest": filing.digest, "contract": filing.contract.number}


def send_back_filing(filing: Filing, act: Act) -> dict:
    filing.send_back_reason = act.reason
    return {}


def file(filing: Filing, act: Act) -> dict:
    contract = filing.contract
    filing.number = (act.data.get("number") or "").strip() or next_number(Series.FILING, contract.agency, act.now.year)
    filing.send_back_reason = ""
    return {"number": filing.number, "contract": contract.number, "amount": Decimal(contract.amount)}
