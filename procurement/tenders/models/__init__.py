"""The tables of a tender: the procedure itself, the parts of its document, and the papers made on its way."""
from .papers import Clarification, DocumentTaking, DocumentVersion, InternalReview
from .parts import (
    ContractTermDraft,
    DeliverableDraft,
    Lot,
    PaymentTermDraft,
    QualificationCondition,
    RiskDraft,
    ScoringFactor,
    SubstantiveRequirement,
)
from .tender import LIVE_STATES, PUBLIC_STATES, SEALED_STATES, Tender

__all__ = [
    "LIVE_STATES", "PUBLIC_STATES", "SEALED_STATES", "Clarification", "ContractTermDraft", "DeliverableDraft",
    "DocumentTaking", "DocumentVersion", "InternalReview", "Lot", "PaymentTermDraft", "QualificationCondition",
    "RiskDraft", "ScoringFactor", "SubstantiveRequirement", "Tender",
]
