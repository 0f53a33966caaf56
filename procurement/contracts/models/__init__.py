"""Contracts and what is owed under them: clauses, payments, filing, deliverables, reports, inspections, acceptance."""
from .acceptance import Acceptance, AcceptanceItem, AcceptanceMember
from .contract import Contract, ContractClause, Filing, PaymentTerm
from .delivery import Deliverable, DeliveryLog
from .supervision import Inspection, ReportRow, SupplierReport

__all__ = [
    "Acceptance", "AcceptanceItem", "AcceptanceMember", "Contract", "ContractClause", "Deliverable", "DeliveryLog", "Filing",
    "Inspection", "PaymentTerm", "ReportRow", "SupplierReport",
]  # fmt: skip
