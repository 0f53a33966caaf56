"""The tender document as data: read from its rows, written to them, copied to a successor, frozen when published."""
from __future__ import annotations

from typing import Any, Final

from django.db import models

from portal.audit.canonical import canonical_json, digest, plain

from .models import (
    ContractTermDraft,
    DeliverableDraft,
    Lot,
    PaymentTermDraft,
    QualificationCondition,
    RiskDraft,
    ScoringFactor,
    SubstantiveRequirement,
    Tender,
)

#: Single values of the document that its author writes.
FIELDS: Final = (
    "title", "need_goal", "need_standards", "need_quality", "need_quantity", "need_service", "need_acceptance",
    "need_other", "service_from", "service_until", "budget", "ceiling", "budget_shown", "instructions", "price_rules",
    "validity_days", "invalid_cases", "credit_rules", "agent_fee", "consortium", "subcontracting", "sme_policy",
    "sme_deduction", "sme_industry", "bond_percent", "low_price_average", "low_price_second", "low_price_ceiling",
    "survey_on", "survey_respondents", "survey_findings", "contact_name", "contact_phone", "challenge_manner",
    "challenge_department", "challenge_phone", "challenge_address", "opening_place",
)
#: Lists of the document: name → (table, the columns its author writes).
LISTS: Final[dict[str, tuple[type[models.Model], tuple[str, ...]]]] = {
    "lots": (Lot, ("name", "amount", "ceiling")),
    "qualifications": (QualificationCondition, ("kind", "text", "proof")),
    "requirements": (SubstantiveRequirement, ("text",)),
    "factors": (ScoringFactor, ("name", "category", "points", "objective", "standard", "bands")),
    "deliverables": (DeliverableDraft, ("name", "quota", "unit", "period", "sub_condition", "sub_quota", "standard")),
    "payment_terms": (PaymentTermDraft, ("name", "percent", "condition", "year", "note")),
    "contract_terms": (ContractTermDraft, ("kind", "text")),
    "risks": (RiskDraft, ("risk", "stage", "owner", "measure")),
}
#: Set when it is published, part of what is frozen.
TIMES: Final = ("document_price", "offer_from", "offer_until", "closes_at")


def content_of(tender: Tender) -> dict[str, Any]:
    """The whole document of a tender: single values and lists of rows, amounts in yuan as Decimal. Nine queries."""
    found: dict[str, Any] = {name: getattr(tender, name) for name in FIELDS}
    for name, (_table, columns) in LISTS.items():
        rows = getattr(tender, name).all()
        found[name] = [{column: getattr(row, column) for column in columns} for row in rows]
    return found


def frozen_content(tender: Tender) -> dict[str, Any]:
    """The document with number, parties and times, as plain JSON: what the digest of a version is taken over."""
    return plain({
        "number": tender.number, "method": tender.method, "project": tender.project.number, "agency": tender.agency.name,
        "agency_code": tender.agency.code, **content_of(tender), **{name: getattr(tender, name) for name in TIMES},
    })


def digest_of(content: dict[str, Any]) -> str:
    return digest(canonical_json(content))


def write(tender: Tender, data: dict[str, Any]) -> None:
    """Put the given values and lists on a tender that has a key; what is not given stays. Lists are replaced whole."""
    tender.__dict__.pop("_content", None)
    for name in FIELDS:
        if name in data:
            setattr(tender, name, data[name])
    for name, (table, columns) in LISTS.items():
        if name not in data:
            continue
        getattr(tender, name).all().delete()
        table.objects.bulk_create(
            table(tender=tender, order=order, **{column: row[column] for column in columns if column in row})
            for order, row in enumerate(data[name], 1)
        )
