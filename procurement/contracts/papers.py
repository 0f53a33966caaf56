"""The contract and the acceptance as data and on paper; the contract's digest is what both sides sign."""
from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from portal.audit.canonical import canonical_json, digest
from portal.files.models import Document
from portal.money import in_figures, in_words
from portal.reports.verbs import make_paper
from portal.workflow import Act

from .models import Acceptance, Contract
from .models.contract import SIX_PARTS, PaymentTerm


def contract_text(contract: Contract) -> dict[str, Any]:
    """All that is agreed, as plain data; signatures, states and moments are not part of it."""
    return {
        "number": contract.number, "title": contract.title, "project": contract.project.number,
        "tender": contract.tender.number if contract.tender_id else "",
        "purchaser": {"name": contract.agency.name, "code": contract.agency.code, "address": contract.agency.address},
        "supplier": {"name": contract.supplier.name, "code": contract.supplier.code, "address": contract.supplier.address},
        "amount": contract.amount, "starts_on": contract.starts_on, "ends_on": contract.ends_on, "months": contract.term_months,
        "place": contract.place,
        "clauses": [{"kind": clause.kind, "text": clause.text} for clause in contract.clauses.all()],
        "deliverables": [
            {"order": each.order, "name": each.name, "requirement": each.requirement, "quota": each.quota, "unit": each.unit,
             "period": each.period, "sub_condition": each.sub_condition, "sub_quota": each.sub_quota, "standard": each.standard,
             "mandatory": each.mandatory}
            for each in contract.deliverables.all()
        ],
        "payments": [
            {"order": term.order, "name": term.name, "percent": term.percent, "amount": term.amount, "year": term.year,
             "condition": term.condition, "report_number": term.report_number, "note": term.note}
            for term in contract.payment_terms.all()
        ],
        "payee": {"bank": contract.payee_bank, "account": contract.payee_account},
        "safeguards": {
            "no_transfer": contract.no_transfer, "no_guarantee": contract.no_guarantee, "subcontracting": contract.subcontracting,
            "bond_percent": contract.bond_percent, "bond_terms": contract.bond_terms, "sme": contract.sme,
        },
        "acceptance": {name.removeprefix("acceptance_"): getattr(contract, name) for name in SIX_PARTS},
        "interim_acceptance_on": contract.interim_acceptance_on, "reduction_terms": contract.reduction_terms,
        "project_officer": contract.project_officer.name if contract.project_officer else "",
        "inspection_cadence": contract.inspection_cadence, "report_cadence": contract.report_cadence,
    }  # fmt: skip


def text_digest(contract: Contract) -> str:
    return digest(canonical_json(contract_text(contract)))


def paper_data(contract: Contract, *, public: bool = False) -> dict[str, Any]:
    """What the printed contract shows: the text, its readable words, and who signed when. The public copy hides accounts."""
    text = contract_text(contract)
    if public:
        text["payee"] = {"bank": "", "account": ""}
    labels = {
        "clauses": [
            {"heading": str(clause.get_kind_display()), "text": clause.text} for clause in contract.clauses.all()
        ],
        "deliverables": [
            {"quota": _quota(each), "period": str(each.get_period_display()) if each.quota is not None else "",
             "of_term": plain_number(each.quota_of_term)}
            for each in contract.deliverables.all()
        ],
        "payments": [condition_text(term) for term in contract.payment_terms.all()],
        "inspections": str(contract.get_inspection_cadence_display()), "reports": str(contract.get_report_cadence_display()),
        "acceptance": [
            {"heading": str(contract._meta.get_field(name).verbose_name), "text": getattr(contract, name)} for name in SIX_PARTS
        ],
    }
    return {
        "text": text, "labels": labels, "amount_words": in_words(contract.amount), "amount_figures": in_figures(contract.amount),
        "text_digest": contract.text_digest, "public": public,
        "signatures": {
            "supplier": contract.half_signed_by.name if contract.half_signed_by else "", "supplier_at": contract.half_signed_at,
            "agency": contract.signed_by.name if contract.signed_by else "", "agency_at": contract.signed_at,
        },
    }


def condition_text(term: PaymentTerm) -> str:
    """When an instalment falls due, as a sentence."""
    if term.condition == PaymentTerm.Condition.REPORT:
        return _("第 %(number)s 期及以前的承接主体报告经购买主体确认") % {"number": term.report_number}
    return str(term.get_condition_display())


def _quota(deliverable) -> str:
    if deliverable.is_continuous:
        return _("持续")
    return f"{plain_number(deliverable.quota)} {deliverable.unit}"


def plain_number(value) -> str:
    return "" if value is None else format(value.normalize(), "f")


def make_contract_paper(contract: Contract, act: Act) -> Document:
    """The text as both sides read and sign it: what is filed and kept."""
    return make_paper(
        "contracts/paper/contract.html", {"issuer": "", "seal": True, "issued_on": act.now}, title=contract.title,
        data=paper_data(contract), name=_("合同 %(number)s.pdf") % {"number": contract.number}, actor=act.actor, kind="contract_paper",
        subject=contract,
    )


def signature_data(contract: Contract) -> dict[str, Any]:
    """Who signed what when: both digests of the text, so that page and text cannot be taken apart."""
    return {
        "number": contract.number, "title": contract.title, "amount": contract.amount, "amount_words": in_words(contract.amount),
        "text_digest": contract.text_digest, "file": contract.paper.name, "file_digest": contract.paper.digest,
        "signatures": [
            {"side": side, "name": party.name, "code": party.code, "person": person.name if person else "", "at": moment}
            for side, party, person, moment in (
                ("乙方（承接主体）", contract.supplier, contract.half_signed_by, contract.half_signed_at),
                ("甲方（购买主体）", contract.agency, contract.signed_by, contract.signed_at),
            )
        ],
    }  # fmt: skip


def make_signature_page(contract: Contract, act: Act) -> Document:
    """The page that goes with the signed text: names, moments, and the digest of the very file (R87-77)."""
    title = f"{contract.title}合同签署页"
    return make_paper(
        "contracts/paper/signatures.html", {"issuer": "", "seal": True, "issued_on": contract.signed_at}, title=title,
        data=signature_data(contract), name=f"合同签署页 {contract.number}.pdf", actor=act.actor, kind="contract_signatures",
        subject=contract,
    )


def make_public_copy(contract: Contract, act: Act) -> Document:
    """The copy that goes out with the notice (R1787-06)."""
    return make_paper(
        "contracts/paper/contract.html", {"issuer": "", "seal": False, "issued_on": contract.signed_at}, title=contract.title,
        data=paper_data(contract, public=True), name=_("合同公开本 %(number)s.pdf") % {"number": contract.number}, actor=act.actor,
        kind="contract_public", subject=contract, public=True,
    )


def notice_title(contract: Contract) -> str:
    return _("%(title)s合同公告") % {"title": contract.project.title}


def acceptance_title(acceptance: Acceptance) -> str:
    return _("%(title)s%(stage)s结果公告") % {"title": acceptance.contract.project.title, "stage": acceptance.get_stage_display()}


def acceptance_data(acceptance: Acceptance) -> dict[str, Any]:
    """The report of an acceptance: every item with target, actual, finding; the members and their signatures."""
    contract = acceptance.contract
    return {
        "contract": contract.number, "title": contract.title, "project": contract.project.number,
        "purchaser": contract.agency.name, "supplier": contract.supplier.name, "amount": contract.amount,
        "term": [contract.starts_on, contract.ends_on], "stage": str(acceptance.get_stage_display()), "round": acceptance.round,
        "result": str(acceptance.get_state_display()), "concluded_at": acceptance.concluded_at, "place": acceptance.place,
        "opinion": acceptance.opinion, "reason": acceptance.result_reason, "reduction": acceptance.reduction,
        "items": [
            {"order": item.deliverable.order, "name": item.deliverable.name, "unit": item.deliverable.unit,
             "target": plain_number(item.target), "actual": plain_number(item.actual),
             "sub_condition": item.deliverable.sub_condition, "sub_target": plain_number(item.sub_target),
             "sub_actual": plain_number(item.sub_actual), "mandatory": item.deliverable.mandatory, "passed": item.passed,
             "evidence": item.evidence, "opinion": item.opinion, "reduction": item.reduction}
            for item in acceptance.items.select_related("deliverable")
        ],
        "members": [
            {"name": member.name, "employer": member.employer, "capacity": str(member.get_capacity_display()),
             "signed_at": member.signed_at, "dissent": member.dissent, "leader": member.user_id == acceptance.leader_id}
            for member in acceptance.members.all()
        ],
    }  # fmt: skip


def make_acceptance_paper(acceptance: Acceptance, act: Act) -> Document:
    return make_paper(
        "contracts/paper/acceptance.html", {"issuer": acceptance.contract.agency.name, "seal": True, "issued_on": acceptance.concluded_at},
        title=_("履约验收报告"), data=acceptance_data(acceptance),
        name=_("履约验收报告 %(number)s %(stage)s.pdf") % {"number": acceptance.contract.number, "stage": acceptance.get_stage_display()},
        actor=act.actor, kind="acceptance_report", subject=acceptance,
    )
